"""Final labels go out, with everything that says what they are worth."""
