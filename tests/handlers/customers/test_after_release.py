"""P8: whoever released a request leaves or goes away: somebody who is there has its card, its buttons and its reminders (12.3, 12.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers import MATTERS
from handlers.acting import CLOCK, DELIVERY, WEB
from handlers.away.intents import Back, Say
from handlers.customers.intents import deciding as intents
from handlers.customers.intents.hearing import OpenLink
from handlers.customers.intents.passing_time import LinkEnds, Reroute
from handlers.policy import Policy
from storage.absence_records import Absence
from tests.handlers.builders import NAMES, POLICY, Company, account, audit, ledger, meet
from tests.handlers.customers.acts import a_request, correcting, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    links,
    not_known,
    nothing_to_collect,
    passcode,
    refusing,
    release,
    tells,
)
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import card_of, home_of, labels, lines, seen

SYDNEY = ZoneInfo("Australia/Sydney")
SENT = ["Passcode", "It bounced", "Wrong address", "Details"]
NOT_KNOWN = ["Send again", "It arrived", "It bounced", "Details"]
RING = "Nobody has opened the link of customer’s request {}. Ring the customer, and read out the passcode."
LEFT = "Tara Lindqvist, who saw to customer’s request {} so far, can’t be reached, so it came to you."
AWAY = "Tara Lindqvist, who saw to customer’s request {} so far, is away, so it came to you."


@pytest.fixture
def policy() -> Policy:
    """The team leader alone releases, and whoever deputises."""
    return POLICY.model_copy(update={"customers": POLICY.customers.model_copy(update={"handlers": ()})})


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SYDNEY).astimezone(UTC)


async def looked(company: Company) -> None:
    """A minute later the clock looks at whatever waits for somebody, as it does with each day and each change of who is there."""
    company.clock.now += timedelta(minutes=1)
    for kind in MATTERS:
        for one in await company.database.read(kind.waiting):
            await company.door.enter(kind.recheck(one), CLOCK)


async def leaves(company: Company, *names: str) -> None:
    """Their accounts are deactivated, as the platform tells."""
    for name in names:
        await meet(company.door, account(f"U{name.upper()}", NAMES[name], "deactivated"))
    await looked(company)


async def goes_away(company: Company, name: str = "tara") -> None:
    """For the rest of these tests' days."""
    await company.door.enter(Say(date(2026, 11, 24), date(2026, 12, 20), f"away {name}"), company.people[name])
    await looked(company)


async def _sent(company: Company, by: str = "tara") -> tuple[str, str]:
    """A request whose link has gone out, and the link's code."""
    request = await a_request(company)
    await release(company, request, company.people[by])
    code = (await accepted(company)).written.link.partition("#")[2]
    await delivered(company)
    return request, code


async def _in_doubt(company: Company) -> str:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    await delivered(company)
    return request


async def _told(company: Company, who: str) -> list[str]:
    """All reminders of somebody, by the morning, as lines."""
    return [line for one in await digests(company, company.people[who]) for line in one]


async def _buttons(company: Company, request: str, who: str) -> list[str]:
    card = await card_of(company, request, company.people[who])
    return labels(card) if card is not None else []


@pytest.mark.parametrize(("why", "words"), [("leaves", LEFT), ("away", AWAY)])
async def test_p8_whoever_stands_in_has_the_card_of_a_copy_that_was_sent(
    company: Company, why: str, words: str
) -> None:
    request, _ = await _sent(company)
    assert await _buttons(company, request, "deven") == []
    await (leaves(company, "tara") if why == "leaves" else goes_away(company))
    assert await _buttons(company, request, "deven") == SENT
    told, button = (await tells(company, company.deven))[-1]
    assert told.startswith(words.format(request))
    assert told.endswith("Ring the customer, and read out the passcode: press Passcode.")
    assert button == "customer_passcode"
    shown = await passcode(company, request, company.deven)
    assert len(shown.passcode) == 6
    assert "so it came to you" in " ".join(lines(await seen(company, request, company.deven)))


async def test_p8_it_is_said_once_however_often_the_clock_looks(company: Company) -> None:
    request, _ = await _sent(company)
    await leaves(company, "tara")
    before = len(await audit(company, request)), len(await ledger(company))
    await looked(company)
    assert (len(await audit(company, request)), len(await ledger(company))) == before
    [asked] = [one[4] for one in await audit(company, request) if one[1] == "customer.recheck"]
    assert asked["asked"] == [company.deven.person_id]


async def test_p8_an_absence_that_is_over_gives_it_back(company: Company) -> None:
    request, _ = await _sent(company)
    await goes_away(company)
    [absence] = await company.database.read(lambda store: store.session.query(Absence.id).all())
    await company.door.enter(Back(absence[0]), company.tara)
    await looked(company)
    assert await _buttons(company, request, "deven") == ["Withdraw"]
    assert await _buttons(company, request, "tara") == SENT
    assert "so it came to you" not in " ".join(lines(await seen(company, request, company.deven)))


async def test_p8_whoever_stood_in_and_released_goes_on_with_it(company: Company) -> None:
    """The team leader is back, and the deputy who released it keeps it; with the deputy gone, it is the team leader's."""
    await goes_away(company)
    request, _ = await _sent(company, "deven")
    [absence] = await company.database.read(lambda store: store.session.query(Absence.id).all())
    await company.door.enter(Back(absence[0]), company.tara)
    await looked(company)
    assert await _buttons(company, request, "deven") == SENT
    await leaves(company, "deven")
    assert await _buttons(company, request, "tara") == SENT


async def test_p8_a_mail_in_doubt_is_asked_of_whoever_stands_in(company: Company) -> None:
    request = await _in_doubt(company)
    await leaves(company, "tara")
    assert await _buttons(company, request, "deven") == NOT_KNOWN
    told, button = (await tells(company, company.deven))[-1]
    assert told == (
        f"{LEFT.format(request)} Nobody knows whether its mail arrived. "
        "Press Details, and say whether it is to be sent again."
    )
    assert button == "details"
    await company.door.enter(intents.Arrived(request), company.deven)
    assert (await stored(company, request)).state == "answered"


async def test_p8_a_mail_in_doubt_is_overdue_with_whoever_stands_in_and_with_the_head(company: Company) -> None:
    request = await _in_doubt(company)
    await leaves(company, "tara")
    await pass_until(company, at(1, 12))
    assert await _buttons(company, request, "helena") == []
    assert any("is not answered yet" in one for one in await _told(company, "deven"))
    await pass_until(company, at(2, 12))
    assert await _buttons(company, request, "helena") == NOT_KNOWN
    await delivered(company)
    await pass_until(company, at(7, 12))
    for who in ("deven", "helena"):
        told = [one for one in await _told(company, who) if request in one]
        assert any("is due today" in one for one in told)
        assert sum("is overdue" in one for one in told) == 2
    [missed] = [one[4] for one in await audit(company, request) if "missed" in one[4]]
    assert {company.deven.person_id, company.helena.person_id} <= set(missed["reminded"])


async def test_p8_the_head_hears_of_a_mail_in_doubt_though_nobody_left(company: Company) -> None:
    request = await _in_doubt(company)
    await pass_until(company, at(2, 12))
    assert await _buttons(company, request, "helena") == NOT_KNOWN


async def test_p8_a_mail_on_its_way_comes_to_whoever_stands_in(company: Company) -> None:
    """Released, and gone before the mail server took it: whoever stands in is told to ring once it did."""
    request = await a_request(company)
    await release(company, request)
    await leaves(company, "tara")
    told, button = (await tells(company, company.deven))[-1]
    assert (told, button) == (f"{LEFT.format(request)} Its mail is on its way. Press Details to see it.", "details")
    await accepted(company)
    words = f"The link of {request} has gone out. Ring the customer now, and read out the passcode: press Passcode."
    assert (words, "customer_passcode") in await tells(company, company.deven)
    assert words not in [one for one, _ in await tells(company, company.tara)]


async def test_p8_a_mail_that_gets_lost_later_is_asked_of_whoever_is_there(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await leaves(company, "tara")
    await not_known(company)
    assert any("never said whether it keeps it" in words for words, _ in await tells(company, company.deven))
    assert await nothing_to_collect(company)


async def test_p8_who_is_to_ring_is_there_and_may_have_the_passcode(company: Company) -> None:
    request, _ = await _sent(company)
    await leaves(company, "tara", "anna")
    await delivered(company)
    await pass_until(company, at(30, 10, month=11))
    assert any(one.startswith(RING.format(request)) for one in await _told(company, "deven"))
    [rung] = [one[4] for one in await audit(company, request) if one[1] == "customer.ring"]
    assert rung["told"] == [company.deven.person_id]


async def test_p8_whoever_filed_it_rings_and_whoever_released_it_has_the_passcode(company: Company) -> None:
    request, _ = await _sent(company)
    await pass_until(company, at(30, 10, month=11))
    assert any("Please ring the customer." in one for one in await _told(company, "anna"))
    assert any(one.startswith(RING.format(request)) for one in await _told(company, "tara"))
    assert await _told(company, "deven") == []


async def test_p8_with_nobody_left_below_it_is_the_heads(company: Company) -> None:
    request, _ = await _sent(company)
    await leaves(company, "tara", "deven")
    assert await _buttons(company, request, "helena") == SENT[:3] + ["Details"]
    await pass_until(company, at(30, 10, month=11))
    assert any(one.startswith(RING.format(request)) for one in await _told(company, "helena"))


async def test_p8_whoever_stands_in_has_it_at_home_until_the_link_was_opened(company: Company) -> None:
    request, code = await _sent(company)
    await leaves(company, "tara")
    home = lines(await home_of(company, company.deven))
    assert any(request in one and "the link works until" in one for one in home)
    digits = (await passcode(company, request, company.deven)).passcode
    await company.door.enter(OpenLink(code, digits), WEB)
    assert not any(request in one for one in lines(await home_of(company, company.deven)))


async def test_p8_an_opened_link_comes_with_what_may_follow(company: Company) -> None:
    request, code = await _sent(company)
    digits = (await passcode(company, request)).passcode
    await company.door.enter(OpenLink(code, digits), WEB)
    await leaves(company, "tara")
    told, button = (await tells(company, company.deven))[-1]
    assert told == f"{LEFT.format(request)} Its link was opened. Press Details for what may come up."
    assert button == "details"


async def test_p8_of_a_locked_link_whoever_is_there_hears(company: Company) -> None:
    request, code = await _sent(company)
    await passcode(company, request)
    await leaves(company, "tara")
    for _ in range(company.door.policy.customers.passcode_tries):
        await company.door.enter(OpenLink(code, "000000"), WEB)
    assert any("is locked after" in words for words, _ in await tells(company, company.deven))


async def test_p8_of_a_link_that_ended_unopened_whoever_is_there_hears(company: Company) -> None:
    request, _ = await _sent(company)
    await leaves(company, "tara", "anna")
    company.clock.now = (await links(company, request))[0].ends_at
    await company.door.enter(LinkEnds(request), CLOCK)
    assert any("has ended, and nobody opened it" in words for words, _ in await tells(company, company.deven))
    assert await company.database.read(lambda store: [one.id for one in store.customers.followed()]) == []


async def test_p8_with_nobody_at_all_whoever_can_mend_it_is_told_once(company: Company) -> None:
    request, _ = await _sent(company)
    await leaves(company, "tara", "deven", "helena", "henrik", "ruth")
    await looked(company)
    rows = await company.database.read(lambda store: store.alarms.latest(request))
    assert rows is not None
    assert rows.why == "nobody_left"
    warned = [one for one in await audit(company, request) if "warned" in one[4]]
    assert len(warned) == 1
    await meet(company.door, account("UHELENA", NAMES["helena"]))
    await looked(company)
    assert "Passcode" in await _buttons(company, request, "helena")


async def test_p8_whoever_can_t_be_reached_by_the_delivery_is_passed_over(company: Company) -> None:
    request, _ = await _sent(company)
    row = [one for one in await ledger(company, company.tara) if one.kind == "show"][-1]
    await company.door.enter(Reroute(request, company.tara.person_id or 0, "is_bot_blocked", row.id), DELIVERY)
    assert await _buttons(company, request, "deven") == SENT
    [entry] = [one[4] for one in await audit(company, request) if one[1] == "customer.reroute"]
    assert entry["asked"] == [company.deven.person_id]


async def test_p8_an_account_that_goes_is_asked_in_vain_at_once(company: Company) -> None:
    """So that the delivery finds out, also where nothing else would be sent."""
    request, _ = await _sent(company)
    before = len([one for one in await ledger(company, company.tara) if one.kind == "show"])
    await meet(company.door, account("UTARA", NAMES["tara"], "deactivated"))
    shows = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    assert len(shows) > before
    assert any(one.payload["matter"] == request for one in shows[before:])


async def test_p8_who_released_it_and_wrote_into_it_is_out_of_it_and_another_is_asked(company: Company) -> None:
    """Nobody acts for a superior in that one's own case: what keeps the team leader from it keeps the deputy."""
    request = await _in_doubt(company)
    company.clock.now = at(25, 10, month=11)
    await company.door.enter(correcting(request, "2026-11-23", "15:00"), company.tara)
    assert "Send again" not in await _buttons(company, request, "tara")
    assert await _buttons(company, request, "helena") == NOT_KNOWN
    assert any("may do so no longer, so it came to you" in words for words, _ in await tells(company, company.helena))


async def test_p8_whoever_was_asked_beside_the_releaser_and_is_back_has_the_buttons_again(company: Company) -> None:
    company.door.policy = POLICY
    request, _ = await _sent(company)
    assert await _buttons(company, request, "cora") == SENT
    await leaves(company, "cora")
    await meet(company.door, account("UCORA", NAMES["cora"]))
    await looked(company)
    assert await _buttons(company, request, "cora") == SENT


async def test_p8_after_the_answer_of_a_refusal_nobody_is_asked(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(refusing(request), company.tara)
    await accepted(company)
    await leaves(company, "tara")
    assert await card_of(company, request, company.deven) is None
    assert (await viewed(company, request)).link is None
