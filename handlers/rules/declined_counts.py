"""Declines of a while by line and operator: how they were said, what became of them, and which they are (P5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

HOW: Mapping[str, str] = {
    "midway": "while the call went on",
    "afterwards": "after the call",
    "": "of a call that is not known yet",
}
BECAME: Mapping[str, str] = {
    "kept": "kept",
    "going": "erased or going",
    "waiting": "waits for a decision",
    "stuck": "waits for a decision",
}


class Said(NamedTuple):
    """A caller declined, as far as it is counted; `operator` is an address in normal form, or empty."""

    line: str
    operator: str
    how: str
    state: str
    id: str


@dataclass(frozen=True, slots=True)
class Group:
    """Declines on one line and with one operator; `how` and `became` count them by the words for it."""

    line: str
    operator: str
    how: Mapping[str, int]
    became: Mapping[str, int]
    ids: tuple[str, ...]


def grouped(found: Iterable[Said]) -> list[Group]:
    """By line and operator, in the order in which they come: those of one line and operator stand together."""
    return [_group(line, operator, list(each)) for (line, operator), each in groupby(found, key=lambda one: one[:2])]


def _group(line: str, operator: str, some: list[Said]) -> Group:
    how, became = [HOW.get(one.how, "") for one in some], [BECAME.get(one.state, one.state) for one in some]
    return Group(line, operator, _each(how), _each(became), tuple(one.id for one in some))


def _each(words: list[str]) -> dict[str, int]:
    return {one: words.count(one) for one in dict.fromkeys(words) if one}
