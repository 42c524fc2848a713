"""P12: what the card, the reminder and the home of a request say once its calls are erased, or have vanished."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.access import deciding
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, a_company, ask
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import labels, lines, listed, seen
from tests.moments import NOW

pytestmark = pytest.mark.long

MOMENT = NOW + timedelta(days=365)


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    return Archive(await a_company(database, Clock()))


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


async def test_p12_a_request_that_lapses_after_its_call_s_moment_offers_its_details_only(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    await ask(company, company.anna, calls=[number])
    await delivered(company)
    await pass_until(company, MOMENT + timedelta(days=20))
    told = str(await digests(company, company.anna))
    assert "Your request to hear a call has lapsed: no one decided it in time." in told
    assert "ask again" not in told.lower()


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
