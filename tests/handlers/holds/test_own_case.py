"""P12: whoever was on a call, or is whom the case is about, has no part in its holds: then the Manager, then `breach_fallback`."""

from dataclasses import replace

import pytest

from handlers.acting import CLOCK
from handlers.holds import steps
from handlers.matters.showing import details_page, kind_of, note_press
from handlers.rules.refusal import Refused
from tests.handlers.builders import NAMES, Company, account, call, email, left, meet, missed, refusal, register
from tests.handlers.holds.acts import about, ask, confirm, hold, keeps, release, releasing, stands
from tests.handlers.reading import card_of, labels, lines, looking, seen

pytestmark = pytest.mark.long

ROLES = ("helena", "ruth", "miles")


async def _call_of(company: Company, name: str, **facts: object) -> int:
    on = {"operator_key": email(NAMES[name]), "operator_name": NAMES[name]}
    [recording] = await register(company.door, call(4, **{**on, **facts}))
    return recording


@pytest.mark.parametrize("why", ["on the call", "about"])
@pytest.mark.parametrize(("who", "then"), [("helena", "ruth"), ("ruth", "helena"), ("miles", "helena")])
async def test_p12_it_goes_past_whoever_has_no_part_in_it(company: Company, why: str, who: str, then: str) -> None:
    recording = await _call_of(company, who) if why == "on the call" else company.calls[0]
    more = {"concerned": about(who)} if why == "about" else {}
    begun = await ask(company, company.anna, [recording], **more)
    assert labels(await seen(company, begun.hold, company.people[then])) == ["Confirm", "Let go"]
    for wanted in (steps.confirm_hold(begun.hold), releasing(begun.hold)):
        assert str(await refusal(company, wanted, company.people[who])) == "I can't find this hold."
    await confirm(company, begun.hold, company.people[then])
    assert await card_of(company, begun.hold, company.people[who]) is None
    with pytest.raises(Refused):
        await looking(company, company.people[who], lambda ctx: details_page(ctx, begun.hold))
    await release(company, begun.hold, company.people[then])


async def test_p12_with_the_head_and_the_manager_on_the_calls_breach_fallback_sees_to_it(company: Company) -> None:
    mine = await _call_of(company, "helena")
    [theirs] = await register(company.door, call(5, operator_key=email(NAMES["ruth"]), operator_name=NAMES["ruth"]))
    begun = await ask(company, company.anna, [mine, theirs])
    await confirm(company, begun.hold, company.miles)
    assert (await stands(company, begun.hold)).set_by == company.miles.person_id


@pytest.mark.parametrize("who", ROLES)
async def test_p12_nobody_sets_a_hold_of_their_own_call_or_case(company: Company, who: str) -> None:
    recording = await _call_of(company, who)
    for calls, more in (([recording], {}), (company.calls[2:], {"concerned": about(who)})):
        begun = await hold(company, company.people[who], calls, **more)
        row = await stands(company, begun.hold)
        assert (begun.asked, row.state, row.set_by) == (True, "waiting", None)
        assert (await refusal(company, steps.confirm_hold(begun.hold), company.people[who])).code


async def test_p12_found_out_later_the_copy_says_nothing_and_the_next_one_is_asked(company: Company) -> None:
    """Two addresses turn out to be one person's while the hold waits."""
    recording = await _call_of(company, "bram", operator_key="h.marsh@fernhill.example")
    begun = await ask(company, company.anna, [recording])
    assert labels(await seen(company, begun.hold, company.helena)) == ["Confirm", "Let go"]
    await meet(company.door, replace(account("UHELENA", "Helena Marsh"), email_key="h.marsh@fernhill.example"))
    await meet(company.door, account("UHELENA", "Helena Marsh"))
    before = len(await left(company))
    await company.door.enter(kind_of(begun.hold).recheck(begun.hold), CLOCK)
    assert {who for kind, who in await left(company, before) if kind == "show"} == {"anna", "ruth", "helena"}
    card = lines(await seen(company, begun.hold, company.helena))
    assert card == [
        "📋 Hold · closed to you",
        "You have no part in this hold, so you don’t see it here.",
        f"({begun.hold} · P12)",
    ]
    assert labels(await seen(company, begun.hold, company.ruth)) == ["Confirm", "Let go"]
    assert (
        await refusal(company, steps.confirm_hold(begun.hold), company.helena)
    ).sentence == "I can't find this hold."


async def test_p12_with_nobody_there_it_is_kept_all_the_same_and_says_so(company: Company) -> None:
    mine, [theirs], [last] = (
        await _call_of(company, "helena"),
        await register(company.door, call(5, operator_key=email(NAMES["ruth"]))),
        await register(company.door, call(6, operator_key=email(NAMES["miles"]))),
    )
    begun = await ask(company, company.anna, [mine, theirs, last])
    assert (await stands(company, begun.hold)).state == "stuck"
    assert len(await keeps(company, mine)) == 1
    card = lines(await seen(company, begun.hold, company.anna))
    assert card[0] == "⚠️ You ask to keep 3 calls for Claim 12 · no one may confirm it"
    assert any(one.startswith("⚠️ No one may confirm it at the moment.") for one in card)
    for who in ROLES:
        assert await card_of(company, begun.hold, company.people[who]) is None


async def test_p12_somebody_out_of_reach_is_passed_over(company: Company) -> None:
    begun = await ask(company, company.anna)
    await missed(company, begun.hold, company.helena)
    assert labels(await seen(company, begun.hold, company.henrik)) == ["Confirm", "Let go"]
    await company.door.enter(note_press(begun.hold), company.helena)
    assert labels(await seen(company, begun.hold, company.helena)) == ["Confirm", "Let go"]
