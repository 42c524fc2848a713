"""P4, P12: what becomes of files that can't be registered after they were shown: they change, come back, are late, are tampered with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.ports import Unavailable
from handlers.acting import CLOCK
from handlers.erasures_ahead.intents import EraseFile, KeepFile
from handlers.retention.certificate import certificate
from handlers.retention.intents import Ask, FilesCameBack, Send, Take
from handlers.rules.refusal import Refused
from handlers.unregistered import NotRegistered
from handlers.words import calls_and_files, size_words
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import refusal, words_for
from tests.handlers.erasures_ahead.odd_files import (
    NAME,
    as_a_call,
    erased_and_back,
    erasure_of,
    file_of,
    places,
    spoilt,
    unheard,
)
from tests.handlers.erasures_ahead.test_card import DAY, MORNING, drawn
from tests.handlers.reading import lines, looking, seen
from tests.handlers.retention.pausing import let_go, paused, small
from tests.reconciled import findings

pytestmark = pytest.mark.soak


async def test_p4_what_is_a_call_by_now_has_its_own_moment(archive: Archive, number: int, card: str) -> None:
    """Before the press, and between the press and the moment at which the recorder is asked."""
    company, [place] = archive.company, await places(archive, card)
    file = await file_of(archive, number)
    archive.recorder.lose(NAME)
    archive.recorder.keep(replace(SIGHTED, native_id=NAME), b"odd")
    await company.door.enter(as_a_call(file), CLOCK)
    told = await refusal(company, EraseFile(place), company.helena)
    assert str(told) == "This file is registered as a call by now, and is erased at its own moment."


async def test_p4_one_that_became_a_call_and_was_spoilt_again_before_anybody_looked_is_over(
    archive: Archive, number: int
) -> None:
    company, file = archive.company, await file_of(archive, number)
    told = {one: getattr(file, one) for one in ("native_id", "why", "stamp", "size", "modified", "erasable")}
    await company.door.enter(as_a_call(file), CLOCK)
    await company.door.enter(NotRegistered("memory", [told]), CLOCK)
    assert (await file_of(archive, number)).state == "over"


async def test_p12_a_file_that_becomes_a_call_is_not_asked_for(archive: Archive, number: int, card: str) -> None:
    company, [place] = archive.company, await places(archive, card)
    await company.door.enter(EraseFile(place), company.helena)
    erasure = (await erasure_of(archive, number)).id
    assert await company.door.enter(Ask(()), CLOCK) == frozenset()
    await company.door.enter(as_a_call(await file_of(archive, number)), CLOCK)
    assert await company.door.enter(Ask((erasure,)), CLOCK) == frozenset()
    assert not await company.door.enter(Send(erasure, "x"), CLOCK)
    [doomed] = await company.door.enter(Take((erasure,)), CLOCK)
    assert (doomed.file, doomed.gone, doomed.started) == (number, True, None)
    company.clock.now += DAY
    await archive.erasing.tick()
    assert ((await erasure_of(archive, number)).state, (await file_of(archive, number)).state) == ("vanished", "over")
    assert NAME in archive.recorder._audio


async def test_p4_what_is_told_twice_is_remembered_once_and_what_is_over_stays_so(
    archive: Archive, number: int
) -> None:
    company, file = archive.company, await file_of(archive, number)
    told = {one: getattr(file, one) for one in ("native_id", "why", "stamp", "size", "modified", "erasable")}
    await unheard(company, NotRegistered("memory", [told]))
    await company.door.enter(NotRegistered("memory", (), [number, 999]), CLOCK)
    await unheard(company, NotRegistered("memory", (), [number]))
    assert (await file_of(archive, number)).native_id == ""


async def test_p12_what_is_being_erased_is_neither_told_anew_nor_over(archive: Archive, number: int, card: str) -> None:
    company, [place] = archive.company, await places(archive, card)
    await company.door.enter(EraseFile(place), company.helena)
    file = await file_of(archive, number)
    told = {one: getattr(file, one) for one in ("native_id", "why", "stamp", "size", "modified", "erasable")}
    await unheard(company, NotRegistered("memory", [{**told, "size": 9}], [number]))
    await company.door.enter(
        FilesCameBack("memory", [told]), CLOCK
    )  # it waits for nobody from now on, which is told once
    await unheard(company, FilesCameBack("memory", [told]))
    assert (await file_of(archive, number)).state == "closed"


async def test_p12_one_that_is_late_is_told_as_a_file(archive: Archive, number: int, card: str) -> None:
    company, [place] = archive.company, await places(archive, card)
    await company.door.enter(EraseFile(place), company.helena)
    archive.recorder.outage = Unavailable("away")
    company.clock.now += DAY
    await archive.erasing.tick()
    assert any(one.startswith("1 file should be erased by now") for one in await words_for(company, company.helena))
    late = "⚠️ 1 erasure is later than it should be: the recording system did not answer. Closed to everybody, and tried again."
    assert late in lines(await seen(company, card, company.helena))
    erasure = (await erasure_of(archive, number)).id
    with pytest.raises(Refused, match="This file is not erased yet"):
        await looking(company, company.helena, lambda act: certificate(act, erasure))


async def test_p12_files_count_for_the_guard(archive: Archive) -> None:
    company = archive.company
    company.door.policy = small()
    numbers = [await spoilt(archive, f"odd-{one}.mp3", bytes([one]) * 3) for one in range(3)]
    card = await drawn(archive, MORNING)
    for place in await places(archive, card):
        await company.door.enter(EraseFile(place), company.helena)
    await archive.erasing.tick()
    pause = (await paused(archive)).id
    assert "Paused: 3 files" in lines(await seen(company, pause, company.helena))
    await let_go(archive, pause)
    await archive.erasing.tick()
    assert {(await file_of(archive, one)).state for one in numbers} == {"erased"}
    assert await findings(company.database) == []


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE unregistered_files SET state = 'kept' WHERE state = 'erased'", "“decision” is stored as keep"),
        ("UPDATE unregistered_files SET decided_by = decided_by + 1", "“decided by” is stored as person"),
        (
            "UPDATE unregistered_files SET native_id = 'x' WHERE state = 'erased'",
            "is erased, but its name is still stored",
        ),
        ("UPDATE unregistered_files SET state = 'kept' WHERE state = 'listed'", "decision about file"),
        ("UPDATE unregistered_files SET state = 'erased' WHERE state = 'kept'", "“decision” is stored as erase, but"),
        ("UPDATE unregistered_files SET state = 'listed' WHERE state = 'kept'", "“decision” is stored as nothing"),
        ("DELETE FROM unregistered_files WHERE state = 'kept'", "it was decided about file"),
        ("UPDATE unregistered_files SET first_seen = 'x', decided_at = 'y' WHERE state = 'kept'", "can't be read"),
        ("DELETE FROM audit WHERE action = 'erasures_ahead.erase_file'", "of a file is stored, but the log knows"),
        ("DELETE FROM audit WHERE action = 'erasures_ahead.keep_file'", "decision about file"),
        (
            "UPDATE audit SET detail = '{\"erasure\": []}' WHERE action = 'erasures_ahead.erase_file'",
            "of a file is stored",
        ),
    ],
)
async def test_p4_a_decision_that_was_made_or_changed_by_hand_is_found(
    archive: Archive, number: int, statement: str, told: str
) -> None:
    company = archive.company
    for name in ("two.mp3", "three.mp3"):
        await spoilt(archive, name, name.encode())
    card = await drawn(archive, MORNING)
    first, second, _ = await places(archive, card)
    await company.door.enter(EraseFile(first), company.helena)
    await company.door.enter(KeepFile(second), company.helena)
    await archive.tick()
    assert await findings(company.database) == []
    if "'x', decided_at" in statement and not company.database.is_sqlite:
        pytest.skip("a server keeps no moment that is none")
    await company.database.write(lambda store: store.session.execute(text(statement)))
    assert told in " | ".join(await findings(company.database))


async def test_p4_sizes_are_told_in_the_unit_that_fits() -> None:
    told = [size_words(one) for one in (0, 1, 999, 1_000, 2_400_000, 3_100_000_000)]
    assert told == ["0 bytes", "1 byte", "999 bytes", "1.0 KB", "2.4 MB", "3.1 GB"]
    assert [calls_and_files(*one) for one in ((0, 0), (1, 0), (0, 2), (2, 1))] == [
        "0 calls", "1 call", "2 files", "2 calls and 1 file",
    ]  # fmt: skip


async def test_p12_one_that_comes_back_is_erased_once_more_and_the_head_hears_of_it(archive: Archive) -> None:
    company, [back] = archive.company, await erased_and_back(archive)
    assert (back.state, back.decided_by) == ("closed", None)
    told = "1 file that had been erased stood in the recording system again, and is being erased once more."
    assert told in await words_for(company, company.helena)
    await archive.tick()
    erasure = await erasure_of(archive, back.id)
    assert (erasure.why, erasure.state) == ("came_back", "erased")
    assert await findings(company.database) == []
    # As an older database knows it, which had it as undecided.
    number = await spoilt(archive, "two.mp3", b"two")
    file = await file_of(archive, number)
    told_of = {one: getattr(file, one) for one in ("native_id", "why", "stamp", "size", "modified", "erasable")}
    await company.door.enter(FilesCameBack("memory", [told_of]), CLOCK)
    assert (await file_of(archive, number)).state == "closed"


@pytest.mark.by_hand
async def test_p12_a_log_that_tells_otherwise_of_what_came_back_is_found(archive: Archive) -> None:
    company, _ = archive.company, await erased_and_back(archive)
    changed = "UPDATE audit SET detail = '{}' WHERE action = 'retention.files_came_back'"
    await company.database.write(lambda store: store.session.execute(text(changed.replace("{}", '{"erasures": []}'))))
    assert "what the log says of files that could not be registered can't be read" in await findings(company.database)
    await company.database.write(lambda store: store.session.execute(text(changed)))
    assert len([one for one in await findings(company.database) if "the log knows nothing of it" in one]) == 2


async def test_p4_another_file_of_that_name_is_another_entry(archive: Archive, number: int) -> None:
    other = await spoilt(archive, NAME, b"another")
    assert other != number
    assert ((await file_of(archive, number)).state, (await file_of(archive, number)).native_id) == ("over", "")


async def test_p4_what_is_wrong_with_it_may_change_and_what_was_shown_counts_no_more(
    archive: Archive, number: int, card: str
) -> None:
    company, [place] = archive.company, await places(archive, card)
    assert await spoilt(archive, NAME, b"odd", "metadata") == number
    assert (await file_of(archive, number)).why == "metadata"
    assert (await refusal(company, EraseFile(place), company.helena)).code == "changed"
