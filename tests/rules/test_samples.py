"""P10: a published draw is taken as it was published or not at all, and whatever contradicts its recipe is found."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.beacon import SECRET, sign
from handlers.rules import draw_file as rule
from handlers.rules import random_review
from handlers.rules.draw_file import WEAKER, Drawn, Sample, Skipped
from tests.drawn import NUMBER, a_frozen, a_sample, signed
from tests.each import each

pytestmark = pytest.mark.long

FROZEN = a_frozen({"sales": range(101, 113), "customer_success": range(201, 204)})
SIGNATURE = signed(SECRET, FROZEN.round)
SAMPLE = a_sample(FROZEN)
TEXT = rule.file_text(SAMPLE)
IDS = st.sets(st.integers(1, 10**17), max_size=30)


def said(sample: Sample) -> list[str]:
    """What contradicts its recipe, where the signature is right that these tests know."""
    return list(rule.file_contradictions(sample, lambda key, number, told: (number, told) == (FROZEN.round, SIGNATURE)))


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    whole = json.loads(TEXT)
    change(whole)
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


@given(IDS, IDS, st.integers(0, 40), st.integers(1, 10_000), st.data())
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
    assert told == ([f"signature: it is not the beacon's signature of round {FROZEN.round}."] if forged else [])


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
        ({"departments": {"sales": SAMPLE.departments["sales"]}}, "departments: those drawn from"),
        ({"departments": _with("sales", drawn=(NOT_DRAWN,))}, "sales, drawn: the file says"),
        ({"departments": _with("sales", skipped=(Skipped(id=LAST, cause="erased", entered_by=""),))}, "was not in the way"),
        ({"departments": _with("sales", skipped=(Skipped(id="7", cause="own", entered_by=""),))}, "is not in the list"),
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
