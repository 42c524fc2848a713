"""What every kind of matter shares."""
