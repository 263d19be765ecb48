"""A supervisor looks at the work of people in every duty."""
