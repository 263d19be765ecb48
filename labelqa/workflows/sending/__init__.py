"""Work that goes to people on a connected server and comes back: review projects and rework projects."""
