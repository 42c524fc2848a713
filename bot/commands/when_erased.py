"""`recording-steward when erased`: when the audio of a call that began at a moment is erased (P12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands.when import Question, Where, answer
from bot.moments import moment, moment_at_home, zone_of
from bot.settings.config import as_given, policy
from handlers.rules.refusal import Refused
from handlers.rules.retention import erase_at
from handlers.words import counted


@dataclass(frozen=True, slots=True)
class Erased:
    """When a call began, and when it is closed to everybody and erased; both are UTC."""

    line: str
    zone: str
    started: datetime
    at: datetime
    months: int
    late: int


def erased(line: str | None, started: str | None, file: Path | None, *, as_json: bool) -> int:
    """Print when a call is erased, or each row of a file; 1 where a row could not be answered.

    Raises `Misconfigured` that names the option, what is wrong and how to mend it.
    """
    rules = policy(as_given().policy_file)
    home = zone_of(rules)
    question = Question("started", _asked, _data, partial(_told, home), partial(_whole, home))
    return answer(question, rules, line, started, file, as_json=as_json)


def _asked(where: Where) -> Erased:
    months, late = where.policy.retention.months, where.policy.retention.most_minutes_late
    try:
        at = erase_at(where.moment, where.zone, months)
    except (OverflowError, ValueError):
        raise Refused("That lies beyond every calendar. Write an earlier moment.") from None
    return Erased(where.line, where.zone, where.moment, at, months, late)


def _data(one: Erased) -> dict[str, Any]:
    zone = ZoneInfo(one.zone)
    return {
        "line": one.line, "started": one.started.astimezone(zone).isoformat(), "moment": one.at.isoformat(),
        "local": one.at.astimezone(zone).isoformat(), "zone": one.zone, "months": one.months,
        "latest": (one.at + timedelta(minutes=one.late)).isoformat(),
    }  # fmt: skip


def _told(home: str, one: Erased) -> str:
    return f"erased {moment_at_home(one.at, one.zone, home)}"


def _whole(home: str, one: Erased) -> Iterator[str]:
    yield f"Erased       {moment_at_home(one.at, one.zone, home)}"
    yield f"Began        {moment(one.started, one.zone)}"
    yield f"Kept         {counted(one.months, 'calendar month')} from its start, in the time of the line"
    yield f"At the moment it is closed to everybody; the audio goes within {counted(one.late, 'minute')} of it, unless something keeps it."
