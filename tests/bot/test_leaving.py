"""A4: each stage of leaving has its share, what is under way is finished, and work without end begins again after a fault."""

import asyncio
import os
import threading
from collections.abc import Callable, MutableMapping
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.app import Leaving, end_process_after
from bot.chats.directory import Directory
from bot.chats.inbox import Inbox
from bot.clockwork.parts import meet_holders
from bot.clockwork.ticks import PAUSE, run_for_ever
from bot.rehearsal.fake_chat import Fault
from handlers import inbox as handlers_inbox
from handlers.inbox import Press
from tests.clocks import hurry
from tests.handlers.builders import POLICY, ask, stored
from tests.offices import Office, a_desk

Logs = list[MutableMapping[str, Any]]


async def _takes(seconds: float) -> None:
    await asyncio.sleep(seconds)


def _stages(*stages: tuple[str, float, float]) -> list[float]:
    """When each stage ended, of stages by name, seconds that it would take, and seconds that it keeps for others."""
    ends: list[float] = []

    async def leave() -> None:
        loop = asyncio.get_running_loop()
        leaving = Leaving(7.0, loop.time)
        for name, takes, keep in stages:
            await leaving.stage(name, lambda takes=takes: _takes(takes), keep)  # type: ignore[misc]
            ends.append(loop.time())

    hurry(leave())
    return ends


def test_one_that_hangs_is_cut_short_and_the_next_ones_have_theirs(logs: Logs) -> None:
    assert _stages(("a", 99.0, 5.0), ("b", 99.0, 1.0), ("c", 0.5, 0.0)) == pytest.approx([2.0, 6.0, 6.5], abs=0.1)
    assert [(one["event"], one["stage"]) for one in logs] == [("stopping.cut_short", "a"), ("stopping.cut_short", "b")]


def test_one_that_does_not_end_when_it_is_told_to_keeps_no_other_from_coming(logs: Logs) -> None:
    """A stage that waits for a silent server may not: it waited on, and the program was ended by force (A4)."""

    async def leave() -> float:
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        async def stubborn() -> None:
            try:
                await asyncio.sleep(99)
            finally:
                await over.wait()

        leaving = Leaving(7.0, loop.time)
        await leaving.stage("a", stubborn, keep=5.0)
        await leaving.stage("b", lambda: _takes(0.5))
        over.set()
        return loop.time()

    assert hurry(leave()) == pytest.approx(2.5, abs=0.1)
    assert [(one["event"], one["stage"]) for one in logs] == [("stopping.cut_short", "a")]


def test_whatever_hangs_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a thread of its own, since a disk that hangs holds threads that asyncio waits for."""
    ended: list[int] = []
    made: list[Callable[[], None]] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, work: Callable[[], None]) -> None:
            assert seconds <= 8.0
            made.append(work)

        def start(self) -> None:
            assert self.daemon, "no one waits for it"

    monkeypatch.setattr(threading, "Timer", Timer)
    monkeypatch.setattr(os, "_exit", ended.append)
    end_process_after()
    [work] = made
    work()
    assert ended == [1]


async def test_a4_the_inbox_finishes_what_is_being_taken(office: Office) -> None:
    company, desk = office.company, a_desk(office)
    request = await ask(company, company.anna)
    await desk.keep(Press("slack", "UTARA", "approve", request, "k"), at_once=True)
    inbox, taken, go_on = Inbox(company.door, {"slack": desk}), asyncio.Event(), asyncio.Event()

    async def slowly(intent: Any, *others: Any) -> Any:
        found = await company.door.enter(intent, *others)
        if intent.handler is handlers_inbox.collect_presses:
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


def counted(name: str) -> float:
    return REGISTRY.get_sample_value("steward_work_faults_total", {"work": name}) or 0.0


def test_a_fault_is_logged_and_counted_and_the_work_begins_again() -> None:
    """The worker of a queue ended in silence, and the queue grew."""
    began: list[float] = []

    async def work() -> None:
        began.append(asyncio.get_running_loop().time())
        if len(began) < 3:
            raise KeyError("a fault of ours")

    before = counted("the inbox")
    with capture_logs() as logs:
        hurry(run_for_ever("the inbox", work))
    assert began == [0.0, PAUSE, 2 * PAUSE]
    assert [(line["event"], line["work"], line["error"]) for line in logs] == [
        ("work.ended", "the inbox", "KeyError")
    ] * 2
    assert counted("the inbox") == before + 2


async def test_a_fault_in_the_look_for_one_officer_keeps_no_other_from_being_met(office: Office) -> None:
    """The person behind it stayed without a name on the first card, and no line told why."""
    office.chat.faults.append(Fault(ValueError("a fault of ours"), "find", times=1))
    with capture_logs() as logs:
        await meet_holders(Directory(office.chat, office.company.door, POLICY, office.company.seconds), POLICY)
    asked = {one.whom for one in office.chat.called("find")}
    assert {role.holder for role in POLICY.roles.held().values()} <= asked
    assert [line["error"] for line in logs if line["event"] == "officer.fault"] == ["ValueError"]
