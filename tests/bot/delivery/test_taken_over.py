"""What the worker takes over as it is queued: it is sent once, in its order, and comes back where the process dies before."""

import pytest

from handlers import delivering
from handlers.access import deciding
from handlers.acting import DELIVERY, LEASE
from tests.handlers.builders import ask
from tests.offices import Office, states, worker


@pytest.fixture
def office(office: Office) -> Office:
    """Its worker rests, and takes over what is queued next."""
    office.company.door.takes_over, office.company.door.after = office.delivery.takes_over, office.delivery.wake
    office.delivery._due = False
    return office


async def test_no_one_else_takes_it_until_its_lease_has_passed(office: Office) -> None:
    company = office.company
    await ask(company, company.anna)
    other = worker(company, office.chat)
    assert await other.drain() == 0
    office.clock.pass_(seconds=LEASE.total_seconds())
    assert await other.drain() == 2
    assert await office.delivery.drain() == 0  # it was too late itself
    assert [one[1] for one in await states(company)] == ["sent", "sent"]


async def test_what_another_one_took_since_is_not_sent_as_well(office: Office) -> None:
    """The process stood still for longer than its lease, and the other one is still sending."""
    company = office.company
    await ask(company, company.anna)
    office.clock.pass_(seconds=LEASE.total_seconds())
    due = await company.database.read(lambda store: store.outbox.due(office.clock.now, LEASE, 8))
    taken = await company.door.enter(delivering.claim_effects(due), DELIVERY)
    assert len(taken) == 2
    assert await office.delivery._take_due() == 0


async def test_a_stop_leaves_nothing_behind_that_was_taken_over(office: Office) -> None:
    company = office.company
    await ask(company, company.anna)
    await office.delivery.stop()
    assert [one[1] for one in await states(company)] == ["sent", "sent"]


async def test_it_takes_over_once_until_that_is_in_hand_and_nothing_while_more_is_due(office: Office) -> None:
    company = office.company
    for crm in ("CS-1", "CS-2"):
        await ask(company, company.anna, crm=crm)
    assert [one[3] for one in await states(company)] == [1, 1, 0, 0]
    assert await office.delivery._take_due() == 2
    await office.delivery.wait_until_idle()
    assert not office.delivery.takes_over(1)  # the second request's cards are still to be looked for
    await office.delivery.drain()
    assert office.delivery.takes_over(1)
    assert not office.delivery.takes_over(1)


async def test_what_has_something_ahead_of_it_waits_its_turn(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    office.delivery._offered = False
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert [one[3] for one in await states(company)] == [1, 1, 0, 0, 0]
    await office.delivery.drain()
    assert {one[1] for one in await states(company)} == {"sent", "superseded"}  # the first card shows it already
    assert [one.method for one in office.chat.calls if one.whom == "UANNA"][-2:] == ["post", "post"]


async def test_it_takes_over_again_after_a_commit_that_came_to_nothing(office: Office) -> None:
    assert office.delivery.takes_over(2)
    assert not office.delivery.takes_over(2)
    await office.delivery.drain()
    assert office.delivery.takes_over(2)
