"""What people wrote is erased in its time, by destroying the key that sealed it (P8, P11)."""
