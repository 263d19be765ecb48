"""Rework rounds of a batch, what they come to together, and the acceptance of a batch by its requester."""
