"""What is outside the database and is held against it: the journal, verification, and what tells a restore."""
