"""Asterisk, and FreePBX with it: calls by its manager interface, recordings from its spool, what was said of them from its CDR."""
