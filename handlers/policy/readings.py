"""Sentences of the policy with its own values in them: `{retention.months}` stands for the value of that name (P1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import TYPE_CHECKING

from pydantic import BaseModel

from handlers.rules.phone import written

from .terms import Closure

if TYPE_CHECKING:
    from .file import Policy

NAME = re.compile(r"\{([^{}]*)\}")


def filled(policy: Policy, sentence: str) -> str:
    """The sentence with each name replaced by its value; raises `LookupError` with the name that the policy has not."""
    return NAME.sub(lambda found: _told(_value(policy, found[1])), sentence)


def unknown(policy: Policy, sentence: str) -> str | None:
    """The first name in the sentence that stands for nothing that can be told; None where all do."""
    for name in NAME.findall(sentence):
        try:
            _told(_value(policy, name))
        except LookupError:
            return str(name)
    return None


def _value(policy: Policy, name: str) -> object:
    found: object = policy
    for step in name.split("."):
        known = type(found).model_fields if isinstance(found, BaseModel) else ()
        if step not in known:
            raise LookupError(name)
        found = getattr(found, step)
    return found


def _told(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:g}"
        case date():
            return f"{value.day} {value:%B %Y}"
        case time():
            return f"{value:%H:%M}"
        case Closure():
            only = _listed([written(number) for number in value.lines]) if value.lines else ""
            return f"{_told(value.day)}{only and f' ({only} only)'}"
        case tuple():
            return _listed([_told(one) for one in value])
        case _:
            raise LookupError(type(value).__name__)


def _listed(told: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(told[:-1]), *told[-1:]) if part) or "none"
