"""P10: every call has the same chance, and neither the bot nor a reviewer can change it; all by fixed numbers, so it never flakes.

Of each measure it is shown, too, that it finds what is not fair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from math import sqrt
from random import Random
from statistics import NormalDist

import pytest

from handlers.rules.drawing import first_of, list_hash, number_hash, order_of, seed_of
from tests.drawn import LINES
from tests.each import each

pytestmark = pytest.mark.long

CALLS, WANTED, DRAWS = 160, 6, 10_000
IDS = tuple(str(1001 + number) for number in range(CALLS))
_CHANCE = Random(2610)
OPERATOR = {one: f"operator {_CHANCE.choices(range(12), range(3, 15))[0]}" for one in IDS}
LINE = {one: "Sydney" if _CHANCE.random() < 0.7 else "London" for one in IDS}
HOUR = {one: _CHANCE.choices(range(9, 17), (8, 9, 6, 4, 5, 7, 6, 3))[0] for one in IDS}
ITSELF = {one: one for one in IDS}
TABLE = {1: 10.828, 7: 24.322, 11: 31.264}
"""Upper critical values of chi-square at 0.001 by degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4."""
Order = Callable[[Sequence[str], str], list[str]]


def number(place: int, of: str = "month") -> str:
    """A number that stands for one by chance."""
    return sha256(f"{of} {place}".encode()).hexdigest()


def critical(degrees: int, share: float = 0.999) -> float:
    """By Wilson and Hilferty (1931), which is within a thousandth from 100 degrees on; few degrees stand in the table."""
    spread = 2 / (9 * degrees)
    return float(degrees * (1 - spread + NormalDist().inv_cdf(share) * sqrt(spread)) ** 3)


def drawn(order: Order, draws: int = DRAWS, ids: Sequence[str] = IDS, wanted: int = WANTED) -> Counter[str]:
    """How often each call was among the first, over so many months with numbers of their own."""
    listed, found = list_hash(ids), Counter[str]()
    for place in range(draws):
        found.update(first_of(order(ids, seed_of(listed, number(place), LINES)), wanted, ()))
    return found


def chi_square(found: Counter[str], kind: dict[str, object] | dict[str, str] | dict[str, int]) -> float:
    """Of draws without putting back: of calls drawn together no two are the same, so their counts vary less by (N - n) / (N - 1)."""
    there, seen = Counter(kind.values()), Counter[object]()
    for one, times in found.items():
        seen[kind[one]] += times
    expected = {what: found.total() * number / len(kind) for what, number in there.items()}
    together = sum((seen[what] - often) ** 2 / often for what, often in expected.items())
    return together * (len(kind) - 1) / (len(kind) - WANTED)


@pytest.fixture(scope="module")
def fair() -> Counter[str]:
    return drawn(order_of)


@each("kind", [OPERATOR, LINE, HOUR])
def test_p10_over_10_000_draws_no_operator_line_or_hour_is_drawn_more_than_its_share(
    fair: Counter[str], kind: dict[str, str] | dict[str, int]
) -> None:
    assert fair.total() == DRAWS * WANTED
    assert chi_square(fair, kind) < TABLE[len(set(kind.values())) - 1]


def test_p10_over_10_000_draws_no_call_is_drawn_more_than_another(fair: Counter[str]) -> None:
    assert critical(CALLS - 1, 0.001) < chi_square(fair, ITSELF) < critical(CALLS - 1)


def test_p10_the_approximation_is_that_of_the_table() -> None:
    assert critical(11) == pytest.approx(TABLE[11], rel=0.01)
    assert critical(100) == pytest.approx(149.449, rel=0.001)  # the same table, its last row


def as_they_come(ids: Iterable[str], seed: str) -> list[str]:
    return sorted(ids)


def by_the_id_alone(ids: Iterable[str], seed: str) -> list[str]:
    return order_of(ids, "")


def from_somewhere_on(ids: Iterable[str], seed: str) -> list[str]:
    listed = sorted(ids)
    start = int(seed, 16) % (CALLS * 3 // 4)
    return listed[start:] + listed[:start]


def a_fifth_more_for_one(ids: Iterable[str], seed: str) -> list[str]:
    """An operator whose calls have, in one of five months, a second chance."""
    order = order_of(ids, seed)
    if int(seed, 16) % 5:
        return order
    again = {one: place for place, one in enumerate(order_of(order, f"{seed}again"))}
    best = {one: min(place, again[one]) if OPERATOR[one] == "operator 11" else place for place, one in enumerate(order)}
    return sorted(order, key=lambda one: best[one])


@each("order", [as_they_come, by_the_id_alone, from_somewhere_on])
def test_p10_an_order_that_is_not_by_chance_fails_the_same_measure(order: Order) -> None:
    found = drawn(order, 2_000)
    assert chi_square(found, OPERATOR) > TABLE[11]
    assert chi_square(found, ITSELF) > critical(CALLS - 1)


def test_p10_a_fifth_more_for_one_operator_is_found() -> None:
    assert chi_square(drawn(a_fifth_more_for_one), OPERATOR) > TABLE[11]


FEW, FAVOURITE = IDS[:40], IDS[7]
SHARE, MONTHS = 5 / 40, 3_000
NEAR = 4 * sqrt(SHARE * (1 - SHARE) / MONTHS)  # four standard deviations
FEW_LISTED = list_hash(FEW)


def is_drawn(number: str, lines: Sequence[str]) -> bool:
    """Whether the favourite is among the calls that number and lines give."""
    return FAVOURITE in order_of(FEW, seed_of(FEW_LISTED, number, lines))[:5]


def share_of(months: Iterable[bool]) -> float:
    told = list(months)
    return sum(told) / len(told)


@each(
    "choice",
    [
        lambda first, month: [first], lambda first, month: [first, "Tea for three"], lambda first, month: [first, first],
        lambda first, month: [first] if len(first) % 2 else [first, "x"], lambda first, month: [first, f"month {month}"],
        lambda first, month: [first, sha256(first.encode()).hexdigest()],
    ],
)  # fmt: skip
def test_p10_a_reviewer_who_types_what_they_like_or_holds_back_changes_no_calls_chance(
    choice: Callable[[str, int], list[str]],
) -> None:
    """Even one who has seen the other line: the number is what nobody knows."""
    months = (is_drawn(number(month), choice(f"line {month * 7}", month)) for month in range(MONTHS))
    assert share_of(months) == pytest.approx(SHARE, abs=NEAR)


def test_p10_a_line_that_did_well_before_does_no_better_afterwards() -> None:
    lines = [f"candidate {one}" for one in range(25)]
    before = {one: share_of(is_drawn(number(month, "before"), [one]) for month in range(200)) for one in lines}
    best = max(lines, key=lambda one: before[one])
    assert before[best] > SHARE + 0.02
    assert share_of(is_drawn(number(month), [best]) for month in range(MONTHS)) == pytest.approx(SHARE, abs=NEAR)


def test_p10_who_knew_the_number_and_could_hold_back_would_be_found_by_this_measure() -> None:
    """So the same measure sees what the sealed number and the receipts prevent: one of two results, at will."""
    months = (is_drawn(number(one), ["a"]) or is_drawn(number(one), ["a", "b"]) for one in range(MONTHS))
    assert share_of(months) > SHARE + 3 * NEAR


def test_p10_a_bot_that_tries_numbers_before_any_line_gains_nothing() -> None:
    """It keeps the number that suits it best by the line that it expects; the line that is typed is another one."""
    suits, later = [], []
    for month in range(MONTHS // 3):
        tried = (number(month * 200 + one, "tried") for one in range(200))
        kept = next((one for one in tried if is_drawn(one, ["expected", "line"])), number(month))
        suits.append(is_drawn(kept, ["expected", "line"]))
        later.append(is_drawn(kept, ["expected", f"line {month}"]))
    assert share_of(suits) == 1
    assert share_of(later) == pytest.approx(SHARE, abs=NEAR * sqrt(3))


def test_p10_what_was_announced_fits_no_other_number_and_no_other_list() -> None:
    """So a bot that has announced both hashes has nothing left to choose. Numbers and lists near to those announced, and far."""
    announced = number(0)
    near = {announced[:place] + digit + announced[place + 1 :] for place in range(64) for digit in "0123456789abcdef"}
    far = {number(place, "other") for place in range(10_000)} | {announced[::-1], announced.upper(), announced[1:], ""}
    assert number_hash(announced) not in {number_hash(one) for one in (near | far) - {announced}}
    without = [FEW[:place] + FEW[place + 1 :] for place in range(len(FEW))]
    joined = [(*FEW[:place], FEW[place] + FEW[place + 1], *FEW[place + 2 :]) for place in range(len(FEW) - 1)]
    others = [*without, *((*one, "9") for one in without), *joined, (*FEW, "9"), (*FEW, FEW[0]), ()]
    hashes = {list_hash(one) for one in others}
    assert FEW_LISTED not in hashes
    assert len(hashes) == len(others)


@pytest.mark.soak
def test_p10_a_month_of_2_000_calls_over_5_000_draws() -> None:
    ids = tuple(map(str, range(5000, 7000)))
    found = drawn(order_of, 5_000, ids)
    seen = chi_square(found, {one: one for one in ids})
    assert critical(1999, 0.001) < seen < critical(1999)
