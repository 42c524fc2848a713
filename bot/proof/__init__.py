"""What stands outside the database and is held against it: journal, checkpoints, verification, and what a restore is told by."""
