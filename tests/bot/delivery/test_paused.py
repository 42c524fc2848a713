"""A platform's pause, or a clock that was ahead, costs no attempt and keeps nothing back."""

from datetime import timedelta

import pytest

from bot.delivery.people import MOST_ATTEMPTS
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers import home
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


@pytest.mark.soak
async def test_effects_that_were_queued_three_hours_ahead_go_out_when_the_clock_is_right(office: Office) -> None:
    """A7: today they waited for three hours."""
    company, right = office.company, office.clock.now
    office.clock.pass_(hours=3)
    await ask(company, company.anna)
    office.chat.faults += [Fault(Unavailable("http_503"), "post", "UTARA"), Fault(Unavailable("http_503"), "home")]
    await company.door.enter(home.open_home(), company.henrik)
    await office.delivery.drain()
    await company.door.enter(home.open_home(), company.anna)
    office.clock.now = right
    await office.delivery.drain()
    assert [one[1] for one in await states(company)] == ["sent"] * len(await states(company))
    assert len(office.titles("tara")) == 1
