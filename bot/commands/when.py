"""`recording-steward when`: when something is due or erased by the policy, for one moment or a file of many (P8, P12)."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands.looking import print_facts
from bot.settings.config import Misconfigured, read_each_setting, read_policy
from handlers import phrases
from handlers.policy import Policy
from handlers.rules import Refused, phone, retention, working_days

MOST_DAYS = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: as data for programs, as one sentence, and as the facts of the whole sum, each with its label."""

    data: Mapping[str, Any]
    sentence: str
    facts: list[tuple[str, str]]


Question = Callable[[str, str, datetime], Answer]
"""Returns the answer for a line, its zone and a moment (aware); may raise `Refused`."""


def print_due(line: str | None, received: str | None, file: Path | None, days: str | None, *, as_json: bool) -> int:
    """Print when something is due, or each row of a file; return 1 if a row couldn't be answered. Raises `Misconfigured`."""
    rules = read_policy(read_each_setting().policy_file)
    number = rules.customers.working_days if days is None else _read_days(days)
    cells = {"line": line, "received": received}
    return _answer_all(partial(_answer_due, rules, number), rules, cells, file, as_json=as_json)


def print_erased(line: str | None, started: str | None, file: Path | None, *, as_json: bool) -> int:
    """Print when a call is erased, or each row of a file; return 1 if a row couldn't be answered. Raises `Misconfigured`."""
    rules = read_policy(read_each_setting().policy_file)
    return _answer_all(partial(_answer_erased, rules), rules, {"line": line, "started": started}, file, as_json=as_json)


def _answer_all(
    question: Question, rules: Policy, cells: Mapping[str, str | None], file: Path | None, *, as_json: bool
) -> int:
    """Answer for one moment, or for each row of a file; `cells` are the options, which have the names of the columns."""
    if file is not None:
        if any(cell is not None for cell in cells.values()):
            raise Misconfigured(f"--file: the file has the lines and times. Leave out --{' and --'.join(cells)}.")
        return _each_row(question, rules, tuple(cells), file, as_json=as_json)
    try:
        found = _answer_one(question, rules, cells)
    except Refused as refused:
        field, sentence = next(iter(refused.fields.items()))
        raise Misconfigured(f"--{field}: {sentence}") from None
    if as_json:
        print(_as_json(found.data))
    else:
        print_facts(found.facts)
    return 0


def _answer_one(question: Question, rules: Policy, cells: Mapping[str, str | None]) -> Answer:
    """Answer for a line and a moment, given in this order. Raises `Refused` at the field that is wrong."""
    for field, cell in cells.items():
        if not (cell or "").strip():
            raise Refused("This is missing. Write the line and the time.", field)
    (_, line), (moment, typed) = ((field, str(cell)) for field, cell in cells.items())
    number = phone.meant_number(line, rules.lines)
    if number is None:
        known = ", ".join(phone.written_number(one) for one in rules.lines)
        raise Refused(f"“{line.strip()[:40]}” isn't one of the lines. Write one of: {known}.", "line")
    zone = rules.lines[number].time_zone
    try:
        return question(number, zone, working_days.read_moment(typed, zone))
    except Refused as refused:
        raise Refused(refused.sentence, moment) from None


def _each_row(question: Question, rules: Policy, columns: Sequence[str], file: Path, *, as_json: bool) -> int:
    """Print the answer to each row of a file; return 1 if any couldn't be answered."""
    rows = failed = 0
    for number, cells in _file_rows(file, columns):
        try:
            found = _answer_one(question, rules, cells)
            print(_as_json({"row": number, **found.data}) if as_json else f"line {number}: {found.sentence}")
        except Refused as refused:
            [field] = refused.fields
            wrong = {"row": number, "field": field, "error": refused.sentence}
            print(_as_json(wrong) if as_json else f"line {number}, column {field}: {refused.sentence}")
            failed += 1
        rows += 1
    if failed:
        print(f"{failed} of {rows} rows have errors.", file=sys.stderr)
    return int(failed > 0)


def _as_json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


def _file_rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Yield each row of a CSV file that isn't blank: the number of its last line, and the cells of these columns."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            if lacking := [one for one in columns if one not in (reader.fieldnames or ())]:
                like = f"Write the column names on its first line: {','.join(columns)}."
                raise Misconfigured(f"--file: {file} has no column {lacking[0]}. {like}")
            for cells in reader:
                if any(str(cell).strip() for cell in cells.values() if cell):
                    yield reader.line_num, {one: cells.get(one) for one in columns}
    except OSError as error:
        raise Misconfigured(f"--file: {file} can't be read ({(error.strerror or '').lower()}).") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise Misconfigured(f"--file: {file} isn't a CSV file in UTF-8 ({error}).") from None


def _answer_due(rules: Policy, days: int, line: str, _: str, at: datetime) -> Answer:
    """Return when so many working days of the line end; raises `Refused` beyond the known public holidays."""
    found = working_days.due_after(working_days.calendar_of(rules, line), at, days)
    sentence = " ".join(
        part
        for part in (phrases.as_plain_text(phrases.sum_words(found), found.zone), phrases.holiday_caution(found))
        if part
    )
    return Answer(_due_data(found), sentence, list(_due_facts(found)))


def _read_days(typed: str) -> int:
    """Return the number of working days that was typed. Raises `Misconfigured`."""
    plain = typed.strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 5 and 1 <= int(plain) <= MOST_DAYS:
        return int(plain)
    raise Misconfigured(f"--days: “{typed[:40]}” isn't a number of days. Write one from 1 to {MOST_DAYS}, such as 7.")


def _due_data(one: working_days.Due) -> dict[str, Any]:
    """Return a due time and how it was counted, for a program to read; `moment` is in UTC, `local` in the line's zone."""
    return {
        "line": one.line, "received": one.received.astimezone(ZoneInfo(one.zone)).isoformat(), "days": len(one.counted),
        "moment": one.at.isoformat(), "local": one.local.isoformat(), "zone": one.zone, "day0": one.day0.isoformat(),
        "later": phrases.later_reason(one), "working": [day.isoformat() for day in one.counted],
    }  # fmt: skip


def _due_facts(one: working_days.Due) -> Iterator[tuple[str, str]]:
    """Yield a due time and every day that was counted or not, each with its label."""
    why = phrases.later_reason(one)
    yield "Due", phrases.moment_words(one.at, one.zone, None)
    yield "Received", phrases.moment_words(one.received, one.zone, None)
    yield "Day 0", f"{phrases.day_words(one.day0, None)}{why and f', as it came {why}'}"
    for number, day in enumerate(one.counted, 1):
        yield "Counted", f"{phrases.day_words(day, None)}, working day {number}"
    for off in (*one.before, *one.skipped):
        yield "Not counted", f"{phrases.day_words(off.day, None)}, {phrases.day_off_reason(off)}"
    if note := phrases.holiday_caution(one):
        yield "Note", note


def _answer_erased(rules: Policy, line: str, zone: str, at: datetime) -> Answer:
    """Return when a call is erased, in the line's time; raises `Refused` beyond the calendar."""
    months, late = rules.retention.months, rules.retention.most_minutes_late
    try:
        end = retention.erase_at(at, zone, months)
    except (OverflowError, ValueError):
        raise Refused("That is too far ahead. Write an earlier time.") from None
    local, words = ZoneInfo(zone), phrases.moment_words(end, zone, None)
    data = {
        "line": line, "started": at.astimezone(local).isoformat(), "moment": end.isoformat(),
        "local": end.astimezone(local).isoformat(), "zone": zone, "months": months,
        "latest": (end + timedelta(minutes=late)).isoformat(),
    }  # fmt: skip
    facts = [
        ("Erased", words),
        ("Began", phrases.moment_words(at, zone, None)),
        ("Kept", f"{phrases.quantity_words(months, 'calendar month')} from its start, in the line's time zone"),
        (
            "Then",
            f"locked at once; its audio is erased within {phrases.quantity_words(late, 'minute')}, unless something keeps it",
        ),
    ]
    return Answer(data, f"erased {words}", facts)
