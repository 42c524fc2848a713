"""A7, P8: a browser that is out of a customer's page stays out, whatever a clock or a hand in the database says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from handlers.acting import WEB
from handlers.customers import serving
from handlers.ids import hashed
from handlers.rules.refusal import Refused
from storage.tables.customers import CustomerSession
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import (
    accepted,
    links,
    release,
)
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
