"""P10: every call has the same chance; by fixed rounds, so it never flakes. Of each measure it is shown, too, that it finds what is not fair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from math import sqrt
from random import Random
from statistics import NormalDist

import pytest

from handlers.rules.random_review import first_of, order_of, seed_of
from tests.each import each

pytestmark = pytest.mark.long

CALLS, WANTED, DRAWS = 160, 6, 2_000
IDS = tuple(str(1001 + number) for number in range(CALLS))
LIST_HASH = sha256(b"the frozen list").hexdigest()
_CHANCE = Random(2610)
OPERATOR = {one: f"operator {_CHANCE.choices(range(12), range(3, 15))[0]}" for one in IDS}
LINE = {one: "Sydney" if _CHANCE.random() < 0.7 else "London" for one in IDS}
HOUR = {one: str(_CHANCE.choices(range(9, 17), (8, 9, 6, 4, 5, 7, 6, 3))[0]) for one in IDS}
ITSELF = {one: one for one in IDS}
TABLE = {1: 10.828, 7: 24.322, 11: 31.264}
"""Upper critical values of chi-square at 0.001 by degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4."""
Order = Callable[[Sequence[str], str], list[str]]


def critical(degrees: int, share: float = 0.999) -> float:
    """By Wilson and Hilferty (1931), which is within a thousandth from 100 degrees on; few degrees are in the table."""
    spread = 2 / (9 * degrees)
    return float(degrees * (1 - spread + NormalDist().inv_cdf(share) * sqrt(spread)) ** 3)


def drawn(order: Order, draws: int = DRAWS, ids: Sequence[str] = IDS, wanted: int = WANTED) -> Counter[str]:
    """How often each call was among the first, over so many rounds."""
    found = Counter[str]()
    for number in range(draws):
        chance = sha256(f"round {number}".encode()).digest()
        found.update(first_of(order(ids, seed_of(LIST_HASH, chance)), wanted, ()))
    return found


def chi_square(found: Counter[str], kind: Mapping[str, str], wanted: int = WANTED) -> float:
    """Of draws without putting back: of calls drawn together no two are the same, so their counts vary less by (N - n) / (N - 1)."""
    there, seen = Counter(kind.values()), Counter[str]()
    for one, times in found.items():
        seen[kind[one]] += times
    expected = {what: found.total() * number / len(kind) for what, number in there.items()}
    together = sum((seen[what] - often) ** 2 / often for what, often in expected.items())
    return together * (len(kind) - 1) / (len(kind) - wanted)


def test_p10_2_000_draws_are_spread_evenly_over_calls_operators_lines_and_hours() -> None:
    found = drawn(order_of)
    assert found.total() == DRAWS * WANTED
    for kind in (OPERATOR, LINE, HOUR):
        assert chi_square(found, kind) < TABLE[len(set(kind.values())) - 1]
    assert critical(CALLS - 1, 0.001) < chi_square(found, ITSELF) < critical(CALLS - 1)


def as_they_come(ids: Iterable[str], seed: str) -> list[str]:
    return sorted(ids)


def by_the_id_alone(ids: Iterable[str], seed: str) -> list[str]:
    return order_of(ids, "")


def from_somewhere_on(ids: Iterable[str], seed: str) -> list[str]:
    listed = sorted(ids)
    start = int(seed, 16) % (CALLS * 3 // 4)
    return listed[start:] + listed[:start]


@each("order", [as_they_come, by_the_id_alone, from_somewhere_on])
def test_p10_an_order_that_is_not_by_chance_fails_the_same_measure(order: Order) -> None:
    found = drawn(order, 500)
    assert chi_square(found, OPERATOR) > TABLE[11]
    assert chi_square(found, ITSELF) > critical(CALLS - 1)
