"""Years of a company in a few seconds: calls come, are asked about, are held, and go."""
