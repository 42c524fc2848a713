"""C1, P7: whose a call is, is what it was when it was asked for; nobody decides about one that was changed by hand meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from handlers import approved
from handlers.access import asking, call_changed
from handlers.access.intents import Approve, Deny
from handlers.reconciling import Result
from storage.records import Recording
from tests.handlers.builders import NAMES, Company, ask, call, email, refusal, register
from tests.handlers.changing import ONE, change, identified
from tests.moments import NOW
from tests.reconciled import findings, results

pytestmark = pytest.mark.soak

BRAM, QUINN = email(NAMES["bram"]), email(NAMES["quinn"])


async def by_hand(company: Company, number: int, **values: Any) -> None:
    statement = update(Recording).where(Recording.id == number).values(**values)
    await company.database.write(lambda store: store.session.execute(statement))


def _told(request: str, number: int) -> list[str]:
    return [f"request {request}: recording {number} is not the call that was asked for"]


@pytest.mark.by_hand
async def test_p7_nobody_approves_the_own_call_that_was_given_another_operator_by_hand(company: Company) -> None:
    [number] = await register(company.door, call(9, operator_key=email(NAMES["tara"]), operator_name=NAMES["tara"]))
    request = await ask(company, company.anna, calls=[number])
    assert await findings(company.database) == []
    await by_hand(company, number, operator_key=BRAM, operator_name=NAMES["bram"])
    assert await findings(company.database) == _told(request, number)
    for who in (company.tara, company.ruth, company.helena):
        await refusal(company, Approve(request), who)
    assert (await refusal(company, Approve(request), company.tara)).code == "altered"
    assert await findings(company.database) == _told(request, number)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "values",
    [
        {"operator_key": QUINN}, {"line": "+61281979001"}, {"caller": "+61400000000"}, {"started": NOW - timedelta(days=9)},
        {"identity": "f" * 64},
    ],
)  # fmt: skip
async def test_c1_whatever_says_which_call_it_is_is_compared_while_somebody_asks_for_it(
    company: Company, values: dict[str, Any]
) -> None:
    await identified(company)
    request = await ask(company, company.anna, calls=company.calls[:1])
    assert await findings(company.database) == []
    before = await company.database.read(lambda store: store.recordings.get(company.calls[0]))
    await by_hand(company, company.calls[0], **values)
    assert await findings(company.database) == _told(request, company.calls[0])
    await by_hand(company, company.calls[0], **{name: getattr(before, name) for name in values})
    await company.door.enter(Deny(request, "No."), company.tara)
    assert await findings(company.database) == []


async def test_p7_a_call_that_the_recording_system_tells_otherwise_is_asked_for_as_that(company: Company) -> None:
    await identified(company)
    request = await ask(company, company.anna, calls=company.calls[:1])
    assert await change(company, operator_key=QUINN, operator_name=NAMES["quinn"]) == [request]
    assert await findings(company.database) == []
    await company.door.enter(Approve(request, seen=1), company.tara)


@pytest.mark.by_hand
async def test_c1_one_that_became_another_call_since_is_compared_as_that(company: Company) -> None:
    request = await ask(company, company.anna, calls=company.calls[:1])
    await change(company, caller="+61400000001")
    assert await findings(company.database) == []
    await by_hand(company, company.calls[0], caller="+61400000000")
    assert await findings(company.database) == _told(request, company.calls[0])
    assert (await refusal(company, Approve(request, seen=1), company.tara)).code == "altered"


async def test_c1_what_an_earlier_version_was_asked_is_approved_and_said_not_to_be_compared(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (asking, call_changed):
        monkeypatch.setattr(module, "asked_for" if module is asking else "asked", lambda *_: {})
    request = await ask(company, company.anna, calls=company.calls[:1])
    monkeypatch.undo()
    found: list[Result] = await company.database.read(results)
    assert [getattr(one, "what", one) for one in found] == ["whose the calls of open requests are"]
    await company.door.enter(Approve(request), company.tara)


async def test_p11_the_log_says_of_them_only_what_nobody_can_try_out(company: Company) -> None:
    """The salt is sealed with the words of the request, and goes with them."""
    await identified(company, audio=ONE)
    request = await ask(company, company.anna, calls=company.calls[:1])
    entries = await company.database.read(lambda store: list(store.evidence.logged([request], approved.ASKED)))
    [facts] = [one.detail["facts"] for one in entries]
    assert [len(told) for told in facts.values()] == [64]
