"""P4: files that can't be registered are listed each week until the Head decides each, or they are mended."""

from __future__ import annotations

import pytest_asyncio

from handlers.erasures_ahead.intents import EraseFile
from handlers.retention.certificate import certificate
from storage.erasure_records import Erasure, UnregisteredFile
from tests.erasing import Archive
from tests.handlers.builders import Company, audit, away, quiet
from tests.handlers.erasures_ahead.test_card import MORNING, drawn
from tests.handlers.reading import buttons, home_of, lines, looking, seen, whole_of
from tests.handlers.reading import text as words
from tests.reconciled import findings

NAME = "in/+61491570156 Mrs Pemberly.mp3"


async def spoilt(archive: Archive, name: str = NAME, audio: bytes = b"odd", why: str = "no_metadata") -> int:
    """A file stands there that can't be registered; its number."""
    archive.recorder.spoil(name, f"{name} has no metadata file beside it.", audio, why)
    await archive.sync.sync()
    [*_, file] = [one for one in await listed(archive) if one.native_id == name]
    return file.id


async def listed(archive: Archive) -> list[UnregisteredFile]:
    return await archive.company.database.read(lambda store: store.unregistered.open("memory"))


async def file_of(archive: Archive, number: int) -> UnregisteredFile:
    found = await archive.company.database.read(lambda store: store.unregistered.get(number))
    assert found is not None
    return found


async def erasure_of(archive: Archive, number: int) -> Erasure:
    def newest(store: object) -> Erasure:
        rows = store.session.query(Erasure).filter(Erasure.file_id == number)  # type: ignore[attr-defined]
        found: list[Erasure] = rows.order_by(Erasure.closed_at).all()
        return found[-1]

    return await archive.company.database.read(newest)


async def places(archive: Archive, card: str, action: str = "file_erase") -> list[str]:
    whole = await whole_of(archive.company, card, archive.company.helena)
    assert whole is not None
    return [one.value for one in buttons(whole) if one.action == action]


async def details(company: Company, card: str) -> list[str]:
    whole = await whole_of(company, card, company.helena)
    assert whole is not None
    return lines(whole)


@pytest_asyncio.fixture
async def number(archive: Archive) -> int:
    return await spoilt(archive)


@pytest_asyncio.fixture
async def card(archive: Archive, number: int) -> str:
    return await drawn(archive, MORNING)


async def test_p4_the_head_sees_them_by_number_and_never_by_name(archive: Archive, number: int, card: str) -> None:
    company = archive.company
    fact = "Files that could not be registered: 1 file, for you to decide in Details"
    assert fact in lines(await seen(company, card, company.helena))
    found = await details(company, card)
    [row] = [one for one in found if one.startswith("🗂️")]
    assert (
        row
        == f"🗂️ File {number}: no metadata file lies beside it · 3 bytes · first seen <24 Nov 03:00 Australia/Sydney>"
    )
    assert found.count("[Erase] [Keep]") == 1
    assert "Pemberly" not in str(found)
    assert "570156" not in str(found)
    assert "could not be registered" not in str(lines(await seen(company, card, company.tara)))
    company.door.policy = away(company.door.policy, "head_of_customer_success", now=MORNING)
    assert fact not in lines(await seen(company, card, company.helena))


async def test_p4_what_the_head_erases_goes_with_a_certificate_of_what_is_known(
    archive: Archive, number: int, card: str
) -> None:
    company, [place] = archive.company, await places(archive, card)
    await company.door.enter(EraseFile(place), company.helena)
    await quiet(company, EraseFile(place), company.helena)
    assert await places(archive, card) == []
    await archive.tick()
    erasure = await erasure_of(archive, number)
    file = await file_of(archive, number)
    assert (erasure.why, erasure.state, erasure.recording_id) == ("unregistered", "erased", None)
    assert (file.state, file.native_id, file.stamp) == ("erased", "", "")
    assert archive.announced == [erasure.id]
    page = await looking(company, company.helena, lambda act: certificate(act, erasure.id))
    told = " | ".join(words(one.words) for one in page.parts if hasattr(one, "words"))
    assert f"The audio of file {number} is erased for good." in told
    assert "It could not be registered, so it had no moment to go at" in told
    assert "on which line, when, and with whom is not known" in told
    [entry] = [one for one in await audit(company, f"file:{number}") if one[1] == "erasures_ahead.erase_file"]
    assert entry[3:] == ("P4", {"card": card, "erasure": erasure.id})
    assert f"File {number}" in str(lines(await home_of(company, company.helena)))
    assert await findings(company.database) == []
