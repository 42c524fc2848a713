"""Calls drawn at random, so that anybody can check the draw, and what reviewers make of them (P10)."""
