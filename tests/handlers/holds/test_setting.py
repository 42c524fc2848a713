"""P12: a person who may set holds sets one for a case, a reason and an end, renews it, and releases it with a reason."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers import BUTTONS
from handlers.acting import Actor, Intent
from handlers.cards import Line, Page
from handlers.holds import steps
from handlers.holds.state import BegunHold, HoldForm, RenewForm
from handlers.room import Shows
from handlers.rules import Refused
from storage.database.store import Store
from storage.matters import Reminder
from tests.each import each
from tests.handlers.builders import (
    POLICY,
    Company,
    away,
    call,
    email,
    ledger,
    left,
    refusal,
    register,
    seeded,
    words_for,
)
from tests.handlers.holds.acts import (
    WORDS,
    about,
    ask,
    at,
    hold,
    intro,
    keeps,
    kept,
    rechecked,
    release,
    releasing,
    renew,
    stands,
)
from tests.handlers.passing_time import delivered, digests
from tests.handlers.reading import card_of, detailed, labels, lines, listed, looking, seen, text, title

END = datetime(2027, 2, 1, 13, tzinfo=UTC)  # with 1 February in Sydney


async def test_p12_the_head_sets_a_hold_that_needs_no_one_else(company: Company) -> None:
    begun = await hold(company, company.helena, company.calls)
    assert (begun.asked, begun.number, begun.until) == ((), 3, END)
    row = await stands(company, begun.hold)
    assert (row.state, row.begun, row.set_by, row.ends_at) == ("active", "set", company.helena.person_id, END)
    card = await seen(company, begun.hold, company.helena)
    assert (title(card), labels(card)) == ("✅ set by you", ["Renew", "Release hold"])
    told = lines(await detailed(company, begun.hold, company.helena))
    assert {"Set by: You", "Calls: 3 calls", "Until: <01 Feb 13:00>"} <= set(told)


@each(
    ("until", "told"),
    [
        ("2026-11-23", "This day is in the past"),
        ("2027-02-23", "A hold lasts 90 days at most. Choose Mon 22 Feb 2027 or earlier"),
        ("9999-12-31", "90 days at most"),
    ],
)
async def test_p12_its_end_is_ninety_days_away_at_most(company: Company, until: str, told: str) -> None:
    begun = await hold(company, company.helena)
    answers: dict[str, str | list[str]] = {"recordings": [str(company.calls[0])], "until": until}
    for wanted in (
        steps.renew_hold(begun.hold, RenewForm.read(answers)),
        steps.ask_for_hold(HoldForm.read({**answers, **WORDS}), "k"),
    ):
        assert told in (await refusal(company, wanted, company.helena)).fields["until"]


@pytest.mark.parametrize("who", ["anna", "ruth"])
async def test_p12_a_hold_that_is_not_for_its_setter_to_set_is_asked_for(company: Company, who: str) -> None:
    begun = await hold(company, company.people[who])
    row = await stands(company, begun.hold)
    assert (bool(begun.asked), row.begun, row.state, row.set_by) == (True, "asked", "waiting", None)
    other = await ask(company, company.bram, company.calls[1:2])
    assert {one.ends_at for one in await keeps(company, company.calls[0])} == {other.until}
    assert labels(await seen(company, begun.hold, company.helena)) == ["Confirm", "Don’t keep"]


async def test_p12_while_the_head_is_away_the_deputy_sets_them(company: Company) -> None:
    company.door.policy = away(POLICY, "head_of_customer_success")
    begun = await hold(company, company.henrik)
    assert (await stands(company, begun.hold)).set_by == company.henrik.person_id
    assert labels(await seen(company, begun.hold, company.henrik)) == ["Renew", "Release hold"]


async def test_p12_it_is_renewed_for_ninety_days_at_most_from_then(company: Company) -> None:
    begun = await hold(company, company.helena)
    company.clock.now = END - timedelta(days=1, hours=1)
    told = await refusal(company, steps.renew_hold(begun.hold, RenewForm.read({"until": "2027-05-02"})), company.helena)
    assert "Choose Sat 1 May 2027 or earlier" in told.fields["until"]
    assert (await intro(company, "hold_renew", begun.hold, company.helena)).endswith(
        "from today: until Sat 1 May 2027."
    )
    await renew(company, begun.hold, company.helena, "2027-04-30")
    row = await stands(company, begun.hold)
    assert (row.ends_at, row.renewed_by) == (datetime(2027, 4, 30, 14, tzinfo=UTC), company.helena.person_id)
    assert [one.ends_at for one in await keeps(company, company.calls[0])] == [row.ends_at]
    await at(company, END)
    assert await kept(company, company.calls[0])
    await at(company, row.ends_at)
    assert not await kept(company, company.calls[0])
    assert (await stands(company, begun.hold)).state == "ended"


async def test_p12_what_no_one_confirmed_is_not_renewed(company: Company) -> None:
    begun = await ask(company, company.anna)
    told = await refusal(company, steps.renew_hold(begun.hold, RenewForm.read({"until": "2027-02-01"})), company.helena)
    assert str(told) == "No one has confirmed this hold yet. Press Confirm first."


async def test_p12_after_its_end_no_one_renews_or_releases_it_however_late_the_clock_is(company: Company) -> None:
    begun = await hold(company, company.helena)
    company.clock.now = END
    for wanted in (releasing(begun.hold), steps.renew_hold(begun.hold, RenewForm.read({"until": "2027-03-01"}))):
        told = await refusal(company, wanted, company.helena)
        assert "This hold ended by itself on Tue 2 Feb, 00:00 Sydney." in str(told)
    await at(company, END)
    assert lines(await seen(company, begun.hold, company.helena))[1].startswith("It ended by itself, <01 Feb 13:00>.")


async def test_p12_holds_count_per_case_and_releasing_one_leaves_the_others(company: Company) -> None:
    first = await hold(company, company.helena)
    second = await hold(company, company.helena, case="Inquiry 3")
    asked = await ask(company, company.anna, case="Claim 12")
    await release(company, first.hold, company.helena)
    assert await kept(company, company.calls[0])
    await release(company, asked.hold, company.helena)
    assert {one.matter_id: one.ended_at is None for one in await keeps(company, company.calls[0])} == {
        first.hold: False, second.hold: True, asked.hold: False,
    }  # fmt: skip
    await release(company, second.hold, company.helena)
    assert not await kept(company, company.calls[0])


async def test_p12_the_person_who_set_it_is_reminded_ten_and_two_working_days_before_its_end(company: Company) -> None:
    await hold(company, company.helena)
    await delivered(company)
    await at(company, END - timedelta(seconds=1))
    rows = await company.database.read(lambda store: store.session.query(Reminder).order_by(Reminder.told_at).all())
    # The end is midnight after 1 February, 26 January is Australia Day: each falls at midnight, and is told at nine.
    assert [(one.person_id, f"{one.told_at:%d %b %H:%M}") for one in rows] == [
        (company.helena.person_id, "17 Jan 22:00"), (company.helena.person_id, "28 Jan 22:00"),
    ]  # fmt: skip
    assert len(await digests(company, company.helena)) == 2
    told = [one.payload["reminders"] for one in await ledger(company, company.ruth) if "reminders" in one.payload]
    assert told == []


async def test_p12_the_present_holder_of_the_role_gets_the_card_of_a_hold_in_force(company: Company) -> None:
    begun = await hold(company, company.helena)
    await rechecked(company, begun.hold)
    assert set(await left(company)) == {("show", "helena"), ("show", "ruth")}
    company.door.policy = away(POLICY, "head_of_customer_success")
    await rechecked(company, begun.hold)
    assert labels(await seen(company, begun.hold, company.henrik)) == ["Renew", "Release hold"]
    company.door.policy = POLICY
    await rechecked(company, begun.hold)
    assert labels(await seen(company, begun.hold, company.henrik)) == []
    await release(company, begun.hold, company.helena)
    await rechecked(company, begun.hold)


async def test_p12_at_home_stand_the_holds_of_those_who_see_to_them_and_who_asked(company: Company) -> None:
    begun = await ask(company, company.anna)
    other = await hold(company, company.helena, company.calls[1:], case="Inquiry 3")
    small = f"to keep 1 call for Claim 12 (until <01 Dec 06:00> · {begun.hold}) [Details]"
    head, anna, ruth, tara = [
        lines(await listed(company, who)) for who in (company.helena, company.anna, company.ruth, company.tara)
    ]
    assert f"⏳ Anna Quill asks {small}" in head[head.index("# To do") :]
    assert "1 to do" in head[0]
    assert f"✅ 2 calls held for Inquiry 3 (until <01 Feb 13:00> · {other.hold}) [Details]" in head
    assert f"⏳ You asked {small}" in anna[anna.index("# Holds") :]
    assert [one for one in ruth if "held for" in one] == [one for one in head if "Inquiry 3" in one]
    assert "# Holds" not in tara
    await release(company, begun.hold, company.helena)
    assert "# Holds" not in lines(await listed(company, company.anna))


async def test_p12_whom_the_case_is_about_finds_it_nowhere(company: Company) -> None:
    begun = await hold(company, company.helena, concerned=about("ruth"))
    assert ("show", "ruth") not in await left(company)
    assert await card_of(company, begun.hold, company.ruth) is None
    assert "# Holds" not in lines(await listed(company, company.ruth))
    assert "About: Ruth Adeyemi" in lines(await detailed(company, begun.hold, company.helena))
    assert await words_for(company, company.ruth) == []


async def _page(company: Company, who: Actor, value: str) -> Page:
    button = BUTTONS["hold_calls"]
    assert isinstance(button, Shows)
    show = button.page
    return await looking(company, who, lambda ctx: show(ctx, value))


async def _many(company: Company, number: int) -> list[int]:
    return await register(
        company.door, *(call(4, native_id=f"m{one}", started=_ago(company, one)) for one in range(number))
    )


def _ago(company: Company, hours: int) -> datetime:
    return company.clock.now - timedelta(hours=hours + 1)


async def test_p12_a_card_shows_the_first_five_calls_and_a_page_all_of_them(company: Company) -> None:
    calls = await _many(company, 17)
    begun = await hold(company, company.helena, calls)
    card = await detailed(company, begun.hold, company.helena)
    assert len([one for one in lines(card) if one.startswith("📞")]) == 5
    assert "And 12 more. [Show all]" in lines(card)
    first = await _page(company, company.helena, begun.hold)
    told = [text(one.words) for one in first.parts if hasattr(one, "words")]
    assert (first.title, told[0], len(told)) == (f"Calls of {begun.hold}", "1 to 15 of 17", 16)
    [later] = first.parts[-1].buttons  # type: ignore[union-attr]
    assert (later.label, later.value) == ("Later ones", f"{begun.hold}:15")
    second = await _page(company, company.ruth, later.value)
    assert second.parts[0] == Line("16 to 17 of 17")
    [earlier] = second.parts[-1].buttons  # type: ignore[union-attr]
    assert (earlier.label, earlier.value) == ("Earlier ones", f"{begun.hold}:0")
    for odd in ("x", "-1", "99999999", "²"):
        assert (await _page(company, company.helena, f"{begun.hold}:{odd}")).parts[0] == first.parts[0]
    for who in (company.anna, company.bram):
        with pytest.raises(Refused, match="I can’t find this hold"):
            await _page(company, who, begun.hold)


def _asks(calls: list[int]) -> Intent[BegunHold]:
    return steps.ask_for_hold(HoldForm.read({"recordings": [str(one) for one in calls], **WORDS}), "k")


async def test_p12_a_call_that_someone_may_not_know_of_is_not_there_for_him(company: Company) -> None:
    [sales] = await register(company.door, call(4, department="sales", operator_key=email("Someone Else")))
    company.door.policy = POLICY.model_copy(
        update={"access": POLICY.access.model_copy(update={"search_scope": "department"})}
    )
    for calls in ([sales], [99], [sales, company.calls[0]]):
        assert "no longer there" in str(await refusal(company, _asks(calls), company.anna))
    assert (await ask(company, company.tara, [sales])).number == 1


async def test_p12_its_form_cannot_be_opened_once_it_is_over(company: Company) -> None:
    begun = await hold(company, company.helena)
    for form in ("hold_renew", "hold_release"):
        assert await intro(company, form, begun.hold, company.helena)
        with pytest.raises(Refused, match="I can’t find this hold"):
            await intro(company, form, begun.hold, company.anna)
        with pytest.raises(Refused, match="for the Head of Customer Success"):
            await intro(company, form, begun.hold, company.ruth)
    await company.door.enter(releasing(begun.hold), company.helena)
    for form in ("hold_renew", "hold_release"):
        with pytest.raises(Refused, match="you released this hold"):
            await intro(company, form, begun.hold, company.helena)


async def test_p12_if_the_person_who_set_it_is_gone_the_person_responsible_now_is_reminded(company: Company) -> None:
    company.door.policy = away(POLICY, "head_of_customer_success")
    begun = await hold(company, company.henrik, until="2026-12-09")
    company.door.policy = POLICY

    def leave(store: Store) -> None:
        store.people.get(company.henrik.person_id or 0).standing = "deactivated"
        seeded(store)

    await company.database.write(leave)
    await rechecked(company, begun.hold)
    await delivered(company)
    await at(company, datetime(2026, 12, 9, 5, tzinfo=UTC))
    [[told], *_] = await digests(company, company.helena)
    assert told.startswith("Reminder: renew a hold")
