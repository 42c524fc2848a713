"""What the commands share (opening the database, the home time zone), and the commands `figures` and `policy`."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.settings.config import Misconfigured, read_each_setting, read_policy
from bot.trouble import database_sentence
from handlers.acting import COMMAND, Context, seated
from handlers.figures import room as month_in_numbers
from handlers.figures.room import Figures
from handlers.phrases import moment_words, zone_city
from handlers.policy import Policy
from handlers.rules import Refused, figures, working_days
from storage.database import servers, upgrade
from storage.database.store import Database, DatabaseDown, Store


def zone_of(rules: Policy) -> str:
    """Return the company's home zone (IANA)."""
    return rules.lines[rules.company.home_line].time_zone


def home_zone(file: Path) -> str:
    """Return the home zone of the policy in that file; UTC if it can't be read, for uses where that doesn't matter."""
    try:
        return zone_of(read_policy(file))
    except Misconfigured:
        return "UTC"


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print one fact per line with its label, which is left out if the line above has the same."""
    before = ""
    for label, words in facts:
        print(f"{'' if label == before else label:<12} {words}")
        before = label


T = TypeVar("T")
START = "Correct DATABASE_URL, or start the bot once to create it."
LONG = 300.0  # seconds that the numbers of a month may take, in a database of any size


def missing_file(url: str) -> str:
    """Return “there is no file …” for a SQLite database that doesn't exist, since opening it would create it; else empty."""
    file = servers.sqlite_file(url)
    return f"there is no file {file}" if file is not None and not os.path.exists(file) else ""  # noqa: PTH110  it never raises


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open an existing database of any version. Raises `Misconfigured` for any fault, also while it's used."""
    if missing := missing_file(url):
        raise Misconfigured(f"DATABASE_URL: {missing}. {START}")
    database = Database(url)
    try:
        yield database
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {database_sentence(error)}") from error
    finally:
        await database.close()


async def ask_database(url: str, ask: Callable[[Store], T]) -> T:
    """Read from a database of this version. Raises `Misconfigured`."""
    async with open_database(url) as database:
        await require_this_version(database)
        return await database.read(ask, LONG)


async def require_this_version(database: Database) -> None:
    """Raise `Misconfigured` if the database is of another version, or empty. Also raises `DatabaseDown`."""
    now = await upgrade.current_revision(database)
    if now != upgrade.newest_revision():
        older, empty = (
            "It belongs to an older version of the program. `run` updates it",
            "It is still empty. `run` sets it up",
        )
        raise Misconfigured(f"DATABASE_URL: {older if now else empty}.")


def print_figures(month: str | None, now: datetime | None = None) -> int:
    """Print a month's tables, by default the last whole month; return 2 for a month that can't be read or hasn't begun.

    Raises `Misconfigured` if the database can't be read. `now` (aware) is for tests.
    """
    settings, at = read_each_setting(), now or datetime.now(UTC)
    rules = read_policy(settings.policy_file)
    try:
        wanted = _month_named(rules, month, at)
    except Refused as refused:
        print(f"recording-steward: --month: {refused}", file=sys.stderr)
        return 2

    def count(store: Store) -> Figures:
        return month_in_numbers.month_figures(
            Context(store, seated(store, rules), wanted.now, COMMAND), wanted, named=False
        )

    print("\n".join(_figure_lines(asyncio.run(ask_database(settings.database_url, count)))))
    return 0


def _month_named(rules: Policy, month: str | None, at: datetime) -> figures.Month:
    """Return the month; raises `Refused` for an empty name, so that a script's unset variable doesn't give another month."""
    if month is not None and not month.strip():
        raise Refused(
            f"This is empty. Write a month, such as {figures.last_whole(rules, at)}.", "month", code="unreadable"
        )
    return figures.month_named(rules, month or "", at)


def _figure_lines(found: Figures) -> Iterator[str]:
    """Yield the lines to print: the month, then each table with its title and note."""
    month = found.month
    yield f"{month.words}, in {zone_city(found.zone)} time{'' if month.is_over else ', so far'}"
    for table in found.tables:
        yield ""
        yield f"{table.title} ({table.clause})" if table.clause else table.title
        yield from (f"  {line}" for line in figures.as_text(table))
        if table.note and table.rows:
            yield f"  {table.note}"


def show_policy(at: str | None) -> int:
    """List the policy's texts, or with `at` print the one in force then; return 1 if there was none yet.

    Raises `Misconfigured` if the moment or the database can't be read.
    """
    settings = read_each_setting()
    zone = home_zone(settings.policy_file)
    texts = asyncio.run(ask_database(settings.database_url, lambda store: store.policy_texts.all()))
    if at is None:
        for one in texts:
            print(f"{one.digest[:12]}  since {moment_words(one.since, zone, None)}")
        return 0
    read_policy(settings.policy_file)  # says what the local time is: a guess could show another text
    try:
        then = working_days.read_moment(at, zone)
    except Refused as refused:
        raise Misconfigured(f"--at: {refused}") from None
    # People type the moment that the list shows, to the minute.
    found = next((one for one in reversed(texts) if one.since.replace(second=0, microsecond=0) <= then), None)
    if found is None:
        print("There was no policy on record at that time.", file=sys.stderr)
        return 1
    sys.stdout.write(found.text)
    return 0
