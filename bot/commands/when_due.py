"""`recording-steward when due`: when what came at a moment is due, in working days of the line that was called (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands.when import Question, Where, answer
from bot.moments import moment, moment_at_home, zone_of
from bot.settings.config import Misconfigured, as_given, policy
from handlers.due_words import caution, in_words, sum_words, why_later, why_off
from handlers.rules.calendars import calendar_of
from handlers.rules.working_days import Due
from handlers.rules.working_days import due as due_of
from handlers.words import day_words

MOST_DAYS = 1000


def due(line: str | None, received: str | None, file: Path | None, days: str | None, *, as_json: bool) -> int:
    """Print when something is due, or each row of a file; 1 where a row could not be answered.

    Raises `Misconfigured` that names the option, what is wrong and how to mend it.
    """
    rules = policy(as_given().policy_file)
    number = rules.customers.working_days if days is None else _days(days)
    question = Question("received", partial(_asked, number), _data, _told, partial(_whole, zone_of(rules)))
    return answer(question, rules, line, received, file, as_json=as_json)


def _days(typed: str) -> int:
    plain = typed.strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 5 and 1 <= int(plain) <= MOST_DAYS:
        return int(plain)
    raise Misconfigured(f"--days: “{typed[:40]}” is no number of days. Write one from 1 to {MOST_DAYS}, like 7.")


def _asked(days: int, where: Where) -> Due:
    return due_of(calendar_of(where.policy, where.line), where.moment, days)


def _told(found: Due) -> str:
    told = (in_words(sum_words(found), found.zone), caution(found))
    return " ".join(part for part in told if part)


def _data(one: Due) -> dict[str, Any]:
    return {
        "line": one.line,
        "received": one.received.astimezone(ZoneInfo(one.zone)).isoformat(),
        "days": len(one.counted),
        "moment": one.at.isoformat(),
        "local": one.local.isoformat(),
        "zone": one.zone,
        "day0": one.day0.isoformat(),
        "later": why_later(one),
        "working": [day.isoformat() for day in one.counted],
        "not_counted": [{**asdict(off), "day": off.day.isoformat()} for off in (*one.before, *one.skipped)],
        "undeclared": list(one.undeclared),
        "calendar": {
            **asdict(one.calendar),
            "first": one.calendar.first.isoformat(),
            "last": one.calendar.last.isoformat(),
        },
    }


def _whole(home: str, one: Due) -> Iterator[str]:
    yield f"Due          {moment_at_home(one.at, one.zone, home)}"
    yield f"Received     {moment(one.received, one.zone)}"
    why = why_later(one)
    yield f"Day 0        {day_words(one.day0, None)}{why and f', since it came {why}'}"
    for number, day in enumerate(one.counted, 1):
        yield f"{'Counted' if number == 1 else '':<12} {day_words(day, None)}, working day {number}"
    for place, off in enumerate((*one.before, *one.skipped)):
        yield f"{'Not counted' if place == 0 else '':<12} {day_words(off.day, None)}, {why_off(off)}"
    yield f"Calendar     {one.calendar.name}, holidays {one.calendar.library}, {one.calendar.digest[:12]}"
    if note := caution(one):
        yield f"Note         {note}"
