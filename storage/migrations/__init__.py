"""The database's history: revisions that are applied at start, in order, once."""
