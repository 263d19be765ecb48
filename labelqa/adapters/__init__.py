"""The rim: files, Label Studio, the command line, reports."""
