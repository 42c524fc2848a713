"""Holds: a call is kept past its moment for a case, at once for anyone who asks, and longer if it is confirmed (P12)."""
