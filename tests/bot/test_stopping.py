"""A4: whoever is told to stop finishes what it is taking at that moment, and lets go of what takes long."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from bot.chats import inbox as module
from bot.chats.inbox import Inbox
from handlers.inbox import Collect, Press
from tests.handlers.builders import ask, stored
from tests.offices import Office, a_desk


async def test_a4_the_inbox_finishes_what_is_being_taken(office: Office) -> None:
    company, desk = office.company, a_desk(office)
    request = await ask(company, company.anna)
    await desk.keep(Press("slack", "UTARA", "approve", request, "k"), at_once=True)
    inbox, taken, go_on = Inbox(company.door, {"slack": desk}), asyncio.Event(), asyncio.Event()

    async def slowly(intent: Any, *others: Any) -> Any:
        found = await company.door.enter(intent, *others)
        if isinstance(intent, Collect):
            taken.set()
            await go_on.wait()
        return found

    through = SimpleNamespace(enter=slowly, now=company.door.now, database=company.database)
    with patch.object(inbox, "door", through):
        running = asyncio.create_task(inbox.run())
        await asyncio.wait_for(taken.wait(), 20)
        stopping = asyncio.create_task(inbox.stop())
        await asyncio.wait({stopping}, timeout=0.05)
        assert not stopping.done()
        go_on.set()
        await stopping
        assert (await stored(company, request)).state == "approved"
        await running


async def test_a4_the_inbox_lets_go_of_what_takes_long(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept, and done when its lease has ended."""
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    company, desk = office.company, a_desk(office)
    request, begun = await ask(company, company.anna), asyncio.Event()
    await desk.keep(Press("slack", "UTARA", "approve", request, "k"), at_once=True)

    async def stuck(*_: object) -> str:
        begun.set()
        await asyncio.Event().wait()
        return ""

    inbox = Inbox(company.door, {"slack": desk})
    with patch.object(inbox, "_done", stuck):
        running = asyncio.create_task(inbox.run())
        await asyncio.wait_for(begun.wait(), 20)
        await inbox.stop()
        await running
    assert (await stored(company, request)).state == "waiting"
    assert await company.database.read(lambda store: store.inbox.has_any())
