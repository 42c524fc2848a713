"""Whatever has a card: what is shown of it whole, and what the delivery and the clock want of it (P7, P9)."""

from __future__ import annotations

import pytest

from handlers import BUTTONS, matter_of
from handlers.access import deciding
from handlers.access import waiting as access_waiting
from handlers.acting import CLOCK, Visitor
from handlers.cards import Page
from handlers.policy_review import in_force
from handlers.room import Shows
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import Company, ask, nobody_left, stored
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import looking, seen
from tests.handlers.test_promised import details
from tests.handlers.test_waiting import sydney
from tests.moments import NOW


async def _details(company: Company, matter: str, who: Visitor) -> Page:
    details = BUTTONS["details"]
    assert isinstance(details, Shows)
    return await looking(company, who, lambda act: details.page(act, matter))


async def test_p7_details_show_the_readers_card_with_its_sentence_for_screen_readers(company: Company) -> None:
    request = await ask(company, company.anna)
    page, card = await _details(company, request, company.anna), await seen(company, request, company.anna)
    assert (page.title, page.summary) == (card.title, card.summary)
    assert [one for one in page.parts if one in card.parts] == list(card.parts)
    assert "Pass on" in str((await _details(company, request, company.tara)).parts)


@each(("matter", "code"), [("", "no_copy"), ("R-NEVER222", "unknown"), ("X-1", "unknown")])
async def test_p7_whom_it_does_not_concern_can_not_tell_whether_it_is_there(
    company: Company, matter: str, code: str
) -> None:
    request = await ask(company, company.anna)
    with pytest.raises(Refused) as refused:
        await _details(company, matter or request, company.bram)
    assert (str(refused.value), refused.value.code) == ("I can't find this request.", code)


def test_what_is_wanted_of_every_matter_is_done_by_somebody_under_the_rooms_own_name() -> None:
    kind = matter_of("R-1")
    wanted = [kind.reroute("R-1", 7, "absent", "O-1", NOW), kind.recheck("R-1")]
    assert wanted == [
        access_waiting.reroute("R-1", 7, "absent", "O-1", NOW),
        access_waiting.recheck("R-1"),
    ]
    assert [(one.action, one.subject) for one in wanted] == [
        ("access.reroute", "R-1"),
        ("access.recheck", "R-1"),
    ]


async def test_p7_what_waits_and_what_is_stuck_is_told_oldest_first(company: Company) -> None:
    first = await ask(company, company.anna)
    company.door.policy = nobody_left()
    company.clock.pass_(minutes=1)
    stuck = await ask(company, company.helena)
    kind = matter_of(first)
    waiting, found = await company.database.read(lambda store: (kind.waiting(store), kind.stuck(store)))
    assert (list(waiting), list(found)) == ([first, stuck], [stuck])


@each(("state", "told"), [
    ("approved", "(Decided by the policy {digest})"),
    ("lapsed", "(The policy when it closed: {digest})"),
    ("withdrawn", "(The policy when it closed: {digest})"),
])  # fmt: skip
async def test_p14_details_say_by_which_policy_it_was_decided_only_where_somebody_did(
    company: Company, state: str, told: str
) -> None:
    kept = await company.door.enter(in_force.in_force(), CLOCK)
    request = await ask(company, company.anna)
    match state:
        case "approved":
            await company.door.enter(deciding.approve_request(request), company.tara)
        case "withdrawn":
            await company.door.enter(deciding.withdraw_request(request), company.anna)
        case _:
            await pass_until(company, sydney("2026-12-08", 18))
    assert (await stored(company, request)).state == state
    assert (await details(company, request, company.anna))[-1] == told.format(digest=kept.digest[:12])
