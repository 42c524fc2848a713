"""P11: whoever was on a call reads that the customer had it, and by whose release; the customer is “the customer”."""

from __future__ import annotations

import pytest

from handlers.customers import serving
from tests.handlers.builders import Company
from tests.handlers.customers.builders import NAME, do, sent
from tests.handlers.whose_data.acts import NOTHING, reads

pytestmark = pytest.mark.by_hand  # what a release leaves is put there without it


async def test_p11_a_customer_who_listened_is_the_customer_and_nobody_by_name(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, serving.played, company.calls[0], 0, 30)
    company.clock.pass_(hours=3)
    await one.let_in()
    await do(one, serving.downloaded, company.calls[:1])
    counted, _, _, row = await reads(company, company.bram)
    assert counted.startswith("1 call with you was heard, by 1 person")
    assert row.startswith("The customer · Their own call (P8) (Call of ")
    assert "heard <24 Nov 03:00>, last <24 Nov 06:00> · approved by Tara Lindqvist" in row
    assert NAME not in row


async def test_p11_who_asked_as_whoever_was_on_the_call_reads_that_it_was_himself(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, serving.played, company.calls[0], 0, 30)
    await one.change((type(await one.the_request()), one.request), asker="operator")
    assert (await reads(company, company.bram))[3].startswith("You · Their own call (P8)")


async def test_p11_what_somebody_had_who_was_here_once_is_not_said_to_be_whose_call_it_was(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, serving.played, company.calls[0], 0, 30)
    await one.change((type(await one.the_request()), one.request), asker="former")
    assert (await reads(company, company.bram))[3].startswith("The customer · Their own call (P8)")


async def test_p11_whoever_was_on_no_call_of_a_customer_reads_nothing(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, serving.played, company.calls[0], 0, 30)
    assert await reads(company, company.anna) == NOTHING
