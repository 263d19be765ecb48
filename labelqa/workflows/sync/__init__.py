"""Following the projects of annotation servers: everything once, then what changed, then what is no longer there."""
