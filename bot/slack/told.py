"""Reads what an answer of Slack's tells, whatever shape it has."""

from __future__ import annotations

from typing import Any

from bot.ports import Unavailable


def said(answer: Any, *names: str) -> str:
    """The words that stand in an answer below these names; raises `Unavailable` where it has another shape."""
    found = body(answer)
    for name in names[:-1]:
        found = part(found, name)
    if words := word(found, names[-1]):
        return words
    raise Unavailable("unreadable_answer")


def body(answer: Any) -> object:
    """All that it tells."""
    return getattr(answer, "data", answer)


def part(told: object, name: str) -> dict[str, Any]:
    """What stands below a name, where that is an object; else nothing."""
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}


def word(told: object, name: str) -> str:
    """What stands below a name, where these are words; else none."""
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""
