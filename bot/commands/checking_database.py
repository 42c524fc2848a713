"""What `recording-steward check` tries of the database, and what it finds in there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commands.findings import MOST_NOTES, Finding, tried
from bot.commands.looking import file_of, missing
from bot.settings.config import Misconfigured, Settings
from bot.trouble import PUT_BACK, sentence
from handlers.delivering import OURS
from handlers.inbox import ASIDE, SetAside
from handlers.policy import Policy
from storage.database.faults import OtherPolicy
from storage.database.private import beside, open_to_others
from storage.database.store import Database, DatabaseDown, SQLAlchemyError
from storage.database.upgrade import missing_tables, newest, references_to_nothing, revision, search_lacks
from storage.search_index import Lack
from storage.tables.erasures import UnregisteredFile

A_WHILE, A_LONG_LOOK = timedelta(days=30), 60.0  # seconds
_ENDS = "Among many calls people find a number or reference by its beginning or end, and by its middle only in the newest 20,000"
SEARCHING: Mapping[Lack, str] = {
    "package": f"{_ENDS}: this server has no pg_trgm. Install it there (it comes with postgresql or postgresql-contrib), and start me again.",
    "right": f"{_ENDS}: I may not add pg_trgm. Let an administrator say CREATE EXTENSION pg_trgm in this database, and start me again.",
    "version": "A search looks through all calls one by one: an index that forgets what is erased needs SQLite 3.42, and so a newer Python.",
}
"""What to say of a search that is slower, or finds less, than it could."""


async def of_database(url: str) -> AsyncIterator[Finding]:
    """Whether it works, and what in it somebody should look at."""
    yield await tried("database", _database(url))
    if missing(url):
        return
    for notes in (_set_aside, _presses, _illegible, _references, _searching):
        async for finding in notes(url):
            yield finding


async def _database(url: str) -> str:
    if told := missing(url):
        return f"{_to_be_made(told, url)}; `run` makes it"
    database = Database(url)
    files = beside(Path(database.engine.url.database or "")) if database.is_sqlite else ()
    was_open = [one for one in files if open_to_others(one)]
    try:
        now, last = await revision(database), newest()
        if was_open:
            raise Misconfigured(_open(was_open))
        if now and now != last:
            return f"answers; it is at revision {now}, and `run` brings it to {last}"
        if now and (lost := await missing_tables(database)):
            raise Misconfigured(f"It lacks tables of mine: {', '.join(lost)}. {PUT_BACK}")
        if now:
            await database.examine(whole=True)
    except DatabaseDown as error:
        raise Misconfigured(sentence(error)) from error
    else:
        return f"answers; revision {now}" if now else "answers; empty, and `run` sets it up"
    finally:
        await database.close()


def _to_be_made(told: str, url: str) -> str:
    """The same words where a start can make the file. Raises `Misconfigured`."""
    folder = (file_of(url) or Path()).parent
    if not folder.is_dir():
        raise Misconfigured(f"there is no folder {folder}. Make it, or look at DATABASE_URL.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Misconfigured(f"{told}, and I may make none there. Let the account that I run under write {folder}.")
    return told


def _open(files: list[Path]) -> str:
    """What to say of a database's files that others could read; opening it has mended what can be mended."""
    names = " and ".join(str(one) for one in files)
    if any(open_to_others(one) for one in files):
        return f"others on this machine can read {names}. Mend that with: chmod 600 {names.replace(' and ', ' ')}"
    return f"others on this machine could read {names} until now. It is closed to them; think of who may have."


async def known_files(found: Settings) -> Mapping[str, UnregisteredFile]:
    """Files that could not be registered, by native id, as the bot knows them; none, where the database can't tell."""
    if missing(found.database_url):
        return {}
    database, system = Database(found.database_url), found.recordings_url.partition(":")[0]
    stored: list[UnregisteredFile] = []
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # which is told on the line of the database
        if await revision(database) == newest():
            stored = await database.read(lambda store: store.unregistered.open(system))
    await database.close()
    return {one.native_id: one for one in stored}


async def of_policy(url: str, rules: Policy | None) -> AsyncIterator[Finding]:
    """Whether the bot that works with this database goes by the same policy."""
    if rules is None or missing(url):
        return
    database = Database(url)
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # which is told on the line of the database
        in_force = await database.read(lambda store: store.audit.policy())
        if replaced := await database.read(lambda store: store.policy_texts.replacing(rules.digest)):
            yield Finding("policy", False, sentence(OtherPolicy(replaced.digest, rules.digest)))
        elif in_force not in ("", rules.digest):
            words = (
                f"the bot works by another file (digest {in_force[:12]}; POLICY_FILE has {rules.digest[:12]}). "
                "The next start goes by POLICY_FILE, and a bot that runs with another one then takes no work."
            )
            yield Finding("policy", True, words, note=True)
    await database.close()


async def _set_aside(url: str) -> AsyncIterator[Finding]:
    """Messages of the last thirty days that came to nothing by a fault on our side: which row, and what became of it."""
    database, since = Database(url), datetime.now(UTC) - A_WHILE
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # which is told on the line of the database
        for name, kind, code in await database.read(lambda store: store.outbox.with_codes(OURS, since, MOST_NOTES)):
            yield Finding(
                "message", True, f"{name} ({kind}) {OURS[code]} ({code}); look for its id in the log", note=True
            )
    await database.close()


async def _presses(url: str) -> AsyncIterator[Finding]:
    """Presses of the last thirty days that were set aside, and why."""
    database, since = Database(url), datetime.now(UTC) - A_WHILE
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # as above
        aside = await database.read(lambda store: store.audit.done_since(SetAside.action, since, MOST_NOTES))
        for name, detail in aside:
            words = f"{name} {ASIDE.get(detail['why'], 'was not done')}"
            yield Finding("press", True, words, note=True)
    await database.close()


async def _illegible(url: str) -> AsyncIterator[Finding]:
    """Deadlines that nobody can read, so that what they ask for is not done, and matters that are left out."""
    database = Database(url)
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # as above
        for key in (await database.read(lambda store: store.deadlines.illegible()))[:MOST_NOTES]:
            words = f"{key} can't be read, so it is not done; all others are. The row was changed by hand: mend it"
            yield Finding("deadline", True, words, note=True)
        for row in (await database.read(lambda store: store.matters.illegible(), within=A_LONG_LOOK))[:MOST_NOTES]:
            words = (
                f"{row} can't be read, so I leave it out of lists and of people's past. It was changed by hand: mend it"
            )
            yield Finding("matter", True, words, note=True)
    await database.close()


async def _references(url: str) -> AsyncIterator[Finding]:
    """Rows that somebody put in, or whose like somebody took out, past the program."""
    database = Database(url)
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # as above
        for table, number in (await references_to_nothing(database)).items():
            rows = f"{number} rows of {table} refer" if number > 1 else f"a row of {table} refers"
            words = (
                f"{rows} to what is not there, so the file was changed by hand. I work without; think of who may have."
            )
            yield Finding("database", True, words, note=True)
    await database.close()


async def _searching(url: str) -> AsyncIterator[Finding]:
    """Why the search finds less than it could, or more slowly."""
    database = Database(url)
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # as above
        if await revision(database) == newest() and (lack := await search_lacks(database)):
            yield Finding("search", True, SEARCHING[lack], note=True)
    await database.close()
