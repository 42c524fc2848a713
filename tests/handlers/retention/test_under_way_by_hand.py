"""C1, P12: nobody who can write the database puts an erasure off, moves it, takes it away or changes what its certificate says, unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text

from handlers.acting import CLOCK
from handlers.declined.intents import Erase
from handlers.retention.intents import Fail, Stay
from storage.database.store import Database, Store
from storage.tables.log import AuditEntry
from tests.erasing import Archive
from tests.handlers.builders import Clock, Company, a_company, register
from tests.handlers.builders import call as told_of
from tests.handlers.declined.acts import afterwards
from tests.handlers.holds.acts import asked_to_delete, certified, close, old_call
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
FAR, DAY = "2099-01-01 00:00:00.000000", timedelta(days=1)


async def _done(company: Company, statement: str) -> str:
    await company.database.write(lambda store: store.session.execute(text(statement)) and None)
    return " | ".join(await findings(company.database))


async def _said_less(company: Company, *names: str) -> None:
    def work(store: Store) -> None:
        for entry in store.session.query(AuditEntry):
            entry.detail = {name: told for name, told in entry.detail.items() if name not in names}

    await company.database.write(work)


async def _failing(company: Company) -> str:
    """Asked for, not done, and tried again tomorrow, since the recorder keeps it for longer."""
    erasure = await close(company, await old_call(company))
    assert await asked_to_delete(company, erasure)
    await company.door.enter(Fail(erasure, "retained", until=company.clock.now + 9 * DAY), CLOCK)
    return erasure


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (f"UPDATE erasures SET next_at = '{FAR}'", "is tried again on 2099-01-01, which is further off than any try"),
        (f"UPDATE erasures SET moment = '{FAR}'", "“moment” is stored as 2099-01-01"),
        (f"UPDATE erasures SET closed_at = '{FAR}'", "“closed” is stored as 2099-01-01"),
        ("UPDATE erasures SET state = 'closed'", "“state” is stored as closed, but entry"),
        ("UPDATE erasures SET state = 'vanished'", "“state” is stored as vanished, but entry"),
        ("UPDATE erasures SET asked_at = '2026-11-25 00:00:00.000000'", "“recorder asked” is stored as 2026-11-25 00:00"),
        ("UPDATE erasures SET tries = 99", "“tries” is stored as 99"),
        ("UPDATE erasures SET trouble = 'held'", "“trouble” is stored as held"),
    ],
)  # fmt: skip
async def test_c1_an_erasure_on_its_way_is_not_changed_unseen(company: Company, statement: str, told: str) -> None:
    erasure = await _failing(company)
    assert await findings(company.database) == []
    found = await _done(company, statement)
    assert f"erasure {erasure}" in found and told in found


async def test_c1_one_that_was_not_asked_for_is_not_said_to_be(company: Company) -> None:
    """Whoever takes the audio away meanwhile would have it certified as ours."""
    await close(company, await old_call(company))
    asked = "UPDATE erasures SET state = 'asked', asked_at = '2026-11-25 07:00:00.000000'"
    assert "“state” is stored as asked, but the log says closed" in await _done(company, asked)


async def test_c1_nor_one_that_stays_after_all(company: Company) -> None:
    erasure = await _failing(company)
    await company.door.enter(Stay(erasure), CLOCK)
    assert await findings(company.database) == []
    assert "“state” is stored as asked" in await _done(company, "UPDATE erasures SET state = 'asked'")


async def test_c1_one_for_which_an_earlier_version_asked_raises_no_alarm(company: Company) -> None:
    """It asked for many at once, and had no entry for each."""
    erasure = await _failing(company)
    await company.database.write(
        lambda store: store.session.execute(
            text("UPDATE audit SET action = 'earlier.send' WHERE action = 'retention.send'")
        )
    )
    assert await findings(company.database) == []
    moved = f"UPDATE erasures SET asked_at = '2026-11-25 00:00:00.000000' WHERE id = '{erasure}'"
    assert "“recorder asked” is stored as 2026-11-25 00:00" in await _done(company, moved)


async def test_c1_one_of_a_declined_call_began_when_that_was_decided(company: Company) -> None:
    matter = await afterwards(company)
    company.clock.pass_(hours=1)
    await company.door.enter(Erase(matter), company.helena)
    assert await findings(company.database) == []
    for column in ("moment", "closed_at"):
        assert "is stored as 2099-01-01" in await _done(company, f"UPDATE erasures SET {column} = '{FAR}'")


async def test_p12_while_something_keeps_it_nobody_tries_it_and_that_is_no_fault(company: Company) -> None:
    """The clock of the log goes on, however long nothing is said of this one."""
    await _failing(company)
    company.clock.pass_(days=90)
    await register(company.door, told_of(9))
    tomorrow = company.clock.now + DAY
    assert await _done(company, f"UPDATE erasures SET next_at = '{tomorrow:%Y-%m-%d %H:%M:%S.%f}'") == ""


async def test_c1_one_that_is_taken_away_is_found(company: Company) -> None:
    recording = await old_call(company)
    erasure = await close(company, recording)
    found = await _done(company, "DELETE FROM erasures")
    assert f"erasure {erasure} was begun, as the log says, but is no longer stored" in found
    assert f"recording {recording} is stored as closed, but no erasure of it is under way" in found


async def test_c1_so_is_a_call_that_is_hidden_though_nothing_erases_it(company: Company) -> None:
    await _said_less(company, "states")
    found = await _done(company, f"UPDATE recordings SET state = 'closed' WHERE id = {company.calls[0]}")
    assert f"recording {company.calls[0]} is stored as closed, but no erasure of it is under way" in found


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.record("one")
    archive.until(NOW, days=365)
    await archive.tick()
    return archive


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE erasures SET how = 'by nobody'", "how it was done, or what could not be seen, was changed after entry"),
        ("UPDATE erasures SET unseen = ''", "how it was done, or what could not be seen, was changed after entry"),
        ("UPDATE erasures SET asked_at = NULL", "“recorder asked” is stored as nothing"),
        ("UPDATE erasures SET state = 'asked'", "“state” is stored as asked"),
        ("UPDATE erasures SET tries = 9", "“tries” is stored as 9"),
        ("UPDATE erasures SET trouble = 'held'", "“trouble” is stored as held"),
        ("UPDATE recordings SET state = 'present' WHERE id = 4", "recording 4 is stored as present, but has a certificate"),
    ],
)  # fmt: skip
async def test_c1_what_a_certificate_says_is_not_changed_unseen(archive: Archive, statement: str, told: str) -> None:
    only = statement if "recordings" in statement else f"{statement} WHERE recording_id = 4"
    assert await findings(archive.company.database) == []
    assert told in await _done(archive.company, only)


async def test_c1_a_certificate_of_an_earlier_version_raises_no_alarm(company: Company) -> None:
    erasure = await close(company, await old_call(company))
    assert await asked_to_delete(company, erasure)
    await certified(company, erasure)
    await _said_less(company, "proof", "states")
    assert await findings(company.database) == []
