"""Words by which people say where a call came in or whose it was: a line's country and city, and departments (P2, P4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.policy import Policy

from .spelling import plain

_WAYS = {"outgoing": "outgoing outbound", "incoming": "incoming inbound"}
WAYS = {said: way for way, words in _WAYS.items() for said in words.split()}
"""How people say which way a call went."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a word or two stand for: lines by their numbers, or departments by their keys."""

    lines: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()


def places(policy: Policy) -> dict[str, Place]:
    """Each way to say a line or a department, in plain words; what several have stands for all of them."""
    found: dict[str, Place] = {}
    for said, place in (*_lines(policy), *_departments(policy)):
        before = found.get(said, Place())
        found[said] = Place(before.lines | place.lines, before.departments | place.departments)
    return found


def _lines(policy: Policy) -> Iterator[tuple[str, Place]]:
    for number, line in policy.lines.items():
        city = line.time_zone.rpartition("/")[2].replace("_", " ")
        labels = line.label.replace(" and ", ",").split(",")
        for said in {plain(one) for one in (line.label, *labels, *line.regions, city)}:
            yield said, Place(lines=frozenset({number}))


def _departments(policy: Policy) -> Iterator[tuple[str, Place]]:
    for key, department in policy.departments.items():
        for said in {plain(one) for one in (department.label, *department.label.split("/"))}:
            yield said, Place(departments=frozenset({key}))
