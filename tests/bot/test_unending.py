"""Work that has no end begins anew after a fault, and no fault of it is lost."""

from __future__ import annotations

import asyncio

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.chats.directory import Directory
from bot.clockwork.reaching import meet_holders
from bot.clockwork.ticks import PAUSE, unending
from bot.rehearsal.fake_chat import Fault
from tests.clocks import hurry
from tests.handlers.builders import POLICY
from tests.offices import Office


def counted(name: str) -> float:
    return REGISTRY.get_sample_value("steward_work_faults_total", {"work": name}) or 0.0


def test_a_fault_is_logged_and_counted_and_the_work_begins_anew() -> None:
    """The worker of a queue ended in silence, and the queue grew."""
    began: list[float] = []

    async def work() -> None:
        began.append(asyncio.get_running_loop().time())
        if len(began) < 3:
            raise KeyError("a fault of ours")

    before = counted("the inbox")
    with capture_logs() as logs:
        hurry(unending("the inbox", work))
    assert began == [0.0, PAUSE, 2 * PAUSE]
    assert [(line["event"], line["work"], line["error"]) for line in logs] == [
        ("work.ended", "the inbox", "KeyError")
    ] * 2
    assert counted("the inbox") == before + 2


def test_whoever_ends_the_program_ends_it_at_once() -> None:
    async def ended() -> bool:
        task = asyncio.create_task(unending("waiting", asyncio.Event().wait))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert hurry(ended())


async def test_a_fault_in_the_look_for_one_officer_keeps_no_other_from_being_met(office: Office) -> None:
    """Whoever was behind it stayed without a name on the first card, and no line told why."""
    office.chat.faults.append(Fault(ValueError("a fault of ours"), "find", times=1))
    with capture_logs() as logs:
        await meet_holders(Directory(office.chat, office.company.door, POLICY, office.company.seconds), POLICY)
    asked = {one.whom for one in office.chat.called("find")}
    assert {role.holder for role in POLICY.roles.held().values()} <= asked
    assert [line["error"] for line in logs if line["event"] == "officer.fault"] == ["ValueError"]
