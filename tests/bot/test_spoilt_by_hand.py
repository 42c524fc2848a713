"""One row that nobody can read stops neither the clock nor what people pressed: it is stepped over, logged, counted and named (A2, A9)."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.chats.inbox import Inbox
from bot.commands.checking_database import of_database
from bot.setbacks import FIRST_WAIT
from handlers.inbox import Press
from tests.bot.test_ticks import ends, faults
from tests.clocks import Seconds, ticks
from tests.handlers.builders import approved, ask, stored
from tests.handlers.holds.acts import hold
from tests.offices import Office, a_desk, down
from tests.spoiling import NO_UTF8, said

pytestmark = pytest.mark.soak

Logs = list[MutableMapping[str, Any]]
DUE = {
    "no moment": "'R-X', ''", "a number": "'R-X', 5", "no day": "'R-X', '2020-13-45'", "no UTF-8": f"{NO_UTF8}, '2020-01-01'",
}  # fmt: skip
ROW = "INSERT INTO deadlines (key, kind, subject, due_at) VALUES ({}, 'access.end', {})"
KEPT = {
    "the press": f"press = {NO_UTF8}", "since when": "at = 'x'", "until when": "due_at = ''", "the lease": "leased_until = 5",
    "the code": f"code = {NO_UTF8}",
}  # fmt: skip


@pytest.mark.parametrize("key", ["'access.end:R-X'", NO_UTF8])
@pytest.mark.parametrize("row", DUE.values())
async def test_a_deadline_that_can_not_be_read_stops_no_other(
    sqlite_office: Office, sqlite_url: str, row: str, key: str, logs: Logs
) -> None:
    company, seconds = sqlite_office.company, Seconds()
    await approved(company)
    await company.database.write(said(ROW.format(key, row)))
    company.clock.pass_(days=8)
    clock, before = ticks(company, seconds), faults("deadlines")
    for _ in range(3):
        await clock.tick()
    assert (await ends(company), faults("deadlines"), clock.age()) == (["done"], before + 1, 0.0)
    seconds.now += FIRST_WAIT
    await clock.tick()
    name = "\\xff" if key == NO_UTF8 else "access.end:R-X"
    told = [(one["part"], one["piece"], one["tries"]) for one in logs if one["event"] == "tick.fault"]
    assert told == [("deadlines", name, 1), ("deadlines", name, 2)]
    [note] = [one async for one in of_database(sqlite_url) if one.what == "deadline"]
    assert note.sentence.startswith(f"{name} can't be read, so it is not done")


async def test_a_matter_that_can_not_be_read_keeps_no_other_from_being_looked_at(
    sqlite_office: Office, logs: Logs
) -> None:
    """Whether those who were asked still decide, of its own kind and of others."""
    company = sqlite_office.company
    spoilt, other = [(await hold(company, company.helena, [one])).hold for one in company.calls[:2]]
    request = await ask(company, company.anna)
    await company.database.write(said(f"UPDATE matters SET asked_at = 'x' WHERE id = '{spoilt}'"))
    clock = ticks(company, Seconds())
    await clock.part("deciders")
    assert [one["piece"] for one in logs if one["event"] == "tick.fault"] == [f"recheck:{spoilt}"]
    assert list(clock._unchecked) == [spoilt], f"{other} or {request} was not looked at"


async def test_a_listener_who_can_not_be_stored_keeps_no_other_from_being_looked_at(
    sqlite_office: Office, logs: Logs
) -> None:
    office, company = sqlite_office, sqlite_office.company
    seconds, directory = Seconds(), a_desk(office).directory
    for who in (company.anna, company.bram):
        await approved(company, who)
    await company.database.write(said("UPDATE people SET checked_at = 'x' WHERE email_key LIKE 'anna%'"))
    company.clock.pass_(hours=1)
    clock = ticks(company, seconds)
    clock.directories = {"slack": directory}
    await clock.part("accounts")
    assert {one.whom for one in office.chat.called("profile")} >= {"UANNA", "UBRAM"}
    assert [one["piece"] for one in logs if one["event"] == "tick.fault"] == ["account:slack:UANNA"]


@pytest.mark.parametrize("change", KEPT.values())
async def test_a_kept_press_that_can_not_be_read_keeps_no_other_back(
    sqlite_office: Office, change: str, logs: Logs
) -> None:
    company, desk = sqlite_office.company, a_desk(sqlite_office)
    request = await ask(company, company.anna)
    await desk.keep(Press("slack", "UANNA", "approve", request, "k0"), at_once=True)
    await company.database.write(said(f"UPDATE inbox SET {change}"))
    await desk.keep(Press("slack", "UTARA", "approve", request, "k1"), at_once=True)
    inbox = Inbox(company.door, {"slack": desk}, poll=0.01)
    running = asyncio.create_task(inbox.run())
    async with asyncio.timeout(20):
        while await company.database.read(lambda store: store.inbox.has_any()):  # noqa: ASYNC110  a worker's own loop
            await asyncio.sleep(0.005)
        await inbox.stop()
        await running
    assert (await stored(company, request)).state == "approved"
    aside = [one["why"] for one in logs if one["event"] == "inbox.set_aside"]
    assert aside == (["not_ours"] if change.startswith(("press", "at")) else [])
    assert not [one for one in logs if one["event"] == "inbox.fault"]


async def test_a_database_that_is_away_is_told_once_and_makes_the_inbox_old(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    desk, seconds = a_desk(sqlite_office), Seconds()
    inbox = Inbox(desk.door, {"slack": desk}, seconds=seconds)
    seconds.now += 5.0
    await inbox.take()
    assert inbox.age() == 0.0
    with monkeypatch.context() as patched:
        down(desk, patched)
        for _ in range(3):
            seconds.now += 30.0
            assert await inbox.take() == 0
    assert inbox.age() == 90.0
    assert [one["why"] for one in logs if one["event"] == "inbox.no_database"] == ["locked"]
    await inbox.take()
    assert inbox.age() == 0.0
