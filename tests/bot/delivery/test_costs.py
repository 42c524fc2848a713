"""How often the database is asked until a card is out: the same on each machine, whatever else it does."""

import pytest

from bot.delivery import worker
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers.access import deciding
from tests.handlers.builders import ask
from tests.handlers.test_statements import asked
from tests.offices import Office, states


async def test_cards_that_wait_for_one_person_go_out_four_at_a_time(office: Office) -> None:
    """In their order, with one claim and one settlement; each commit begins with the head of the log."""
    company = office.company
    for number in range(4):
        await ask(company, company.anna, crm=f"CS-{number}")
    with asked(company.database) as statements:
        assert await office.delivery.drain() == 8
    posted = [one for one in office.chat.calls if one.method == "post"]
    assert [len(posted), len([one for one in statements if "UPDATE outbox SET attempts" in one])] == [8, 1]


async def test_a_filing_and_a_decision_whose_messages_the_worker_takes_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is looked for, neither before nor afterwards, and all is settled in one commit, which begins with the head of the log."""
    company, costs = office.company, list[tuple[int, int]]()
    company.door.takes_over, company.door.after = office.delivery.takes_over, office.delivery.wake
    await ask(company, company.anna, crm="CS-2")  # so that both have been looked up
    await office.delivery.drain()
    monkeypatch.setattr(worker, "SHARE_COMMIT", 1.0)  # on a busy machine not all cards are drawn within a moment
    with asked(company.database) as filing:
        request = await ask(company, company.anna)
        await office.delivery._take_due()
        await office.delivery.wait_until_idle()
    with asked(company.database) as decision:
        await company.door.enter(deciding.approve_request(request), company.tara)
        await office.delivery._take_due()
        await office.delivery.wait_until_idle()
        assert await office.delivery._take_due() == 0
    for statements in (filing, decision):
        costs.append((len(statements), len([one for one in statements if "FROM audit_head" in one])))
    assert [one.method for one in office.chat.calls][-5:] == ["post", "post", "redraw", "redraw", "post"]
    assert costs == [(26, 2), (29, 2)]


async def test_a_word_that_came_with_a_card_waits_until_the_card_is_there(office: Office) -> None:
    company = office.company
    request = await ask(company, company.anna)
    await office.delivery.drain()
    await company.door.enter(deciding.approve_request(request), company.tara)
    office.chat.faults.append(Fault(Unavailable("ratelimited", retry_after=30.0), "redraw", "UANNA"))
    await office.delivery.drain()
    waiting = [("show", "queued", "ratelimited", 1), ("tell", "queued", "", 0)]
    assert [one for one in await states(company) if one[1] == "queued"] == waiting
    company.clock.pass_(seconds=30)
    await office.delivery.drain()
    assert (await states(company))[-1] == ("tell", "sent", "", 1)
    assert [one.method for one in office.chat.calls if one.whom == "UANNA"][-2:] == ["redraw", "post"]
