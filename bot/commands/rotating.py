"""`recording-steward rotate-key`: wraps by the new master key what the previous one wraps, while the bot is stopped."""

import asyncio
from datetime import UTC, datetime
from typing import NamedTuple

from bot.commands.looking import open_database, require_this_version
from bot.settings.config import Misconfigured, Settings, read_each_setting
from bot.settings.config import read_policy as policy_of
from bot.trouble import compare_with_database
from handlers import master_key
from handlers.acting import COMMAND
from handlers.breach import clock
from handlers.door import Door
from handlers.master_key import KeyState
from handlers.phrases import quantity_words
from handlers.sealing import Keys
from storage.database import copies, servers

NO_PREVIOUS = (
    "SECRET_KEY_PREVIOUS is missing. Stop the bot, set the new key as SECRET_KEY and the one before as SECRET_KEY_PREVIOUS (or …_FILE),"
    " and call this again. Nothing was changed."
)
IN_USE = "A bot, or another program, has this database open. Stop it, all replicas of it, and call this again. Nothing was changed."


class Wrapped(NamedTuple):
    """How many matters' keys the new key wraps now, how many neither key opened, and whether all was done before."""

    matters: int
    unopened: int
    before: bool


def rotate_key() -> int:
    """Rewrap everything, and print what was done. Raises `Misconfigured`."""
    given = read_each_setting()
    keys = given.keys()
    if len(keys.ids) == 1:
        raise Misconfigured(NO_PREVIOUS)
    print("\n".join(asyncio.run(_rotate_wraps(given, keys))))
    return 0


async def _rotate_wraps(given: Settings, keys: Keys) -> list[str]:
    async with open_database(given.database_url) as database:
        await require_this_version(database)
    if await _is_database_in_use(given):
        raise Misconfigured(IN_USE)
    async with open_database(given.database_url) as database:
        door = Door(database, policy_of(given.policy_file), lambda: datetime.now(UTC), keys=keys)
        return _rotation_lines(await wrap_all(door), keys)


async def wrap_all(door: Door) -> Wrapped:
    """Rewrap everything; if it's interrupted, the next call continues. Raises `Misconfigured`, `DatabaseDown`."""
    before = await begin_rotation(door)
    done = await door.enter(master_key.rewrap_keys(), COMMAND)
    await door.enter(clock.rewrap_reports(), COMMAND)
    if not before.finished:
        await door.enter(master_key.note_rotation(), COMMAND)
    return Wrapped(done.matters, done.unopened, before.finished)


async def begin_rotation(door: Door) -> KeyState:
    """Store that the key is being replaced; return the state before. Raises `Misconfigured` for a foreign key."""
    state = await compare_with_database(door.database, door.keys)
    if state.stranger:
        raise Misconfigured(state.stranger)
    await door.enter(master_key.begin_change(), COMMAND)
    return state


def _rotation_lines(done: Wrapped, keys: Keys) -> list[str]:
    new, old = keys.ids
    wrapped = (
        f"Wrapped by the key with id {new}: {quantity_words(done.matters, 'key')} of matters, what is sealed of confidential reports, and the keys"
        " of marks and seals."
    )
    left = f"{quantity_words(done.unopened, 'key')} of matters opened with neither key, and stayed as they were."
    return [
        "There was nothing to do: everything is wrapped by SECRET_KEY already."
        if done.before and not done.matters
        else wrapped,
        *([left] if done.unopened else []),
        "Take SECRET_KEY_PREVIOUS out of the settings, and start the bot.",
        f"Keep the key with id {old} apart for as long as there are backups from before: they open with it alone.",
    ]


async def _is_database_in_use(given: Settings) -> bool:
    """Return True if another program has the database open."""
    file = servers.sqlite_file(given.database_url)
    if file is None:
        async with open_database(given.database_url) as database:
            return await copies.others_on(database) > 0
    with copies.nobody_else_open(file) as is_alone:
        return not is_alone
