"""P8: whatever stops the delivery, what became of a letter under way is told as far as it is known."""

from __future__ import annotations

import asyncio

import pytest

from bot.rehearsal.fake_mail import FakeMail
from handlers.customers.intents import (
    LetterNotKnown,
    LetterPutOff,
)
from tests.mailroom import Room, a_worker
from tests.offices import Office


@pytest.mark.parametrize(
    ("before", "code", "kind"), [(True, "stopped", LetterPutOff), (False, "stopped", LetterNotKnown)]
)
async def test_p8_a_stop_breaks_off_what_takes_long_and_says_what_it_is_by_then(
    office: Office, room: Room, mail: FakeMail, monkeypatch: pytest.MonkeyPatch, before: bool, code: str, kind: type
) -> None:
    monkeypatch.setattr("bot.delivery.letters.PATIENCE", 0.01)
    worker, reached = a_worker(office, mail), asyncio.Event()

    async def for_ever() -> None:
        reached.set()
        await asyncio.Event().wait()

    if before:
        mail.before = for_ever
    else:
        mail.after = for_ever
    room.leave("M-1")
    running = asyncio.create_task(worker.run())
    await reached.wait()
    await worker.stop()
    await asyncio.wait_for(running, 5)
    [outcome] = room.told
    assert (type(outcome), outcome.code) == (kind, code)
    room.leave("M-2")
    assert await worker.drain() == 0
    assert room.taken == ["M-1"]


async def test_p8_cut_down_without_a_stop_it_is_told_all_the_same(office: Office, room: Room, mail: FakeMail) -> None:
    worker, reached = a_worker(office, mail), asyncio.Event()

    async def for_ever() -> None:
        reached.set()
        await asyncio.Event().wait()

    mail.after = for_ever
    room.leave("M-1")
    taking = asyncio.create_task(worker.take())
    await reached.wait()
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert room.told == [LetterNotKnown("M-1", "stopped")]
