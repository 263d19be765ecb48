"""Connected annotation servers: which there are, and how their tokens are kept."""
