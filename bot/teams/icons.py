"""Draws the two icons of the Teams app: five bars, as a voice looks, without a drawing programme."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

Pixel = tuple[int, int, int, int]

GROUND, INK = (31, 58, 77), (255, 255, 255)
# Heights of the bars, and their width and distance, as shares of the icon.
_BARS, _WIDE, _APART = (0.24, 0.44, 0.62, 0.36, 0.2), 0.07, 0.125


def colour() -> bytes:
    """The full-colour icon: 192 by 192, white bars on the ground of the brand, as PNG."""
    return png(192, lambda ink: (*_mixed(ink), 255))


def outline() -> bytes:
    """The outline icon: 32 by 32, white on transparent, as PNG."""
    return png(32, lambda ink: (*INK, round(255 * ink)))


def png(size: int, paint: Callable[[float], Pixel]) -> bytes:
    """A square picture; `paint` gives a pixel for how much of it the bars cover (0 to 1)."""
    lines = (b"\0" + bytes(byte for x in range(size) for byte in paint(_covered(x, y, size))) for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _covered(x: int, y: int, size: int) -> float:
    """By the distance to the nearest bar, each a line with round ends; the edge is one pixel soft."""
    across, down = (x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5
    nearest = min(_distance(across - _APART * (place - 2), down, high) for place, high in enumerate(_BARS))
    return min(1.0, max(0.0, 0.5 - nearest * size))


def _distance(across: float, down: float, high: float) -> float:
    beyond = max(0.0, abs(down) - (high - _WIDE) / 2)
    return float((across**2 + beyond**2) ** 0.5) - _WIDE / 2


def _mixed(ink: float) -> tuple[int, int, int]:
    red, green, blue = (round(ground + (over - ground) * ink) for ground, over in zip(GROUND, INK, strict=True))
    return red, green, blue
