"""A call that changes under its name, as the keeper of the register tells of it and settles it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from handlers.access.intents import CallChanged
from handlers.acting import CLOCK
from handlers.door import Repeated
from handlers.recordings import Identify
from storage.records import Recording
from tests.handlers.builders import (
    Company,
    call,
    register,
)

ONE, OTHER = "1" * 64, "2" * 64


async def identified(company: Company, native_id: str = "call-1", audio: str = ONE) -> Recording:
    """The audio of a call is read for the first time."""
    known = await company.database.read(lambda store: store.recordings.known("file", [native_id]))
    await company.door.enter(Identify(known[native_id].id, known[native_id].stamp, audio), CLOCK)
    return await recording(company, native_id)


async def recording(company: Company, native_id: str = "call-1") -> Recording:
    known = await company.database.read(lambda store: store.recordings.known("file", [native_id]))
    return known[native_id]


async def change(company: Company, **facts: Any) -> list[str]:
    """The recording system shows the first call anew, and the keeper settles what follows from that."""
    await register(company.door, call(1, **{"stamp": "2", "audio": ONE, **facts}))
    found = await company.database.read(lambda store: store.requests.of_changed_calls(company.clock.now))
    for request in found:
        await settle(company, request)
    return found


async def settle(company: Company, request: str) -> None:
    """As the keeper of the register does it."""
    with suppress(Repeated):
        await company.door.enter(CallChanged(request), CLOCK)
