"""P13, with the whole program: a report is filed, its message comes, the clock asks, and the journal is told; nothing else knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import handlers
from handlers.acting import Act, Done
from handlers.breach.intents import Collect, Delivered, Look, Message
from handlers.breach.journalling import Journalled, journalled
from handlers.cards import Card, Line
from storage.breach_records import ReportNotice, ReportTrace
from storage.breaches import TOLD, WAITING
from storage.store import Store
from tests.breaching import COMMAND, KEYS, RECEIPT, Drawer, furnished
from tests.stories.house import ANNA, RUTH, House, a_house
from tests.stories.waiting import until

WORDS = "A confidential report has come in. B-7F3KQ2XM"


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    return furnished(monkeypatch)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A stand-in for what the room does by itself: it writes to Ruth once."""
    looked: list[str] = []

    def look(act: Act, intent: Look) -> Done[int]:
        looked.append(act.who.account)
        return Done(0, quiet=True)

    def collect(act: Act, intent: Collect) -> Done[list[Message]]:
        ruth = act.store.people.by_key("ruth.adeyemi@fernhill.example")
        assert ruth is not None
        return Done([Message("N-1", Card((Line(WORDS),), WORDS), ruth.id, "")])

    def delivered(act: Act, intent: Delivered) -> Done[None]:
        row = act.store.session.get(ReportNotice, intent.name)
        assert row is not None
        row.state = TOLD
        return Done(None)

    done: dict[Any, Any] = {Look: look, Collect: collect, Delivered: delivered, Journalled: journalled}
    for intent, handler in done.items():
        monkeypatch.setitem(handlers.HANDLERS, intent, handler)
    return looked


async def _met(house: House, number: int) -> bool:
    roles = house.steward.policy.roles.everybody()
    return len(await house.steward.database.read(lambda store: store.people.there(roles))) == number


async def _told(house: House) -> bool:
    return any(WORDS in one.text for one in house.workspace.dm(RUTH))


async def test_p13_a_report_goes_its_way_past_everything_else(
    drawer: Drawer, looks: list[str], sqlite_url: str, tmp_path: Path
) -> None:
    async with a_house(tmp_path, sqlite_url) as house:
        roles = house.steward.policy.roles.everybody()
        await until(lambda: _met(house, len(roles)), "everybody who holds a role is met")
        await house.settled()
        assert house.steward.door.keys.of("x") != KEYS.of("x")
        assert "confidential" in house.steward.ticks.parts
        anna, before = house.person(ANNA), await house.audit()
        await anna.command(f"/{COMMAND}")
        await house.steward.finish()
        assert (await anna.submit({"what": "They played a call.", "named": "withheld"})).ok
        assert RECEIPT in str(anna.modal)

        def leave(store: Store) -> None:
            store.session.add(
                ReportNotice(id="N-1", report_id="B-1", sealed=b"", state=WAITING, due_at=house.clock.now())
            )
            store.session.add(ReportTrace(trace="trace-of-chance", kind="sight_ended"))

        await house.steward.database.write(leave)
        house.steward.confidential.wake()
        await until(lambda: _told(house), "Ruth is told")
        assert [one.text for one in house.workspace.dm(RUTH) if WORDS in one.text] == [WORDS]
        await house.steward.tick()
        assert looks
        journal = house.steward.restoring.patiently.journal.file.read_text()
        assert journal.count("trace-of-chance") == 1
        actions = [one["action"] for one in (await house.audit())[len(before) :]]
        assert not [one for one in actions if "breach" in one or "people" in one or "home" in one]
        house.sound()
