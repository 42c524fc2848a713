"""P10: a draw as arithmetic, held against its recipe written in other words."""

import hashlib
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import random_review as rule
from tests.each import each

pytestmark = pytest.mark.long

IDS = st.lists(st.integers(1, 10**17).map(str), unique=True, max_size=40)
CHANCE = st.binary(min_size=32, max_size=32)


@given(IDS, CHANCE, CHANCE)
def test_p10_seed_and_order_are_those_of_the_recipes_words(ids: list[str], listed: bytes, chance: bytes) -> None:
    seed = hashlib.sha256(listed + chance).hexdigest()
    by_hash = {hashlib.sha256(seed.encode() + one.encode()).hexdigest(): one for one in ids}
    assert rule.seed_of(listed.hex(), chance) == seed
    assert rule.order_of(ids, seed) == rule.order_of(sorted(ids), seed) == [by_hash[one] for one in sorted(by_hash)]


@each(
    ("calls", "share", "minimum", "wanted"),
    [
        (0, "2", 5, 0), (0, "100", 0, 0), (1, "2", 5, 1), (1, "2", 0, 1), (1, "0.000000001", 0, 1), (4, "2", 5, 4), (5, "2", 5, 5), (6, "2", 5, 5),
        (250, "2", 5, 5), (251, "2", 5, 6), (300, "2", 5, 6), (301, "2", 5, 7), (1000, "0.1", 0, 1), (1001, "0.1", 0, 2), (3000, "0.1", 0, 3),
        (30, "10", 0, 3), (700, "7", 0, 49), (1000, "2.3", 0, 23), (7, "100", 5, 7), (7, "99.9", 5, 7), (7, "2", 1000, 7),
        (100, "33.33333333333333333333", 0, 34), (3 * 10**9, "33.33333333333333333333", 0, 10**9),
    ],
)  # fmt: skip
def test_p10_the_share_is_rounded_up_at_least_the_minimum_and_never_more_than_there_are(
    calls: int, share: str, minimum: int, wanted: int
) -> None:
    assert rule.how_many(calls, Decimal(share), minimum) == wanted


@each(
    ("written", "told"),
    [
        ("2", "2"), ("2.0", "2"), ("0.1", "0.1"), ("100", "100"), ("10.50", "10.5"), ("1e-7", "0.0000001"),
        ("33.3", "33.3"),
    ],
)  # fmt: skip
def test_p10_a_share_is_told_as_the_decimal_number_that_the_policy_has(written: str, told: str) -> None:
    assert rule.share_text(float(written)) == told


def test_p10_a_share_that_is_no_binary_fraction_gives_no_call_too_many() -> None:
    """As binary fractions 0.07 in a hundred of 10,000 are a little over seven, which would round up to eight."""
    assert ceil(0.07 * 10_000 / 100) == 8
    assert rule.how_many(10_000, Decimal(rule.share_text(0.07)), 0) == 7


def test_p10_the_first_ones_are_drawn_past_those_that_are_skipped() -> None:
    order = ["5", "3", "9", "1"]
    assert rule.first_of(order, 2, ()) == ["5", "3"]
    assert rule.first_of(order, 2, {"5"}) == ["3", "9"]
    assert rule.first_of(order, 3, {"3", "1"}) == ["5", "9"]
    assert rule.first_of(order, 0, ()) == []
    assert rule.first_of([], 3, {"3"}) == []
