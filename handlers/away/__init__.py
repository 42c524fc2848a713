"""Whoever has something to decide says when he or she is away, and whoever stands in decides meanwhile."""
