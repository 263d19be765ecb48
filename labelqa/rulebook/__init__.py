"""Rulebooks: the labeling rules of a task as one checked, versioned document.

Nothing here reads a file, a clock or a network: text and values come in, values and findings go out.
"""
