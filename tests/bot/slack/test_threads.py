"""P7 in Slack: a reminder of one request stands in the thread of its card, is seen beside it, and is never lost for that."""

from __future__ import annotations

import pytest

from bot.rehearsal.slack import Fault
from tests.handlers.passing_time import pass_until
from tests.handlers.test_waiting import sydney
from tests.slack_street import Street


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


@pytest.mark.parametrize("code", ["cannot_reply_to_message", "thread_not_found", "restricted_action_thread_locked"])
async def test_p7_where_slack_takes_no_answer_to_it_the_reminder_stands_by_itself(street: Street, code: str) -> None:
    await _due(street)
    street.workspace.faults.script([Fault(code, "chat.postMessage")])
    await street.settled()
    card, reminder = street.workspace.dm("UTARA")
    assert (reminder.thread_ts, "Details" in str(reminder.blocks)) == (None, True)
    assert street.workspace.faults.unused == []
    assert card.thread_ts is None
