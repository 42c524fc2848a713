"""`recording-steward when`: when something is due by the policy, with the whole sum, for one moment or for many."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.config import Misconfigured, as_given, policy
from bot.moments_file import rows
from handlers.due_words import caution, in_words, sum_words, why_later, why_off
from handlers.policy import Policy
from handlers.rules.calendars import calendar_of
from handlers.rules.local_time import read_moment
from handlers.rules.phone import one_of, written
from handlers.rules.refusal import Refused
from handlers.rules.working_days import Due
from handlers.rules.working_days import due as due_of
from handlers.words import day_words, moment_words

COLUMNS = ("line", "received")
MOST_DAYS = 1000


def due(line: str | None, received: str | None, file: Path | None, days: str | None, *, as_json: bool) -> int:
    """Print when something is due, or each row of a file; 1 where a row could not be answered.

    Raises `Misconfigured` that names the option, what is wrong and how to mend it.
    """
    rules = policy(as_given().policy_file)
    number = rules.customers.working_days if days is None else _days(days)
    if file is not None:
        if line is not None or received is not None:
            raise Misconfigured("--file: its rows name lines and moments. Leave out --line and --received.")
        return _many(rules, file, number, as_json=as_json)
    try:
        one = _answer(rules, {"line": line or "", "received": received or ""}, number)
    except Refused as refused:
        field, sentence = next(iter(refused.fields.items()))
        raise Misconfigured(f"--{field}: {sentence}") from None
    print(_json(_data(one)) if as_json else "\n".join(_whole(one)))
    return 0


def _days(typed: str) -> int:
    plain = typed.strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 5 and 1 <= int(plain) <= MOST_DAYS:
        return int(plain)
    raise Misconfigured(f"--days: “{typed[:40]}” is no number of days. Write one from 1 to {MOST_DAYS}, like 7.")


def _answer(rules: Policy, cells: Mapping[str, str] | None, days: int) -> Due:
    """Raises `Refused` at the field that is to be mended; at none where a row can't be taken apart."""
    if cells is None:
        raise Refused("This row can't be taken apart. Look for a quotation mark that is not closed.")
    for field in COLUMNS:
        if not cells.get(field, "").strip():
            raise Refused("This is missing. Write the line and the moment.", field)
    number = one_of(cells["line"], rules.lines)
    if number is None:
        known = ", ".join(written(one) for one in rules.lines)
        raise Refused(f"“{cells['line'].strip()[:40]}” isn't one of the lines. Write one of: {known}.", "line")
    calendar = calendar_of(rules, number)
    try:
        return due_of(calendar, read_moment(cells["received"], calendar.zone), days)
    except Refused as refused:
        raise Refused(refused.sentence, "received") from None


def _many(rules: Policy, file: Path, days: int, *, as_json: bool) -> int:
    asked = failed = 0
    for number, cells in rows(file, COLUMNS):
        found: Due | Refused
        try:
            found = _answer(rules, cells, days)
        except Refused as refused:
            found = refused
        print(_object(number, found) if as_json else _sentence(number, found))
        asked, failed = asked + 1, failed + isinstance(found, Refused)
    if failed:
        print(f"{failed} of {asked} rows could not be answered.", file=sys.stderr)
    return int(failed > 0)


def _object(number: int, found: Due | Refused) -> str:
    if isinstance(found, Due):
        return _json({"row": number, **_data(found)})
    return _json({"row": number, "field": next(iter(found.fields), ""), "error": found.sentence})


def _sentence(number: int, found: Due | Refused) -> str:
    if isinstance(found, Due):
        told = (in_words(sum_words(found), found.zone), caution(found))
        return f"line {number}: {' '.join(part for part in told if part)}"
    return f"line {number}{''.join(f', column {field}' for field in found.fields)}: {found.sentence}"


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)


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


def _whole(one: Due) -> Iterator[str]:
    yield f"Due          {moment_words(one.at, one.zone, None)} ({one.at:%Y-%m-%d %H:%M} UTC)"
    yield f"Received     {moment_words(one.received, one.zone, None)}"
    why = why_later(one)
    yield f"Day 0        {day_words(one.day0, None)}{why and f', since it came {why}'}"
    for number, day in enumerate(one.counted, 1):
        yield f"{'Counted' if number == 1 else '':<12} {day_words(day, None)}, working day {number}"
    for place, off in enumerate((*one.before, *one.skipped)):
        yield f"{'Not counted' if place == 0 else '':<12} {day_words(off.day, None)}, {why_off(off)}"
    yield f"Calendar     {one.calendar.name}, holidays {one.calendar.library}, {one.calendar.digest[:12]}"
    if note := caution(one):
        yield f"Note         {note}"
