"""Callers who decline to be recorded: recording is switched off and checked during the call, then locked (P5)."""
