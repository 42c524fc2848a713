"""P10: what somebody changed in a published sample is found, also where its own hash was made to fit again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.rules import drawing
from handlers.rules.samples import Sample, contradictions, read
from tests.drawn import a_sample
from tests.each import each
from tests.rules.test_samples import resealed

WHOLE = a_sample(range(101, 108))
FIRST, NOT_DRAWN = WHOLE.drawn[0], min(set(WHOLE.calls) - set(WHOLE.drawn))
OTHER = "1" * 64
Change = Callable[[dict[str, Any]], object]
TOLD_BY_THE_CARD = {"format", "company", "draw", "month", "department", "again", "left_out", "announced", "drawn_at"}
"""What no hash of the file depends on: whoever checks compares it with the card, and `format` says which recipe it is."""


def put(**values: Any) -> Change:
    return lambda whole: whole.update(values)


CHANGED: list[tuple[str, Change, set[str]]] = [
    ("recipe", put(recipe=[*drawing.RECIPE[:-1], "Whatever suits."]), {"recipe"}),
    ("recipe", put(recipe=[]), {"recipe"}),
    ("share_percent", put(share_percent="80"), {"wanted"}),
    ("minimum", put(minimum=4), {"wanted"}),
    ("calls", put(calls=[*WHOLE.calls[:-1]]), {"list_hash"}),
    ("calls", put(calls=[*WHOLE.calls, "999"]), {"list_hash", "drawn"}),
    ("calls", put(calls=[*WHOLE.calls[:-1], "999"]), {"list_hash", "drawn"}),
    ("calls", put(calls=[*WHOLE.calls[::-1]]), {"calls"}),
    ("calls", put(calls=[WHOLE.calls[0], *WHOLE.calls]), {"calls", "list_hash"}),
    ("calls", put(calls=[]), {"list_hash", "wanted", "drawn"}),
    ("list_hash", put(list_hash=OTHER), {"list_hash", "seed"}),
    ("number_hash", put(number_hash=OTHER), {"number_hash"}),
    ("number", put(number=OTHER), {"number_hash", "seed"}),
    ("number", put(number=OTHER, number_hash=drawing.number_hash(OTHER)), {"seed"}),
    ("lines", put(lines=["Another one", WHOLE.lines[1]]), {"seed"}),
    ("lines", put(lines=[*WHOLE.lines[::-1]]), {"seed"}),
    ("lines", put(lines=[WHOLE.lines[0]]), {"seed"}),
    ("lines", put(lines=["".join(WHOLE.lines)]), {"seed"}),
    ("lines", put(lines=[f"{WHOLE.lines[0]}\u200b", WHOLE.lines[1]]), {"lines", "seed"}),
    ("seed", put(seed=OTHER), {"seed", "drawn"}),
    ("wanted", put(wanted=4), {"wanted", "drawn"}),
    ("wanted", put(wanted=8), {"wanted", "drawn"}),
    ("wanted", put(wanted=0, drawn=[]), {"wanted"}),
    ("wanted", put(wanted=0, drawn=[], skipped=[{"id": FIRST, "reason": "erased"}]), {"wanted", "skipped"}),
    ("skipped", put(skipped=[{"id": FIRST, "reason": "erased"}]), {"drawn"}),
    ("skipped", put(skipped=[{"id": NOT_DRAWN, "reason": "erased"}]), {"skipped"}),
    ("skipped", put(skipped=[{"id": "999", "reason": "erased"}]), {"skipped"}),
    ("skipped", put(skipped=[{"id": FIRST, "reason": "erased"}] * 2), {"skipped", "drawn"}),
    ("skipped", put(skipped=[{"id": FIRST, "reason": " \u200b"}]), {"skipped", "drawn"}),
    ("drawn", put(drawn=[*WHOLE.drawn[:-1], NOT_DRAWN]), {"drawn"}),
    ("drawn", put(drawn=[*WHOLE.drawn[::-1]]), {"drawn"}),
    ("drawn", put(drawn=[*WHOLE.drawn[:-1]]), {"drawn"}),
    ("drawn", put(drawn=[*WHOLE.drawn, NOT_DRAWN]), {"drawn"}),
    ("drawn", put(drawn=[]), {"drawn"}),
    ("drawn_at", put(drawn_at="2026-11-01T21:59:59+00:00"), {"drawn_at"}),
]


def found(sample: Sample) -> set[str]:
    return {one.split(":")[0] for one in contradictions(sample)}


@each(("field", "change", "named"), CHANGED)
def test_p10_whatever_is_changed_contradicts_the_recipe_at_its_own_place(
    field: str, change: Change, named: set[str]
) -> None:
    assert found(read(resealed(change))) == named


def test_p10_every_field_is_bound_by_the_recipe_or_told_by_the_card() -> None:
    assert {field for field, _, _ in CHANGED} - {"drawn_at"} == set(Sample.model_fields) - TOLD_BY_THE_CARD
    named = dict.fromkeys(("company", "draw", "department"), "another")
    assert found(read(resealed(put(month="2027-01", left_out={}, **named)))) == set()


def test_p10_a_skipped_call_gives_way_to_the_next_of_the_drawn_order() -> None:
    order = drawing.order_of(WHOLE.calls, WHOLE.seed)
    assert list(WHOLE.drawn) == order[:5]
    less = a_sample(range(101, 108), skipped=[(order[0], "erased"), (order[3], "declined")])
    assert list(less.drawn) == [order[1], order[2], order[4], order[5], order[6]]
    assert found(less) == set()


def test_p10_where_too_few_are_left_all_that_are_left_are_drawn() -> None:
    order = drawing.order_of(WHOLE.calls, WHOLE.seed)
    less = a_sample(range(101, 108), skipped=[(one, "erased") for one in order[:4]])
    assert (list(less.drawn), less.wanted) == (order[4:], 5)
    assert found(less) == set()
    none = a_sample(range(101, 108), skipped=[(one, "erased") for one in order])
    assert (none.drawn, found(none)) == ((), set())


def test_p10_a_month_without_a_call_draws_none() -> None:
    none = a_sample(())
    assert (none.wanted, none.drawn, found(none)) == (0, (), set())


def test_p10_what_a_contradiction_cites_is_short() -> None:
    many = a_sample(range(1000, 9000), drawn=())
    assert [len(one) < 300 for one in contradictions(many)] == [True]
