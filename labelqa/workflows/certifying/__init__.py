"""What the verdicts prove, and the conclusion that follows."""
