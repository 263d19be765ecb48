"""Training and exams: sessions held and attended, papers registered and sat, coverage, and both ways to other programs."""
