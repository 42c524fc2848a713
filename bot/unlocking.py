"""Whether this database opens with the keys that are set: asked before anything of it is read or written."""

from __future__ import annotations

from functools import partial

from bot.journal import JournalDown
from bot.proof import lasting_lines
from bot.proof.journalling import Patiently
from bot.settings.config import Misconfigured, Settings
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.keys import Keys
from handlers.master_key import OtherKey, Stands, TakeOver, look
from storage.database.store import Database
from storage.database.upgrade import newest as newest_revision
from storage.database.upgrade import revision

UNROTATED = (
    "SECRET_KEY_PREVIOUS: this database is still wrapped by the key with id {previous}. Call recording-steward rotate-key while the"
    " bot is stopped, and then start it."
)


async def unlock(door: Door, patiently: Patiently) -> Stands:
    """The start: the keys that stay are known from now on.

    Raises `Misconfigured` where the keys that are set are not all that are needed, or the master key is being replaced.
    """
    stands = await stands_to(door.database, door.keys)
    if not stands.known:
        lasting = await _lasting(patiently, door.keys)
        door.keys.keep(lasting)  # they seal this first entry, too
        await door.enter(TakeOver(lasting), CLOCK)
        stands = await stands_to(door.database, door.keys)
    if not stands.finished:
        raise Misconfigured(UNROTATED.format(previous=" and ".join(sorted(stands.known.keys() - {stands.newest}))))
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
        both = bool(stands.known) and not stands.finished
    return keys, both


async def _lasting(patiently: Patiently, keys: Keys) -> dict[str, bytes]:
    """The keys that stay as the journal has them, where a database was lost; nothing where it has none, or can't be read now."""
    try:
        return await patiently.do(lambda: lasting_lines.found(patiently.journal.file, keys))
    except (JournalDown, OSError):
        return {}
