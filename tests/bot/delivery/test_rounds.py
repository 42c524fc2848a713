"""A worker's rounds: nothing that is committed during a look waits for a whole pause, and no fault makes it spin or end."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.chats.directory import Directory
from bot.delivery.confidential import Confidential
from bot.delivery.letters import Letters
from bot.mail import Writing
from bot.rehearsal.fake_mail import FakeMail
from tests.offices import Office

Worker = Letters | Confidential
HOUR = 3600.0


def _letters(office: Office) -> Worker:
    return Letters(office.company.door, FakeMail(), Writing("Fernhill Telecare"), poll=HOUR)


def _confidential(office: Office) -> Worker:
    door = office.company.door
    return Confidential(door, [Directory(office.chat, door, door.policy, office.company.seconds)], poll=HOUR)


WORKERS = pytest.mark.parametrize("made", [_letters, _confidential], ids=["letters", "confidential"])


@WORKERS
async def test_what_is_committed_while_a_worker_looks_waits_for_no_pause(
    office: Office, made: Callable[[Office], Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, whole, looks, again = made(office), office.company.database.read, list[Any](), asyncio.Event()

    async def read(look: Any) -> Any:
        found = await whole(look)
        looks.append(found)
        if len(looks) == 1:
            worker.wake()  # something came in behind what was read
        else:
            again.set()
        return found

    monkeypatch.setattr(office.company.database, "read", read)
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await again.wait()
        await worker.stop()
        await running
    assert (len(looks), any(looks)) == (2, False)


@WORKERS
async def test_a_fault_that_wakes_its_own_worker_does_not_make_it_spin(
    office: Office, made: Callable[[Office], Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, looks, rests = made(office), list[str](), asyncio.Event()

    async def broken() -> int:
        looks.append("look")
        worker.wake()
        asyncio.get_running_loop().call_later(0, rests.set)
        raise RuntimeError

    monkeypatch.setattr(worker, "_do_due", broken)
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await rests.wait()
        await asyncio.sleep(0)
        assert looks == ["look"]
        await worker.stop()
        await running
