"""What people wrote, and how it is forgotten."""
