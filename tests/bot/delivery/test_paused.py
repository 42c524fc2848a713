"""What was not even tried, since the platform had asked for a pause, costs no attempt and forgets no doubt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivery.people import AGAIN
from bot.delivery.reaching import MOST_ATTEMPTS
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from tests.handlers.builders import ask, ledger
from tests.offices import Office, states

PAUSED = Unavailable("ratelimited", retry_after=40.0, tried=False)


@pytest.mark.soak
async def test_a_pause_costs_no_attempt_and_nobody_the_role(office: Office) -> None:
    """A10: later effects to the same place are put off until the pause is over."""
    company = office.company
    office.chat.faults.append(Fault(PAUSED, "post", "UTARA", times=10**6))
    await ask(company, company.anna)
    for _ in range(2 * MOST_ATTEMPTS):
        await office.delivery.drain()
        [card] = await ledger(company, company.tara)
        assert card.due_at - office.clock.now == timedelta(seconds=40)
        office.clock.now = card.due_at
    assert (await states(company))[1] == ("show", "queued", "", 0)
    office.chat.faults.clear()
    await office.all_delivered()
    [card] = await ledger(company, company.tara)
    assert (card.state, card.attempts) == ("sent", 1)


async def test_a_card_that_may_be_there_already_says_so_after_a_pause_too(office: Office) -> None:
    company = office.company
    office.chat.faults += [
        Fault(Unavailable("no_connection"), "post", "UTARA", done=True), Fault(PAUSED, "post", "UTARA", times=2),
    ]  # fmt: skip
    await ask(company, company.anna)
    await office.all_delivered()
    assert [AGAIN in card.parts for card in office.chat.cards("UTARA")] == [False, True]
