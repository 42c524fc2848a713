"""All of what the card of erasures ahead has no room for, list by list, from some row on (P4, P12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from handlers.acting import Act
from handlers.cards import Page, Part
from handlers.erasures_ahead import deciding_cards as deciding
from handlers.erasures_ahead.cards import HELD, KEPT_PAST, held_row, kept_row
from handlers.erasures_ahead.view import GONE, View
from handlers.lists import paged
from handlers.rules.ahead import MOST_OUTSIDE
from handlers.rules.refusal import Refused
from handlers.words import NO_LINE


class _Listed(NamedTuple):
    heading: str
    number: int
    things: Callable[[int, int], Sequence[Sequence[Part]]]


def page(act: Act, view: View, name: str, told: str) -> Page:
    """One of the lists, after as many rows as `told`; raises `Refused` for one that the reader has not."""
    listed = _lists(act, view).get(name)
    if listed is None:
        raise Refused(GONE, code="unknown")
    prefix = f"{view.card.id}:{name}:"
    parts = paged(deciding.ALL, prefix, told, listed.number, listed.things, on_a_page=MOST_OUTSIDE)
    return Page(listed.heading, tuple(parts))


def _lists(act: Act, view: View) -> Mapping[str, _Listed]:
    held, kept = view.held, view.kept
    found = {
        "held": _Listed(HELD, len(held), lambda most, skip: [[held_row(view, *one)] for one in held[skip : skip + most]]),
        "kept": _Listed(KEPT_PAST, len(kept), lambda most, skip: [[kept_row(view, *one)] for one in kept[skip : skip + most]]),
    }  # fmt: skip
    return found | (_of_the_head(act, view) if view.heads(act.me) else {})


def _of_the_head(act: Act, view: View) -> dict[str, _Listed]:
    calls, files = act.store.ahead_cards, act.store.unregistered

    def outside(most: int, skip: int) -> list[Sequence[Part]]:
        return [deciding.outside(view, one) for one in calls.undecided(most, skip, view.mine)[1]]

    def unregistered(most: int, skip: int) -> list[Sequence[Part]]:
        return [deciding.unregistered(view, one) for one in files.undecided(most, skip)[1]]

    def stays(most: int, skip: int) -> list[Sequence[Part]]:
        number, first = calls.kept(most, skip, view.mine)
        rest = files.kept(most - len(first), max(0, skip - number))[1]
        return [*(deciding.kept_call(view, one) for one in first), *(deciding.kept_file(view, one) for one in rest)]

    return {
        "outside": _Listed(deciding.NOWHERE, view.undecided + view.own, outside),
        "files": _Listed(NO_LINE, view.unregistered, unregistered),
        "stays": _Listed(deciding.STAYING, view.stays.number, stays),
    }
