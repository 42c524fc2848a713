"""The answers that Teams takes to an invoke, each in the shape that its client shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.teams.elements import Element
from bot.teams.forms import options
from bot.teams.render import KIND
from handlers.cards import Option

Body = dict[str, Any]
SEARCHED = "application/search"
FETCHED, COMMANDED = "task/fetch", "composeExtension/fetchTask"


def card(drawn: Element) -> Body:
    """To a press: this card stands there from now on, for this person."""
    return {"statusCode": 200, "type": KIND, "value": drawn}


def words(said: str) -> Body:
    """To a press: a sentence, and the card stays as it is."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": said}


def failed(said: str) -> Body:
    """To a press that went wrong on our side."""
    value = {"code": "InternalServerError", "message": said}
    return {"statusCode": 500, "type": "application/vnd.microsoft.error", "value": value}


def task(value: object) -> Body:
    """To a dialog: what `render.dialog` drew goes on in it; a sentence ends it."""
    return {"task": value if isinstance(value, dict) else {"type": "message", "value": value}}


def found(choices: Sequence[Option]) -> Body:
    """To a typeahead (learn.microsoft.com, "Typeahead search in Adaptive Cards")."""
    return {
        "statusCode": 200,
        "type": "application/vnd.microsoft.search.searchResponse",
        "value": {"results": options(choices)},
    }
