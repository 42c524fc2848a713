"""P4, P12: files that can't be registered come back, come by the hundred, meet a crash, a second replica, a database that is away."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.commands.checking import unreadable
from bot.marks import Marks
from bot.ports import Audio, Unavailable
from bot.settings.config import as_given
from handlers.acting import CLOCK
from handlers.erasures_ahead.intents import KeepFile
from handlers.erasures_ahead.view import mark_of
from handlers.retention.intents import Recall
from storage.database.store import Database, DatabaseDown
from tests.bot.attic import Attic
from tests.bot.environment import Environment
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.handlers.builders import Clock, a_company, audit, words_for
from tests.reconciled import findings


@pytest_asyncio.fixture
async def attic(database: Database, tmp_path: Path) -> Attic:
    return Attic(await a_company(database, Clock()), FolderBench(tmp_path / "calls"))


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


async def test_p12_after_a_restore_one_that_waits_to_be_erased_waits_for_nobody_any_more(attic: Attic) -> None:
    """The older database has it as decided, and perhaps in a run that stopped; the journal tells that it was erased."""
    attic.put("one.mp3")
    [file] = await attic.look()
    await attic.erase(file)
    marks = Marks(bytes(32))
    digest = hashlib.sha256(b"odd").hexdigest()
    lines = {marks.of_file("one.mp3"): "E-OLD", marks.of_content("one.mp3", digest): "E-OLD"}
    await attic.company.door.enter(Recall(lines), CLOCK)
    for _ in range(2):
        attic.erasing.unregistered.look_anew()
        await attic.look()
    assert [(one.why, one.state) for one in await attic.erasures()] == [("came_back", "closed")]
    await attic.erasing.tick()
    assert attic.folder.names() == set()
    assert [(one.why, one.state) for one in await attic.erasures()] == [("came_back", "erased")]
    assert await findings(attic.company.database) == []


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


async def test_p7_check_names_a_call_whose_operators_address_has_a_look_alike_letter(
    attic: Attic, database_url: str, environment: Environment
) -> None:
    attic.folder.put(replace(PLAIN, native_id="one.mp3"))
    attic.folder.put(replace(PLAIN, native_id="two.mp3", operator_email="br\u0430m@fernhill.example"))
    environment(DATABASE_URL=database_url, RECORDINGS_URL=f"file://{attic.folder.root}")
    [line] = [line async for line in unreadable(as_given())]
    assert line.note
    assert line.sentence.startswith(
        "two.mp3: the letter “\u0430” (Cyrillic) in the operator's address looks like another one"
    )


async def _down(*_: Any, **__: Any) -> None:
    raise DatabaseDown("away")


async def test_p4_check_names_each_by_its_number_and_says_which_stay(
    attic: Attic, database_url: str, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    attic.put("a/one.mp3")
    [one] = await attic.look()
    attic.put("two.mp3", b"two")
    *_, two = await attic.look()
    attic.put("new.mp3", b"new", hours=0)
    await attic.company.door.enter(KeepFile(f"{await attic.card()}:{one.id}:{mark_of(one)}"), attic.company.helena)
    environment(DATABASE_URL=database_url, RECORDINGS_URL=f"file://{attic.folder.root}")
    found = {line.what: line.sentence async for line in unreadable(as_given())}
    assert found == {
        f"file {one.id}": "a/one.mp3 has no metadata file beside it: add a/one.json. The Head of Customer Success decided that it stays.",
        f"file {two.id}": "two.mp3 has no metadata file beside it: add two.json.",
        "recording": "new.mp3 has no metadata file beside it: add new.json.",
    }  # fmt: skip
    for number in range(30):
        attic.put(f"{number}.mp3", bytes([number]))
    lines = [line async for line in unreadable(as_given())]
    assert (len(lines), lines[-1].sentence) == (21, "There are more. Mend these first, then ask again.")
    assert all(line.note and line.works for line in lines)
    environment(DATABASE_URL=f"sqlite:///{attic.folder.root.parent}/none/of/that.db")
    assert {line.what for line in [line async for line in unreadable(as_given())]} == {"recording"}
