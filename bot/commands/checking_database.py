"""What `recording-steward check` tries of the database, and what it finds in there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commands.checking_settings import MOST_NOTES, Finding, tried
from bot.commands.looking import file_of, missing
from bot.settings.config import Misconfigured
from bot.trouble import PUT_BACK, sentence
from handlers import inbox
from handlers.delivering import OURS
from handlers.inbox import ASIDE
from handlers.policy import Policy
from storage.database.faults import OtherPolicy
from storage.database.private import beside, open_to_others
from storage.database.store import Database, DatabaseDown, SQLAlchemyError
from storage.database.upgrade import missing_tables, newest, revision, search_lacks
from storage.search_index import Lack

A_WHILE, A_LONG_LOOK = timedelta(days=30), 60.0  # seconds
_ENDS = "Among many calls people find a number or reference by its beginning or end, and by its middle only in the newest 20,000"
SEARCHING: Mapping[Lack, str] = {
    "package": f"{_ENDS}: this server has no pg_trgm. Install it there (it comes with postgresql or postgresql-contrib), and start me again.",
    "right": f"{_ENDS}: I may not add pg_trgm. Let an administrator say CREATE EXTENSION pg_trgm in this database, and start me again.",
    "version": "A search looks through all calls one by one: an index that forgets what is erased needs SQLite 3.42, and so a newer Python.",
}
"""What to say of a search that is slower, or finds less, than it could."""


async def of_database(url: str, rules: Policy | None = None) -> AsyncIterator[Finding]:
    """Whether it works, and what in it somebody should look at."""
    yield await tried("database", _database(url))
    if missing(url):
        return
    database = Database(url)
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # which is told on the line of the database
        if rules and (replaced := await database.read(lambda store: store.policy_texts.replacing(rules.digest))):
            yield Finding("policy", False, sentence(OtherPolicy(replaced.digest, rules.digest)))
    for notes in (_set_aside, _presses, _unreadable, _searching):
        with suppress(DatabaseDown, SQLAlchemyError, OSError):  # which is told on the line of the database
            async for finding in notes(database):
                yield finding
    await database.close()


async def _database(url: str) -> str:
    if told := missing(url):
        return f"{_to_be_made(told, url)}; `run` makes it"
    database = Database(url)
    files = beside(Path(database.engine.url.database or "")) if database.is_sqlite else ()
    was_open = " and ".join(str(one) for one in files if open_to_others(one))
    try:
        now, last = await revision(database), newest()
        if was_open:
            raise Misconfigured(
                f"others on this machine could read {was_open} until now. It is closed to them; think of who may have."
            )
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


async def _set_aside(database: Database) -> AsyncIterator[Finding]:
    """Messages of the last thirty days that came to nothing by a fault on our side: which row, and what became of it."""
    since = datetime.now(UTC) - A_WHILE
    for name, kind, code in await database.read(lambda store: store.outbox.with_codes(OURS, since, MOST_NOTES)):
        words = f"{name} ({kind}) {OURS[code]} ({code}); look for its id in the log"
        yield Finding("message", True, words, note=True)


async def _presses(database: Database) -> AsyncIterator[Finding]:
    """Presses of the last thirty days that were set aside, and why."""
    since = datetime.now(UTC) - A_WHILE
    for name, detail in await database.read(
        lambda store: store.audit.done_since(inbox.set_aside.action, since, MOST_NOTES)
    ):
        yield Finding("press", True, f"{name} {ASIDE.get(detail['why'], 'was not done')}", note=True)


async def _unreadable(database: Database) -> AsyncIterator[Finding]:
    """Rows that nobody can read, so that the program does without them."""
    for row in (await database.look_through())[:MOST_NOTES]:
        words = f"{row} can't be read, so I leave it out of all that I do. It was changed by hand: correct or delete it"
        yield Finding("row", True, words, note=True)


async def _searching(database: Database) -> AsyncIterator[Finding]:
    """Why the search finds less than it could, or more slowly."""
    if await revision(database) == newest() and (lack := await search_lacks(database)):
        yield Finding("search", True, SEARCHING[lack], note=True)
