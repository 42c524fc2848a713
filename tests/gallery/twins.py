"""Remembers what each drawing for Slack was made from, so that the same card or form can be drawn for Teams."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.rehearsal.teams.adaptive import check_card
from bot.slack import render as slack
from bot.teams import forms
from bot.teams import render as teams
from handlers.cards import Card, Option, Page, Sheet, Sign
from tests.gallery.shots import Json

DRAWING = ("message", "home", "page", "modal")
Made = Card | Page | Sheet


class Twins:
    """What was made lately, by the texts in which it was drawn."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Made, str]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Everything that is drawn for Slack meanwhile is remembered."""
        plain = {name: getattr(slack, name) for name in DRAWING}
        for name, draw in plain.items():
            setattr(slack, name, self._noting(draw))
        try:
            yield
        finally:
            for name, draw in plain.items():
                setattr(slack, name, draw)

    def card(self, seen: Json, errors: Mapping[str, str]) -> Json:
        """The Adaptive Card of what Slack was sent; raises where Teams would refuse it.

        `seen` may hold in its state what was filled in, and `errors` what is to be mended.
        """
        above = [block for block in seen["blocks"] if block.get("block_id") == slack.TOP]
        below = [block for block in seen["blocks"] if block not in above]
        made, zone = self._made[_texts({**seen, "blocks": below})]
        words = "".join(block["text"]["text"].removeprefix(f"{Sign.ALARM} ") for block in above)
        card = _drawn(made, zone, seen, {**errors, "": words} if words else errors)
        check_card(card)
        return card

    def _noting(self, draw: Callable[..., Any]) -> Callable[..., Any]:
        def noted(made: Made, *more: Any) -> Any:
            drawn = draw(made, *more)
            self._made[_texts(drawn)] = made, "" if isinstance(made, Sheet) else more[0]
            return drawn

        return noted


def twin(card: Json | None, *, at: datetime, zone: str, words: str = "", unfold: str = "") -> Json:
    """What the page's `draw` takes: a message of Teams with a card, or with words alone.

    `unfold` is the title of a button whose question stands open.
    """
    local = at.astimezone(ZoneInfo(zone))
    return {"from": "Recording Steward", "at": f"{local:%H:%M}", "card": card, "words": words, "unfold": unfold}


def _drawn(made: Made, zone: str, seen: Json, errors: Mapping[str, str]) -> Json:
    match made:
        case Card():
            return teams.content(made, zone)
        case Page():
            return teams.page(made, zone)
        case Sheet():
            values = seen.get("state", {}).get("values", {})
            return forms.form(made, values=slack.answers(values), problems=errors, offered=_offered(values))
        case _:
            assert_never(made)


def _offered(values: Mapping[str, Mapping[str, Json]]) -> dict[str, list[Option]]:
    """The labels of what was chosen, by field."""
    return {
        name: [_option(one) for state in states.values() for one in state.get("selected_options", ())]
        for name, states in values.items()
    }


def _option(chosen: Json) -> Option:
    return Option(chosen["value"], chosen["text"]["text"], chosen.get("description", {}).get("text", ""))


def _texts(drawn: Json) -> str:
    """Every text of a message or a view, apart from what was filled in: that and the ids are given after the drawing."""
    return json.dumps([drawn.get("title"), list(_found(drawn["blocks"]))])


def _found(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        value = [inner for name, inner in value.items() if not name.startswith("initial_")]
    if isinstance(value, list):
        for inner in value:
            yield from _found(inner)
