"""The master key: which one a database is wrapped by, and how another takes its place."""
