"""P12: what a hold's card and its pages say, to whom, and what they do not say."""

from datetime import datetime, timedelta

import pytest

from handlers import BUTTONS
from handlers.acting import Actor, Intent
from handlers.cards import Line, Page
from handlers.holds import steps
from handlers.holds.state import Begun, HoldForm
from handlers.room import Shows
from handlers.rules.refusal import Refused
from tests.handlers.builders import POLICY, Company, call, email, refusal, register
from tests.handlers.holds.acts import WORDS, ask, hold, intro, releasing
from tests.handlers.reading import detailed, lines, looking, text


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
        with pytest.raises(Refused, match="I can't find this hold"):
            await _page(company, who, begun.hold)


def _asks(calls: list[int]) -> Intent[Begun]:
    return steps.ask_for_hold(HoldForm.read({"recordings": [str(one) for one in calls], **WORDS}), "k")


async def test_p12_a_call_that_somebody_may_not_know_of_is_not_there_for_him(company: Company) -> None:
    [sales] = await register(company.door, call(4, department="sales", operator_key=email("Someone Else")))
    company.door.policy = POLICY.model_copy(
        update={"access": POLICY.access.model_copy(update={"search_scope": "department"})}
    )
    for calls in ([sales], [99], [sales, company.calls[0]]):
        assert "no longer there" in str(await refusal(company, _asks(calls), company.anna))
    assert (await ask(company, company.tara, [sales])).number == 1


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
