"""Holds: a call is kept past its moment for a case, at once for whoever asks, and for longer by whoever may (P12)."""
