"""P10: a published sample is taken as it was published or not at all, and whatever contradicts its recipe is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from handlers.rules import drawing
from handlers.rules import samples as rule
from tests.drawn import NUMBER, a_sample
from tests.each import each

pytestmark = pytest.mark.long

SMALL = rule.told(a_sample(range(101, 108))).encode()
LARGE = rule.told(a_sample(range(1000, 41_000), skipped=[("1000", "declined")], wanted=0)).encode()
IDS = st.lists(st.integers(1, 10**17), unique=True, max_size=30)
LINES = st.lists(st.text(min_size=1, max_size=20).map(drawing.line_of).filter(bool), min_size=1, max_size=2)


def refused(content: bytes) -> bool:
    """Whether it is told as not as it was published; anything but `Unread` would be a traceback."""
    try:
        rule.read(content.decode())
    except (rule.Unread, UnicodeDecodeError):
        return True
    return False


def resealed(change: Callable[[dict[str, Any]], object], content: bytes = SMALL) -> str:
    """A file in which somebody changed something, and who made its own hash fit again."""
    whole = json.loads(content)
    del whole["sha256"]
    change(whole)
    written = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    whole["sha256"] = sha256(written.encode()).hexdigest()
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


@given(IDS, LINES, st.binary(min_size=32, max_size=32), st.integers(0, 40), st.integers(1, 10_000), st.data())
def test_p10_what_keeps_to_the_recipe_is_read_as_it_was_told_and_holds(
    ids: list[int], lines: list[str], number: bytes, minimum: int, share: int, data: st.DataObject
) -> None:
    percent = drawing.share_text(share / 100)
    plain = a_sample(ids, number.hex(), lines, share=percent, minimum=minimum)
    lost = data.draw(st.lists(st.sampled_from(plain.drawn), unique=True)) if plain.drawn else []
    skipped = [(one, "erased") for one in lost]
    one = a_sample(ids, number.hex(), lines, skipped, percent, minimum)
    assert rule.read(rule.told(one)) == one
    assert list(rule.contradictions(one)) == []


def test_a_file_is_taken_as_it_is_and_what_resealing_changes_nothing_in_is_the_same() -> None:
    assert not refused(SMALL)
    assert not refused(LARGE)
    assert resealed(lambda _: None).encode() == SMALL


@each(
    "change", [lambda byte: byte ^ 1, lambda byte: byte ^ 0x20, lambda byte: byte ^ 0x80, lambda _: 0x20, lambda _: 0]
)
def test_p10_every_byte_that_is_another_one_is_refused(change: Callable[[int], int]) -> None:
    for place, byte in enumerate(SMALL):
        if change(byte) != byte:
            assert refused(SMALL[:place] + bytes([change(byte)]) + SMALL[place + 1 :]), place


def test_p10_every_byte_that_is_missing_or_there_twice_and_every_cut_is_refused() -> None:
    for place in range(len(SMALL)):
        assert refused(SMALL[:place]), place
        assert refused(SMALL[:place] + SMALL[place + 1 :]), place
        assert refused(SMALL[:place] + SMALL[place : place + 1] + SMALL[place:]), place


def test_p10_bytes_at_random_in_a_large_file_and_cuts_of_it_are_refused() -> None:
    chance = Random(10)
    for _ in range(20):
        place, other = chance.randrange(len(LARGE)), chance.randrange(1, 256)
        assert refused(LARGE[:place] + bytes([LARGE[place] ^ other]) + LARGE[place + 1 :]), place
        assert refused(LARGE[:place])


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["0" * 64, "101", "2"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "reason", "of", "gone"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(sorted(rule.Sample.model_fields)), VALUES, min_size=1, max_size=3))
def test_whatever_stands_in_a_field_is_refused_or_held_against_the_recipe(changed: dict[str, Any]) -> None:
    try:
        one = rule.read(resealed(lambda whole: whole.update(changed)))
    except rule.Unread:
        return
    assert all(sentence.endswith(".") for sentence in rule.contradictions(one))


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_what_is_no_sample_is_refused_and_is_nothing_worse(content: bytes) -> None:
    assert refused(content)


@each(
    "text",
    [
        "null", "[]", "1", '"format"', "NaN", "{}", '{"format": null}', '{"format": 1}', "\ud800", "\ufeff{}",
        "[" * 50_000, '{"format":' * 50_000, "9" * 100_000, '{"format": "recording-steward sample 1", "wanted": ' + "9" * 50_000 + "}",
    ],
)  # fmt: skip
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(rule.Unread, match="no published sample"):
        rule.read(text)


def test_a_stray_half_of_a_letter_is_no_text() -> None:
    for place in ('"format": "', '"company": "', '"number": "', '"Tea'):
        with pytest.raises(rule.Unread):
            rule.read(SMALL.decode().replace(place, f"{place}\\ud800", 1))


@each(
    ("field", "value", "sentence"),
    [
        ("calls", [[]] * 10_000, "what stands at “calls.0” can’t be right"),
        ("lines", [""] * 10_000, "what stands at “lines.0” can’t be right"),
        ("left_out", {str(one): "" for one in range(10_000)}, "what stands at “left_out” can’t be right"),
        ("skipped", [{str(one): 0 for one in range(10_000)}], "hardly anything in it can be right"),
    ],
)
def test_much_that_is_wrong_is_one_sentence_and_costs_no_memory_for_each(field: str, value: Any, sentence: str) -> None:
    """A file of 8 MB could else take as many gigabytes."""
    with pytest.raises(rule.Unread, match=sentence) as refused:
        rule.read(resealed(lambda whole: whole.update({field: value})))
    assert isinstance(refused.value.__cause__, ValidationError)
    assert refused.value.__cause__.error_count() < 4 or field == "skipped"


@each(
    ("old", "new"),
    [
        (' "wanted": 5,\n', ' "wanted": 5,\n "wanted": 5,\n'), (' "wanted": 5,\n', ' "wanted": 7,\n "wanted": 5,\n'),
        (' "wanted": 5,\n', ' "wanted": 5.0,\n'), (' "wanted": 5,\n', ' "wanted": 5e0,\n'), ('"Tea', '"\\u0054ea'), ("/", "\\/"),
        ('{\n "format"', '{\n "sha256": "' + "0" * 64 + '",\n "format"'), (' "wanted": 5,\n', ' "wanted":  5,\n'), ("\n", "\r\n"),
    ],
)  # fmt: skip
def test_a_second_way_of_writing_the_same_is_refused(old: str, new: str) -> None:
    text = rule.told(a_sample(range(101, 108), company="A/B"))
    assert old in text
    with pytest.raises(rule.Unread):
        rule.read(text.replace(old, new))


def test_causes_stand_in_one_order_only() -> None:
    forth, back = ({"declined": 1, "gone": 2}, {"gone": 2, "declined": 1})
    assert rule.told(a_sample(left_out=forth)) == rule.told(a_sample(left_out=back))
    with pytest.raises(rule.Unread):
        rule.read(resealed(lambda whole: whole.update(left_out={"gone": 1, "declined": 2})))


@each(
    ("field", "value"),
    [
        ("calls", ["07"]), ("calls", [7]), ("calls", ["1" * 19]), ("calls", ["٣"]), ("calls", ["-1"]), ("calls", ["0"]), ("calls", ["1\n"]), ("calls", None),
        ("wanted", -1), ("wanted", True), ("wanted", "5"), ("wanted", 10**10), ("minimum", 1001), ("minimum", 0.5), ("wanted", float("nan")),
        ("share_percent", 2), ("share_percent", "0"), ("share_percent", "101"), ("share_percent", "1e1"), ("share_percent", "nan"), ("share_percent", "٢"),
        ("number", "A" * 64), ("number", "0" * 63), ("number", f"{'0' * 64}\n"), ("list_hash", ""), ("seed", None), ("lines", []), ("lines", [""]),
        ("lines", ["a", "b", "c"]), ("lines", "ab"), ("left_out", {"other": 1}), ("left_out", {"": 1}), ("left_out", {"gone": -1}), ("left_out", {"gone": 10**400}),
        ("month", "2026-13"), ("month", "Oct"), ("announced", "2026-02-30T09:00:00+00:00"), ("announced", "2026-11-02T09:00:00+10:00"), ("drawn_at", ""),
        ("announced", "2026-11-02T99999999+00:00"), ("skipped", [{"id": "101"}]), ("skipped", ["101"]), ("skipped", [{"id": "101", "reason": "erased", "more": 1}]), ("again", {}), ("more", 1), ("company", None),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_named_and_never_a_traceback(field: str, value: Any) -> None:
    text = resealed(lambda whole: whole.update({field: value}))
    with pytest.raises(rule.Unread, match=f"it is no published sample(: .*“{field}|: it holds no JSON)"):
        rule.read(text)


def test_a_place_that_somebody_named_at_length_is_told_in_short() -> None:
    with pytest.raises(rule.Unread, match=r"^.{1,200}$"):
        rule.read(resealed(lambda whole: whole.update({"x" * 10_000: 1})))


def test_a_sample_is_never_made_of_what_could_not_be_read_again() -> None:
    for wrong in ({"lines": ("\ud800",)}, {"announced": "yesterday"}, {"share_percent": "0"}):
        with pytest.raises((ValidationError, UnicodeEncodeError)):
            a_sample(**wrong)


def test_p10_the_published_number_is_the_one_that_was_hashed() -> None:
    assert rule.read(SMALL.decode()).number_hash == sha256(NUMBER.encode()).hexdigest()
