"""P12: any member of staff may ask for a hold, which works at once; the Head confirms it or lets it go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.holds import steps
from handlers.holds.state import HoldForm
from handlers.matters.showing import details_page, kind_of, note_press
from handlers.rules import Refused
from tests.handlers.builders import (
    NAMES,
    Company,
    account,
    call,
    email,
    left,
    meet,
    missed,
    quiet,
    refusal,
    register,
    words_for,
)
from tests.handlers.holds.acts import about, ask, at, confirm, hold, keeps, kept, release, releasing, stands
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import card_of, detailed, labels, lines, looking, seen, title

pytestmark = pytest.mark.long


FIVE_WORKING_DAYS = datetime(2026, 12, 1, 6, tzinfo=UTC)  # Tuesday, 17:00 in Sydney
NINETY_DAYS = timedelta(days=90)


async def test_p12_what_anyone_asks_for_is_kept_at_once_for_five_working_days(company: Company) -> None:
    begun = await ask(company, company.anna)
    assert (begun.asked, begun.number, begun.until) == (("Helena Marsh",), 1, FIVE_WORKING_DAYS)
    [keep] = await keeps(company, company.calls[0])
    assert (keep.matter_id, keep.why, keep.since, keep.ends_at) == (begun.hold, "hold", company.clock.now, begun.until)
    row = await stands(company, begun.hold)
    assert (row.state, row.begun, row.asked_by, row.set_by) == ("waiting", "asked", company.anna.person_id, None)
    assert await left(company) == [("show", "anna"), ("show", "helena")]


async def test_p12_a_form_that_is_sent_twice_is_one_hold(company: Company) -> None:
    form = HoldForm.read({"recordings": [str(company.calls[0])], "case": "Case 7", "reason": "A claim is coming."})
    first, again = [await company.door.enter(steps.ask_for_hold(form, "slack:V7"), company.anna) for _ in range(2)]
    assert (first, len(await keeps(company, company.calls[0]))) == (again, 1)


async def test_p12_the_head_confirms_it_for_ninety_days_and_the_asker_hears_of_it(company: Company) -> None:
    begun = await ask(company, company.anna)
    company.clock.pass_(days=1)
    await confirm(company, begun.hold, company.helena)
    row = await stands(company, begun.hold)
    assert (row.state, row.set_by, row.ends_at) == ("active", company.helena.person_id, company.clock.now + NINETY_DAYS)
    assert [one.ends_at for one in await keeps(company, company.calls[0])] == [row.ends_at]
    assert await words_for(company, company.anna) == ["Helena Marsh confirmed your hold of 1 call."]
    card = await seen(company, begun.hold, company.helena)
    assert (title(card), labels(card)) == ("✅ confirmed by you", ["Renew", "Release hold"])
    assert "Confirmed by: You" in lines(await detailed(company, begun.hold, company.helena))


async def test_p12_once_it_is_confirmed_the_manager_gets_a_copy_and_no_button(company: Company) -> None:
    begun = await ask(company, company.anna)
    assert ("show", "ruth") not in await left(company)
    await confirm(company, begun.hold, company.helena)
    assert ("show", "ruth") in await left(company)
    card = await seen(company, begun.hold, company.ruth)
    assert (title(card), labels(card)) == ("✅ confirmed by Helena Marsh", [])


async def test_p12_the_head_lets_it_go_with_a_reason_and_the_call_is_kept_no_longer(company: Company) -> None:
    begun = await ask(company, company.anna)
    await release(company, begun.hold, company.helena)
    row = await stands(company, begun.hold)
    assert (row.state, row.closed_by, row.closing) == ("let_go", company.helena.person_id, "The claim is settled.")
    assert not await kept(company, company.calls[0])
    assert await words_for(company, company.anna) == ["Helena Marsh decided against your hold of 1 call."]
    card = await seen(company, begun.hold, company.anna)
    assert title(card) == "↩️ ended by Helena Marsh"
    assert "The claim is settled." in str(card)
    assert labels(await seen(company, begun.hold, company.helena)) == []


async def test_p12_with_no_one_answering_it_ends_by_itself_after_five_working_days(company: Company) -> None:
    begun = await ask(company, company.anna)
    await at(company, FIVE_WORKING_DAYS - timedelta(seconds=1))
    assert await kept(company, company.calls[0])
    await at(company, FIVE_WORKING_DAYS)
    assert not await kept(company, company.calls[0])
    row = await stands(company, begun.hold)
    assert (row.state, row.closed_at, row.closed_by) == ("ended", FIVE_WORKING_DAYS, None)
    assert await words_for(company, company.anna) == []
    card = await seen(company, begun.hold, company.anna)
    assert (title(card), lines(card)[1]) == (
        "⌛ has ended", "No one confirmed it in time, <01 Dec 06:00>. It no longer keeps any calls.",
    )  # fmt: skip


async def test_p12_that_it_ended_is_told_the_next_morning(company: Company) -> None:
    """It ends when the working day does."""
    await ask(company, company.anna)
    await delivered(company)
    await pass_until(company, FIVE_WORKING_DAYS + timedelta(hours=15))
    assert await digests(company, company.anna) == []
    await pass_until(company, FIVE_WORKING_DAYS + timedelta(hours=17))
    [[told]] = await digests(company, company.anna)
    assert told.startswith("Your hold has ended: no one confirmed it. It no longer keeps any calls.")
    assert "ended <01 Dec 06:00>" in told


async def test_p12_of_one_that_was_confirmed_both_are_told_that_it_has_ended(company: Company) -> None:
    begun = await ask(company, company.anna)
    await confirm(company, begun.hold, company.helena)
    await delivered(company)
    ends = (await stands(company, begun.hold)).ends_at
    await pass_until(company, ends + timedelta(days=4))
    for who in (company.anna, company.helena):
        told = [line for one in await digests(company, who) for line in one if "A hold has ended." in line]
        assert len(told) == 1


async def test_p12_the_person_it_is_waiting_for_is_reminded_two_working_days_before_that(company: Company) -> None:
    begun = await ask(company, company.anna)
    await delivered(company)
    await at(company, FIVE_WORKING_DAYS - timedelta(days=4, hours=1))
    assert await digests(company, company.helena) == []
    await at(company, FIVE_WORKING_DAYS - timedelta(hours=1))
    [[told]] = await digests(company, company.helena)
    assert told.startswith("Reminder: Anna Quill asked you to confirm a hold.")
    assert await digests(company, company.anna) == []
    await confirm(company, begun.hold, company.helena)
    assert await digests(company, company.helena) == [[
        told.replace("Reminder: Anna Quill asked you to confirm a hold.", "Reminder: renew a hold if its calls are still needed.")
        .replace("<01 Dec 06:00>", "<01 Mar 05:00>")
    ]]  # fmt: skip


async def test_p12_a_call_can_be_asked_for_once_in_thirty_days_by_anyone(company: Company) -> None:
    first = await ask(company, company.anna)
    again = steps.ask_for_hold(
        HoldForm.read({"recordings": [str(company.calls[0])], "case": "Claim 9", "reason": "Again."}), "k"
    )
    company.clock.pass_(days=8)
    await at(company, company.clock.now)
    assert (await stands(company, first.hold)).state == "ended"
    company.clock.pass_(days=21, hours=23)
    for who in (company.anna, company.tara):
        told = await refusal(company, again, who)
        assert (set(told.fields), told.clause) == ({"recordings"}, "P12")
        assert "can’t be held again yet" in str(told)
        assert not any(name in str(told) for name in ("Anna", "Claim", first.hold))
    company.clock.pass_(hours=1, seconds=1)
    assert (await company.door.enter(again, company.tara)).hold != first.hold


@pytest.mark.parametrize("second", ["confirm", "release"])
async def test_p12_a_button_pressed_twice_does_it_once(company: Company, second: str) -> None:
    begun = await ask(company, company.anna)
    wanted = steps.confirm_hold(begun.hold) if second == "confirm" else releasing(begun.hold)
    await company.door.enter(wanted, company.helena)
    await quiet(company, wanted, company.helena)
    if second == "release":
        told = await refusal(company, steps.confirm_hold(begun.hold), company.helena)
        assert "On Tue 24 Nov, 14:00 Sydney, you decided not to keep this call." in str(told)


@pytest.mark.parametrize("who", ["anna", "tara", "bram", "ruth", "henrik", "miles"])
async def test_p12_no_one_but_the_head_confirms_or_lets_go(company: Company, who: str) -> None:
    begun = await ask(company, company.anna)
    visitor = company.people[who]
    for wanted in (steps.confirm_hold(begun.hold), releasing(begun.hold)):
        told = await refusal(company, wanted, visitor)
        assert ("I can’t find this hold." in str(told)) is (who != "anna")
    assert (await stands(company, begun.hold)).state == "waiting"


ROLES = ("helena", "ruth", "miles")


async def _call_of(company: Company, name: str, **facts: object) -> int:
    on = {"operator_key": email(NAMES[name]), "operator_name": NAMES[name]}
    [recording] = await register(company.door, call(4, **{**on, **facts}))
    return recording


@pytest.mark.parametrize("why", ["on the call", "about"])
@pytest.mark.parametrize(("who", "then"), [("helena", "ruth"), ("ruth", "helena"), ("miles", "helena")])
async def test_p12_it_skips_people_who_have_no_part_in_it(company: Company, why: str, who: str, then: str) -> None:
    recording = await _call_of(company, who) if why == "on the call" else company.calls[0]
    more = {"concerned": about(who)} if why == "about" else {}
    begun = await ask(company, company.anna, [recording], **more)
    assert labels(await seen(company, begun.hold, company.people[then])) == ["Confirm", "Don’t keep"]
    for wanted in (steps.confirm_hold(begun.hold), releasing(begun.hold)):
        assert str(await refusal(company, wanted, company.people[who])) == "I can’t find this hold."
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
async def test_p12_no_one_sets_a_hold_of_their_own_call_or_case(company: Company, who: str) -> None:
    recording = await _call_of(company, who)
    for calls, more in (([recording], {}), (company.calls[2:], {"concerned": about(who)})):
        begun = await hold(company, company.people[who], calls, **more)
        row = await stands(company, begun.hold)
        assert (bool(begun.asked), row.state, row.set_by) == (True, "waiting", None)
        assert (await refusal(company, steps.confirm_hold(begun.hold), company.people[who])).code


async def test_p12_found_out_later_the_copy_says_nothing_and_the_next_one_is_asked(company: Company) -> None:
    """Two addresses turn out to be one person's while the hold waits."""
    recording = await _call_of(company, "bram", operator_key="h.marsh@fernhill.example")
    begun = await ask(company, company.anna, [recording])
    assert labels(await seen(company, begun.hold, company.helena)) == ["Confirm", "Don’t keep"]
    await meet(company.door, replace(account("UHELENA", "Helena Marsh"), email_key="h.marsh@fernhill.example"))
    await meet(company.door, account("UHELENA", "Helena Marsh"))
    before = len(await left(company))
    await company.door.enter(kind_of(begun.hold).recheck(begun.hold), CLOCK)
    assert {who for kind, who in await left(company, before) if kind == "show"} == {"anna", "ruth", "helena"}
    card = lines(await seen(company, begun.hold, company.helena))
    assert card == [
        "📋 Hold · no longer with you",
        "You have no part in this hold, so you don’t see it here.",
        f"({begun.hold} · P12)",
    ]
    assert labels(await seen(company, begun.hold, company.ruth)) == ["Confirm", "Don’t keep"]
    assert (
        await refusal(company, steps.confirm_hold(begun.hold), company.helena)
    ).sentence == "I can’t find this hold."


async def test_p12_with_no_one_there_it_is_kept_all_the_same_and_says_so(company: Company) -> None:
    mine, [theirs], [last] = (
        await _call_of(company, "helena"),
        await register(company.door, call(5, operator_key=email(NAMES["ruth"]))),
        await register(company.door, call(6, operator_key=email(NAMES["miles"]))),
    )
    begun = await ask(company, company.anna, [mine, theirs, last])
    assert (await stands(company, begun.hold)).state == "stuck"
    assert len(await keeps(company, mine)) == 1
    card = lines(await seen(company, begun.hold, company.anna))
    assert card[0] == "⚠️ You asked to keep 3 calls for Claim 12 · no one may confirm it"
    assert any(one.startswith("⚠️ No one may confirm it at the moment.") for one in card)
    for who in ROLES:
        assert await card_of(company, begun.hold, company.people[who]) is None


async def test_p12_someone_out_of_reach_is_passed_over(company: Company) -> None:
    begun = await ask(company, company.anna)
    await missed(company, begun.hold, company.helena)
    assert labels(await seen(company, begun.hold, company.henrik)) == ["Confirm", "Don’t keep"]
    await company.door.enter(note_press(begun.hold), company.helena)
    assert labels(await seen(company, begun.hold, company.helena)) == ["Confirm", "Don’t keep"]
