"""Web pages of strangers, read from loopback under public names."""
