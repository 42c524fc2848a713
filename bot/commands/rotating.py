"""`recording-steward rotate-key`: what one master key wraps is wrapped by another, a piece at a time, while the bot runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.commands.looking import START, missing
from bot.journal import Journal, JournalDown
from bot.moments import moment, zone_of
from bot.proof.journalling import Patiently
from bot.sealing import Seal
from bot.settings.config import Misconfigured, Settings, as_given
from bot.settings.config import policy as policy_of
from bot.trouble import sentence
from bot.unlocking import keep_outside, stands_to, unlock
from handlers import HANDLERS
from handlers.acting import COMMAND
from handlers.breach.intents import WrapAnew as WrapReportsAnew
from handlers.breach.start import WRITING
from handlers.door import Door
from handlers.keys import Keys
from handlers.master_key.intents import Piece, Replaced, WrapAnew
from handlers.words import counted
from storage.database.addresses import sqlite_file
from storage.database.copies import alone, others_on
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import newest, revision

MINUTE = timedelta(minutes=1)
AT_ONCE = 100  # keys in one transaction: a few milliseconds
NO_PREVIOUS = (
    "SECRET_KEY_PREVIOUS is missing. Set the new key as SECRET_KEY and the one before as SECRET_KEY_PREVIOUS (or …_FILE), start"
    " the bot so, and call this again. Nothing was changed."
)
AT_WORK = (
    "A bot, or another program, has this database open, and no bot has been started with both keys yet: it could not read what I would"
    " wrap anew. Stop it, start the bot with SECRET_KEY and SECRET_KEY_PREVIOUS, all replicas of it, and call this again. Nothing was changed."
)
OLD = "The database is of an older version. Start the bot once, which brings it up to date, and call this again."
LATER = "Call this again: it goes on where it stood, and until then both keys are needed."


class Wrapped(NamedTuple):
    """How many keys of matters were wrapped anew, and how many none of the master keys opened; whether all of it was so before."""

    matters: int
    unopened: int
    before: bool


def rotate_key() -> int:
    """Do it, and say what was done. Raises `Misconfigured`."""
    given = as_given()
    keys = given.keys()
    if len(keys.ids) == 1:
        raise Misconfigured(NO_PREVIOUS)
    try:
        told = asyncio.run(_rotated(given, keys))
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: {sentence(error)} {LATER}") from error
    except JournalDown as error:
        raise Misconfigured(f"JOURNAL_URL: {error}. {LATER}") from error
    for line in told:
        print(line)
    return 0


async def _rotated(given: Settings, keys: Keys) -> list[str]:
    async with _opened(given) as database:
        if await revision(database) != newest():
            raise Misconfigured(f"DATABASE_URL: {OLD}")
        stands = await stands_to(database, keys)
        if stands.stranger:
            raise Misconfigured(stands.stranger)
        begun = stands.begun
    if not begun and await _at_work(given):
        raise Misconfigured(AT_WORK)
    async with _opened(given) as database:
        door = Door(database, policy_of(given.policy_file), HANDLERS, lambda: datetime.now(UTC), keys=keys)
        patiently = Patiently(Journal(given.journal, Seal(keys), make=given.journal_url is None))
        done = await wrap_all_anew(door, patiently)
        since = (await stands_to(database, keys)).known[keys.ids[0]]
    return _told(done, since + WRITING, keys, zone_of(door.policy))


async def wrap_all_anew(door: Door, patiently: Patiently) -> Wrapped:
    """Each piece stands for itself; cut off at any step it goes on with the next call. Raises `JournalDown`, `DatabaseDown`."""
    stands = await unlock(door, patiently)
    pieces = [one async for one in _matters(door)]
    await door.enter(WrapReportsAnew(), COMMAND)
    if not stands.finished:
        await keep_outside(door, patiently)
        await door.enter(Replaced(), COMMAND)
    return Wrapped(sum(one.anew for one in pieces), sum(one.unopened for one in pieces), stands.finished)


async def _matters(door: Door) -> AsyncIterator[Piece]:
    after: str | None = ""
    while after is not None:
        piece = await door.enter(WrapAnew(after, AT_ONCE), COMMAND)
        yield piece
        after = piece.last


def _told(done: Wrapped, until: datetime, keys: Keys, zone: str) -> list[str]:
    now, (new, old) = datetime.now(UTC), keys.ids
    wrapped = f"Wrapped by the key with id {new}: {counted(done.matters, 'key')} of matters"
    rest = ", what is sealed of confidential reports, as far as there is any, and the keys of marks and seals."
    left = f"{counted(done.unopened, 'key')} of matters opened with neither key, and stayed as they were."
    goes = f"SECRET_KEY_PREVIOUS can go{f', from {moment(until.replace(second=0) + MINUTE, zone)} on: forms that people have open are good until then' if now < until else ''}."
    return [
        "Nothing was left to do: all of it is wrapped by SECRET_KEY." if done.before and not done.matters else wrapped + rest,
        *([left] if done.unopened else []),
        goes,
        f"Keep the key with id {old} apart for as long as there are backups from before: they open with it alone.",
    ]  # fmt: skip


async def _at_work(given: Settings) -> bool:
    """Whether anybody has the database open."""
    file = sqlite_file(given.database_url)
    if file is None:
        async with _opened(given) as database:
            return await others_on(database) > 0
    with alone(file) as nobody:
        return not nobody


@asynccontextmanager
async def _opened(given: Settings) -> AsyncIterator[Database]:
    if told := missing(given.database_url):
        raise Misconfigured(f"DATABASE_URL: {told}. {START}")
    database = Database(given.database_url)
    try:
        yield database
    finally:
        await database.close()
