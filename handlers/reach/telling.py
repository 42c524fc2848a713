"""Who is told of a broken route: as alarms go, past whoever it is about; all that one person is told stands in one message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from handlers.acting import Act
from handlers.alarms import sound
from handlers.effects import Effect
from handlers.reach_words import line, several
from handlers.rules.alarms import ROLES
from handlers.rules.reach import Problem, everybody

WHY = "reach"
MOST_LINES = 10
"""So many stand in one message; whoever runs the bot reads all of them with `recording-steward check`."""


def told(act: Act, day: date, problems: Mapping[str, Problem]) -> tuple[Effect, ...]:
    """What concerns somebody who would hear of it stands alone, so that it goes past that person; the rest is one message."""
    hearing = {who for name in ROLES for who in (act.policy.role(name).holder, *act.policy.role(name).deputies)}
    alone = [one for one in problems.values() if one.who in hearing]
    others = [one for one in problems.values() if one.who not in hearing]
    groups = [*([one] for one in alone), *([others] if others else [])]
    return tuple(effect for group in groups for effect in _sounded(act, day, group))


def _sounded(act: Act, day: date, group: list[Problem]) -> tuple[Effect, ...]:
    about = group[0].who or act.policy.role("head_of_customer_success").holder
    subject = f"person:{act.store.people.called_for(about).id}"
    return sound(act, subject, WHY, _words(act, day, group))


def _words(act: Act, day: date, group: list[Problem]) -> str:
    seats = everybody(act.policy)
    names = {key: one.name for key, one in act.store.people.with_keys(seats).items()}
    out = act.store.people.out_of_reach(seats) | {one.who for one in group if one.kind != "uncovered"}
    lines = [(one.kind, line(one, act.today, day, names, out)) for one in group[:MOST_LINES]]
    return several(lines, max(0, len(group) - MOST_LINES))
