"""What `recording-steward check` tries of the database, and what in it needs attention."""

import os
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.commands.looking import missing_file
from bot.ports import Unavailable, Unreachable
from bot.settings.config import Misconfigured, Settings
from bot.trouble import PUT_BACK, compare_with_database, database_sentence, require_rotated
from handlers import inbox, sealing
from handlers.delivering import OURS
from handlers.policy import Policy
from storage.database.faults import OtherPolicy
from storage.database.servers import sqlite_file
from storage.database.store import Database, DatabaseDown, SQLAlchemyError
from storage.database.upgrade import current_revision, missing_tables, newest_revision, search_lacks
from storage.search_index import Lack

MOST_NOTES = 20
A_WHILE = timedelta(days=30)
_SLOWLY = "searching is slow: it reads every call"
SEARCHING: Mapping[Lack, str] = {
    "package": f"{_SLOWLY}: this server has no pg_trgm. Install it (it comes with postgresql or postgresql-contrib), and restart the bot.",
    "right": f"{_SLOWLY}: I'm not allowed to add pg_trgm. Have an administrator run CREATE EXTENSION pg_trgm in this database, and restart the bot.",
    "version": f"{_SLOWLY}: a search index that forgets erased calls needs SQLite 3.42. Install a newer Python.",
}
"""What to say of a search that is slower than it could be."""


class Finding(NamedTuple):
    """One line: what was tried, whether it works, and a sentence. A note doesn't count as a failure."""

    what: str
    works: bool
    sentence: str
    note: bool = False


async def try_and_tell(what: str, attempt: Awaitable[str]) -> Finding:
    """Return a finding with the sentence that the attempt returns, or with the one that it raises."""
    try:
        return Finding(what, True, await attempt)
    except (Misconfigured, Unavailable, Unreachable, DatabaseDown, ValueError, OSError) as error:
        return Finding(what, False, (str(error) or type(error).__name__).removeprefix(f"{what}: "))


async def check_key(settings: Settings) -> Finding:
    """Return whether SECRET_KEY is a key, and this database's."""
    return await try_and_tell("SECRET_KEY", _check_key(settings))


async def _check_key(settings: Settings) -> str:
    """Return the key's id; raises `Misconfigured` if it isn't a key, or if another one wrote this database."""
    key = settings.master_key()
    if not missing_file(settings.database_url):
        database = Database(settings.database_url)
        try:
            if await current_revision(database) == newest_revision():
                require_rotated(await compare_with_database(database, settings.keys()))
        except (DatabaseDown, SQLAlchemyError):
            pass  # the line of the database tells that
        finally:
            await database.close()
    return f"32 bytes, with id {sealing.master_key_id(key)}"


async def check_database(url: str, rules: Policy | None = None) -> AsyncIterator[Finding]:
    """Yield whether the database works, and what in it needs attention."""
    yield await try_and_tell("database", _check_database(url))
    if missing_file(url):
        return
    database = Database(url)
    with suppress(DatabaseDown, SQLAlchemyError, OSError):  # the line of the database tells that
        if rules and (replaced := await database.read(lambda store: store.policy_texts.replacing(rules.digest))):
            yield Finding("policy", False, database_sentence(OtherPolicy(replaced.digest, rules.digest)))
    for notes in (_failed_messages, _set_aside_presses, _unreadable_rows, _check_search_index):
        with suppress(DatabaseDown, SQLAlchemyError, OSError):
            async for finding in notes(database):
                yield finding
    await database.close()


async def _check_database(url: str) -> str:
    """Return a sentence on the database's state; raises `Misconfigured` if it can't be used."""
    if missing := missing_file(url):
        folder = (sqlite_file(url) or Path()).absolute().parent
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Misconfigured(
                f"{missing}, and I can't create one in {folder}. Create that folder, and let the bot's account write to it."
            )
        return f"{missing}; `run` creates it"
    database = Database(url)
    try:
        revision, newest = await current_revision(database), newest_revision()
        if revision and revision != newest:
            return f"answers; revision {revision}, which `run` updates to {newest}"
        if revision and (lacking := await missing_tables(database)):
            raise Misconfigured(f"Tables are missing: {', '.join(lacking)}. {PUT_BACK}")
        if revision:
            await database.examine(whole=True)
    except DatabaseDown as error:
        raise Misconfigured(database_sentence(error)) from error
    else:
        return f"answers; revision {revision}" if revision else "answers; empty, and `run` sets it up"
    finally:
        await database.close()


async def _failed_messages(database: Database) -> AsyncIterator[Finding]:
    """Yield messages of the last thirty days that failed by a fault of ours."""
    since = datetime.now(UTC) - A_WHILE
    for name, kind, code in await database.read(lambda store: store.outbox.with_codes(OURS, since, MOST_NOTES)):
        words = f"{name} ({kind}) {OURS[code]} ({code}); look for its id in the log"
        yield Finding("message", True, words, note=True)


async def _set_aside_presses(database: Database) -> AsyncIterator[Finding]:
    """Yield presses of the last thirty days that were set aside."""
    since = datetime.now(UTC) - A_WHILE
    for name, detail in await database.read(
        lambda store: store.audit.done_since(inbox.set_aside.action, since, MOST_NOTES)
    ):
        yield Finding("press", True, f"{name} {inbox.ASIDE.get(detail['why'], 'was not carried out')}", note=True)


async def _unreadable_rows(database: Database) -> AsyncIterator[Finding]:
    """Yield rows that can't be read and are therefore passed over."""
    for row in (await database.look_through())[:MOST_NOTES]:
        words = f"{row} can't be read, so I ignore it. It was changed by hand: correct or delete it"
        yield Finding("row", True, words, note=True)


async def _check_search_index(database: Database) -> AsyncIterator[Finding]:
    """Yield a note if searching is slower than it could be, with the remedy."""
    if await current_revision(database) == newest_revision() and (lack := await search_lacks(database)):
        yield Finding("search", True, SEARCHING[lack], note=True)
