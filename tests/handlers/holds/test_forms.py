"""P12: the form of a hold opens with what is right most of the time, and shows which fields may stay empty."""

from __future__ import annotations

from typing import Any

from bot.slack import render
from bot.teams import forms as cards
from handlers import FORMS, blank
from handlers.cards import Choice, Sheet
from handlers.effects import Blank
from handlers.holds.forms import AskForm, HoldForm, NumberForm, OperatorForm
from tests.handlers.builders import POLICY, Company
from tests.handlers.holds.acts import WORDS
from tests.handlers.reading import looking

LONGEST = "2027-02-22"


def optional(sheet: Sheet) -> set[str]:
    """Fields that say that they may stay empty."""
    return {one.name for one in sheet.fields if one.optional}


def test_p12_only_the_end_and_whom_it_is_about_may_stay_empty() -> None:
    for form in (HoldForm, NumberForm, OperatorForm):
        assert optional(form.sheet(POLICY)) == {"until", "concerned"}
    assert optional(AskForm.sheet(POLICY)) == {"concerned"}


def test_p12_what_is_to_be_held_is_chosen_already_on_both_platforms() -> None:
    sheet = HoldForm.sheet(POLICY)
    [what] = [one for one in sheet.fields if isinstance(one, Choice)]
    assert (what.initial, what.options[0].label) == ("calls", "Calls that I choose")
    blocks: Any = render.modal(sheet)["blocks"]
    assert blocks[0]["element"]["initial_option"]["value"] == "calls"
    body: Any = cards.form(sheet)["body"]
    [drawn] = [one for one in body if one.get("id") == "by"]
    assert (drawn["value"], drawn["isRequired"]) == ("calls", True)


def test_p12_a_form_that_was_opened_before_says_nothing_of_it_and_means_chosen_calls() -> None:
    assert HoldForm.read({"recordings": ["1"], "until": LONGEST, **WORDS}).by == "calls"


async def test_p12_the_longest_end_stands_there_in_a_dialog_and_in_a_message(company: Company) -> None:
    again = FORMS["hold"].again
    assert again is not None
    _, filled = await looking(company, company.helena, lambda act: again(act, ""))
    assert filled.values == {"until": LONGEST}
    wanted = Blank(company.helena.person_id or 0, "hold", "S-1")
    _, posted = await looking(company, company.helena, lambda act: blank(act, wanted))
    assert posted.values == {"until": LONGEST}
    wanted = Blank(company.helena.person_id or 0, "hold_renew", "H-1")
    _, renewal = await looking(company, company.helena, lambda act: blank(act, wanted))
    assert renewal.values == {}
