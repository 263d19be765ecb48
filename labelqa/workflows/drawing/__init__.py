"""Samples: draw items and verifiers from a frozen batch, extend them, and draw them again to prove it."""
