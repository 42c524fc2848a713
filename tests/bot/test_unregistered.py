"""P4: files in a folder that can't be registered are remembered by what they are, and erased as they were shown or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.erasing import Erasing
from bot.marks import Marks
from bot.ports import Audio, Unavailable
from bot.recording_sync import RecordingSync
from handlers.acting import CLOCK
from handlers.erasures_ahead.intents import Draw, EraseFile, KeepFile
from handlers.erasures_ahead.view import mark_of
from handlers.retention.intents import Doomed, Recall
from storage.erasure_records import Erasure, UnregisteredFile
from storage.store import Database, DatabaseDown
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.handlers.builders import NOW, Clock, Company, a_company, audit, refusal, words_for
from tests.reconciled import findings

MORNING = NOW + timedelta(days=1)


@dataclass
class Attic:
    """A folder with its register, its erasures, and the journal's lines; what is put there was written long ago."""

    company: Company
    folder: FolderBench
    journal: list[Doomed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.erasing = Erasing(self.company.door, self.folder.recorder, "file", Marks(bytes(32)), self._announce)
        self.sync = RecordingSync(
            self.company.door, self.folder.recorder, "file", self.erasing.returned, self.erasing.unregistered.note
        )

    async def _announce(self, doomed: Sequence[Doomed]) -> None:
        self.journal += doomed

    def put(self, name: str, audio: bytes = b"odd", *, hours: float = 48.0) -> Path:
        file = self.folder.write(name, audio)
        at = (self.company.clock.now - timedelta(hours=hours)).timestamp()
        os.utime(file, (at, at))
        return file

    async def look(self) -> list[UnregisteredFile]:
        """One look; what is open after it."""
        self.folder.seconds.now += 20.0
        await self.sync.sync()
        return await self.open()

    async def open(self) -> list[UnregisteredFile]:
        return await self.company.database.read(lambda store: store.unregistered.open("file"))

    async def card(self) -> str:
        self.company.clock.now = MORNING
        await self.company.door.enter(Draw(), CLOCK)
        found = await self.company.database.read(lambda store: store.ahead_cards.current())
        assert found is not None
        return found.id

    async def erase(self, file: UnregisteredFile) -> None:
        """The Head presses Erase."""
        await self.company.door.enter(EraseFile(f"{await self.card()}:{file.id}:{mark_of(file)}"), self.company.helena)

    async def erasures(self) -> list[Erasure]:
        def all_of(store: object) -> list[Erasure]:
            found: list[Erasure] = (
                store.session.query(Erasure).filter(Erasure.file_id.is_not(None)).order_by(Erasure.closed_at).all()  # type: ignore[attr-defined]
            )
            return found

        return await self.company.database.read(all_of)


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


@pytest.mark.parametrize("later", [b"another", b"odd"])
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


async def test_p12_what_comes_back_with_its_name_and_audio_is_erased_again_and_nothing_else(attic: Attic) -> None:
    attic.put("one.mp3")
    [file] = await attic.look()
    await attic.erase(file)
    await attic.erasing.tick()
    attic.put("one.mp3")
    attic.put("two.mp3", b"two")
    found = {one.native_id: one.state for one in await attic.look()}
    assert found == {"one.mp3": "closed", "two.mp3": "listed"}
    await attic.look()
    await attic.erasing.tick()
    assert attic.folder.names() == {"two.mp3"}
    assert [one.why for one in await attic.erasures()] == ["unregistered", "came_back"]
    assert [one for one in await words_for(attic.company, attic.company.helena) if "1 file that had been erased" in one]
    attic.put("one.mp3", b"somebody else's")
    assert {one.native_id: one.state for one in await attic.look()} == {"one.mp3": "listed", "two.mp3": "listed"}
    assert await findings(attic.company.database) == []


async def test_p12_after_a_restore_the_journal_knows_it_though_the_database_has_it_as_undecided(attic: Attic) -> None:
    attic.put("one.mp3")
    [file] = await attic.look()
    marks = Marks(bytes(32))
    digest = hashlib.sha256(b"odd").hexdigest()
    lines = {marks.of_file("one.mp3"): "E-OLD", marks.of_content("one.mp3", digest): "E-OLD"}
    await attic.company.door.enter(Recall(lines), CLOCK)
    attic.restart()
    assert [(one.id, one.state) for one in await attic.look()] == [(file.id, "closed")]
    await attic.erasing.tick()
    assert attic.folder.names() == set()
    assert [one.state for one in await attic.erasures()] == ["erased"]


async def test_p12_one_of_that_name_that_can_not_be_read_is_listed_for_a_person(
    attic: Attic, monkeypatch: pytest.MonkeyPatch
) -> None:
    attic.put("one.mp3")
    [file] = await attic.look()
    await attic.erase(file)
    await attic.erasing.tick()
    attic.put("one.mp3")

    async def away(_: str) -> Audio:
        raise Unavailable("away")

    monkeypatch.setattr(attic.folder.recorder, "audio", away)
    assert [one.state for one in await attic.look()] == ["listed"]


async def test_p12_a_crash_between_the_deletion_and_the_look_loses_no_certificate(
    attic: Attic, monkeypatch: pytest.MonkeyPatch
) -> None:
    attic.put("one.mp3")
    [file] = await attic.look()
    await attic.erase(file)

    async def dies(_: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(attic.folder.recorder, "look", dies)
        await attic.erasing.tick()
    assert attic.folder.names() == set()
    attic.put("keeps the folder from being empty.txt", b"words")
    await attic.look()
    attic.restart()
    await attic.look()
    attic.company.clock.now += timedelta(minutes=20)
    await attic.erasing.tick()
    assert [one.state for one in await attic.erasures()] == ["erased"]


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


async def test_p4_two_replicas_remember_a_file_once_and_erase_it_once(attic: Attic) -> None:
    other = Attic(attic.company, attic.folder)
    attic.put("one.mp3")
    await asyncio.gather(attic.sync.sync(), other.sync.sync())
    [file] = await attic.open()
    await attic.erase(file)
    await asyncio.gather(attic.erasing.tick(), other.erasing.tick())
    assert [one.state for one in await attic.erasures()] == ["erased"]
    certified = [one for one in await audit(attic.company) if one[1] == "retention.certify"]
    assert len(certified) == 1


async def test_p4_what_the_database_was_away_for_is_told_again(attic: Attic, monkeypatch: pytest.MonkeyPatch) -> None:
    attic.put("one.mp3")
    with monkeypatch.context() as patch:
        patch.setattr(attic.company.door, "enter", _down)
        with pytest.raises(DatabaseDown):
            await attic.look()
    assert len(await attic.look()) == 1


async def _down(*_: Any, **__: Any) -> None:
    raise DatabaseDown("away")
