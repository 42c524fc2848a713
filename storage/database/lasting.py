"""What stays after a power cut: a file, or the name of one in its folder, that the disk was made to keep (fsync(2))."""

from __future__ import annotations

import os
from pathlib import Path


def on_disk(place: Path) -> None:
    """Have the disk keep what stands in a file, or which names stand in a folder. Raises OSError."""
    opened = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
