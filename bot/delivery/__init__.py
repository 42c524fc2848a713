"""Does what effects ask for: a worker that takes them from the outbox, and one file for each kind of outside."""
