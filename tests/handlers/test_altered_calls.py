"""C1, P7: whose a call is, is what it was when it was asked for; nobody decides about one that was changed by hand meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from handlers import approved
from handlers.access.intents import Approve
from storage.records import Recording
from tests.handlers.builders import NAMES, Company, ask, call, email, refusal, register
from tests.handlers.changing import ONE, change, identified
from tests.reconciled import findings
from tests.tampering import named

pytestmark = pytest.mark.soak

BRAM, QUINN = email(NAMES["bram"]), email(NAMES["quinn"])


async def by_hand(company: Company, number: int, **values: Any) -> None:
    statement = update(Recording).where(Recording.id == number).values(**values)
    await company.database.write(lambda store: store.session.execute(statement))


@pytest.mark.by_hand
async def test_p7_nobody_approves_the_own_call_that_was_given_another_operator_by_hand(company: Company) -> None:
    [number] = await register(company.door, call(9, operator_key=email(NAMES["tara"]), operator_name=NAMES["tara"]))
    request = await ask(company, company.anna, calls=[number])
    assert await findings(company.database) == []
    await by_hand(company, number, operator_key=BRAM, operator_name=NAMES["bram"])
    assert named(await findings(company.database), f"recordings/{number} ")
    for who in (company.tara, company.ruth, company.helena):
        await refusal(company, Approve(request), who)
    assert (await refusal(company, Approve(request), company.tara)).code == "altered"
    assert named(await findings(company.database), f"recordings/{number} ")


async def test_p7_a_call_that_the_recording_system_tells_otherwise_is_asked_for_as_that(company: Company) -> None:
    await identified(company)
    request = await ask(company, company.anna, calls=company.calls[:1])
    assert await change(company, operator_key=QUINN, operator_name=NAMES["quinn"]) == [request]
    assert await findings(company.database) == []
    await company.door.enter(Approve(request, seen=1), company.tara)


async def test_p11_the_log_says_of_them_only_what_nobody_can_try_out(company: Company) -> None:
    """The salt is sealed with the words of the request, and goes with them."""
    await identified(company, audio=ONE)
    request = await ask(company, company.anna, calls=company.calls[:1])
    entries = await company.database.read(lambda store: list(store.audit.logged([request], approved.ASKED)))
    [facts] = [one.detail["facts"] for one in entries]
    assert [len(told) for told in facts.values()] == [64]
