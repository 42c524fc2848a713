"""P10: a published draw is taken as it was published or not at all, and whatever contradicts its recipe is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rehearsal.beacon import SECRET, sign
from handlers.rules import draw_file as rule
from handlers.rules import random_review
from handlers.rules.draw_file import WEAKER, Drawn, Listed, Sample, Skipped
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


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["0" * 64, "101"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "cause", "sales", "calls"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=300)
@given(st.sampled_from(sorted(Sample.model_fields)), st.sampled_from(["", *sorted(rule.Frozen.model_fields)]), VALUES)
def test_whatever_is_in_a_field_is_refused_or_held_against_the_recipe(field: str, below: str, value: Any) -> None:
    def change(whole: dict[str, Any]) -> None:
        if field == "frozen" and below:
            whole["frozen"][below] = value
        else:
            whole[field] = value

    try:
        one = rule.read_draw_file(changed(change))
    except rule.Unread:
        return
    assert all(sentence.endswith(".") for sentence in said(one))


@each(
    "text",
    [
        "null", "[]", "1", '"format"', "NaN", "{}", '{"format": null}', '{"format": 1}', "\ud800", "\ufeff{}", "[" * 50_000,
        '{"format":' * 50_000, "9" * 100_000, '{"format": "recording-steward sample 2"}', '{"format": "recording-steward sample 1"}',
    ],
)  # fmt: skip
def test_hostile_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(rule.Unread, match=r"^it isn't a published draw"):
        rule.read_draw_file(text)


def test_p10_an_unsorted_list_or_one_with_a_call_twice_is_told() -> None:
    for calls in (("102", "101"), ("101", "101")):
        frozen = FROZEN.model_copy(update={"departments": {"sales": Listed(calls=calls, left_out={})}})
        assert "sales: the calls are not sorted, or one of them is listed twice." in said(
            a_sample(frozen, signature=SIGNATURE)
        )


@each(
    ("field", "value"),
    [
        ("company", None), ("month", "2026-13"), ("frozen_at", "2026-02-30T09:00:00+00:00"), ("frozen_at", "2026-11-02T09:00:00+10:00"),
        ("share_percent", "0"), ("share_percent", "101"), ("share_percent", "1e1"), ("minimum", 1001), ("minimum", 0.5), ("round", 0),
        ("number_hash", "A" * 64), ("departments", {"sales": {"calls": ["07"], "left_out": {}}}), ("departments", {"sales": {"calls": [7], "left_out": {}}}),
        ("departments", {"sales": {"calls": [], "left_out": {"other": 1}}}), ("departments", {"S": {"calls": [], "left_out": {}}}),
        ("beacon", {**SAMPLE.frozen.beacon.model_dump(), "period": 0}), ("beacon", {**SAMPLE.frozen.beacon.model_dump(), "genesis": 10**12}), ("more", 1),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_and_never_a_traceback(field: str, value: Any) -> None:
    with pytest.raises(rule.Unread, match="it isn't a published draw"):
        rule.read_draw_file(changed(lambda whole: whole["frozen"].update({field: value})))


def test_much_that_is_wrong_is_one_sentence() -> None:
    """A file of 8 MB could else take as many gigabytes."""
    wrong = {"sales": {"calls": [[]] * 10_000, "left_out": {str(one): "" for one in range(10_000)}}}
    with pytest.raises(rule.Unread, match=r"^.{1,250}$"):
        rule.read_draw_file(changed(lambda whole: whole["frozen"].update(departments=wrong)))
