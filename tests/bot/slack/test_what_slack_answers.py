"""What Slack answers: outages by name, pauses, and threads that it takes no answer in."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.delivery.people import MOST_ATTEMPTS
from bot.rehearsal.slack import Fault
from tests.handlers.builders import ask, ledger
from tests.handlers.passing_time import pass_until
from tests.handlers.test_waiting import sydney
from tests.slack_street import Street

FOR_EVER = 10**6
SWITCHED_OFF = ["messages_tab_disabled", "restricted_action"]


async def _holders(street: Street, request: str) -> list[int]:
    parties = await street.company.database.read(lambda store: store.matters.parties(request))
    return [one.person_id for one in parties]


async def _refused_for_hours(street: Street, fault: Fault) -> str:
    """A request of Anna's, whose cards Slack refuses for everyone."""
    fault.method, fault.times = "chat.postMessage", FOR_EVER
    street.workspace.faults.script([fault])
    request = await ask(street.company, street.company.anna)
    for _ in range(MOST_ATTEMPTS + 2):
        await street.settled()
        street.company.clock.pass_(minutes=6)
    fault.times = 0
    return request


@pytest.mark.parametrize("code", SWITCHED_OFF)
async def test_p7_a_setting_of_the_app_passes_over_no_one_and_is_told_to_the_operator(
    street: Street, logs: list[MutableMapping[str, Any]], code: str
) -> None:
    request = await _refused_for_hours(street, Fault(code))
    assert [(one.state, one.code, one.attempts) for one in await ledger(street.company)] == [("queued", code, 0)] * 2
    assert {one["code"] for one in logs if one["event"] == "delivery.outage"} == {code}
    await street.settled()
    assert await _holders(street, request) == [street.company.tara.person_id]
    assert "Anna Quill wants to hear " in str(street.card("UTARA", request).blocks)


async def _due(street: Street) -> str:
    """A request whose reminder waits to be sent; its card is up to date."""
    request = await street.asked()
    await pass_until(street.company, sydney("2026-11-26", 9))
    return request


async def test_p7_a_reminder_answers_the_card_and_leads_to_it(street: Street) -> None:
    request = await _due(street)
    await street.settled()
    card, reminder = street.workspace.dm("UTARA")
    assert (reminder.thread_ts, reminder.broadcast, card.thread_ts) == (card.ts, True, None)
    await street.tara.press(reminder, "Details")
    await street.settled()
    assert request in str(street.tara.modal)
    assert [one.ts for one in street.workspace.dm("UTARA")] == [card.ts, reminder.ts]
