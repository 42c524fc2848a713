"""Calls drawn at random in a way anyone can check, and what reviewers find in them (P10)."""
