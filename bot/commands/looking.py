"""Commands that only look: `figures` and `policy`, and the database as such commands have it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

from bot.moments import home_zone, moment, read
from bot.settings.config import Misconfigured, as_given, policy
from bot.trouble import sentence
from handlers.acting import COMMAND, Act
from handlers.figures import month as month_in_numbers
from handlers.figures.month import Figures
from handlers.policy import Policy
from handlers.rules.figures import Month, Table, as_text, last_whole, month_named
from handlers.rules.refusal import Refused
from handlers.words import city
from storage.database.addresses import sqlite_file
from storage.database.store import Database, DatabaseDown, Store
from storage.database.upgrade import newest, revision
from storage.tables.reviews import PolicyText

T = TypeVar("T")
START = "Start the bot once, which makes it, or name the one that is there."


def missing(url: str) -> str:
    """“there is no file …”, where the database is one that is not there, since to open it would make one; else nothing."""
    file = file_of(url)
    if file is None:
        return ""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return f"there is no file {file}"
    except OSError:  # it may be there: whoever opens it hears why that can't be done
        return ""
    return ""


def file_of(url: str) -> Path | None:
    """The file of a SQLite database, also where its address is one of SQLite's own (`file:…`); None for a server's."""
    file = sqlite_file(url)
    return None if file is None else Path(str(file).removeprefix("file:"))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database that is there, of whatever version. Raises `Misconfigured`, also where it does not work meanwhile."""
    if told := missing(url):
        raise Misconfigured(f"DATABASE_URL: {told}. {START}")
    database = Database(url)
    try:
        yield database
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {sentence(error)}") from error
    finally:
        await database.close()


async def asked(url: str, ask: Callable[[Store], T], within: float | None = None) -> T:
    """What a database of this version answers, `within` so many seconds. Raises `Misconfigured`."""
    async with opened(url) as database:
        await be_of_this_version(database)
        return await (database.read(ask) if within is None else database.read(ask, within))


async def be_of_this_version(database: Database) -> None:
    """Raises `Misconfigured` where something could be looked for in vain; `DatabaseDown`, too, as `revision`."""
    now = await revision(database)
    if now != newest():
        what = (
            "It is of an older version. `run` brings it up to date"
            if now
            else "There is nothing in it yet. `run` sets it up"
        )
        raise Misconfigured(f"DATABASE_URL: {what}.")


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


AHEAD = "This moment is still to come. The text that is in force now follows; another one may be by then."


def show(at: str | None, now: datetime | None = None) -> int:
    """Print a line for each text, or with `at` the one in force at that moment; 1 where there was none yet.

    Of a moment to come a line beside the text says so, so that what is printed has the digest of the text all the same.
    `now` (aware) is for tests.

    Raises `Misconfigured` where the moment can't be read, or the database can't be asked.
    """
    settings = as_given()
    zone = home_zone(settings.policy_file)
    texts = asyncio.run(asked(settings.database_url, lambda store: store.policy_texts.all()))
    if at is None:
        for one in texts:
            print(f"{one.digest[:12]}  since {moment(one.since, zone)}")
        return 0
    policy(settings.policy_file)  # which says what the local time is: to guess that would be to show another text
    try:
        then = read(at, zone)
    except Refused as refused:
        raise Misconfigured(f"--at: {refused}") from None
    if then > (now or datetime.now(UTC)):
        print(AHEAD, file=sys.stderr)
    return _show(texts, then)


def _show(texts: list[PolicyText], then: datetime) -> int:
    """Moments are told to the second, so a text counts from the beginning of its first one."""
    found = next((one for one in reversed(texts) if one.since.replace(microsecond=0) <= then), None)
    if found is None:
        print("No text of the policy was kept by then.", file=sys.stderr)
        return 1
    sys.stdout.write(found.text)
    return 0
