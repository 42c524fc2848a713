"""A draw as it is published, made by the rules from a list, a number and lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from handlers.rules import drawing
from handlers.rules.samples import FORMAT, Sample, Skipped

NUMBER = sha256(b"a number of these tests").hexdigest()
LINES = ("Seven grey herons at half past two", "Tea for three, no sugar")


def a_sample(
    calls: Iterable[int] = range(101, 141), number: str = NUMBER, lines: Sequence[str] = LINES,
    skipped: Sequence[tuple[str, str]] = (), share: str = "2", minimum: int = 5, **others: Any,
) -> Sample:  # fmt: skip
    """What a bot publishes that keeps to the recipe; `others` are put in as they are, true or not."""
    ids = tuple(sorted(map(str, calls)))
    listed = drawing.list_hash(ids)
    seed = drawing.seed_of(listed, number, lines)
    wanted = drawing.how_many(len(ids), Decimal(share), minimum)
    drawn = drawing.first_of(drawing.order_of(ids, seed), wanted, {one for one, _ in skipped})
    values: dict[str, Any] = {
        "format": FORMAT, "company": "Fernhill Telecare", "draw": "M-2610-1", "month": "2026-10", "department": "Customer Success",
        "again": None, "recipe": drawing.RECIPE, "share_percent": share, "minimum": minimum, "calls": ids,
        "left_out": {"declined": 2, "restricted": 1, "gone": 1}, "list_hash": listed, "number_hash": drawing.number_hash(number),
        "announced": "2026-11-01T22:00:00+00:00", "number": number, "lines": tuple(lines),
        "drawn_at": "2026-11-02T03:17:00+00:00", "seed": seed, "wanted": wanted,
        "skipped": tuple(Skipped(id=one, reason=why) for one, why in skipped), "drawn": tuple(drawn),
    }  # fmt: skip
    return Sample(**values | others)
