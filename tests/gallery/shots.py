"""What the gallery draws: the cards, pages and forms of the golden files, as Slack and as Teams get them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.slack import render as slack
from bot.teams import forms
from bot.teams import render as teams
from tests.golden.cases import READER
from tests.golden.requests import NOW
from tests.golden.test_golden import CARDS, FORMS, PAGES

Json = dict[str, Any]
Platform = Literal["slack", "teams"]
PLATFORMS: tuple[Platform, ...] = ("slack", "teams")
BOT = "Recording Steward"


@dataclass(frozen=True, slots=True)
class Shot:
    """One card, page or form; `drawings` are what the `draw` of each platform's page takes, `spoken` its notification."""

    name: str
    drawings: Mapping[Platform, Json]
    spoken: str = ""

    @property
    def group(self) -> str:
        return self.name.partition("-")[0].title()


def _shot(name: str, kind: str, seen: Json, card: Json) -> Shot:
    about = {"uid": "U1", "zone": READER, "now": NOW.isoformat(), "names": {}, "errors": {}}
    return Shot(
        name,
        {"slack": {"kind": kind, "seen": seen, **about}, "teams": {"from": BOT, "at": "03:00", "card": card, "words": "", "unfold": ""}},
        str(seen.get("text", "")),
    )  # fmt: skip


def _message(drawn: Mapping[str, Any]) -> Json:
    author = {"id": "UBOT", "name": BOT, "bot": True, "initials": "", "colour": ""}
    return {**_named(drawn), "ts": "1", "at": NOW.isoformat(), "from": author, "ephemeral": False, "edited": False}


def _view(drawn: Mapping[str, Any]) -> Json:
    return {**_named(drawn), "id": "V1", "state": {"values": {}}}


def _named(drawn: Mapping[str, Any]) -> Json:
    """Slack gives each block a name that has none."""
    return {**drawn, "blocks": [{"block_id": f"b{at}", **one} for at, one in enumerate(drawn["blocks"])]}


SHOTS = (
    *(_shot(name, "message", _message(slack.render_message(one, READER)), teams.content(one, READER)) for name, one in CARDS.items()),
    *(_shot(name, "modal", _view(slack.render_page(one, READER)), teams.page(one, READER, dialog=True)) for name, one in PAGES.items()),
    *(_shot(name, "modal", _view(slack.render_modal(one)), forms.draw_form(one)) for name, one in FORMS.items()),
)  # fmt: skip
