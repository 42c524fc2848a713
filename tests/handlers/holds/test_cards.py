"""P12: what a hold's card and its pages say, to whom, and what they do not say."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers import BUTTONS, FORMS, alarms, matter_of, recordings
from handlers.acting import CLOCK, DELIVERY, Visitor
from handlers.cards import Line, Page
from handlers.forms import Form
from handlers.handling import Intent
from handlers.holds import steps
from handlers.holds.forms import AskForm, HoldForm
from handlers.holds.room import held
from handlers.holds.state import Begun
from handlers.room import Shows
from handlers.rules.refusal import Refused
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    audit,
    away,
    call,
    email,
    ledger,
    refusal,
    register,
)
from tests.handlers.builders import (
    ask as request_of,
)
from tests.handlers.holds.acts import (
    WORDS,
    ask,
    at,
    confirm,
    erased,
    hold,
    intro,
    old_call,
    releasing,
    stands,
)
from tests.handlers.passing_time import delivered, digests
from tests.handlers.reading import buttons, home_of, labels, lines, looking, seen, text, whole_of


async def _page(company: Company, who: Visitor, value: str) -> Page:
    button = BUTTONS["hold_calls"]
    assert isinstance(button, Shows)
    show = button.page
    return await looking(company, who, lambda act: show(act, value))


async def _many(company: Company, number: int) -> list[int]:
    return await register(
        company.door, *(call(4, native_id=f"m{one}", started=_ago(company, one)) for one in range(number))
    )


def _ago(company: Company, hours: int) -> datetime:
    return company.clock.now - timedelta(hours=hours + 1)


async def test_p12_a_card_shows_the_first_five_calls_and_a_page_all_of_them(company: Company) -> None:
    calls = await _many(company, 17)
    begun = await hold(company, company.helena, calls)
    card = await seen(company, begun.hold, company.helena)
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
        with pytest.raises(Refused, match="I can't find this hold"):
            await _page(company, who, begun.hold)


async def test_p12_a_call_that_the_recording_system_lost_is_marked(company: Company) -> None:
    begun = await hold(company, company.helena)
    await company.door.enter(recordings.register("file", [], ["call-1"]), CLOCK)
    card = lines(await seen(company, begun.hold, company.helena))
    assert any(one.startswith("⚠️ 📞") and one.endswith("no longer in the recording system") for one in card)
    told = await refusal(company, _asks(company.calls[:1]), company.anna)
    assert told.fields["recordings"] == "One of these calls is no longer there. Please choose again."


def _asks(calls: list[int]) -> Intent[Begun]:
    return steps.ask(AskForm.read({"recordings": [str(one) for one in calls], **WORDS}), "k")


async def test_p12_a_call_that_somebody_may_not_know_of_is_not_there_for_him(company: Company) -> None:
    [sales] = await register(company.door, call(4, department="sales", operator_key=email("Someone Else")))
    company.door.policy = POLICY.model_copy(
        update={"access": POLICY.access.model_copy(update={"search_scope": "department"})}
    )
    for calls in ([sales], [99], [sales, company.calls[0]]):
        assert "no longer there" in str(await refusal(company, _asks(calls), company.anna))
    assert (await ask(company, company.tara, [sales])).number == 1


async def test_p12_who_was_told_that_nobody_may_confirm_it_reads_it_in_details_and_no_one_else(
    company: Company,
) -> None:
    company.door.policy = away(POLICY, "head_of_customer_success", "manager_human_resources", "breach_fallback")
    calls = await register(
        company.door,
        *(call(number, operator_key=email(NAMES[who])) for number, who in ((4, "henrik"), (5, "helena"), (6, "miles"))),
    )
    begun = await ask(company, company.anna, calls)
    assert (await stands(company, begun.hold)).state == "stuck"
    warn = (await ledger(company, company.ruth))[-1]
    await company.door.enter(alarms.warned(warn.id, warn.payload["alarm"], "slack"), DELIVERY)
    card = await whole_of(company, begun.hold, company.ruth)
    assert card is not None
    assert "⚠️ No one may confirm it at the moment. Ruth Adeyemi (Manager, Human Resources) has been told." in " ".join(
        lines(card)
    )
    assert await whole_of(company, begun.hold, company.helena) is None
    kind = matter_of(begun.hold)
    assert await company.database.read(kind.stuck) == [begun.hold]
    company.door.policy = POLICY
    await company.door.enter(steps.recheck(begun.hold), CLOCK)
    assert labels(await seen(company, begun.hold, company.ruth)) == ["Confirm", "Let go"]
    assert await company.database.read(kind.stuck) == []
    assert await company.database.read(kind.waiting) == [begun.hold]


async def test_p12_a_deputy_reads_as_what_it_came(company: Company) -> None:
    company.door.policy = away(POLICY, "head_of_customer_success")
    begun = await ask(company, company.anna)
    card = lines(await seen(company, begun.hold, company.henrik))
    assert any(one.startswith("You’re asked as deputy of the Head of Customer Success.") for one in card)
    await confirm(company, begun.hold, company.henrik)
    card = lines(await seen(company, begun.hold, company.henrik))
    assert any(one.startswith("You see to it as deputy of the Head of Customer Success.") for one in card)
    company.door.policy = POLICY
    await company.door.enter(steps.recheck(begun.hold), CLOCK)
    told = await refusal(company, steps.confirm(begun.hold), company.helena)
    assert str(told) == "This hold was already confirmed by Henrik Solberg."


async def test_p12_its_form_can_not_be_opened_once_it_is_over(company: Company) -> None:
    begun = await hold(company, company.helena)
    for form in ("hold_renew", "hold_release"):
        assert await intro(company, form, begun.hold, company.helena)
        with pytest.raises(Refused, match="I can't find this hold"):
            await intro(company, form, begun.hold, company.anna)
        with pytest.raises(Refused, match="for the Head of Customer Success to see to"):
            await intro(company, form, begun.hold, company.ruth)
    await company.door.enter(releasing(begun.hold), company.helena)
    for form in ("hold_renew", "hold_release"):
        with pytest.raises(Refused, match="already released by you"):
            await intro(company, form, begun.hold, company.helena)


async def test_p12_after_sending_it_one_reads_until_when_they_are_held(company: Company) -> None:
    begun = await ask(company, company.anna, company.calls)
    page = held(begun)
    assert [text(one.words) for one in page.parts if hasattr(one, "words")] == [
        "3 calls are held until <01 Dec 06:00>.",
        "Someone has to confirm it by then. Your card shows its status.",
    ]
    assert {str(asked.sent("H-1").parts[0].words) for name, asked in FORMS.items() if name.startswith("hold")} == {  # type: ignore[union-attr]
        "The calls are being held. You get a card that shows its status.",
        "The card of H-1 shows its status.",
    }


async def test_p12_what_is_set_twice_by_one_submission_is_one(company: Company) -> None:
    form = HoldForm.read({"recordings": [str(company.calls[0])], "until": "2027-01-01", **WORDS})
    first = await company.door.enter(steps.set_(form, "k"), company.helena)
    before = len(await audit(company))
    assert await company.door.enter(steps.set_(form, "k"), company.helena) == first
    assert len(await audit(company)) == before


async def test_p12_both_forms_open_about_a_request_and_blank(company: Company) -> None:
    request = await request_of(company, company.anna, calls=company.calls[:2])
    for name, who in (("hold", company.tara), ("hold_ask", company.tara), ("hold_ask", company.anna)):
        again = FORMS[name].again
        assert again is not None
        end = {"until": "2027-02-22"} if name == "hold" else {}
        _, filled = await looking(company, who, lambda act, again=again: again(act, request))  # type: ignore[misc]
        assert filled.values == {"recordings": [str(one) for one in company.calls[:2]], **end}
        for value in ("", "R-NONE", "H-1"):
            _, blank = await looking(company, who, lambda act, again=again, value=value: again(act, value))  # type: ignore[misc]
            assert blank.values == end
        _, strange = await looking(company, company.bram, lambda act, again=again: again(act, request))  # type: ignore[misc]
        assert strange.values == end


async def test_p12_the_button_on_a_request_opens_what_the_reader_may_send(company: Company) -> None:
    request = await request_of(company, company.anna, reason="legal_claim", matter="M", basis="B", audience="nobody")
    for who, action, label in ((company.helena, "hold", "Set a hold"), (company.anna, "hold_ask", "Ask for a hold")):
        card = await whole_of(company, request, who)
        assert card is not None
        [found] = [one for one in buttons(card) if one.label == label]
        assert (found.action, found.value) == (action, request)


async def test_p12_the_words_of_the_forms_say_how_long(company: Company) -> None:
    told = {}
    for name in ("hold", "hold_ask"):
        again = FORMS[name].again
        assert again is not None
        told[name] = (await looking(company, company.helena, lambda act, again=again: again(act, "")))[0].intro  # type: ignore[misc]
    assert told == {
        "hold": "A hold lasts 90 days at most, and can be renewed.",
        "hold_ask": (
            "The calls are kept at once, for 5 working days. The Head of Customer Success confirms the hold or lets it go."
        ),
    }


async def test_p12_what_the_clock_asks_too_late_leaves_nothing(company: Company) -> None:
    begun = await hold(company, company.helena)
    await company.door.enter(releasing(begun.hold), company.helena)
    before = len(await audit(company))
    await company.door.enter(steps.ending(begun.hold), CLOCK)
    await company.door.enter(steps.recheck(begun.hold), CLOCK)
    await company.door.enter(steps.end(begun.hold), CLOCK)
    assert len(await audit(company)) == before


async def test_p12_nobody_is_reminded_of_a_hold_that_was_released_or_confirmed_meanwhile(company: Company) -> None:
    first = await hold(company, company.helena, until="2026-11-26")
    second = await ask(company, company.anna, company.calls[1:])
    company.door.policy = away(POLICY, "head_of_customer_success")
    await company.door.enter(steps.recheck(second.hold), CLOCK)
    await delivered(company)
    await company.door.enter(steps.ending(second.hold), CLOCK)
    monday = company.clock.now + timedelta(days=6)
    company.door.policy = away(POLICY, "head_of_customer_success", now=monday)
    await at(company, monday)
    assert len(await digests(company, company.henrik)) == 1
    company.door.policy = POLICY
    await confirm(company, second.hold, company.helena)
    await company.door.enter(steps.recheck(second.hold), CLOCK)
    assert await digests(company, company.henrik) == [[]]
    assert (await stands(company, first.hold)).state == "ended"
    await company.door.enter(releasing(second.hold), company.helena)
    assert not [one for told in await digests(company, company.helena) for one in told if second.hold in one]


async def test_p12_renewed_past_the_end_of_one_of_its_calls_keeps_the_others(company: Company) -> None:
    """A call that was erased under it, since the recorder had been asked already, takes nothing from the rest."""
    call_ = await old_call(company)
    await erased(company, call_)
    begun = await hold(company, company.helena, [call_, *company.calls])
    assert begun.number == 3
    await at(company, begun.until)
    assert (await stands(company, begun.hold)).state == "ended"


async def test_p12_the_home_of_who_sees_to_no_hold_says_nothing_of_holds(company: Company) -> None:
    await hold(company, company.helena)
    for who in (company.anna, company.bram, company.tara):
        told = lines(await home_of(company, who))
        assert not any("Hold ·" in one or one == "# Holds" for one in told)


def test_p12_no_form_asks_for_more_than_seven_things() -> None:
    kinds: list[type[Form]] = [asked.kind for name, asked in FORMS.items() if name.startswith("hold")]
    assert max(len(one.model_fields) for one in kinds) <= 7
