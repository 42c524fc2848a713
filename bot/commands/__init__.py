"""What people type at the command line: one module for each word of the command, and what these share."""
