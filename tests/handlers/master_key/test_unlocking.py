"""A database opens with its own keys and with no others: asked at each start, before anything of it is read or written."""

import pytest

from bot.commands.rotating import begin_rotation
from bot.journal import Marks, Seal
from bot.settings.config import Misconfigured
from bot.trouble import unlock_keys
from handlers import master_key
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.sealing import Keys, master_key_id
from storage.database.store import Database
from storage.tables.log import AuditEntry, MasterKey
from tests.handlers.builders import POLICY, Clock

pytestmark = pytest.mark.soak

ONE, OTHER = (bytes((place * step) % 256 for place in range(32)) for step in (1, 7))
FIRST, SECOND = map(master_key_id, (ONE, OTHER))


def door(database: Database, *masters: bytes) -> Door:
    return Door(database, POLICY, Clock(), keys=Keys(*masters))


async def started(database: Database, *masters: bytes) -> Keys:
    """The keys as a start with these leaves them."""
    opened = door(database, *masters)
    if len(masters) == 1:
        await unlock_keys(opened)
    else:  # as `rotate-key` does, and is cut off
        await begin_rotation(opened)
    return opened.keys


async def _kept(database: Database) -> tuple[list[str], list[bytes | None], int]:
    return await database.read(
        lambda store: (
            [one.id for one in store.rows(MasterKey, MasterKey.until.is_(None), by=(MasterKey.id,))],
            [found.root if found else None for found in (store.row(MasterKey, one) for one in (FIRST, SECOND))],
            store.audit.head()[0],
        )
    )


async def test_a_new_database_keeps_what_follows_from_its_first_key_and_only_notes_it(database: Database) -> None:
    keys = await started(database, ONE)
    ids, wraps, entries = await _kept(database)
    assert (ids, wraps[1], entries) == ([FIRST], None, 1)
    assert keys.mark("x", "y") == Keys(ONE).mark("x", "y")
    await started(database, ONE)
    assert await _kept(database) == (ids, wraps, 1)


async def test_with_both_the_newer_one_wraps_from_now_on_and_what_stays_stays(database: Database) -> None:
    await started(database, ONE)
    keys = await started(database, OTHER, ONE)
    ids, wraps, entries = await _kept(database)
    assert (ids, None in wraps, entries) == (sorted((FIRST, SECOND)), False, 2)
    assert Seal(keys).key_id == Seal(ONE).key_id
    assert Marks(keys).of("a call") == Marks(ONE).of("a call") != Marks(OTHER).of("a call")
    assert keys.mark("breach cause", "x") == Keys(ONE).mark("breach cause", "x")
    assert keys.mark("of another room", "x") == Keys(ONE).mark("of another room", "x")
    [entry] = await database.read(
        lambda store: store.rows(AuditEntry, AuditEntry.subject == f"key:{SECOND}", by=(AuditEntry.seq,))
    )
    assert (entry.action, entry.detail) == ("master_key.begin", {"from": [FIRST]})
    await started(database, OTHER, ONE)
    assert (await _kept(database))[2] == 2


async def test_no_bot_starts_before_all_of_it_is_wrapped(database: Database) -> None:
    await started(database, ONE)
    both = door(database, OTHER, ONE)
    with pytest.raises(Misconfigured, match="Run recording-steward rotate-key while the bot is stopped"):
        await unlock_keys(both)
    await begin_rotation(both)
    with pytest.raises(Misconfigured, match=f"still uses the key with id {FIRST}"):
        await unlock_keys(both)
    await both.enter(master_key.note_rotation(), CLOCK)
    await unlock_keys(both)
