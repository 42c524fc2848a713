"""A customer's request is filed in two steps, and goes to whoever releases it (P8)."""

from __future__ import annotations

from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, viewed


async def test_p8_what_is_filed_waits_for_the_team_leader_and_the_handlers(company: Company) -> None:
    view = await viewed(company, await a_request(company))
    assert view.request.state == "waiting"
    assert {view.people[one.person_id].email_key for one in view.approvers} == {
        "tara.lindqvist@fernhill.example", "cora.bellamy@fernhill.example",
    }  # fmt: skip
    assert view.known is not None
    assert view.known.address == "mara.ellis@customer.example"
