"""Callers who decline to be recorded: switched off and read back while the call goes on, out of reach afterwards (P5)."""
