"""P7: an outage that Slack names in words is Slack's, as one that it names by a number is: it costs nobody a card or a role."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.delivery.reaching import MOST_ATTEMPTS
from bot.rehearsal.slack import Fault
from tests.each import each
from tests.handlers.builders import ask, ledger
from tests.slack_street import Street

FOR_EVER = 10**6
ILL = [
    Fault("internal_error"), Fault("internal_error", status=500), Fault("fatal_error"), Fault("service_unavailable"),
    Fault("service_unavailable", status=503), Fault("request_timeout"), Fault("team_added_to_org"), Fault("rate_limited"),
    Fault("message_limit_exceeded"), Fault("anything_else", status=502),
]  # fmt: skip
SWITCHED_OFF = ["messages_tab_disabled", "restricted_action"]


async def _holders(street: Street, request: str) -> list[int]:
    parties = await street.company.database.read(lambda store: store.matters.parties(request))
    return [one.person_id for one in parties]


async def _refused_for_hours(street: Street, fault: Fault) -> str:
    """A request of Anna's, whose cards Slack takes from nobody."""
    fault.method, fault.times = "chat.postMessage", FOR_EVER
    street.workspace.faults.script([fault])
    request = await ask(street.company, street.company.anna)
    for _ in range(MOST_ATTEMPTS + 2):
        await street.settled()
        street.company.clock.pass_(minutes=6)
    fault.times = 0
    return request


@pytest.mark.soak
@pytest.mark.parametrize("fault", ILL)
async def test_p7_an_outage_that_slack_names_costs_nobody_a_card_or_a_role(street: Street, fault: Fault) -> None:
    request = await _refused_for_hours(street, fault)
    assert [one.state for one in await ledger(street.company)] == ["queued"] * 2
    assert await _holders(street, request) == [street.company.tara.person_id]
    await street.settled()
    assert "waiting for you" in str(street.card("UTARA", request).blocks)
    assert street.workspace.dm("UDEVEN") == []


@pytest.mark.parametrize("code", SWITCHED_OFF)
async def test_p7_a_setting_of_the_app_passes_over_nobody_and_is_told_to_whoever_runs_the_bot(
    street: Street, logs: list[MutableMapping[str, Any]], code: str
) -> None:
    request = await _refused_for_hours(street, Fault(code))
    assert [(one.state, one.code, one.attempts) for one in await ledger(street.company)] == [("queued", code, 0)] * 2
    assert {one["code"] for one in logs if one["event"] == "delivery.outage"} == {code}
    await street.settled()
    assert await _holders(street, request) == [street.company.tara.person_id]
    assert "waiting for you" in str(street.card("UTARA", request).blocks)


@each("error", ["internal_error", "fatal_error", "service_unavailable"])
async def test_a_card_that_slack_may_have_posted_all_the_same_says_so(street: Street, error: str) -> None:
    street.workspace.faults.script([Fault(error, "chat.postMessage", "UTARA")])
    request = await ask(street.company, street.company.anna)
    await street.settled()
    street.company.clock.pass_(minutes=1)
    await street.settled()
    assert "Sent again after an interruption." in str(street.card("UTARA", request).blocks)
