"""The draw as arithmetic: from a list that was frozen and a number and lines that nobody knew together, to an order (P10).

Nothing here knows of calls or people: ids, a number and lines go in, hashes and an order come out. `RECIPE` says the same in
words, so that anybody can follow it with `sha256sum` and `sort` alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import ROUND_CEILING, Decimal
from hashlib import sha256

RECIPE: tuple[str, ...] = (
    "list_hash is the SHA-256 of calls, sorted as text, each followed by a line feed.",
    "number is 32 bytes of chance, in 64 hexadecimal digits; number_hash is the SHA-256 of these digits as text.",
    "Both hashes were announced to the reviewers before anybody typed a line; the number was told after the lines.",
    "seed is the SHA-256 of list_hash, number and the lines in their order, each in UTF-8 and after its length in bytes and a colon.",
    "The order of the calls is that of the SHA-256 of seed and id as one text, in hexadecimal digits, the smallest first.",
    "wanted is share_percent in a hundred of calls, rounded up, at least minimum, and never more than there are.",
    "drawn are the first ones of that order, as many as wanted, passing over those of skipped.",
)
"""How a published sample is computed, in sentences; the file carries them."""


def list_hash(ids: Iterable[str]) -> str:
    """The SHA-256 (hexadecimal) of the sorted ids, each followed by a line feed."""
    return _hash("".join(f"{one}\n" for one in sorted(ids)))


def number_hash(number: str) -> str:
    """The SHA-256 (hexadecimal) of the number's 64 digits."""
    return _hash(number)


def seed_of(list_hash: str, number: str, lines: Sequence[str]) -> str:
    """The SHA-256 (hexadecimal) of all that nobody knew together, each with its length so that no two can be told as one."""
    whole = sha256()
    for one in (list_hash, number, *lines):
        told = one.encode()
        whole.update(f"{len(told)}:".encode() + told)
    return whole.hexdigest()


def order_of(ids: Iterable[str], seed: str) -> list[str]:
    """The ids in the drawn order."""
    return sorted(ids, key=lambda one: (_hash(seed + one), one))


def how_many(calls: int, share_percent: Decimal, minimum: int) -> int:
    """How many calls are drawn from so many (P10): the share rounded up, at least the minimum, never more than there are."""
    share = int((share_percent * calls / 100).to_integral_value(ROUND_CEILING))
    return min(calls, max(share, minimum))


def first_of(order: Iterable[str], wanted: int, skipped: Collection[str]) -> list[str]:
    """Those that are drawn: so many from the top, passing over what was skipped."""
    there = [one for one in order if one not in skipped]
    return there[:wanted]


def _hash(told: str) -> str:
    return sha256(told.encode()).hexdigest()
