"""P12: a telephone system that writes heads without sound writes the same bytes for every caller, and erasing one erases no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, words_for
from tests.handlers.retention.test_erasing import MOMENT
from tests.moments import NOW
from tests.reconciled import findings

PCM = b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"
FIVE = timedelta(minutes=5)


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    return Archive(await a_company(database, Clock()))


async def _states(archive: Archive, *numbers: int) -> list[str]:
    return [(await archive.by_id(number)).state for number in numbers]


async def test_p12_a_call_that_is_still_there_keeps_none_from_being_certified(archive: Archive) -> None:
    old, young = await archive.record("old.wav", audio=PCM), await archive.record("young.wav", NOW + FIVE, audio=PCM)
    archive.until(MOMENT)
    await archive.tick()
    assert await _states(archive, old, young) == ["erased", "present"]


async def test_p12_nor_where_we_were_stopped_before_it_was_certified(archive: Archive) -> None:
    old, young = await archive.record("old.wav", audio=PCM), await archive.record("young.wav", NOW + FIVE, audio=PCM)
    archive.until(MOMENT)
    look = archive.recorder.look

    async def killed(_: object) -> object:
        raise RuntimeError("killed")

    archive.recorder.look = killed  # type: ignore[assignment,method-assign]
    await archive.tick()
    archive.recorder.look = look  # type: ignore[method-assign]
    archive.until(MOMENT, minutes=3)
    await archive.tick()
    assert await _states(archive, old, young) == ["erased", "present"]


async def test_p12_a_new_one_is_a_call_like_any_other(archive: Archive) -> None:
    await archive.record("old.wav", audio=PCM)
    archive.until(MOMENT)
    await archive.tick()
    today = await archive.record("today.wav", MOMENT, audio=PCM)
    await archive.tick()
    assert await _states(archive, today) == ["present"]
    assert not any(
        "stood in the recording system again" in one for one in await words_for(archive.company, archive.company.helena)
    )
    assert await findings(archive.company.database) == []


@pytest.mark.parametrize(
    ("kind", "audio"), [("wav", b"audio"), ("wav", PCM + b"\0" * 40), ("wav", b"RIFX" + PCM[4:]), ("mp3", PCM)]
)
async def test_p12_whatever_else_is_short_is_known_again_as_ever(archive: Archive, kind: str, audio: bytes) -> None:
    await archive.record(f"old.{kind}", audio=audio)
    archive.until(MOMENT)
    await archive.tick()
    today = await archive.record(f"today.{kind}", MOMENT, audio=audio)
    assert await _states(archive, today) == ["closed"]
