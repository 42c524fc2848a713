"""How years ended is told by what calls are, and never by the numbers that a register gave them."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest

from handlers.access.intents import Approve, File
from storage.database.store import Database, Store
from storage.records import Recording
from tests.handlers.builders import Clock, a_company, call, form, register
from tests.years.ended import State, differences, final_state

pytestmark = pytest.mark.soak


async def _approved(url: str, *, gap: bool) -> State:
    """Somebody may hear a call, whose number is another one where somebody died over the one before."""
    database = Database(url)
    company = await a_company(database, Clock())
    if gap:
        [lost] = await register(company.door, call(8))
        await database.write(lambda store: _numbered(store, lost, 40))
    [number] = await register(company.door, call(9))
    request = (await company.door.enter(File(form([number]), "slack:Y1"), company.anna)).request
    await company.door.enter(Approve(request), company.tara)
    if gap:
        await database.write(lambda store: store.session.delete(store.recordings.get(40)))
    found = await database.read(final_state)
    await database.close()
    return found


def _numbered(store: Store, before: int, number: int) -> None:
    store.session.query(Recording).filter(Recording.id == before).update({"id": number})


async def test_p12_an_approval_names_its_calls_by_what_they_are(_sqlite_template: Path, tmp_path: Path) -> None:
    """Numbers have gaps where somebody died: each approval of the years with kills was a difference on a server."""
    urls = [f"sqlite:///{copyfile(_sqlite_template, tmp_path / f'{one}.db')}" for one in ("whole", "gap")]
    whole, gap = [await _approved(url, gap=bool(one)) for one, url in enumerate(urls)]
    assert any("access.approve" in one for one in whole["log"])
    assert differences(whole, gap) == []
