"""P7, P9: roles and absences change while a request waits; the one who decides now is asked, and one who no longer does is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from handlers.access import deciding
from handlers.access.room import MATTER
from handlers.acting import CLOCK, DELIVERY, Intent
from handlers.matters.showing import note_press
from storage.records import Copy
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    NAMES,
    POLICY,
    Company,
    account,
    ask,
    audit,
    email,
    ledger,
    left,
    meet,
    missed,
    nobody_left,
    refusal,
    stored,
    with_role,
)
from tests.handlers.passing_time import delivered
from tests.handlers.reading import home_of, labels, seen, title

WAITS = "⏳ waiting for you"


async def recheck(company: Company, request: str) -> list[tuple[str, str]]:
    """What it left, and for whom."""
    before = len(await ledger(company))
    await company.door.enter(MATTER.recheck(request), CLOCK)
    return await left(company, before)


async def test_p7_a_new_holder_is_asked_and_the_old_one_reads_who_decides(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = with_role(POLICY, "team_leader", holder=email(NAMES["quinn"]), deputies=())
    told = await recheck(company, request)
    assert ("show", "tara") in told
    card = await seen(company, request, company.tara)
    assert labels(card) == []
    assert title(card).startswith("⏳ waiting for ")
    assert "waiting for you" not in title(card)
    detail = (await audit(company, request))[-1][-1]
    assert detail["over"] == [company.tara.person_id]
    assert (await refusal(company, deciding.approve_request(request), company.tara)).code == "not_approver"


async def test_p7_a_request_that_was_stuck_goes_on_when_somebody_may_decide(company: Company) -> None:
    company.door.policy = nobody_left()
    request = await ask(company, company.helena)
    assert (await stored(company, request)).state == "stuck"
    company.door.policy = POLICY
    assert ("show", "tara") in await recheck(company, request)
    assert (await stored(company, request)).state == "waiting"
    assert title(await seen(company, request, company.tara)) == WAITS


@each("press", [deciding.approve_request, lambda request: deciding.ask_requester(request, "Which invoice?")])
async def test_p7_who_was_passed_over_and_acts_is_back(company: Company, press: Callable[[str], Intent[None]]) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.tara)
    before = len(await ledger(company))
    await company.door.enter(press(request), company.tara)
    assert ("show", "tara") in (await left(company))[before:]
    assert "Approve" not in labels(await seen(company, request, company.tara)) or press is not deciding.approve_request


async def test_p7_a_press_that_comes_too_late_brings_a_stale_card_up_to_date(company: Company) -> None:
    request = await ask(company, company.anna)
    copy = Copy(
        matter=request, person_id=company.tara.person_id or 0, platform="slack", conversation="D1", message="1.1",
        revision=1, drawn_at=company.clock.now,
    )  # fmt: skip
    await company.database.write(lambda store: store.outbox.remember(copy))
    await missed(company, request, company.tara)
    await company.door.enter(deciding.approve_request(request), company.deven)
    before = len(await ledger(company))
    await company.door.enter(note_press(request), company.tara)
    assert ("show", "tara") in (await left(company))[before:]
    assert title(await seen(company, request, company.tara)) == "✅ approved by Deven Okafor"


async def test_p7_who_is_a_member_again_is_asked_again(company: Company) -> None:
    request = await ask(company, company.anna)
    name = NAMES["tara"]
    await meet(company.door, account("UTARA", name, "guest"))
    await missed(company, request, company.tara)
    before = len(await ledger(company))
    await meet(company.door, account("UTARA", name))
    assert (await left(company))[before:] == [("show", "anna"), ("show", "tara"), ("show", "deven")]
    assert title(await seen(company, request, company.tara)) == WAITS
    assert "1 to do" in title(await home_of(company, company.tara))


async def test_p7_who_came_back_while_a_card_was_on_its_way_is_tried_again(company: Company) -> None:
    """The bot was taken away and added again within a moment: the attempt of before is no news any more."""
    request = await ask(company, company.anna)
    [card] = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    began = company.clock.now
    back = replace(account("UTARA", NAMES["tara"]), checked_at=began + timedelta(milliseconds=1))
    await meet(company.door, back)
    company.clock.pass_(milliseconds=1)
    told = MATTER.reroute(request, company.tara.person_id or 0, "absent", card.id, began)
    await company.door.enter(told, DELIVERY)
    [again] = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    assert (again.state, again.due_at, again.leased_until) == ("queued", company.clock.now, None)
    await company.door.enter(
        MATTER.reroute(request, company.tara.person_id or 0, "absent", card.id, began + timedelta(seconds=1)), DELIVERY
    )
    [failed] = [one for one in await ledger(company, company.tara) if one.kind == "show"]
    assert (failed.state, failed.code) == ("failed", "absent")


EVERYBODY = ("helena", "henrik", "ruth", "miles")


async def _stuck(company: Company, code: str = "channel_not_found") -> str:
    """A claim that reached nobody who may decide it."""
    request = await ask(company, company.anna, **CLAIM)
    await missed(company, request, *(company.people[one] for one in EVERYBODY), code=code)
    assert (await stored(company, request)).state == "stuck"
    return request


async def _another(company: Company) -> None:
    """Another card arrives a minute later: of what Helena wants to hear."""
    company.clock.pass_(minutes=1)
    await ask(company, company.helena)
    await delivered(company)


async def test_p7_what_nobody_could_decide_is_asked_again_of_whoever_was_reached_since(company: Company) -> None:
    request = await _stuck(company)
    assert await recheck(company, request) == []
    await _another(company)
    assert ("show", "helena") in await recheck(company, request)
    assert title(await seen(company, request, company.helena)) == "⏳ waiting for you"
    assert (await audit(company, request))[-1][4]["back"] == [company.helena.person_id]
    assert await recheck(company, request) == []
    await company.door.enter(deciding.approve_request(request), company.helena)


async def test_p7_a_card_that_was_given_up_is_not_asked_again_and_again(company: Company) -> None:
    """It may be this card that can't be drawn: then each other one that arrives would have it fail anew, with an alarm."""
    request = await _stuck(company, "gave_up_fault")
    await _another(company)
    assert await recheck(company, request) == []
    assert (await stored(company, request)).state == "stuck"
