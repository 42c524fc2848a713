"""The policy explained to whoever asks: its clauses, how they are read, and the values in force (P1, P3)."""
