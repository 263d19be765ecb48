"""Duties in labeling tasks: assignments, what was done in which duty, who left, and how many people a task needs."""
