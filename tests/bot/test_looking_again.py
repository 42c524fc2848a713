"""B6, A2: one account that can't be looked at keeps nobody else from being looked at, whoever it is and whatever it is that fails."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest
from sqlalchemy import text

from bot.chats import directory as module
from bot.chats.directory import Directory
from bot.clockwork.ticks import Ticks
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import FakeChat, Fault
from bot.retention.recording_sync import RecordingSync
from tests.clocks import Seconds
from tests.handlers.builders import approved
from tests.memory_recorder import MemoryRecorder
from tests.offices import Office
from tests.reaching import Looks, leaves

Logs = list[MutableMapping[str, Any]]
FOR_EVER = 10**6


class Watch:
    """Anna and Bram may hear a call each; Anna was met first, so that she is looked at first."""

    def __init__(self, office: Office, *chats: FakeChat) -> None:
        self.office, self.seconds, door = office, Seconds(), office.company.door
        every = {one.platform: Directory(one, door, door.policy, self.seconds) for one in (office.chat, *chats)}
        register = RecordingSync(door, MemoryRecorder(), "memory")
        self.ticks = Ticks(door, register, every, self.seconds)

    async def given(self) -> None:
        company = self.office.company
        await approved(company)
        await approved(company, company.bram, calls=[company.calls[1]], crm="CS-2")
        await self._checked("UANNA", "2026-01-01")

    async def _checked(self, account: str, day: str) -> None:
        older = text(f"UPDATE accounts SET checked_at = '{day} 00:00:00.000000' WHERE account_id = '{account}'")
        await self.office.company.database.write(lambda store: store.session.execute(older))

    async def looks(self, number: int = 4) -> None:
        for _ in range(number):
            self.seconds.now += 1200.0
            self.office.clock.pass_(minutes=20)
            await self.ticks.part("accounts")

    async def standing(self, short: str) -> str:
        account = f"U{short.upper()}"
        named = text(f"SELECT standing FROM accounts WHERE account_id = '{account}'")
        return str(await self.office.company.database.read(lambda store: store.session.execute(named).scalar()))


@pytest.fixture
def watch(office: Office) -> Watch:
    return Watch(office)


@pytest.mark.parametrize("error", [KeyError("user"), Unavailable("unreadable_answer")])
@pytest.mark.parametrize("most", [1, 20])
async def test_b6_whoever_left_is_found_though_another_can_not_be_looked_at(
    watch: Watch, logs: Logs, monkeypatch: pytest.MonkeyPatch, error: Exception, most: int
) -> None:
    """Also where as many as are looked at once can't be."""
    monkeypatch.setattr(module, "MOST_AT_ONCE", most)
    await watch.given()
    leaves(watch.office, "bram")
    watch.office.chat.faults.append(Fault(error, "profile", "UANNA", times=FOR_EVER))
    await watch.looks()
    assert (await watch.standing("bram"), await watch.standing("anna")) == ("deactivated", "member")
    faults = [one for one in logs if one["event"] == "tick.fault"]
    assert bool(faults) == isinstance(error, KeyError)
    assert all(one["piece"] == "account:slack:UANNA" for one in faults)


async def test_b6_the_one_that_could_not_be_looked_at_is_looked_at_again(watch: Watch) -> None:
    await watch.given()
    leaves(watch.office, "anna")
    watch.office.chat.faults.append(Fault(KeyError("user"), "profile", "UANNA", times=2))
    await watch.looks()
    assert await watch.standing("anna") == "deactivated"


async def test_b6_accounts_of_one_platform_take_no_other_s_places(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though that one is out, and its accounts are those that nobody has looked at for longest."""
    monkeypatch.setattr(module, "MOST_AT_ONCE", 1)
    watch = Watch(office, FakeChat((), "teams"))
    await watch.given()
    leaves(office, "bram")
    for account in ("UANNA", "UTARA"):
        moved = text(f"UPDATE accounts SET platform = 'teams' WHERE account_id = '{account}'")
        await office.company.database.write(lambda store, moved=moved: store.session.execute(moved))  # type: ignore[misc]
    watch.ticks.directories["teams"].chat.faults.append(Fault(Unavailable("timeout"), times=FOR_EVER))  # type: ignore[attr-defined]
    await watch.looks()
    assert await watch.standing("bram") == "deactivated"


async def test_b6_a2_one_account_that_can_not_be_stored_keeps_nobody_from_being_told(
    looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = looks.directories["slack"]
    meet = directory.meet

    async def broken(one: Any, *more: Any) -> Any:
        if one.account_id == "UTARA":
            raise KeyError(one.account_id)
        return await meet(one, *more)

    monkeypatch.setattr(directory, "meet", broken)
    leaves(looks.office, "deven")
    assert "Deven Okafor" in await looks.told()
