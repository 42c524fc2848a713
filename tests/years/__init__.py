"""Years of a company in a few seconds: calls come, are asked for, are held, and go."""
