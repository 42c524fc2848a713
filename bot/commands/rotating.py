"""`recording-steward rotate-key`: what one master key wraps is wrapped by another, while the bot is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from bot.commands.looking import START, missing
from bot.settings.config import Misconfigured, Settings, as_given
from bot.settings.config import policy as policy_of
from bot.trouble import sentence, stands_to
from handlers import master_key
from handlers.acting import COMMAND
from handlers.breach import clock
from handlers.door import Door
from handlers.master_key import Stands
from handlers.sealing import Keys
from handlers.words import counted
from storage.database.addresses import sqlite_file
from storage.database.copies import alone, others_on
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import newest, revision

NO_PREVIOUS = (
    "SECRET_KEY_PREVIOUS is missing. Stop the bot, set the new key as SECRET_KEY and the one before as SECRET_KEY_PREVIOUS (or …_FILE),"
    " and call this again. Nothing was changed."
)
AT_WORK = "A bot, or another program, has this database open. Stop it, all replicas of it, and call this again. Nothing was changed."
OLD = (
    "The database is of an older version. Start the bot once, which brings it up to date, stop it, and call this again."
)
LATER = "Call this again: it goes on where it stopped, and the bot doesn't start until it is done."


class Wrapped(NamedTuple):
    """How many keys of matters were wrapped by the new key, and how many neither opened; whether all of it was so before."""

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
    for line in told:
        print(line)
    return 0


async def _rotated(given: Settings, keys: Keys) -> list[str]:
    async with _opened(given) as database:
        if await revision(database) != newest():
            raise Misconfigured(f"DATABASE_URL: {OLD}")
    if await _at_work(given):
        raise Misconfigured(AT_WORK)
    async with _opened(given) as database:
        door = Door(database, policy_of(given.policy_file), lambda: datetime.now(UTC), keys=keys)
        return _told(await wrap_all(door), keys)


async def wrap_all(door: Door) -> Wrapped:
    """Cut off at any step it goes on with the next call. Raises `Misconfigured`, `DatabaseDown`."""
    before = await begin(door)
    done = await door.enter(master_key.rewrap(), COMMAND)
    await door.enter(clock.wrap_anew(), COMMAND)
    if not before.finished:
        await door.enter(master_key.replaced(), COMMAND)
    return Wrapped(done.matters, done.unopened, before.finished)


async def begin(door: Door) -> Stands:
    """Both keys are known from now on; how the database stood to them before. Raises `Misconfigured`."""
    stands = await stands_to(door.database, door.keys)
    if stands.stranger:
        raise Misconfigured(stands.stranger)
    await door.enter(master_key.begin(), COMMAND)
    return stands


def _told(done: Wrapped, keys: Keys) -> list[str]:
    new, old = keys.ids
    wrapped = (
        f"Wrapped by the key with id {new}: {counted(done.matters, 'key')} of matters, what is sealed of confidential reports, and the keys"
        " of marks and seals."
    )
    left = f"{counted(done.unopened, 'key')} of matters opened with neither key, and stayed as they were."
    return [
        "Nothing was left to do: all of it is wrapped by SECRET_KEY." if done.before and not done.matters else wrapped,
        *([left] if done.unopened else []),
        "Take SECRET_KEY_PREVIOUS out of the settings, and start the bot.",
        f"Keep the key with id {old} apart for as long as there are backups from before: they open with it alone.",
    ]


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
