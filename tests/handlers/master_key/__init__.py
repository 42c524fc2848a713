"""The master key: a database opens with its own, and another takes its place."""
