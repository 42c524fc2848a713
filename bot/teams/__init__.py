"""Microsoft Teams: what it sends is verified and read, what is told is drawn and posted."""
