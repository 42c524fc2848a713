"""P12: certificates, and what cards, homes and listeners read once calls are past their moment."""

from datetime import timedelta

import pytest

from handlers import BUTTONS
from handlers.access import deciding
from handlers.acting import Context
from handlers.cards import Card
from handlers.listening import open_hearing
from handlers.room import Shows
from handlers.rules.refusal import Refused
from tests.erasing import Archive
from tests.handlers.builders import Company, ask, player_of
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.reading import labels, lines, listed, looking, seen
from tests.handlers.retention.pausing import MOMENT
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def _certificate(company: Company, erasure: str, who: str = "helena") -> list[str]:
    button = BUTTONS["certificate"]
    assert isinstance(button, Shows)
    page = await looking(company, getattr(company, who), lambda ctx: button.page(ctx, erasure))
    return lines(Card(page.parts, ""))


async def test_p12_who_answers_for_erasure_finds_the_certificate_at_home(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT)
    await archive.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    home = lines(await listed(company, company.helena))
    assert "# Erased in the last 30 days" in home
    assert "# Erased in the last 30 days" not in lines(await listed(company, company.anna))
    told = await _certificate(company, erasure.id)
    assert told[0] == f"✅ The audio of call {number} is erased for good."
    assert "A copy kept for an investigation, if there is one, is not listed here." in told
    assert f"By: {company.door.policy.company.name}, the policy in force" in str(told)
    assert "SHA-256" not in str(told)


@pytest.mark.by_hand
async def test_p12_a_certificate_names_the_second_and_the_policy_text(archive: Archive) -> None:
    company = archive.company
    text = await company.database.write(lambda store: store.policy_texts.keep("ab" * 32, "a: text", NOW).number)
    number = await archive.record("one")
    archive.until(MOMENT, seconds=4)
    await archive.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    assert erasure.policy_text == text
    told = str(await _certificate(company, erasure.id))
    assert f"To the second: {MOMENT + timedelta(seconds=4):%Y-%m-%d %H:%M:%S} UTC" in told
    assert f"By: {company.door.policy.company.name}, text {text} of its policy" in told
    assert f"The policy’s text by its SHA-256: {'ab' * 32}" in told


async def test_p12_nobody_else_opens_it_and_there_is_none_before_it_is_erased(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.lose("one")
    await archive.erasing.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    with pytest.raises(Refused, match="not erased yet"):
        await _certificate(company, erasure.id)
    with pytest.raises(Refused, match="can’t find"):
        await _certificate(company, erasure.id, "anna")


async def test_p12_of_two_calls_the_one_whose_time_is_over_is_heard_no_more(archive: Archive) -> None:
    company = archive.company
    old = await archive.record("old")
    archive.until(NOW, days=360)
    young = await archive.record("young", NOW + timedelta(days=359), audio=b"young")
    request = await ask(company, company.anna, calls=[old, young])
    await company.door.enter(deciding.approve_request(request), company.tara)
    opened = await player_of(company, request)
    archive.until(MOMENT)

    def heard(ctx: Context) -> tuple[int, str]:
        hearing = open_hearing(ctx, opened.grant, opened.secret)
        with pytest.raises(Refused, match="time is over") as refused:
            hearing.recording(old)
        return hearing.recording(young).id, refused.value.code

    assert await looking(company, company.anna, heard) == (young, "past_its_moment")
    await archive.tick()
    assert (
        await looking(company, company.anna, lambda ctx: open_hearing(ctx, opened.grant, opened.secret).allows)
        is not None
    )
    assert await findings(company.database) == []


async def test_p12_a_card_says_when_each_call_was_erased_and_offers_none_of_them_again(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one", caller="+61491570156")
    archive.until(MOMENT, days=-1)
    request = await ask(company, company.anna, calls=[number])
    await company.door.enter(deciding.approve_request(request), company.tara)
    archive.until(MOMENT)
    await archive.tick()
    card = await seen(company, request, company.anna)
    told = " | ".join(lines(card))
    assert "erased <24 Nov 03:00 Australia/Sydney>, with a certificate" in told
    assert "withheld" not in told
    assert "CRM reference" not in told
    assert "still need the calls" not in told
    assert labels(card) == []
    [row] = [one for one in lines(await listed(company, company.anna)) if "Access ended" in one]
    assert "Access ended · Facts of feedback or a complaint by a customer or staff (Call of" in row
    assert " · erased · asked " in row


async def _customers_request(archive: Archive, number: int) -> str:
    """A customer asks for a call some weeks before its moment; the request's id."""
    archive.until(MOMENT, days=-40)
    return await a_request(archive.company, recordings=[str(number)], received_on="2027-10-15")


async def _drawn_anew(archive: Archive, request: str) -> int:
    return (await stored(archive.company, request)).revision


async def test_p12_the_card_of_a_customer_s_request_is_drawn_anew_once_a_call_is_erased(archive: Archive) -> None:
    """It named the call by the end of its number and its CRM reference."""
    company, number = archive.company, await archive.record("one", caller="+61499999123", crm="CS-778899")
    request = await _customers_request(archive, number)
    assert "CS-778899" in str(lines(await seen(company, request, company.anna)))
    archive.until(MOMENT)
    await archive.tick()
    before = await _drawn_anew(archive, request)
    archive.until(MOMENT, days=90)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert await _drawn_anew(archive, request) == before + 1
    assert "CS-778899" not in str(lines(await seen(company, request, company.anna)))
