"""A database opens with its own keys and with no others: asked at each start, before anything of it is read or written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.commands.rotating import begin
from bot.journal import Journal, JournalDown
from bot.proof import lasting_lines
from bot.proof.journalling import Patiently
from bot.sealing import Marks, Seal
from bot.settings.config import Misconfigured
from bot.unlocking import keep_outside, stands_to, unlock
from handlers import HANDLERS
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.keys import LASTING, Keys, id_of
from handlers.master_key import Begin, Replaced, TakeOver
from storage.database.store import Database
from tests.handlers.builders import POLICY, Clock
from tests.moments import NOW

pytestmark = pytest.mark.soak

ONE, OTHER, THIRD = (bytes((place * step) % 256 for place in range(32)) for step in (1, 7, 11))
FIRST, SECOND, LAST = map(id_of, (ONE, OTHER, THIRD))


def door(database: Database, *masters: bytes) -> Door:
    return Door(database, POLICY, HANDLERS, Clock(), keys=Keys(*masters))


def patiently(folder: Path, *masters: bytes) -> Patiently:
    return Patiently(Journal(folder, Seal(Keys(*masters)), make=True))


async def started(database: Database, folder: Path, *masters: bytes) -> Keys:
    """The keys as a start with these leaves them."""
    opened = door(database, *masters)
    if len(masters) == 1:
        await unlock(opened, patiently(folder, *masters))
    else:  # as `rotate-key` does, and is cut off
        await begin(opened)
        await keep_outside(opened, patiently(folder, *masters))
    return opened.keys


async def refused(database: Database, folder: Path, *masters: bytes) -> str:
    """Why a start with these is refused; nothing is changed by it."""
    before = await _kept(database)
    with pytest.raises(Misconfigured) as found:
        await started(database, folder, *masters)
    assert await _kept(database) == before
    return str(found.value)


async def _kept(database: Database) -> tuple[list[str], dict[str, bytes], int]:
    return await database.read(
        lambda store: (sorted(store.master_keys.all()), store.master_keys.lasting(), store.audit.head()[0])
    )


def lasting(keys: Keys) -> dict[str, bytes]:
    return {name: keys.lasting(name) for name in LASTING}


async def test_a_new_database_keeps_what_follows_from_its_first_key_and_says_nothing_of_it(
    database: Database, tmp_path: Path
) -> None:
    keys = await started(database, tmp_path, ONE)
    ids, wraps, entries = await _kept(database)
    assert (ids, wraps.keys(), entries) == ([FIRST], LASTING.keys(), 0)
    assert lasting(keys) == lasting(Keys(ONE))
    assert not any(key in wrap for key in lasting(keys).values() for wrap in wraps.values())
    await started(database, tmp_path, ONE)
    assert await _kept(database) == (ids, wraps, 0)


async def test_two_that_start_at_once_keep_the_same(database: Database, tmp_path: Path) -> None:
    await started(database, tmp_path, ONE)
    before = await _kept(database)
    for intent in (TakeOver(), Begin(), Replaced()):
        await door(database, ONE).enter(intent, CLOCK)
    assert await _kept(database) == before


async def test_another_key_is_refused_in_a_sentence_that_names_both(database: Database, tmp_path: Path) -> None:
    await started(database, tmp_path, ONE)
    told = await refused(database, tmp_path, OTHER)
    assert told == (
        f"SECRET_KEY: this database is wrapped by another key (id {FIRST}; this one has id {SECOND}). Set that one. To replace"
        " it, stop the bot, set it as SECRET_KEY_PREVIOUS beside the new one, and call recording-steward rotate-key."
    )


async def test_a_wrong_key_before_is_refused_too(database: Database, tmp_path: Path) -> None:
    await started(database, tmp_path, ONE)
    told = await refused(database, tmp_path, OTHER, THIRD)
    assert told == (
        f"SECRET_KEY_PREVIOUS: this database is wrapped by the key with id {FIRST}, and neither of those that are set is that"
        f" one ({SECOND}, {LAST}). Set the right one. Nothing was changed."
    )


async def test_with_both_the_newer_one_wraps_from_now_on_and_what_stays_stays(
    database: Database, tmp_path: Path
) -> None:
    await started(database, tmp_path, ONE)
    keys = await started(database, tmp_path, OTHER, ONE)
    ids, wraps, entries = await _kept(database)
    assert (ids, lasting(keys), entries) == (sorted((FIRST, SECOND)), lasting(Keys(ONE)), 1)
    assert {name: Keys(OTHER).open(wrap, name, "lasting", name) for name, wrap in wraps.items()} == lasting(keys)
    assert Seal(keys).key_id == Seal(ONE).key_id
    assert Marks(keys).of("a call") == Marks(ONE).of("a call") != Marks(OTHER).of("a call")
    assert keys.mark("breach cause", "x") == Keys(ONE).mark("breach cause", "x")
    assert keys.mark("of another room", "x") == Keys(ONE).mark("of another room", "x")
    [entry] = await database.read(lambda store: store.audit.about(f"key:{SECOND}"))
    assert (entry.action, entry.detail) == ("master_key.begin", {"from": [FIRST]})
    await started(database, tmp_path, OTHER, ONE)
    assert (await _kept(database))[2] == 1


@pytest.mark.parametrize(("alone", "missing"), [(OTHER, FIRST), (ONE, SECOND)])
async def test_until_all_of_it_is_wrapped_anew_both_are_asked_for(
    database: Database, tmp_path: Path, alone: bytes, missing: str
) -> None:
    await started(database, tmp_path, ONE)
    await started(database, tmp_path, OTHER, ONE)
    told = await refused(database, tmp_path, alone)
    assert told == (
        f"SECRET_KEY_PREVIOUS: the master key is being replaced, and the one with id {missing} is still needed. Set it again,"
        " and call recording-steward rotate-key."
    )
    assert "neither of those" in await refused(database, tmp_path, alone, THIRD)


async def test_no_bot_starts_before_all_of_it_is_wrapped(database: Database, tmp_path: Path) -> None:
    await started(database, tmp_path, ONE)
    both = door(database, OTHER, ONE)
    with pytest.raises(Misconfigured, match="Call recording-steward rotate-key while the bot is stopped"):
        await unlock(both, patiently(tmp_path, OTHER, ONE))
    await begin(both)
    with pytest.raises(Misconfigured, match=f"still wrapped by the key with id {FIRST}"):
        await unlock(both, patiently(tmp_path, OTHER, ONE))
    await both.enter(Replaced(), CLOCK)
    await unlock(both, patiently(tmp_path, OTHER, ONE))


async def test_whoever_changes_his_mind_goes_back_the_same_way(database: Database, tmp_path: Path) -> None:
    await started(database, tmp_path, ONE)
    await started(database, tmp_path, OTHER, ONE)
    keys = await started(database, tmp_path, ONE, OTHER)
    await door(database, ONE, OTHER).enter(Replaced(), CLOCK)
    assert (await _kept(database))[0] == [FIRST]
    assert lasting(keys) == lasting(Keys(ONE))


async def test_p12_what_stays_is_found_in_the_journal_where_a_database_was_lost(
    database: Database, tmp_path: Path
) -> None:
    """Else nobody would know erased calls again, nor believe the lines that tell of them."""
    await started(database, tmp_path, ONE)
    await started(database, tmp_path, OTHER, ONE)
    assert lasting_lines.found(tmp_path / "journal.jsonl", Keys(OTHER)) == lasting(Keys(ONE))
    assert lasting_lines.found(tmp_path / "journal.jsonl", Keys(THIRD)) == {}
    await _emptied(database)
    keys = await started(database, tmp_path, OTHER)
    assert (lasting(keys), (await _kept(database))[0]) == (lasting(Keys(ONE)), [SECOND])


async def _emptied(database: Database) -> None:
    def work(store: object) -> None:
        from storage.tables.keys import LastingKey, MasterKey

        for kind in (LastingKey, MasterKey):
            store.session.query(kind).delete()  # type: ignore[attr-defined]

    await database.write(work)


async def test_a_line_that_is_none_of_ours_is_passed_over(tmp_path: Path) -> None:
    file, whole = tmp_path / "journal.jsonl", lasting_lines.line(dict.fromkeys(LASTING, b"x"), NOW)
    assert lasting_lines.found(file, Keys(ONE)) == {}
    journal = Journal(tmp_path, Seal(ONE))
    journal.add([whole, {"kind": "lasting_keys"}, {"kind": "lasting_keys", "wraps": 7}, {"note": "lasting_keys"}])
    journal.take_over(b'"lasting_keys" is no line\n')
    assert lasting_lines.found(file, Keys(ONE)) == {}
    one = {"journal seal": Keys(ONE).seal(b"k", "journal seal", "lasting", "journal seal")}
    journal.add([lasting_lines.line(one, NOW)])
    assert lasting_lines.found(file, Keys(ONE)) == {}, "not all of them"


async def test_a_journal_that_is_away_keeps_no_start_back(database: Database, tmp_path: Path) -> None:
    away = Patiently(Journal(tmp_path / "nowhere" / "at all", Seal(ONE)))
    opened = door(database, ONE)
    await unlock(opened, away)
    assert lasting(opened.keys) == lasting(Keys(ONE))
    opened = door(database, OTHER, ONE)
    await begin(opened)
    with pytest.raises(JournalDown):
        await keep_outside(opened, away)
    await _emptied(database)
    await unlock(door(database, ONE), patiently(_with_no_file(tmp_path), ONE))


def _with_no_file(folder: Path) -> Path:
    """A folder in whose journal's place something else stands."""
    shutil.rmtree(folder)
    (folder / "journal.jsonl").mkdir(parents=True)
    return folder


async def test_wraps_that_somebody_changed_are_no_key(database: Database, tmp_path: Path) -> None:
    await started(database, tmp_path, ONE)
    await database.write(lambda store: store.master_keys.keep({"journal seal": b"x" * 60}))
    assert "this one opens nothing of it" in await refused(database, tmp_path, ONE)


async def test_a_key_that_was_replaced_is_not_taken_again(database: Database, tmp_path: Path) -> None:
    """As where the two were swapped, and what was stolen would be in force again."""
    await started(database, tmp_path, ONE)
    await started(database, tmp_path, OTHER, ONE)
    await door(database, OTHER, ONE).enter(Replaced(), CLOCK)
    told = await refused(database, tmp_path, ONE, OTHER)
    assert told.startswith(f"SECRET_KEY: the key with id {FIRST} was replaced here by the one with id {SECOND}")
    assert (await stands_to(database, Keys(OTHER, ONE))).stranger == ""


async def test_a_previous_key_that_wrapped_nothing_is_named(database: Database, tmp_path: Path) -> None:
    await started(database, tmp_path, ONE)
    told = (await stands_to(database, Keys(ONE, OTHER))).stranger
    assert told.startswith(
        f"SECRET_KEY_PREVIOUS: nothing in this database was ever wrapped by the key with id {SECOND}"
    )
    assert "swapped" in told
