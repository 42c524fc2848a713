"""What `recording-steward check` finds of the master key and the one before: whether the database opens with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from bot.commands.findings import Finding
from bot.commands.looking import missing
from bot.settings.config import Misconfigured, Settings
from bot.unlocking import keys_for, stands_to
from storage.database.store import Database, DatabaseDown, SQLAlchemyError

WHAT = "SECRET_KEY_PREVIOUS"
UNFINISHED = (
    "the master key is being replaced, and both keys are needed. Call recording-steward rotate-key to finish that."
)
NEEDLESS = "nothing in the database needs it any more. Leave it out."


async def of_keys(found: Settings) -> AsyncIterator[Finding]:
    """A key that is missing or wrong, and one that is needed no more; nothing where none is set, which has its own line."""
    with suppress(Misconfigured):
        found.master_key()
        async for finding in _told(found):
            yield finding


async def _told(found: Settings) -> AsyncIterator[Finding]:
    database = Database(found.database_url)
    try:
        found.master_keys()
        if missing(found.database_url):
            return
        with suppress(DatabaseDown, SQLAlchemyError, OSError):  # which is told on the line of the database
            keys, both = await keys_for(found, database)
            if both:
                yield Finding(WHAT, True, UNFINISHED, note=True)
            elif len(keys.ids) > 1:
                strange = (await stands_to(database, keys)).stranger.removeprefix(f"{WHAT}: ")
                yield Finding(WHAT, not strange, strange or NEEDLESS, note=not strange)
    except Misconfigured as error:
        what = WHAT if str(error).startswith(WHAT) else "SECRET_KEY"
        yield Finding(what, False, str(error).removeprefix(f"{what}: "))
    finally:
        await database.close()
