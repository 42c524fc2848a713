"""P9, P13: what the bot noticed of a matter comes to nobody whose own case that matter is, and to everybody else who would read it."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.access.intents import Approve, CallChanged
from handlers.acting import CLOCK
from handlers.customers.intents.deciding import WrongAddress
from handlers.declined.intents import Meet, Over, Still
from handlers.rules.refusal import Refused
from storage.breaches import Breaches
from tests.each import each
from tests.handlers.breach.noticing import ALERT, readers, told
from tests.handlers.breach.reporting import heard, page, the_report, tick
from tests.handlers.builders import CLAIM, NAMES, Company, approved, ask, call, claim_about, email, register
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import accepted, release
from tests.handlers.declined.acts import LEGS, midway

pytestmark = pytest.mark.long

HELENAS = {"operator_name": "Helena Marsh", "operator_key": email("Helena Marsh")}
ANOTHER = {"caller": "+61491570006", "stamp": "2"}


async def changed(company: Company, before: dict[str, Any], after: dict[str, Any], **more: Any) -> str:
    """A call of which somebody has access, by Ruth's or Helena's approval, becomes another one."""
    by = more.pop("by", company.ruth)
    calls = await register(company.door, call(7, **before))
    request = await ask(company, company.anna, calls=calls, **more)
    await company.door.enter(Approve(request), by)
    await register(company.door, call(7, **{**after, **ANOTHER}))
    await company.door.enter(CallChanged(request), CLOCK)
    return request


@pytest.mark.soak
@each(
    ("before", "after", "named"),
    [(HELENAS, HELENAS, False), (HELENAS, {}, False), ({}, {}, True), ({}, HELENAS, True)],
)
async def test_p9_a_call_that_changed_under_an_investigation_is_not_told_to_whom_that_goes_round(
    company: Company, before: dict[str, Any], after: dict[str, Any], named: bool
) -> None:
    await changed(company, before, after, **(claim_about("helena") if named else CLAIM))
    await tick(company)
    assert await readers(company) == ["ruth"]


async def test_p9_whoever_is_on_the_call_by_now_is_not_told_of_it_either(company: Company) -> None:
    await changed(company, {}, HELENAS, by=company.helena, **CLAIM)
    await tick(company)
    assert await readers(company) == ["ruth"]


async def test_p13_whom_a_matter_goes_round_is_not_named_as_whom_the_report_is_about(company: Company) -> None:
    """Whom an investigation concerns reads only who asked for it and who decides it."""
    await changed(company, {}, {}, by=company.helena, **claim_about("henrik"))
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]
    view = await (await page(company, company.ruth, await the_report(company))).read()
    assert "Who it is about" not in dict(view.facts)
    assert NAMES["henrik"] not in str(view.facts)


@pytest.mark.parametrize("at_once", [True, False])
async def test_p13_one_that_goes_round_somebody_keeps_no_other_from_that_reader(
    company: Company, at_once: bool
) -> None:
    """In one look, or in a later one of the same day."""
    await changed(company, HELENAS, HELENAS, **CLAIM)
    if not at_once:
        await tick(company)
        assert await readers(company) == ["ruth"]
    request = await approved(company)
    await register(company.door, call(1, **ANOTHER))
    await company.door.enter(CallChanged(request), CLOCK)
    await tick(company)
    assert await heard(company) == {"helena": ALERT, "ruth": ALERT * (1 + at_once)}
    [hers] = await _seen_by(company, "helena")
    assert [line.split(",")[0] for line in hers.split("\n")[1:]] == [f"Call {company.calls[0]}"]


async def _seen_by(company: Company, who: str) -> list[str]:
    """What happened, of each report that somebody may open."""
    found = []
    for name in await company.database.read(lambda store: [one.id for one in Breaches(store.session).all()]):
        try:
            mine = await page(company, company.people[who], name)
        except Refused:
            continue
        found.append(dict((await mine.read()).facts)["What happened"])
    return found


async def test_p5_a_declined_call_is_not_told_to_whom_it_was_passed_on(company: Company) -> None:
    matter = await midway(company)
    await register(company.door, call(0, native_id=LEGS[0]), call(0, native_id=LEGS[1], **HELENAS))
    await company.door.enter(Meet(matter), CLOCK)
    await company.door.enter(Still(matter, ("customer",)), CLOCK)
    await company.door.enter(Over(matter), CLOCK)
    await tick(company)
    assert await readers(company) == ["ruth"]


async def test_p9_a_mail_that_went_astray_is_not_told_to_whoever_was_on_the_call(company: Company) -> None:
    calls = await register(company.door, call(7, **HELENAS))
    request = await a_request(company, recordings=[str(one) for one in calls])
    await release(company, request, company.tara)
    await accepted(company)
    await company.door.enter(WrongAddress(request), company.tara)
    await tick(company)
    assert await readers(company) == ["ruth"]
    assert (await told(company))[1].startswith(f"Request {request}, ")
