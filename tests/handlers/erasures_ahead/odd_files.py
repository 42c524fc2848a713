"""Files in the memory of a recording system that can't be registered, and what stands of them on the card."""

from __future__ import annotations

from typing import Any

from handlers.acting import CLOCK, Intent
from handlers.erasures_ahead.intents import EraseFile
from handlers.recordings import Register
from storage.tables.erasures import Erasure, UnregisteredFile
from tests.erasing import Archive
from tests.handlers.builders import AU, Company, audit, ledger
from tests.handlers.erasures_ahead.test_card import MORNING, drawn
from tests.handlers.reading import buttons, lines, whole_of
from tests.moments import NOW

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


async def unheard(company: Company, intent: Intent[Any]) -> None:
    """The clock asks for what was done already: no entry, no effect."""
    before = len(await audit(company)), len(await ledger(company))
    await company.door.enter(intent, CLOCK)
    assert (len(await audit(company)), len(await ledger(company))) == before


def as_a_call(file: UnregisteredFile) -> Register:
    row = {
        "native_id": file.native_id, "stamp": file.stamp, "line": AU, "direction": "incoming", "caller": "", "crm": "",
        "operator_name": "Bram Tolliver", "operator_key": "bram", "department": "sales", "started": NOW, "seconds": 9.0,
        "media_type": "audio/mpeg", "size": file.size,
    }  # fmt: skip
    return Register("memory", [row], ())


async def erased_and_back(archive: Archive) -> list[UnregisteredFile]:
    """One was erased, and stands there again; what is open then."""
    company, number = archive.company, await spoilt(archive)
    [place] = await places(archive, await drawn(archive, MORNING))
    await company.door.enter(EraseFile(place), company.helena)
    await archive.tick()
    assert (await file_of(archive, number)).state == "erased"
    archive.recorder.spoil(NAME, "no metadata", b"odd", "no_metadata")
    await archive.sync.sync()
    return await listed(archive)
