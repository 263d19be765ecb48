"""The register of gold answers: what counts, what was retired, and how worn each one is."""
