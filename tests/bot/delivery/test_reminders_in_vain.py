"""P7: a morning's message that does not reach its person brings in whoever comes next, for each thing that stood in it."""

from __future__ import annotations

import pytest

from bot.ports import Unreachable
from bot.rehearsal.fake_chat import Fault
from tests.handlers.builders import ask, ledger
from tests.handlers.passing_time import pass_until
from tests.handlers.test_waiting import parts, sydney
from tests.offices import Office

ASKED = {"tara": "approver", "deven": "approver", "helena": "approver"}


@pytest.mark.soak
async def test_p7_where_a_morning_does_not_reach_the_next_authority_the_deputy_is_asked(office: Office) -> None:
    """Silence had brought in the Head for two requests, in one message."""
    requests = [await ask(office.company, office.company.anna, crm=crm) for crm in ("CS-10442", "CS-10443")]
    await office.delivery.drain()
    await pass_until(office.company, sydney("2026-11-27", 18))
    office.chat.faults.append(Fault(Unreachable("channel_not_found"), "post", "UHELENA", times=9))
    for request in requests:
        assert await parts(office.company, request) == ASKED
    await pass_until(office.company, sydney("2026-11-30", 9))
    await office.all_delivered()
    for request in requests:
        assert await parts(office.company, request) == {**ASKED, "henrik": "approver"}
    assert len(office.chat.cards("UHENRIK")) == 2
    failed = [one.kind for one in await ledger(office.company, office.company.helena) if one.state == "failed"]
    assert failed == ["digest", "show", "show"]
