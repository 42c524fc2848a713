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

NO_PREVIOUS = "SECRET_KEY_PREVIOUS is missing. Stop the bot, set SECRET_KEY to the new key and SECRET_KEY_PREVIOUS (or …_FILE) to the old one, and run this again. Nothing was changed."
IN_USE = "This database is in use by a bot or another program. Stop it, with all its replicas, and run this again. Nothing was changed."


class Wrapped(NamedTuple):
    """How many matters' keys the new key wraps now, how many neither key opened, and whether all was done before."""

    matters: int
    unopened: int
    before: bool


def rotate_key() -> int:
    """Rewrap everything, and print what was done. Raises `Misconfigured`."""
    settings = read_each_setting()
    keys = settings.keys()
    if len(keys.ids) == 1:
        raise Misconfigured(NO_PREVIOUS)
    print("\n".join(asyncio.run(_rotate_wraps(settings, keys))))
    return 0


async def _rotate_wraps(settings: Settings, keys: Keys) -> list[str]:
    """Rewrap everything, and return the lines to print. Raises `Misconfigured`, also if the database is in use."""
    async with open_database(settings.database_url) as database:
        await require_this_version(database)
    if await _is_database_in_use(settings):
        raise Misconfigured(IN_USE)
    async with open_database(settings.database_url) as database:
        door = Door(database, policy_of(settings.policy_file), lambda: datetime.now(UTC), keys=keys)
        return _rotation_lines(await wrap_all(door), keys)


async def wrap_all(door: Door) -> Wrapped:
    """Rewrap everything; if it's interrupted, the next call continues. Raises `Misconfigured`, `DatabaseDown`."""
    state = await begin_rotation(door)
    rewrapped = await door.enter(master_key.rewrap_keys(), COMMAND)
    await door.enter(clock.rewrap_reports(), COMMAND)
    if not state.finished:
        await door.enter(master_key.note_rotation(), COMMAND)
    return Wrapped(rewrapped.matters, rewrapped.unopened, state.finished)


async def begin_rotation(door: Door) -> KeyState:
    """Store that the key is being replaced; return the state before. Raises `Misconfigured` for a foreign key."""
    state = await compare_with_database(door.database, door.keys)
    if state.stranger:
        raise Misconfigured(state.stranger)
    await door.enter(master_key.begin_change(), COMMAND)
    return state


def _rotation_lines(done: Wrapped, keys: Keys) -> list[str]:
    """Return the lines that say what was done, and what to do next."""
    new, old = keys.ids
    wrapped = f"The key with id {new} now protects {quantity_words(done.matters, 'key')} of requests and other matters, all confidential reports, and the keys for marks and seals."
    left = f"Not changed: {quantity_words(done.unopened, 'key')} of requests and other matters, which neither master key opens."
    return [
        "Nothing to do: SECRET_KEY protects everything already." if done.before and not done.matters else wrapped,
        *([left] if done.unopened else []),
        "Remove SECRET_KEY_PREVIOUS from the settings, and start the bot.",
        f"Keep the old key (id {old}) somewhere else for as long as you have backups made with it: nothing else opens them.",
    ]


async def _is_database_in_use(settings: Settings) -> bool:
    """Return True if another program has the database open."""
    file = servers.sqlite_file(settings.database_url)
    if file is None:
        async with open_database(settings.database_url) as database:
            return await copies.count_other_connections(database) > 0
    with copies.lock_if_unused(file) as is_alone:
        return not is_alone
