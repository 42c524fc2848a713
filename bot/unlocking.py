"""Whether this database opens with the keys that are set: asked before anything of it is read or written."""

from __future__ import annotations

from functools import partial

from bot.settings.config import Misconfigured, Settings
from handlers import master_key
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.master_key import OtherKey, Stands, look
from handlers.sealing import Keys
from storage.database.store import Database
from storage.database.upgrade import newest as newest_revision
from storage.database.upgrade import revision

UNROTATED = (
    "SECRET_KEY_PREVIOUS: this database is still wrapped by the key with id {previous}. Call recording-steward rotate-key while the"
    " bot is stopped, and then start it."
)


async def unlock(door: Door) -> Stands:
    """The start: what marks and seals follow from is known from now on.

    Raises `Misconfigured` where the keys that are set are not all that are needed, or the master key is being replaced.
    """
    stands = await stands_to(door.database, door.keys)
    if not stands.known:
        await door.enter(master_key.take_over(), CLOCK)
        stands = await stands_to(door.database, door.keys)
    if not stands.finished:
        raise Misconfigured(UNROTATED.format(previous=" and ".join(sorted(stands.known.keys() - {stands.newest}))))
    return stands


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
        both = bool(stands.known) and not stands.finished
    return keys, both
