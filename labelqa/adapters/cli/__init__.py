"""The commands: one module per noun; each parses, calls one use case and prints what came of it."""
