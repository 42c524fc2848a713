"""`recording-steward when`: what follows from a line and a moment by the policy, for one or for a file of many (P8, P12)."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from bot.moments import moment, moment_at_home, read, zone_of
from bot.settings.config import Misconfigured, as_given, policy
from handlers.policy import Policy
from handlers.rules.phone import one_of, written
from handlers.rules.refusal import Refused
from handlers.rules.retention import erase_at
from handlers.rules.working_days import Due, calendar_of
from handlers.rules.working_days import due as due_of
from handlers.words import caution, counted, day_words, in_words, sum_words, why_later, why_off

MOST_DAYS = 1000
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Where:
    """What was asked: a line of the policy (E.164), its zone (IANA), and the moment (aware) that was typed."""

    policy: Policy
    line: str
    zone: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Question(Generic[A]):
    """One kind of question: the name of its moment, how it is answered, and how the answer is told.

    `find` may raise `Refused`. `data` is the answer as an object, `told` as a sentence, `whole` with all that it rests on.
    """

    moment: str
    find: Callable[[Where], A]
    data: Callable[[A], Mapping[str, Any]]
    told: Callable[[A], str]
    whole: Callable[[A], Iterator[str]]


def answer(
    question: Question[A], rules: Policy, line: str | None, moment: str | None, file: Path | None, *, as_json: bool
) -> int:
    """Print the answer, or that to each row of a file; 1 where a row could not be answered.

    Raises `Misconfigured` that names the option, what is wrong and how to mend it.
    """
    if file is not None:
        if line is not None or moment is not None:
            raise Misconfigured(f"--file: its rows name lines and moments. Leave out --line and --{question.moment}.")
        return _many(question, rules, file, as_json=as_json)
    try:
        found = _found(question, rules, {"line": line or "", question.moment: moment or ""})
    except Refused as refused:
        field, sentence = next(iter(refused.fields.items()))
        raise Misconfigured(f"--{field}: {sentence}") from None
    print(_json(question.data(found)) if as_json else "\n".join(question.whole(found)))
    return 0


def _found(question: Question[A], rules: Policy, cells: Mapping[str, str]) -> A:
    """Raises `Refused` at the field that is to be mended."""
    for field in ("line", question.moment):
        if not cells.get(field, "").strip():
            raise Refused("This is missing. Write the line and the moment.", field)
    number = one_of(cells["line"], rules.lines)
    if number is None:
        known = ", ".join(written(one) for one in rules.lines)
        raise Refused(f"“{cells['line'].strip()[:40]}” isn't one of the lines. Write one of: {known}.", "line")
    zone = rules.lines[number].time_zone
    try:
        return question.find(Where(rules, number, zone, read(cells[question.moment], zone)))
    except Refused as refused:
        raise Refused(refused.sentence, question.moment) from None


def _many(question: Question[A], rules: Policy, file: Path, *, as_json: bool) -> int:
    asked = failed = 0
    for number, cells in _rows(file, ("line", question.moment)):
        try:
            found = _found(question, rules, cells)
            print(
                _json({"row": number, **question.data(found)}) if as_json else f"line {number}: {question.told(found)}"
            )
        except Refused as refused:
            print(_not_found(number, refused, as_json=as_json))
            failed += 1
        asked += 1
    if failed:
        print(f"{failed} of {asked} rows could not be answered.", file=sys.stderr)
    return int(failed > 0)


def _not_found(number: int, refused: Refused, *, as_json: bool) -> str:
    if as_json:
        return _json({"row": number, "field": next(iter(refused.fields), ""), "error": refused.sentence})
    return f"line {number}{''.join(f', column {field}' for field in refused.fields)}: {refused.sentence}"


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)


def _rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Every row but a blank one of a CSV file, as spreadsheets write it: the line of the file (from 1), and the cells by column.

    Raises `Misconfigured` where the file can't be read, or its first line does not name the columns.
    """
    lines = list(io.StringIO(_text(file), newline=""))
    # Spreadsheets write a semicolon where the comma stands in numbers.
    mark = next((one for one in ",;\t" if lines and one in lines[0]), ",")
    names: list[str] | None = None
    reader, first = csv.reader(lines, delimiter=mark, strict=True), 1
    try:
        for cells in reader:
            if len(cells) > 1 or any(map(str.strip, cells)):
                if names is not None:
                    yield first, dict(zip(names, cells, strict=False))
                else:
                    names = [head.strip().lower() for head in cells]
                    _complete(file, names, columns)
            first = reader.line_num + 1
    except csv.Error:
        told = f"{file} can't be taken apart from line {first} on. Look there for a quotation mark that is not closed."
        raise Misconfigured(f"--file: {told}") from None
    _complete(file, names or (), columns)


def _complete(file: Path, names: Sequence[str], columns: Sequence[str]) -> None:
    if missing := [column for column in columns if column not in names]:
        raise Misconfigured(
            f"--file: {file} has no column {missing[0]}. Name the columns on its first line, like {','.join(columns)}."
        )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Misconfigured(f"--file: there is no {file}. Name a file that is there.") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"--file: {file} is no text in UTF-8. Save it again as “CSV UTF-8”.") from None
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise Misconfigured(f"--file: {file} can't be read ({why}). Name a file that can.") from None


def due(line: str | None, received: str | None, file: Path | None, days: str | None, *, as_json: bool) -> int:
    """Print when something is due, or each row of a file; 1 where a row could not be answered.

    Raises `Misconfigured` that names the option, what is wrong and how to mend it.
    """
    rules = policy(as_given().policy_file)
    number = rules.customers.working_days if days is None else _days(days)
    question = Question(
        "received", partial(_asked_due, number), _data_due, _told_due, partial(_whole_due, zone_of(rules))
    )
    return answer(question, rules, line, received, file, as_json=as_json)


def _days(typed: str) -> int:
    plain = typed.strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 5 and 1 <= int(plain) <= MOST_DAYS:
        return int(plain)
    raise Misconfigured(f"--days: “{typed[:40]}” is no number of days. Write one from 1 to {MOST_DAYS}, like 7.")


def _asked_due(days: int, where: Where) -> Due:
    return due_of(calendar_of(where.policy, where.line), where.moment, days)


def _told_due(found: Due) -> str:
    told = (in_words(sum_words(found), found.zone), caution(found))
    return " ".join(part for part in told if part)


def _data_due(one: Due) -> dict[str, Any]:
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


def _whole_due(home: str, one: Due) -> Iterator[str]:
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
    question = Question(
        "started", _asked_erased, _data_erased, partial(_told_erased, home), partial(_whole_erased, home)
    )
    return answer(question, rules, line, started, file, as_json=as_json)


def _asked_erased(where: Where) -> Erased:
    months, late = where.policy.retention.months, where.policy.retention.most_minutes_late
    try:
        at = erase_at(where.moment, where.zone, months)
    except (OverflowError, ValueError):
        raise Refused("That lies beyond every calendar. Write an earlier moment.") from None
    return Erased(where.line, where.zone, where.moment, at, months, late)


def _data_erased(one: Erased) -> dict[str, Any]:
    zone = ZoneInfo(one.zone)
    return {
        "line": one.line, "started": one.started.astimezone(zone).isoformat(), "moment": one.at.isoformat(),
        "local": one.at.astimezone(zone).isoformat(), "zone": one.zone, "months": one.months,
        "latest": (one.at + timedelta(minutes=one.late)).isoformat(),
    }  # fmt: skip


def _told_erased(home: str, one: Erased) -> str:
    return f"erased {moment_at_home(one.at, one.zone, home)}"


def _whole_erased(home: str, one: Erased) -> Iterator[str]:
    yield f"Erased       {moment_at_home(one.at, one.zone, home)}"
    yield f"Began        {moment(one.started, one.zone)}"
    yield f"Kept         {counted(one.months, 'calendar month')} from its start, in the time of the line"
    yield f"At the moment it is closed to everyone; the audio goes within {counted(one.late, 'minute')} of it, unless something keeps it."
