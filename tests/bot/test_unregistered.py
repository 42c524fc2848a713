"""P4: files in a folder that can't be registered are remembered by what they are, and erased as they were shown or not at all."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.erasures_ahead.intents import EraseFile, KeepFile
from handlers.erasures_ahead.view import mark_of
from storage.database.store import Database
from tests.bot.attic import Attic
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.each import each
from tests.handlers.builders import Clock, a_company, refusal, words_for
from tests.moments import NOW
from tests.reconciled import findings


@pytest_asyncio.fixture
async def attic(database: Database, tmp_path: Path) -> Attic:
    return Attic(await a_company(database, Clock()), FolderBench(tmp_path / "calls"))


async def test_p4_from_the_file_to_the_certificate(attic: Attic) -> None:
    attic.put("a/one.mp3")
    [file] = await attic.look()
    assert (file.native_id, file.why, file.size, file.erasable) == ("a/one.mp3", "no_metadata", 3, True)
    assert file.modified == NOW - timedelta(hours=48)
    await attic.erase(file)
    await attic.look()
    await attic.erasing.tick()
    assert attic.folder.names() == set()
    [erasure] = await attic.erasures()
    assert (erasure.state, erasure.why, len(erasure.native_hash), len(erasure.audio_hash)) == (
        "erased",
        "unregistered",
        64,
        64,
    )
    assert [one.erasure for one in attic.journal] == [erasure.id]
    assert await attic.look() == []
    assert await findings(attic.company.database) == []


async def test_p4_what_is_still_being_written_is_not_remembered_yet(attic: Attic) -> None:
    """A call is often written for as long as it lasts, and described only then."""
    attic.put("one.mp3", hours=0.5)
    attic.put("ahead.mp3", hours=-5)
    assert [one.native_id for one in await attic.look()] == ["ahead.mp3"]
    attic.company.clock.now += timedelta(hours=1)
    assert {one.native_id for one in await attic.look()} == {"ahead.mp3", "one.mp3"}


async def test_p4_a_file_that_is_mended_is_a_call_and_its_entry_is_over(attic: Attic) -> None:
    attic.put("calls/one.mp3")
    [file] = await attic.look()
    card = await attic.card()
    attic.folder.put(PLAIN, b"odd")
    # Between the card and the press nobody has looked: what is erased is what was shown, or nothing.
    await attic.company.door.enter(EraseFile(f"{card}:{file.id}:{mark_of(file)}"), attic.company.helena)
    await attic.erasing.tick()
    assert attic.folder.names() == {"calls/one.mp3", "calls/one.json"}
    [told] = [one for one in await words_for(attic.company, attic.company.helena) if f"File {file.id}" in one]
    assert "it was mended, replaced or taken away" in told
    assert await attic.look() == []
    [call] = (
        await attic.company.database.read(lambda store: store.recordings.known("file", ["calls/one.mp3"]))
    ).values()
    assert (call.state, call.erase_at is not None) == ("present", True)
    code = await refusal(attic.company, EraseFile(f"{card}:{file.id}:{mark_of(file)}"), attic.company.helena)
    assert code.code == "gone"
    assert await findings(attic.company.database) == []


async def test_p4_one_that_is_mended_without_a_trace_is_not_erased_either(attic: Attic) -> None:
    """Its metadata said that the call had yet to begin, and now it has."""
    later = attic.company.clock.now + timedelta(hours=3)
    attic.folder.put(replace(PLAIN, started=later), b"odd")
    [file] = await attic.look()
    assert (file.why, file.erasable, file.modified) == ("ahead", True, None)
    await attic.erase(file)
    await attic.look()
    await attic.erasing.tick()
    assert attic.folder.names() == {"calls/one.mp3", "calls/one.json"}
    assert [one.state for one in await attic.erasures()] == ["vanished"]


async def test_p4_what_stands_in_its_place_is_listed_also_where_it_was_seen_before_that_was_known(attic: Attic) -> None:
    attic.put("one.mp3")
    [file] = await attic.look()
    await attic.erase(file)
    attic.put("one.mp3", b"another", hours=72)
    assert [(one.id, one.state) for one in await attic.look()] == [(file.id, "closed")]
    await attic.erasing.tick()
    [new] = await attic.look()
    assert (new.id != file.id, new.state, new.size) == (True, "listed", 7)
    assert attic.folder.names() == {"one.mp3"}


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


@each("later", [b"another", b"odd"])
async def test_p4_another_file_in_its_place_is_not_erased_and_is_listed_anew(attic: Attic, later: bytes) -> None:
    attic.put("one.mp3")
    [file] = await attic.look()
    card = await attic.card()
    attic.put("one.mp3", later, hours=72)
    await attic.company.door.enter(EraseFile(f"{card}:{file.id}:{mark_of(file)}"), attic.company.helena)
    await attic.erasing.tick()
    assert attic.folder.names() == {"one.mp3"}
    [new] = await attic.look()
    assert (new.id != file.id, new.state) == (True, "listed")
    code = await refusal(attic.company, EraseFile(f"{card}:{new.id}:{mark_of(file)}"), attic.company.helena)
    assert code.code == "changed"


async def test_p4_what_is_kept_is_asked_for_again_only_when_it_became_another_file(attic: Attic) -> None:
    file = attic.put("one.mp3")
    [listed] = await attic.look()
    keep = KeepFile(f"{await attic.card()}:{listed.id}:{mark_of(listed)}")
    await attic.company.door.enter(keep, attic.company.helena)
    file.chmod(0o600)
    attic.put("two.mp3")
    kept, _ = await attic.look()
    assert (kept.id, kept.state, kept.stamp != listed.stamp) == (listed.id, "kept", True)
    attic.put("one.mp3", b"something else")
    assert {(one.native_id, one.state) for one in await attic.look()} == {("one.mp3", "listed"), ("two.mp3", "listed")}
    assert await findings(attic.company.database) == []


async def test_p4_what_vanishes_is_over_and_its_name_with_it(attic: Attic) -> None:
    attic.put("a/0412345678.mp3").unlink()
    assert await attic.look() == []
    attic.put("a/0412345678.mp3")
    [file] = await attic.look()
    attic.folder.remove("a/0412345678.mp3")
    assert await attic.look() == []
    found = await attic.company.database.read(lambda store: store.unregistered.get(file.id))
    assert found is not None
    assert (found.state, found.native_id, found.over_at) == ("over", "", NOW)


async def test_p4_behind_a_closed_door_nobody_knows_what_vanished(attic: Attic, tmp_path: Path) -> None:
    attic.put("a/one.mp3")
    attic.put("a/b/two.mp3")
    await attic.look()
    (attic.folder.root / "a").rename(tmp_path / "away")
    (attic.folder.root / "a").symlink_to(tmp_path / "away")
    found = {one.native_id: (one.why, one.state, one.erasable) for one in await attic.look()}
    assert found == {
        "a": ("folder", "listed", False), "a/one.mp3": ("no_metadata", "listed", True), "a/b/two.mp3": ("no_metadata", "listed", True),
    }  # fmt: skip


async def test_p4_links_and_what_others_share_are_listed_and_can_not_be_erased(attic: Attic, tmp_path: Path) -> None:
    outside = tmp_path / "outside.mp3"
    outside.write_bytes(b"not yours")
    attic.put("x.mp3").unlink()
    (attic.folder.root / "link.mp3").symlink_to(outside)
    os.link(outside, attic.folder.root / "hard.mp3")
    attic.put("twin.mp3", b"left")
    attic.put("twin.wav", b"twin")
    attic.folder.write("twin.json", b"{}")
    attic.put("same.mp3", b"first")
    attic.put("same.wav", b"same")
    attic.folder.write("odd.json", b"{}")
    attic.put("odd.mp3")
    attic.put("bad\x07.mp3", b"bell")
    attic.put("empty.mp3", b"")
    attic.folder.write("empty.json", b"{}")
    # Written just now, on a disk whose clock is not the company's.
    attic.company.clock.now += timedelta(days=400)
    found = {one.native_id: (one.why, one.erasable) for one in await attic.look()}
    assert found == {
        "link.mp3": ("not_ordinary", False), "hard.mp3": ("not_ordinary", False), "twin.mp3": ("shared", False),
        "twin.wav": ("shared", False), "same.mp3": ("shared", True), "same.wav": ("shared", True), "odd.mp3": ("metadata", True),
        "bad\\u0007.mp3": ("name", False), "empty.mp3": ("empty", True),
    }  # fmt: skip
    for name in ("same.mp3", "odd.mp3", "empty.mp3"):
        [file] = [one for one in await attic.open() if one.native_id == name]
        await attic.erase(file)
    await attic.erasing.tick()
    assert {one.state for one in await attic.erasures()} == {"erased"}
    assert attic.folder.names() == {
        "link.mp3", "hard.mp3", "twin.mp3", "twin.wav", "twin.json", "same.wav", "bad\x07.mp3",
    }  # fmt: skip
    assert outside.read_bytes() == b"not yours"
