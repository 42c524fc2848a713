"""P4: files that can't be registered are listed under a number until they are mended, replaced or gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest_asyncio

from handlers import recordings
from handlers.acting import CLOCK
from storage.tables.calls import UnregisteredFile
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import Company
from tests.moments import NOW
from tests.odd_files import NAME, listed, spoilt


@pytest_asyncio.fixture
async def archive(company: Company) -> Archive:
    await company.door.enter(recordings.register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return Archive(company)


async def _file(archive: Archive, number: int) -> UnregisteredFile:
    found = await archive.company.database.read(lambda store: store.unregistered.get(number))
    assert found is not None
    return found


def _told(file: UnregisteredFile) -> dict[str, Any]:
    return {one: getattr(file, one) for one in ("native_id", "why", "stamp", "size", "modified")}


async def test_p4_one_that_is_mended_is_a_call_and_stands_there_no_more(archive: Archive) -> None:
    number = await spoilt(archive)
    archive.recorder.keep(replace(SIGHTED, native_id=NAME), b"odd")
    await archive.sync.sync()
    assert ((await archive.call(NAME)).state, await listed(archive)) == ("present", [])
    assert ((await _file(archive, number)).native_id, (await _file(archive, number)).over_at) == ("", NOW)


async def test_p4_another_file_of_that_name_gets_a_number_of_its_own(archive: Archive) -> None:
    number = await spoilt(archive)
    assert await spoilt(archive, NAME, b"odd", "metadata") == number
    assert (await _file(archive, number)).why == "metadata"
    assert await spoilt(archive, NAME, b"another") != number
    assert (await _file(archive, number)).native_id == ""


async def test_p4_a_call_of_the_register_keeps_its_moment_whatever_becomes_of_its_metadata(archive: Archive) -> None:
    await archive.record("one.mp3")
    archive.recorder.spoil("one.mp3", "one.json is half written")
    await archive.sync.sync()
    assert await listed(archive) == []
