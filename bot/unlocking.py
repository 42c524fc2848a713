"""Whether this database opens with the keys that are set: asked before anything of it is read or written."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from bot.journal import JournalDown
from bot.proof import lasting_lines
from bot.proof.journal_lines import newest
from bot.proof.journalling import Patiently
from bot.settings.config import Misconfigured, Settings
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.keys import Keys
from handlers.master_key.intents import Begin, TakeOver
from handlers.master_key.known import OtherKey, Stands, look
from storage.database.store import Database
from storage.database.upgrade import newest as newest_revision
from storage.database.upgrade import revision


async def unlock(door: Door, patiently: Patiently) -> Stands:
    """The keys that stay are known from now on; whatever is written is wrapped by the newest master key.

    Raises `Misconfigured` where the keys that are set are not all that are needed; then nothing was changed.
    """
    stands = await stands_to(door.database, door.keys)
    if not stands.taken_over:
        await door.enter(await _first(patiently, door.keys), CLOCK)
    elif not stands.begun:
        await door.enter(Begin(), CLOCK)
        with suppress(JournalDown):  # `rotate-key` writes it again, and ends without it not
            await keep_outside(door, patiently)
    if not (stands.taken_over and stands.begun):
        stands = await stands_to(door.database, door.keys)
    door.keys.keep(stands.lasting)
    return stands


async def keep_outside(door: Door, patiently: Patiently) -> None:
    """The keys that stay, as the newest master key wraps them, go into the journal as well. Raises `JournalDown`."""
    wraps = await door.database.read(lambda store: store.master_keys.lasting())
    await patiently.do(lambda: patiently.journal.add([lasting_lines.line(wraps, door.now())]))


async def stands_to(database: Database, keys: Keys) -> Stands:
    """How a database of the newest revision stands to these keys. Raises `Misconfigured`, as above."""
    try:
        return await database.read(partial(look, keys=keys))
    except OtherKey as error:
        raise Misconfigured(str(error)) from error


async def keys_for(given: Settings, database: Database) -> tuple[Keys, bool]:
    """What the settings and the database give together, for whoever only reads, and whether both keys are needed.

    Raises `Misconfigured`, as above.
    """
    keys, both = given.keys(), False
    if await revision(database) == newest_revision():
        stands = await stands_to(database, keys)
        keys.keep(stands.lasting)
        both = stands.taken_over and not stands.finished
    return keys, both


async def _first(patiently: Patiently, keys: Keys) -> TakeOver:
    """What the journal knows of the keys of a database of before; nothing where it can't be read now."""
    journal = patiently.journal

    def told() -> TakeOver:
        end = newest(journal.file, journal.seal)
        return TakeOver(journal.seal.key_id if end.position else end.key, lasting_lines.found(journal.file, keys))

    try:
        return await patiently.do(told)
    except (JournalDown, OSError):
        return TakeOver()
