"""A7, P8: a browser that is out of a customer's page stays out, whatever a clock or a hand in the database says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from handlers.acting import WEB
from handlers.customers import links as customers_links
from handlers.customers import serving
from handlers.customers.serving import serve
from handlers.ids import hashed
from handlers.rules.refusal import Refused
from storage.tables.customers import CustomerSession
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import (
    accepted,
    links,
    passcode,
    release,
)
from tests.handlers.reading import looking
from tests.moments import NOW
from tests.reconciled import findings
from tests.tables import table_of
from tests.tampering import tamper

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
LINK, ASKED = "link {link} of customer’s request {request}: ", "customer’s request {request}: "


async def test_p8_a_session_put_in_by_hand_lets_nobody_in(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    [link] = await links(company, request)
    row = {
        "hash": hashed("mine"),
        "link_id": link.id,
        "made_at": NOW,
        "ends_at": NOW + timedelta(days=9),
        "mark_salt": b"",
    }
    await tamper(company.database, insert(table_of(CustomerSession)).values(row))
    with pytest.raises(Refused):
        await company.door.enter(serving.played(link.id, "mine", company.calls[0], 0, 9), WEB)
    assert f"row customer_sessions/{row['hash']} is stored, but no entry of the log tells of it" in await findings(
        company.database
    )


@pytest.mark.parametrize("how", ["leaves", "passcode"])
async def test_p8_whoever_is_out_stays_out_also_when_a_clock_is_set_back(company: Company, how: str) -> None:
    """A7, P8."""
    request = await a_request(company)
    await release(company, request)
    code = (await accepted(company)).written.link.partition("#")[2]
    wanted = customers_links.open_link(code, (await passcode(company, request)).passcode)
    first = await company.door.enter(wanted, WEB)
    company.clock.pass_(minutes=30)
    if how == "leaves":
        await company.door.enter(serving.leave_page(first.link, first.secret), WEB)
    else:
        await passcode(company, request)
    company.clock.pass_(minutes=-10)
    with pytest.raises(Refused):
        await looking(company, WEB, lambda act: serve(act, first.link, first.secret))
