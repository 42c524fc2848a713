"""Web pages of strangers, served on loopback under public names."""
