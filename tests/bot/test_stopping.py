"""A4: whoever is told to stop finishes what it is taking at that moment, and lets go of what takes long."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

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
