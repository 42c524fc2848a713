"""Slack, over HTTP and by socket: what it sends is checked and read, what is told is drawn and posted."""
