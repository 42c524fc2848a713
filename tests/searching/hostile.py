"""What somebody types who would rather keep the program busy: long, repeated, half of everything, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import cycle, islice

_SHAPES = (
    "1 to " * 60, "last " * 50, "0" * 200, "9 8 7 6 5 4 3 2 1 " * 12, "a " * 100, "e i o u y n r s t l " * 10, "cs1 " * 50, "# " * 90,
    "•" * 199, "-" * 200, "24/11 - " * 25, "may will london sales " * 9, "between monday and " * 10, "((((" * 40, "+61 " * 50, "61 4 1 2",
    "quill " * 30, "an qu " * 30, "\u0661" * 150, "\u200f" * 500, "%_" * 90, '" OR ' * 40, "november outgoing london sales zz",
    "outgoing zz", "billing london incoming qq", "in 1901", "nov 2099", "e", "1", "cs", "99", "zz", "4 cs", "999 weeks ago", "x" * 5000,
)  # fmt: skip


def hostile(number: int) -> Iterator[str]:
    """So many texts."""
    chance = random.Random(3)
    for shape in islice(cycle(_SHAPES), number):
        words = shape.split(" ")
        chance.shuffle(words)
        yield shape if chance.random() < 0.5 else " ".join(words)
