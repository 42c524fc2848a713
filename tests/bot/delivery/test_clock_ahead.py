"""A clock that stood ahead is set right: what was left and put off meanwhile goes out, and nothing waits for its hours."""

from __future__ import annotations

import pytest

from bot.ports import Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers.home import OpenHome
from tests.handlers.builders import ask
from tests.offices import Office, states


@pytest.mark.soak
async def test_effects_that_were_queued_three_hours_ahead_go_out_when_the_clock_is_right(office: Office) -> None:
    """A7: today they waited for three hours."""
    company, right = office.company, office.clock.now
    office.clock.pass_(hours=3)
    await ask(company, company.anna)
    office.chat.faults += [Fault(Unavailable("http_503"), "post", "UTARA"), Fault(Unavailable("http_503"), "home")]
    await company.door.enter(OpenHome(), company.henrik)
    await office.delivery.drain()
    await company.door.enter(OpenHome(), company.anna)
    office.clock.now = right
    await office.delivery.drain()
    assert [one[1] for one in await states(company)] == ["sent"] * len(await states(company))
    assert len(office.titles("tara")) == 1


async def test_who_was_seen_by_a_clock_that_stood_ahead_is_not_tried_without_end(office: Office) -> None:
    """A7: seen in three hours is not seen since, or each refusal would lead to the next try at once."""
    company, right = office.company, office.clock.now
    office.clock.pass_(hours=3)
    await office.delivery.to_people.reach.directories["slack"].visitor("UTARA")
    office.clock.now = right
    office.chat.faults.append(Fault(Unreachable("channel_not_found"), "post", "UTARA", times=50))
    await ask(company, company.anna)
    await office.delivery.drain()
    assert len(office.chat.called("post", "UTARA")) <= 2
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]
