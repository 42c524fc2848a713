"""P4: files in a folder that can't be registered are listed, each under a number, until they are mended, replaced or gone."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.commands.checking import unreadable
from bot.settings.config import as_given
from storage.database.store import Database, DatabaseDown
from tests.bot.attic import Attic
from tests.bot.environment import Environment
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.handlers.builders import Clock, a_company
from tests.moments import NOW


@pytest_asyncio.fixture
async def attic(database: Database, tmp_path: Path) -> Attic:
    return Attic(await a_company(database, Clock()), FolderBench(tmp_path / "calls"))


async def test_p4_what_is_known_of_one_is_remembered(attic: Attic) -> None:
    attic.put("a/one.mp3")
    [file] = await attic.look()
    assert (file.native_id, file.why, file.size, file.first_seen) == ("a/one.mp3", "no_metadata", 3, NOW)
    assert file.modified == NOW - timedelta(hours=48)


async def test_p4_what_is_still_being_written_is_not_remembered_yet(attic: Attic) -> None:
    """A call is often written for as long as it lasts, and described only then."""
    attic.put("one.mp3", hours=0.5)
    attic.put("ahead.mp3", hours=-5)
    assert [one.native_id for one in await attic.look()] == ["ahead.mp3"]
    attic.company.clock.now += timedelta(hours=1)
    assert {one.native_id for one in await attic.look()} == {"ahead.mp3", "one.mp3"}


async def test_p4_a_file_that_is_mended_is_a_call_and_its_entry_is_over(attic: Attic) -> None:
    attic.put("calls/one.mp3")
    await attic.look()
    attic.folder.put(PLAIN, b"odd")
    assert await attic.look() == []
    [call] = (
        await attic.company.database.read(lambda store: store.recordings.known("file", ["calls/one.mp3"]))
    ).values()
    assert (call.state, call.erase_at is not None) == ("present", True)


async def test_p4_one_that_is_mended_without_a_trace_is_a_call_as_well(attic: Attic) -> None:
    """Its metadata said that the call had yet to begin, and now it has."""
    attic.folder.put(replace(PLAIN, started=attic.company.clock.now + timedelta(hours=3)), b"odd")
    [file] = await attic.look()
    assert (file.why, file.modified) == ("ahead", None)
    attic.company.clock.now += timedelta(hours=4)
    assert await attic.look() == []


async def test_p4_another_file_in_its_place_is_listed_under_a_number_of_its_own(attic: Attic) -> None:
    file = attic.put("one.mp3")
    [first] = await attic.look()
    file.chmod(0o600)
    [same] = await attic.look()
    assert (same.id, same.stamp != first.stamp) == (first.id, True)
    attic.put("one.mp3", b"odd", hours=72)
    [other] = await attic.look()
    assert (other.id != first.id, other.native_id) == (True, "one.mp3")


async def test_p4_a_fault_of_ours_about_them_keeps_no_call_from_being_registered(
    attic: Attic, monkeypatch: pytest.MonkeyPatch
) -> None:
    attic.put("odd.mp3")
    attic.folder.put(PLAIN)

    async def breaks(_: object) -> None:
        raise OverflowError

    monkeypatch.setattr(attic.sync, "unregistered", breaks)
    await attic.sync.sync()
    names = [PLAIN.native_id]
    assert await attic.company.database.read(lambda store: store.recordings.there("file", names)) == set(names)


async def test_p4_what_vanishes_is_over_and_its_name_with_it(attic: Attic) -> None:
    attic.put("a/0412345678.mp3").unlink()
    assert await attic.look() == []
    attic.put("a/0412345678.mp3")
    [file] = await attic.look()
    attic.folder.remove("a/0412345678.mp3")
    assert await attic.look() == []
    found = await attic.company.database.read(lambda store: store.unregistered.get(file.id))
    assert found is not None
    assert (found.native_id, found.over_at) == ("", NOW)


async def test_p4_behind_a_closed_door_nobody_knows_what_vanished(attic: Attic, tmp_path: Path) -> None:
    attic.put("a/one.mp3")
    attic.put("a/b/two.mp3")
    await attic.look()
    (attic.folder.root / "a").rename(tmp_path / "away")
    (attic.folder.root / "a").symlink_to(tmp_path / "away")
    found = {one.native_id: one.why for one in await attic.look()}
    assert found == {"a": "folder", "a/one.mp3": "no_metadata", "a/b/two.mp3": "no_metadata"}


async def test_p4_links_and_what_others_share_are_listed(attic: Attic, tmp_path: Path) -> None:
    outside = tmp_path / "outside.mp3"
    outside.write_bytes(b"not yours")
    attic.put("x.mp3").unlink()
    (attic.folder.root / "link.mp3").symlink_to(outside)
    os.link(outside, attic.folder.root / "hard.mp3")
    attic.put("same.mp3", b"first")
    attic.put("same.wav", b"same")
    attic.folder.write("odd.json", b"{}")
    attic.put("odd.mp3")
    attic.put("bad\x07.mp3", b"bell")
    attic.put("empty.mp3", b"")
    attic.folder.write("empty.json", b"{}")
    # Written just now, on a disk whose clock is not the company's.
    attic.company.clock.now += timedelta(days=400)
    assert {one.native_id: one.why for one in await attic.look()} == {
        "link.mp3": "not_ordinary", "hard.mp3": "not_ordinary", "same.mp3": "shared", "same.wav": "shared",
        "odd.mp3": "metadata", "bad\\u0007.mp3": "name", "empty.mp3": "empty",
    }  # fmt: skip


async def test_p4_a_thousand_of_a_stranger_s_are_told_in_pieces_and_a_tick_with_nothing_new_asks_nothing(
    attic: Attic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(230):
        attic.put(f"{number}.mp3")
    assert len(await attic.look()) == 230
    entered: list[object] = []
    enter = attic.company.door.enter

    async def heard(intent: Any, *rest: Any, **more: Any) -> Any:
        entered.append(intent)
        return await enter(intent, *rest, **more)

    monkeypatch.setattr(attic.company.door, "enter", heard)
    await attic.look()
    assert entered == []
    for number in range(130):
        attic.folder.remove(f"{number}.mp3")
    assert len(await attic.look()) == 100
    assert len(entered) == 2


async def test_p4_two_replicas_remember_a_file_once(attic: Attic) -> None:
    other = Attic(attic.company, attic.folder)
    attic.put("one.mp3")
    await asyncio.gather(attic.sync.sync(), other.sync.sync())
    assert len(await attic.look()) == 1


async def test_p4_what_the_database_was_away_for_is_told_again(attic: Attic, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_: Any, **__: Any) -> None:
        raise DatabaseDown("away")

    attic.put("one.mp3")
    with monkeypatch.context() as patch:
        patch.setattr(attic.company.door, "enter", down)
        with pytest.raises(DatabaseDown):
            await attic.look()
    assert len(await attic.look()) == 1


async def test_p7_check_names_a_call_whose_operators_address_has_a_look_alike_letter(
    attic: Attic, database_url: str, environment: Environment
) -> None:
    attic.folder.put(replace(PLAIN, native_id="one.mp3"))
    attic.folder.put(replace(PLAIN, native_id="two.mp3", operator_email="br\u0430m@fernhill.example"))
    environment(DATABASE_URL=database_url, RECORDINGS_URL=f"file://{attic.folder.root}")
    [line] = [line async for line in unreadable(as_given())]
    assert line.note
    assert line.sentence.startswith("two.mp3: the sign “\u0430” in the operator's address may look like another one")


async def test_p4_check_names_each_with_its_remedy(attic: Attic, database_url: str, environment: Environment) -> None:
    attic.put("one.mp3")
    environment(DATABASE_URL=database_url, RECORDINGS_URL=f"file://{attic.folder.root}")
    found = [(line.what, line.sentence) async for line in unreadable(as_given())]
    assert found == [("recording", "one.mp3 has no metadata file beside it: add one.json.")]
    for number in range(30):
        attic.put(f"{number}.mp3", bytes([number]))
    lines = [line async for line in unreadable(as_given())]
    assert (len(lines), lines[-1].sentence) == (21, "There are more. Mend these first, then ask again.")
    assert all(line.note and line.works for line in lines)
