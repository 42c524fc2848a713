"""The draw as arithmetic: from a frozen list, and chance that came later, to an order of its calls (P10).

Nothing here knows of calls or people: ids and hashes go in, hashes and an order come out. docs/random-review.md says the same as a
program of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from hashlib import sha256


def hash_of(told: bytes) -> str:
    """The SHA-256, in hexadecimal digits."""
    return sha256(told).hexdigest()


def seed_of(list_hash: str, chance: bytes) -> str:
    """The SHA-256 of the list's hash and the chance, both as bytes, in hexadecimal digits."""
    return hash_of(bytes.fromhex(list_hash) + chance)


def order_of(ids: Iterable[str], seed: str) -> list[str]:
    """The ids in the drawn order: by the SHA-256 of seed and id as one text."""
    return sorted(ids, key=lambda one: (hash_of(f"{seed}{one}".encode()), one))


def how_many(calls: int, share_percent: Decimal, minimum: int) -> int:
    """How many calls are drawn from so many (P10): the share rounded up, at least the minimum, never more than there are."""
    part, whole = share_percent.as_integer_ratio()
    share = -(-part * calls // (100 * whole))
    return min(calls, max(share, minimum))


def share_text(percent: float) -> str:
    """A share of the policy (0 to 100) as a file tells it: the decimal number that is written there, such as `2` or `0.1`."""
    return format(Decimal(str(percent)).normalize(), "f")


def first_of(order: Iterable[str], wanted: int, skipped: Collection[str]) -> list[str]:
    """Those that are drawn: so many from the top, passing over those that were skipped."""
    there = [one for one in order if one not in skipped]
    return there[:wanted]
