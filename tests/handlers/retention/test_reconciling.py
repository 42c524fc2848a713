"""C1, P12: a certificate that is stored otherwise than the log says is found and named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, update

from bot.proof.verification import verify
from storage.database.store import Database, Store
from storage.records import Recording
from storage.tables.erasures import Erasure
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.record("one")
    archive.until(NOW, days=365)
    await archive.tick()
    return archive


def _erasure(**values: Any) -> Callable[[Store], object]:
    return lambda store: store.session.execute(update(Erasure).where(Erasure.recording_id == 4).values(**values))


def _call(**values: Any) -> Callable[[Store], object]:
    return lambda store: store.session.execute(update(Recording).where(Recording.id == 4).values(**values))


@pytest.mark.parametrize(
    ("forged", "found"),
    [
        (_erasure(native_hash="0" * 64), "“name” is stored as 0000"),
        (_erasure(moment=NOW), "“moment” is stored as 2026-11-24"),
        (_erasure(answered_at=NOW + timedelta(days=2)), "“answered” is stored as 2026-11-26"),
        (_erasure(why="came_back"), "“why” is stored as came_back"),
        (_erasure(policy_text=9), "“policy text” is stored as 9"),
        (_erasure(erased_at=None, state="asked"), "has a certificate in the log, but is stored as not done"),
        (_call(caller="+61499999123"), "recording 4 is erased, but who called is still stored"),
        (
            lambda store: store.session.execute(delete(Erasure).where(Erasure.recording_id == 4)),
            "has a certificate in the log, but is no longer stored",
        ),
    ],
)
async def test_p12_what_was_changed_by_hand_is_named(
    archive: Archive, forged: Callable[[Store], object], found: str
) -> None:
    company = archive.company
    assert await findings(company.database) == []
    await company.database.write(forged)
    assert any(found in one for one in await findings(company.database))
    assert any(found in one for one in (await verify(company.database)).faults)


async def test_p12_an_erasure_that_nobody_certified_is_named(archive: Archive) -> None:
    company = archive.company
    await company.database.write(
        lambda store: store.session.execute(update(Recording).where(Recording.id == 1).values(state="erased"))
    )
    assert await findings(company.database) == [
        "recording 1 is stored as erased, but has no certificate",
        "recording 1: “state” is stored as erased, but entry 5 says closed",
    ]
    done = {"erased_at": NOW, "state": "erased"}
    await company.database.write(
        lambda store: store.session.execute(update(Erasure).where(Erasure.recording_id == 1).values(**done))
    )
    [told, _] = await findings(company.database)
    assert told.endswith("is stored as done, but the log has no certificate of it")
