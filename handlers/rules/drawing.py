"""The draw as arithmetic: from a list that was frozen and a number and lines that nobody knew together, to an order (P10).

Nothing here knows of calls or people: ids, a number and lines go in, hashes and an order come out. `RECIPE` says the same in
words, so that anybody can follow it with `sha256sum` and `sort` alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from hashlib import sha256

import regex

RECIPE: tuple[str, ...] = (
    "list_hash is the SHA-256 of calls, sorted as text, each followed by a line feed.",
    "number is 32 bytes of chance, in 64 hexadecimal digits; number_hash is the SHA-256 of these digits as text.",
    "Both hashes were announced to the reviewers before anybody typed a line; the number was told after the lines.",
    "A line has one way of being written: Unicode's NFKC, single blanks, and no sign that nobody sees.",
    "seed is the SHA-256 of list_hash, number and the lines in their order, each in UTF-8 and after its length in bytes and a colon.",
    "The order of the calls is that of the SHA-256 of seed and id as one text, in hexadecimal digits, the smallest first.",
    "wanted is share_percent in a hundred of calls, rounded up, at least minimum, and never more than there are.",
    "drawn are the first ones of that order, as many as wanted, passing over those of skipped.",
)
"""How a published sample is computed, in sentences; the file carries them, so another recipe is another `samples.FORMAT`."""
# What Unicode has among letters, marks and symbols, and no font gives any ink; \p{C} are controls, and what is no sign at all.
_BLANK = "\u2800\ufffc\U00013441\U00013442\U00016fe4\U0001d159"
_UNSEEN = regex.compile(rf"[\p{{C}}\p{{Default_Ignorable_Code_Point}}{_BLANK}]")


def list_hash(ids: Iterable[str]) -> str:
    """The SHA-256 (hexadecimal) of the sorted ids, each followed by a line feed."""
    return _hash("".join(f"{one}\n" for one in sorted(ids)))


def number_hash(number: str) -> str:
    """The SHA-256 (hexadecimal) of the number's 64 digits."""
    return _hash(number)


def line_of(typed: str) -> str:
    """A line in its one way of being written; empty where nothing of it can be seen.

    Whoever keeps the number could else pick among lines that look alike on a receipt, and with them the seed.
    """
    line = _UNSEEN.sub("", " ".join(unicodedata.normalize("NFKC", typed).split()))
    return line if line == typed else line_of(line)


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
    part, whole = share_percent.as_integer_ratio()
    share = -(-part * calls // (100 * whole))
    return min(calls, max(share, minimum))


def share_text(percent: float) -> str:
    """A share of the policy (0 to 100) as a sample tells it: the decimal number that was written there, such as `2` or `0.1`."""
    return format(Decimal(str(percent)).normalize(), "f")


def first_of(order: Iterable[str], wanted: int, skipped: Collection[str]) -> list[str]:
    """Those that are drawn: so many from the top, passing over what was skipped."""
    there = [one for one in order if one not in skipped]
    return there[:wanted]


def _hash(told: str) -> str:
    return sha256(told.encode()).hexdigest()
