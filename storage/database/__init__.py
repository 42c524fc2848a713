"""The database itself: where it is, how work is run in it, on a server or in a file, and how it is copied and upgraded."""
