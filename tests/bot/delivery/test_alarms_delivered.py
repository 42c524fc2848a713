"""An alarm that reaches nobody goes on to the next one, and in the end to the program's own log (B4)."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.ports import Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from tests.handlers.builders import ask, audit, ledger, nobody_left
from tests.handlers.reading import lines
from tests.offices import Office

Logs = list[MutableMapping[str, Any]]
STUCK = "Nobody may decide this at the moment"
GONE = Unreachable("user_disabled")


async def _stuck(office: Office, *out: str) -> str:
    """Helena asks on a day when nobody may decide it, and these people can't be reached."""
    office.company.door.policy = nobody_left()
    office.chat.faults += [Fault(GONE, "post", one, times=9) for one in out]
    request = await ask(office.company, office.company.helena)
    await office.all_delivered()
    return request


def _says(office: Office) -> str:
    """What Helena's card says of it."""
    [card] = office.chat.cards("UHELENA")
    return next(one for one in lines(card) if one.startswith(STUCK))


def _unheard() -> float:
    return REGISTRY.get_sample_value("steward_alarms_unheard_total") or 0.0


@pytest.mark.soak
async def test_the_card_says_told_after_it_was_delivered(office: Office, logs: Logs) -> None:
    request = await _stuck(office)
    [told] = office.chat.cards("UMILES")
    assert lines(told) == [f"⚠️ Nobody may decide request {request} at the moment. Please see who can.", "[Details]"]
    assert _says(office) == f"{STUCK}. Miles Fairweather (Managing Director) has been told."


async def test_while_the_platform_is_out_it_says_that_somebody_is_being_told(office: Office, logs: Logs) -> None:
    office.company.door.policy = nobody_left()
    office.chat.faults.append(Fault(Unavailable("http_500"), "post", "UMILES"))
    await ask(office.company, office.company.helena)
    await office.delivery.drain()
    assert _says(office) == f"{STUCK}. Miles Fairweather (Managing Director) is being told."
    await office.all_delivered()
    assert _says(office) == f"{STUCK}. Miles Fairweather (Managing Director) has been told."


async def test_one_who_can_not_be_reached_is_followed_by_the_next(office: Office, logs: Logs) -> None:
    request = await _stuck(office, "UMILES")
    assert office.chat.cards("UMILES") == []
    assert len(office.chat.cards("URUTH")) == 1
    assert _says(office) == f"{STUCK}. Ruth Adeyemi (Manager, Human Resources) has been told."
    told = [one[1] for one in await audit(office.company, request)]
    assert told == ["access.file", "alarm.unheard", "alarm.told"]


@pytest.mark.soak
async def test_with_nobody_left_the_log_hears_of_it_and_the_card_says_whom_to_turn_to(
    office: Office, logs: Logs
) -> None:
    before = _unheard()
    request = await _stuck(office, "UMILES", "URUTH")
    [cry] = [one for one in logs if one["event"] == "alarm.unheard"]
    assert (cry["log_level"], cry["about"]) == ("error", request)
    assert _unheard() == before + 1
    assert _says(office) == f"{STUCK}, and I could tell nobody. Please turn to the Manager, Human Resources yourself."
    states = {(one.kind, one.state) for one in await ledger(office.company)}
    assert {("warn", "failed"), ("alert", "sent")} <= states
