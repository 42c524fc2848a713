"""Keeps the journal outside the database, verifies the log with it, and recognises a restored database."""
