"""Verdicts: work sheets out, verdicts in, how far a sample is, and how far reviewers agree."""
