"""P10: a draw as arithmetic, which round of a beacon decides, and that a published file holds or is contradicted."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_ecc.bls import point_compression as bls
from py_ecc.fields import optimized_bls12_381_FQ as FQ
from py_ecc.optimized_bls12_381 import optimized_curve as curve
from py_ecc.optimized_bls12_381.optimized_pairing import pairing

from bot.rehearsal.beacon import SECRET, sign
from handlers.policy.terms import QUICKNET
from handlers.rules import draw_file as rule
from handlers.rules import random_review
from handlers.rules.draw_file import WEAKER, Drawn, Sample, Skipped
from tests.drawn import NUMBER, a_frozen, a_sample, signed
from tests.each import each

pytestmark = pytest.mark.long


ROUND = 657413
PUBLISHED = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
RANDOMNESS = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"
field_modulus, curve_order = FQ.field_modulus, curve.curve_order
START = datetime.fromtimestamp(QUICKNET.genesis, UTC)


def test_p10_a_published_round_of_quicknet_verifies_and_no_other_round_or_key_does() -> None:
    """As `drand` published it, which loads the library and computes four pairings."""
    other_key = f"{QUICKNET.public_key[:-1]}b"
    assert rule.is_signed(QUICKNET.public_key, ROUND, PUBLISHED)
    assert not rule.is_signed(QUICKNET.public_key, ROUND + 1, PUBLISHED)
    assert not rule.is_signed(QUICKNET.public_key, ROUND, sign(20261130, ROUND))
    assert not rule.is_signed(other_key, ROUND, PUBLISHED)
    assert rule.round_randomness(PUBLISHED).hex() == RANDOMNESS
    for wrong in ("", "zz", "00" * 48, "c0" + "00" * 47, PUBLISHED[:-2], f"{PUBLISHED}00", PUBLISHED[:-1] + "c"):
        assert not rule.is_signed(QUICKNET.public_key, ROUND, wrong), wrong
    assert not rule.is_signed("", ROUND, PUBLISHED)


def test_p10_no_second_signature_of_a_round_is_taken_though_the_pairing_alone_would_take_it() -> None:
    """A point outside the group, added to a signature, changes no pairing: without a look at the group a bot could pick among many."""
    signature = bls.decompress_G1(int(PUBLISHED, 16))  # type: ignore[arg-type]
    x = next(FQ(one) for one in range(1, 100) if pow(one**3 + 4, (field_modulus - 1) // 2, field_modulus) == 1)
    y = FQ(pow(int(x) ** 3 + 4, (field_modulus + 1) // 4, field_modulus))
    beside = curve.multiply((x, y, FQ.one()), curve_order)
    other = curve.add(signature, beside)
    assert not curve.is_inf(beside) and pairing(curve.G2, other) == pairing(curve.G2, signature)
    assert not rule.is_signed(QUICKNET.public_key, ROUND, f"{bls.compress_G1(other):096x}")


@given(st.integers(0, 10**9), st.integers(0, 999_999))
def test_p10_the_round_is_the_first_that_is_published_ten_minutes_later(seconds: int, micros: int) -> None:
    frozen = START + timedelta(seconds=seconds, microseconds=micros)
    number = rule.round_after(QUICKNET, frozen)
    assert rule.published_at(QUICKNET, number) >= frozen + rule.AHEAD > rule.published_at(QUICKNET, number - 1)


IDS = st.lists(st.integers(1, 10**17).map(str), unique=True, max_size=40)
CHANCE = st.binary(min_size=32, max_size=32)


@given(IDS, CHANCE, CHANCE)
def test_p10_seed_and_order_are_those_of_the_recipes_words(ids: list[str], listed: bytes, chance: bytes) -> None:
    seed = hashlib.sha256(listed + chance).hexdigest()
    by_hash = {hashlib.sha256(seed.encode() + one.encode()).hexdigest(): one for one in ids}
    assert random_review.seed_of(listed.hex(), chance) == seed
    assert (
        random_review.order_of(ids, seed)
        == random_review.order_of(sorted(ids), seed)
        == [by_hash[one] for one in sorted(by_hash)]
    )


@each(
    ("calls", "share", "minimum", "wanted"),
    [
        (0, "2", 5, 0), (0, "100", 0, 0), (1, "2", 5, 1), (1, "2", 0, 1), (1, "0.000000001", 0, 1), (4, "2", 5, 4), (5, "2", 5, 5), (6, "2", 5, 5),
        (250, "2", 5, 5), (251, "2", 5, 6), (300, "2", 5, 6), (301, "2", 5, 7), (1000, "0.1", 0, 1), (1001, "0.1", 0, 2), (3000, "0.1", 0, 3),
        (30, "10", 0, 3), (700, "7", 0, 49), (1000, "2.3", 0, 23), (7, "100", 5, 7), (7, "99.9", 5, 7), (7, "2", 1000, 7),
        (100, "33.33333333333333333333", 0, 34), (3 * 10**9, "33.33333333333333333333", 0, 10**9),
    ],
)  # fmt: skip
def test_p10_the_share_is_rounded_up_to_the_minimum_at_least(calls: int, share: str, minimum: int, wanted: int) -> None:
    assert random_review.how_many(calls, Decimal(share), minimum) == wanted


@each(
    ("written", "told"),
    [
        ("2", "2"), ("2.0", "2"), ("0.1", "0.1"), ("100", "100"), ("10.50", "10.5"), ("1e-7", "0.0000001"),
        ("33.3", "33.3"),
    ],
)  # fmt: skip
def test_p10_a_share_is_told_as_the_decimal_number_that_the_policy_has(written: str, told: str) -> None:
    assert random_review.share_text(float(written)) == told


def test_p10_a_share_that_is_no_binary_fraction_gives_no_call_too_many() -> None:
    """As binary fractions 0.07 in a hundred of 10,000 are a little over seven, which would round up to eight."""
    assert ceil(0.07 * 10_000 / 100) == 8
    assert random_review.how_many(10_000, Decimal(random_review.share_text(0.07)), 0) == 7


def test_p10_the_first_ones_are_drawn_past_those_that_are_skipped() -> None:
    order = ["5", "3", "9", "1"]
    assert random_review.first_drawn(order, 2, ()) == ["5", "3"]
    assert random_review.first_drawn(order, 2, {"5"}) == ["3", "9"]
    assert random_review.first_drawn(order, 3, {"3", "1"}) == ["5", "9"]
    assert random_review.first_drawn(order, 0, ()) == []
    assert random_review.first_drawn([], 3, {"3"}) == []


FROZEN = a_frozen({"sales": range(101, 113), "customer_success": range(201, 204)})
SIGNATURE = signed(SECRET, FROZEN.round)
SAMPLE = a_sample(FROZEN)
TEXT = rule.file_text(SAMPLE)
SETS = st.sets(st.integers(1, 10**17), max_size=30)


def said(sample: Sample) -> list[str]:
    """What contradicts its recipe, where the signature is right that these tests know."""
    return list(rule.file_contradictions(sample, lambda key, number, told: (number, told) == (FROZEN.round, SIGNATURE)))


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    whole = json.loads(TEXT)
    change(whole)
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


@given(SETS, SETS, st.integers(0, 40), st.integers(1, 10_000), st.data())
def test_p10_what_keeps_to_the_recipe_is_read_as_it_was_told_and_holds(
    some: set[int], others: set[int], minimum: int, share: int, data: st.DataObject
) -> None:
    frozen = a_frozen({"a": some, "b": others - some}, random_review.share_text(share / 100), minimum)
    plain = a_sample(frozen, signature=SIGNATURE)
    first = [one for found in plain.departments.values() for one in found.drawn]
    lost = data.draw(st.lists(st.sampled_from(first), unique=True)) if first else []
    one = a_sample(frozen, [(each, "erased") for each in lost], signature=SIGNATURE)
    assert rule.read_draw_file(rule.file_text(one)) == one
    assert said(one) == []


@pytest.mark.parametrize("forged", ["", "other key", "other round"])
def test_p10_the_file_alone_shows_that_the_beacon_signed_it(forged: str) -> None:
    """Three pairings, a second each on a busy machine."""
    signature = {
        "": SIGNATURE, "other key": sign(SECRET + 1, FROZEN.round), "other round": sign(SECRET, FROZEN.round + 1)
    }[forged]  # fmt: skip
    told = list(rule.file_contradictions(a_sample(FROZEN, signature=signature)))
    assert told == ([f"signature: it isn't the beacon's signature of round {FROZEN.round}."] if forged else [])


def _with(department: str, **values: Any) -> dict[str, Drawn]:
    return {**SAMPLE.departments, department: SAMPLE.departments[department].model_copy(update=values)}


NOT_DRAWN = next(one for one in FROZEN.order("sales", SAMPLE.seed) if one not in SAMPLE.departments["sales"].drawn)
LAST = FROZEN.order("sales", SAMPLE.seed)[-1]


@each(
    ("values", "sentence"),
    [
        ({"list_hash": "0" * 64}, "list_hash: the file says"),
        ({"frozen": a_frozen(round=FROZEN.round + 1)}, "round: the file says"),
        ({"frozen": FROZEN.model_copy(update={"minimum": 6})}, "list_hash: the file says"),
        ({"frozen": a_frozen({"sales": range(101, 112), "customer_success": range(201, 204)})}, "list_hash: the file says"),
        ({"drawn_at": "2026-11-01T22:09:59+00:00"}, "drawn_at: it was drawn before the beacon's round was published."),
        ({"signature": ""}, "signature: there must be either"),
        ({"number": NUMBER}, "signature: there must be either"),
        ({"number": NUMBER, "signature": ""}, "note: the file says “”"),
        ({"number": "1" * 64, "signature": "", "note": WEAKER}, "number_hash: the file says"),
        ({"note": WEAKER}, "note: the file says"),
        ({"seed": "0" * 64}, "seed: the file says"),
        ({"departments": {"sales": SAMPLE.departments["sales"]}}, "departments: "),
        ({"departments": _with("sales", drawn=(NOT_DRAWN,))}, "sales, drawn: the file says"),
        ({"departments": _with("sales", skipped=(Skipped(id=LAST, cause="erased", entered_by=""),))}, "never came to it"),
        ({"departments": _with("sales", skipped=(Skipped(id="7", cause="own", entered_by=""),))}, "isn't in the list"),
    ],
)  # fmt: skip
def test_p10_whatever_contradicts_the_recipe_is_told_in_a_sentence(values: dict[str, Any], sentence: str) -> None:
    told = said(SAMPLE.model_copy(update=values))
    assert any(sentence in one for one in told), told
    assert all(one.endswith(".") for one in told)


def test_p10_with_the_bots_own_number_it_holds_and_says_that_this_is_weaker() -> None:
    one = a_sample(FROZEN, number=NUMBER)
    assert said(one) == []
    assert one.note == WEAKER


def test_p10_all_that_a_draw_depends_on_is_in_the_hash() -> None:
    """So nothing of it can be changed once the hash is logged."""
    others = [
        FROZEN.model_copy(update={name: value})
        for name, value in (
            ("company", "x"), ("month", "2026-09"), ("frozen_at", "2026-11-01T22:00:01+00:00"), ("share_percent", "3"), ("minimum", 6),
            ("departments", {}), ("round", 1), ("number_hash", "0" * 64), ("beacon", FROZEN.beacon.model_copy(update={"period": 4})),
        )
    ]  # fmt: skip
    assert len(others) == len(type(FROZEN).model_fields)
    assert len({one.list_hash for one in (FROZEN, *others)}) == len(others) + 1


def refused(text: str) -> bool:
    try:
        rule.read_draw_file(text)
    except rule.Unread:
        return True
    return False


def test_a_second_way_of_writing_the_same_is_refused() -> None:
    assert not refused(TEXT)
    assert not refused(changed(lambda _: None))
    for old, new in (
        (' "minimum": 5,', ' "minimum": 5,\n  "minimum": 5,'), (' "minimum": 5,', ' "minimum": 5.0,'), (' "minimum": 5,', ' "minimum":  5,'),
        ("\n", "\r\n"), ("Fernhill", "\\u0046ernhill"), ("}\n", "}\n\n"),
    ):  # fmt: skip
        assert old in TEXT
        assert refused(TEXT.replace(old, new)), old
