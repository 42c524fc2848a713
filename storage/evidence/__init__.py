"""What is stored beside what the log says of it, a page at a time: whatever verifies the log reads it here."""
