"""P12: what comes due together is erased together, since each look goes through all that the recording system has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import Sought
from storage.database.store import Database
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import Clock, a_company
from tests.handlers.retention.pausing import let_go, paused
from tests.moments import NOW

BUSY_DAY = 120


@pytest.mark.soak
async def test_p12_a_busy_day_shares_a_look(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look reads the name and size of every file, as much for one call as for all of them."""
    archive, looks = Archive(await a_company(database, Clock())), list[int]()
    look = archive.recorder.look

    async def counted(sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
        looks.append(len(sought))
        return await look(sought)

    monkeypatch.setattr(archive.recorder, "look", counted)
    for number in range(BUSY_DAY):
        archive.recorder.keep(replace(SIGHTED, native_id=f"one-{number}"), b"%d" % number)
    await archive.tick()
    archive.until(NOW + timedelta(days=366))
    await archive.tick()
    await let_go(archive, (await paused(archive)).id)
    await archive.tick()
    assert looks == [BUSY_DAY]
