"""P8: whoever released a request leaves or goes away: somebody who is there has its card, its buttons and its reminders (12.3, 12.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.acting import DELIVERY, WEB
from handlers.away.intents import Back
from handlers.customers.intents.hearing import OpenLink
from handlers.customers.intents.passing_time import Reroute
from handlers.policy import Policy
from storage.tables.absences import Absence
from tests.handlers.builders import NAMES, POLICY, Company, account, audit, ledger, meet
from tests.handlers.customers.gone import (
    ALONE,
    AWAY,
    LEFT,
    RING,
    SENT,
    at,
    buttons_of,
    goes_away,
    leaves,
    looked,
    reminders_of,
    sent,
)
from tests.handlers.customers.releasing import (
    links,
    passcode,
    tells,
)
from tests.handlers.passing_time import delivered, pass_until
from tests.handlers.reading import home_of, lines, seen

pytestmark = pytest.mark.long

OVER = "has ended, and nobody opened it. Press Details to send a new link"


@pytest.fixture
def policy() -> Policy:
    return ALONE


@pytest.mark.parametrize(("why", "words"), [("leaves", LEFT), ("away", AWAY)])
async def test_p8_whoever_stands_in_has_the_card_of_a_copy_that_was_sent(
    company: Company, why: str, words: str
) -> None:
    request, _ = await sent(company)
    assert await buttons_of(company, request, "deven") == []
    await (leaves(company, "tara") if why == "leaves" else goes_away(company))
    assert await buttons_of(company, request, "deven") == SENT
    told, button = (await tells(company, company.deven))[-1]
    assert told.startswith(words.format(request))
    assert told.endswith("Ring the customer, and read out the passcode: press Passcode.")
    assert button == "customer_passcode"
    shown = await passcode(company, request, company.deven)
    assert len(shown.passcode) == 6
    assert "so it came to you" in " ".join(lines(await seen(company, request, company.deven)))


async def test_p8_it_is_said_once_however_often_the_clock_looks(company: Company) -> None:
    request, _ = await sent(company)
    await leaves(company, "tara")
    before = len(await audit(company, request)), len(await ledger(company))
    await looked(company)
    assert (len(await audit(company, request)), len(await ledger(company))) == before
    [asked] = [one[4] for one in await audit(company, request) if one[1] == "customer.recheck"]
    assert asked["asked"] == [company.deven.person_id]


async def test_p8_an_absence_that_is_over_gives_it_back(company: Company) -> None:
    request, _ = await sent(company)
    await goes_away(company)
    [absence] = await company.database.read(lambda store: store.session.query(Absence.id).all())
    await company.door.enter(Back(absence[0]), company.tara)
    await looked(company)
    assert await buttons_of(company, request, "deven") == ["Withdraw"]
    assert await buttons_of(company, request, "tara") == SENT
    assert "so it came to you" not in " ".join(lines(await seen(company, request, company.deven)))


async def test_p8_whoever_stood_in_and_released_goes_on_with_it(company: Company) -> None:
    """The team leader is back, and the deputy who released it keeps it; with the deputy gone, it is the team leader's."""
    await goes_away(company)
    request, _ = await sent(company, "deven")
    [absence] = await company.database.read(lambda store: store.session.query(Absence.id).all())
    await company.door.enter(Back(absence[0]), company.tara)
    await looked(company)
    assert await buttons_of(company, request, "deven") == SENT
    await leaves(company, "deven")
    assert await buttons_of(company, request, "tara") == SENT


async def test_p8_who_is_to_ring_is_there_and_may_have_the_passcode(company: Company) -> None:
    request, _ = await sent(company)
    await leaves(company, "tara", "anna")
    await delivered(company)
    await pass_until(company, at(30, 10, month=11))
    assert any(one.startswith(RING.format(request)) for one in await reminders_of(company, "deven"))
    [rung] = [one[4] for one in await audit(company, request) if one[1] == "customer.ring"]
    assert rung["told"] == [company.deven.person_id]


async def test_p8_whoever_filed_it_rings_and_whoever_released_it_has_the_passcode(company: Company) -> None:
    request, _ = await sent(company)
    await pass_until(company, at(30, 10, month=11))
    assert any("Please ring the customer." in one for one in await reminders_of(company, "anna"))
    assert any(one.startswith(RING.format(request)) for one in await reminders_of(company, "tara"))
    assert await reminders_of(company, "deven") == []


async def test_p8_with_nobody_left_below_it_is_the_heads(company: Company) -> None:
    request, _ = await sent(company)
    await leaves(company, "tara", "deven")
    assert await buttons_of(company, request, "helena") == [*SENT[:3], "Details"]
    await pass_until(company, at(30, 10, month=11))
    assert any(one.startswith(RING.format(request)) for one in await reminders_of(company, "helena"))


async def test_p8_whoever_stands_in_has_it_at_home_until_the_link_was_opened(company: Company) -> None:
    request, code = await sent(company)
    await leaves(company, "tara")
    home = lines(await home_of(company, company.deven))
    assert any(request in one and "the link works until" in one for one in home)
    digits = (await passcode(company, request, company.deven)).passcode
    await company.door.enter(OpenLink(code, digits), WEB)
    assert not any(request in one for one in lines(await home_of(company, company.deven)))


async def test_p8_an_opened_link_comes_with_what_may_follow(company: Company) -> None:
    request, code = await sent(company)
    digits = (await passcode(company, request)).passcode
    await company.door.enter(OpenLink(code, digits), WEB)
    await leaves(company, "tara")
    told, button = (await tells(company, company.deven))[-1]
    assert told == f"{LEFT.format(request)} Its link was opened. Press Details for what may come up."
    assert button == "details"


async def test_p8_of_a_locked_link_whoever_is_there_hears(company: Company) -> None:
    request, code = await sent(company)
    await passcode(company, request)
    await leaves(company, "tara")
    for _ in range(company.door.policy.customers.passcode_tries):
        await company.door.enter(OpenLink(code, "000000"), WEB)
    assert any("is locked after" in words for words, _ in await tells(company, company.deven))


async def test_p8_of_a_link_that_ended_unopened_whoever_is_there_hears(company: Company) -> None:
    request, _ = await sent(company)
    await leaves(company, "tara", "anna")
    await delivered(company)
    await pass_until(company, (await links(company, request))[0].ends_at + timedelta(days=1))
    assert [OVER in one for one in await reminders_of(company, "deven")].count(True) == 1
    assert await company.database.read(lambda store: [one.id for one in store.customers.followed()]) == []


async def test_p8_with_nobody_at_all_whoever_can_mend_it_is_told_once(company: Company) -> None:
    request, _ = await sent(company)
    await leaves(company, "tara", "deven", "helena", "henrik", "ruth")
    await looked(company)
    rows = await company.database.read(lambda store: store.alarms.latest(request))
    assert rows is not None
    assert rows.why == "nobody_left"
    warned = [one for one in await audit(company, request) if "warned" in one[4]]
    assert len(warned) == 1
    await meet(company.door, account("UHELENA", NAMES["helena"]))
    await looked(company)
    assert "Passcode" in await buttons_of(company, request, "helena")


async def test_p8_whoever_can_t_be_reached_by_the_delivery_is_passed_over(company: Company) -> None:
    request, _ = await sent(company)
    row = [one for one in await ledger(company, company.tara) if one.kind == "show"][-1]
    await company.door.enter(Reroute(request, company.tara.person_id or 0, "is_bot_blocked", row.id), DELIVERY)
    assert await buttons_of(company, request, "deven") == SENT
    [entry] = [one[4] for one in await audit(company, request) if one[1] == "customer.reroute"]
    assert entry["asked"] == [company.deven.person_id]


async def test_p8_an_account_that_goes_is_asked_in_vain_at_once(company: Company) -> None:
    """So that the delivery finds out, also where nothing else would be sent."""
    request, _ = await sent(company)
    before = len([one for one in await ledger(company, company.tara) if one.kind == "show"])
    await meet(company.door, account("UTARA", NAMES["tara"], "deactivated"))
    shows = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    assert len(shows) > before
    assert any(one.payload["matter"] == request for one in shows[before:])


async def test_p8_whoever_was_asked_beside_the_releaser_and_is_back_has_the_buttons_again(company: Company) -> None:
    company.door.policy = POLICY
    request, _ = await sent(company)
    assert await buttons_of(company, request, "cora") == SENT
    await leaves(company, "cora")
    await meet(company.door, account("UCORA", NAMES["cora"]))
    await looked(company)
    assert await buttons_of(company, request, "cora") == SENT
