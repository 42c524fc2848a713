"""Reads the bot's answers to invokes, as strictly as Teams' client does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.teams.adaptive import CARD_TYPE, check_card
from bot.rehearsal.teams.outbound import Reply
from bot.rehearsal.teams.people import Json
from bot.rehearsal.teams.refusals import TeamsError

MESSAGE = "application/vnd.microsoft.activity.message"
FAILED = "application/vnd.microsoft.error"
SEARCHED = "application/vnd.microsoft.search.searchResponse"
MOST_RESULTS = 15
SIZES = ("small", "medium", "large")


class Malformed(Exception):
    """An answer that Teams doesn't show; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person gets: a card in place of the old one, words, or an error's words."""

    card: Json | None = None
    said: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What happens to the dialog: `card` with `title` is shown next, `said` ends it, neither closes it."""

    card: Json | None = None
    title: str = ""
    said: str = ""


def pressed(reply: Reply) -> Answer:
    """Return the answer to adaptiveCard/action: {statusCode, type, value}. Raises Malformed."""
    body = _body(reply)
    status, kind, value = body.get("statusCode"), body.get("type"), body.get("value")
    if not isinstance(status, int) or isinstance(status, bool) or not isinstance(kind, str) or "value" not in body:
        raise Malformed("the answer must have statusCode, type and value")
    if kind == FAILED and 400 <= status < 600:
        return Answer(error=_failure(value))
    if status != 200:
        raise Malformed(f"statusCode {status} does not go with {kind}")
    if kind == CARD_TYPE:
        return Answer(card=_card(value))
    if kind == MESSAGE and isinstance(value, str) and value:
        return Answer(said=value)
    raise Malformed(f"{kind} with this value shows nothing")


def task(reply: Reply, *, may_close: bool) -> Task:
    """Return the answer to task/* and composeExtension/fetchTask: {task: {type, value}}. Raises Malformed."""
    if not reply.ok:
        raise Malformed(f"the bot answered {reply.status}")
    if reply.json in (None, {}):
        return _closed(may_close=may_close)
    body = _body(reply)
    return _task(body.get("task"))


def searched(reply: Reply, *, several: bool) -> list[Json]:
    """Return the answer to application/search: at most 15 of {title, value}. Raises Malformed."""
    body = _body(reply)
    value = body.get("value")
    results = value.get("results") if isinstance(value, dict) else None
    if body.get("type") != SEARCHED or not isinstance(results, list) or body.get("statusCode", 200) != 200:
        raise Malformed(f"the answer must be {SEARCHED} with value.results")
    if len(results) > MOST_RESULTS:
        raise Malformed(f"{len(results)} results, and Teams shows {MOST_RESULTS}")
    for one in results:
        _choice(one, several=several)
    return results


def _choice(one: Any, *, several: bool) -> None:
    if not isinstance(one, dict) or not all(
        isinstance(one.get(name), str) and one[name] for name in ("title", "value")
    ):
        raise Malformed("every result must have a title and a value")
    if several and "," in one["value"]:
        raise Malformed(f"a comma in the value {one['value']!r} breaks a choice of several")


def _body(reply: Reply) -> Json:
    if not reply.ok:
        raise Malformed(f"the bot answered {reply.status}")
    if not isinstance(reply.json, dict):
        raise Malformed("the answer must be an object")
    return reply.json


def _card(value: Any) -> Json:
    try:
        check_card(value)
    except TeamsError as refused:
        raise Malformed(str(refused)) from None
    card: Json = value
    return card


def _failure(value: Any) -> str:
    if not isinstance(value, dict) or not isinstance(value.get("message"), str) or "code" not in value:
        raise Malformed("an error must have a code and a message")
    return str(value["message"])


def _closed(*, may_close: bool) -> Task:
    if not may_close:
        raise Malformed("an empty answer opens no dialog")
    return Task()


def _task(value: Any) -> Task:
    kinds: dict[str, Callable[[Any], Task]] = {"continue": _continued, "message": _ended}
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in kinds:
        raise Malformed("task must have the type continue or message")
    return kinds[str(kind)](value.get("value"))


def _ended(value: Any) -> Task:
    if not isinstance(value, str):
        raise Malformed("a task's message must be a text")
    return Task(said=value)


def _continued(value: Any) -> Task:
    attachment = value.get("card") if isinstance(value, dict) else None
    if not isinstance(attachment, dict) or attachment.get("contentType") != CARD_TYPE:
        raise Malformed(f"a task's value.card must be an attachment of {CARD_TYPE}")
    for side in ("height", "width"):
        if side in value and not (isinstance(value[side], int) or value[side] in SIZES):
            raise Malformed(f"a task's {side} must be a number or one of {', '.join(SIZES)}")
    return Task(_card(attachment.get("content")), str(value.get("title") or ""))
