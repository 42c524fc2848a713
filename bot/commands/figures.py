"""`recording-steward figures`: a month in numbers, for whoever runs the bot: all of it, and nobody by name."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Any

from bot.commands.looking import asked
from bot.settings.config import as_given, policy
from handlers.acting import COMMAND, Act
from handlers.figures import month as month_in_numbers
from handlers.figures.month import Figures
from handlers.policy import Policy
from handlers.rules.figures import Month, Table, as_text, last_whole, month_named
from handlers.rules.refusal import Refused
from handlers.words import city

LONG = 300.0
"""Seconds that the numbers of a month may take, in a database of any size."""


def figures(month: str | None, *, as_json: bool, now: datetime | None = None) -> int:
    """Print a month's tables, the last whole one where none is named; 2 for a month that is none or is yet to come.

    Raises `Misconfigured` where the database can't be asked. `now` (aware) is for tests.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    settings, at = as_given(), now or datetime.now(UTC)
    rules = policy(settings.policy_file)
    try:
        wanted = _named(rules, month, at)
    except Refused as refused:
        print(f"recording-steward: --month: {refused}", file=sys.stderr)
        return 2
    found = asyncio.run(
        asked(
            settings.database_url,
            lambda store: month_in_numbers.figures(Act(store, rules, wanted.now, COMMAND), wanted, named=False),
            LONG,
        )
    )
    if as_json:
        print(json.dumps(data(found), ensure_ascii=False))
    else:
        print("\n".join(_rows(found)))
    return 0


def data(found: Figures) -> dict[str, Any]:
    """The month as a program reads it; its bounds in UTC."""
    month = found.month
    return {
        "month": month.name, "since": month.since.isoformat(), "until": month.until.isoformat(), "zone": found.zone,
        "over": month.is_over, "tables": {one.key: _data(one) for one in found.tables},
    }  # fmt: skip


def _named(rules: Policy, month: str | None, at: datetime) -> Month:
    """A month that is told as nothing is no month: a script whose value is missing gets no other month's numbers."""
    if month is not None and not month.strip():
        raise Refused(f"Nothing is written here. Write it like {last_whole(rules, at)}.", "month", code="unreadable")
    return month_named(rules, month or "", at)


def _data(table: Table) -> list[dict[str, Any]]:
    names = [one.name for one in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def _rows(found: Figures) -> Iterator[str]:
    month = found.month
    yield f"{month.words}, by {city(found.zone)} time{'' if month.is_over else ', so far'}"
    for table in found.tables:
        yield ""
        yield f"{table.title} ({table.clause})" if table.clause else table.title
        yield from (f"  {line}" for line in as_text(table))
        if table.note and table.rows:
            yield f"  {table.note}"
