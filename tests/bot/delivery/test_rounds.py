"""A worker's rounds: nothing that is committed during a look waits for a whole pause, and no fault makes it spin or end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from bot.chats.directory import Directory
from bot.delivery.confidential import Confidential
from bot.delivery.letters import Letters
from bot.mail.writing import Writing
from bot.rehearsal.fake_mail import FakeMail
from handlers.rules.refusal import Refused
from tests.mailroom import Room, a_worker
from tests.offices import Office, a_desk, down

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
    assert looks == [False, False]


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

    monkeypatch.setattr(worker, "_look", broken)
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await rests.wait()
        await asyncio.sleep(0)
        assert looks == ["look"]
        await worker.stop()
        await running


async def test_p8_an_outcome_that_the_room_refuses_is_told_once_and_the_log_has_the_refusal(
    office: Office, room: Room, logs: list[MutableMapping[str, Any]]
) -> None:
    mail = FakeMail()
    worker = a_worker(office, mail)
    room.refuses = {"M-1": Refused("There is no such request.", code="unknown")}
    room.leave("M-1")
    assert await worker.drain() == 1
    head = await office.company.database.read(lambda store: store.audit.head())
    await worker.drain()
    assert await office.company.database.read(lambda store: store.audit.head()) == head
    assert (len(mail.sent), room.told) == (1, [])
    assert not [one for one in logs if one["event"] == "letters.untold"]


@WORKERS
async def test_a9_a_database_that_is_away_is_told_once(
    office: Office,
    made: Callable[[Office], Worker],
    monkeypatch: pytest.MonkeyPatch,
    logs: list[MutableMapping[str, Any]],
) -> None:
    worker = made(office)
    for _ in range(2):
        with monkeypatch.context() as patched:
            down(a_desk(office), patched)
            assert [await worker.take() for _ in range(3)] == [0, 0, 0]
        await worker.take()
    name = "letters" if isinstance(worker, Letters) else "delivery"
    assert [(one["event"], one["why"]) for one in logs] == [(f"{name}.no_database", "locked")] * 2
