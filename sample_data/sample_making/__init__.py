"""How the sample data is made: the people and their habits, the texts, the answers, the files."""
