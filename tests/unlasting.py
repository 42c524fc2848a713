"""Test files needn't survive a power cut, for which SQLite would wait for the disk at each commit."""

import storage.database.files

AS_SHIPPED = storage.database.files.SET_UP


def let_go() -> None:
    """Don't wait for the disk in this process any more; it may still die at any moment."""
    storage.database.files.SET_UP = tuple(one.replace("synchronous=FULL", "synchronous=OFF") for one in AS_SHIPPED)
