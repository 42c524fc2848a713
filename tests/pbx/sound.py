"""How loud a recording is."""

from pathlib import Path

import numpy as np

HEADER = 44


def loudness(file: Path) -> float:
    """Return the root mean square of its samples; 0 is exact silence."""
    found = file.read_bytes()[HEADER:]
    samples = np.frombuffer(found[: len(found) // 2 * 2], dtype="<i2").astype(np.float64)
    return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0
