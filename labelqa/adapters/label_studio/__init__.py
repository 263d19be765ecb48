"""Label Studio's files: exports in, review projects out and back; nothing here uses a network."""
