"""Two steps of one form: what each asks, how the first travels to the second, and which calls are offered (P8)."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from handlers import FORMS, SEARCHES, earlier, form_of, intro, led, plain_words
from handlers.cards import Card, Day, Filled, Page, Sheet
from handlers.customers import filing, room
from handlers.customers.filing import Filed
from handlers.customers.forms import (
    FOUND,
    AuthorityForm,
    ColleagueForm,
    IdentityForm,
    PersonForm,
    QuestionForm,
    ToWhom,
    WhichForm,
    sought,
)
from handlers.forms import Answers, Form
from handlers.room import Asks, Given
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import POLICY, Company, call, refusal, register
from tests.handlers.customers.acts import which, who
from tests.handlers.reading import lines, looking
from tests.moments import NOW

STEP: dict[str, str | list[str]] = {
    "asker": "customer", "wants": "copy", "received_on": "2026-11-24", "received_at": "10:00", "recordings": ["7", "number:+61412345671"],
}  # fmt: skip


def about(**more: Any) -> str:
    return filing.pack(WhichForm.read({**STEP, **more}), "S-1")


@each(
    ("form", "answers", "leads"),
    [
        ("access", {}, "access"), ("access", {"reason": "customer"}, "customer"), ("access", {"reason": "complaint"}, "access"),
        ("customer", {"reason": "complaint"}, "access"), ("customer", {"reason": "customer"}, "customer"), ("customer", {}, "customer"),
        ("deny", {"reason": "customer"}, "deny"),
    ],
)  # fmt: skip
def test_p8_the_first_choice_leads_to_the_form_that_it_needs_and_back(form: str, answers: Answers, leads: str) -> None:
    assert led(form, answers) == leads


@each(
    ("asker", "kind"),
    [
        ("customer", PersonForm), ("relative", PersonForm), ("former", PersonForm), ("authority", AuthorityForm), ("operator", ColleagueForm),
        ("nobody", PersonForm),
    ],
)  # fmt: skip
def test_p8_the_second_step_asks_for_what_whoever_asks_needs(asker: str, kind: type[ToWhom]) -> None:
    told = base64.urlsafe_b64encode(json.dumps({"a": asker, "w": "copy", "d": "2026-11-24"}).encode()).decode()
    assert form_of("customer_person", Given(POLICY, NOW, f"~{told}")) is kind


def test_p8_the_first_step_is_drawn_anew_with_its_first_choice() -> None:
    sheet = WhichForm.sheet(POLICY)
    assert [one.name for one in sheet.fields if getattr(one, "redraws", False)] == ["reason"]
    assert isinstance(sheet.fields[3], Day)
    assert sheet.redraws
    assert WhichForm.redraws()
    assert not sheet.goes_back
    assert PersonForm.sheet(POLICY).goes_back


def test_p8_going_back_has_all_that_was_filled_in() -> None:
    step = earlier("customer_person", about())
    assert (step.form, step.about) == ("customer", "S-1")
    assert step.answers == {**STEP, "reason": "customer"}
    assert FORMS["customer_person"].before is not None


def _told(document: str) -> str:
    return f"~{base64.urlsafe_b64encode(document.encode()).decode()}"


ODD = ["", "S-1", "~", "S-1~%%%", "~bm8", *map(_told, ("[1]", '{"a": 1}', '{"c": [1]}', "[" * 5000))]


@each("odd", ODD)
def test_p8_what_a_client_makes_up_is_an_old_form(odd: str) -> None:
    with pytest.raises(Refused, match="out of date"):
        filing.unpack(odd)
    assert filing.second_step(Given(POLICY, NOW, odd)) is PersonForm


def test_p8_a_client_that_changes_the_first_step_has_it_read_anew() -> None:
    told = base64.urlsafe_b64encode(
        json.dumps({"a": "the bot", "w": "copy", "d": "2026-11-24", "x": "1"}).encode()
    ).decode()
    with pytest.raises(Refused) as refused:
        filing.unpack(f"~{told}")
    assert list(refused.value.fields) == ["asker"]


def test_p8_the_longest_first_step_fits_where_slack_and_teams_carry_it() -> None:
    form = WhichForm.read({**STEP, "recordings": [str(2**31 - one) for one in range(1, 51)]})
    told = filing.pack(form, "S-2345678")
    assert (len(told) <= 2800, told.isascii()) == (True, True)
    assert filing.unpack(told) == (form, "S-2345678")


async def test_p8_above_the_second_step_stands_what_the_number_is_worth(company: Company) -> None:
    await register(company.door, call(6, caller="+61412345671", crm="CS-99"))
    sheet = await company.door.enter(filing.choose(which(company)), company.anna)
    assert sheet.intro.endswith(
        "This number is used by more than one customer. Please write what they know about the call itself."
    )
    again = await looking(company, company.anna, lambda act: intro(act, "customer_person", sheet.about))
    assert again == sheet.intro
    none = await company.door.enter(filing.choose(which(company, recordings=[])), company.anna)
    assert "A copy to keep · no call found yet." in none.intro


async def test_p8_both_steps_together_are_sent(company: Company) -> None:
    sheet = await company.door.enter(filing.choose(which(company)), company.anna)
    asks = FORMS["customer_person"]
    intent = asks.send(sheet.about, who(), "slack:V-1")
    assert intent == filing.file(which(company), who(), "slack:V-1")
    told = await company.door.enter(intent, company.anna)
    assert asks.after is not None
    page = asks.after(told)
    assert isinstance(page, Page)
    assert page.title == "Filed"
    supplied = await looking(company, company.anna, lambda act: asks.supplied(act, {}) if asks.supplied else {})
    assert supplied == {"seen_on": "2026-11-24"}
    with pytest.raises(Refused):
        asks.send("S-1", who(), "slack:V-1")


def test_p8_what_stands_there_afterwards() -> None:
    told = Filed(
        "C-1", NOW + timedelta(days=9), "Australia/Sydney", joined=True, waits="to be identified", warnings=("Odd.",)
    )
    page = room.page_once_filed(told)
    said = "\n".join(lines(Card(page.parts, "")))
    for words in (
        "C-1 is open for the same calls, so this date was added to it.",
        "due <03 Dec 03:00 Australia/Sydney>",
        "yet to be identified",
        "⚠️ Odd.",
        "[Details]",
    ):
        assert words in said
    short = "\n".join(lines(Card(room.page_once_filed(Filed("C-1", NOW, "UTC")).parts, "")))
    assert "added" not in short
    assert "yet" not in short


async def test_p8_a_number_is_offered_with_all_its_calls_once_somebody_types(company: Company) -> None:
    await register(company.door, *(call(n, native_id=f"m-{n}", caller="+61412345671") for n in (8, 9)))
    search = SEARCHES["customer_calls"]

    async def found(typed: str) -> list[tuple[str, str]]:
        options = await looking(company, company.anna, lambda act: search.find(act, typed))
        return [(one.value, one.label) for one in options if one.value.startswith("number:")]

    assert await found("") == []
    assert await found("0412 345 671") == [("number:+61412345671", "All 3 calls with ••••\N{NO-BREAK SPACE}671")]
    assert await found("0412 345 672") == []
    chosen = ["number:+61412345671", str(company.calls[0]), "number:+61400000000", "odd", "number:"]
    named = await looking(company, company.anna, lambda act: [one.value for one in search.named(act, chosen)])
    assert named == ["number:+61412345671", str(company.calls[0])]


async def test_p8_more_calls_than_a_request_takes_are_counted_no_further(company: Company) -> None:
    await register(company.door, *(call(1, native_id=f"m-{n}") for n in range(51)))
    options = await looking(company, company.anna, lambda act: SEARCHES["customer_calls"].find(act, "0412345671"))
    assert options[0].label == "All calls, more than 50, with ••••\N{NO-BREAK SPACE}671"
    refused = await refusal(company, filing.choose(which(company, recordings=[options[0].value])), company.anna)
    assert "takes 50 calls at most" in refused.fields["recordings"]


def test_p8_a_form_takes_of_another_what_it_can_read() -> None:
    access = FORMS["access"].kind
    assert WhichForm.takes("recordings", ["number:+61412345671"])
    assert not access.takes("recordings", ["number:+61412345671"])
    assert access.takes("recordings", ["7"])
    assert not access.takes("asker", "customer")
    assert not WhichForm.takes("asker", "nobody")
    assert QuestionForm.takes("words", "Which day was it?")
    assert not QuestionForm.takes("asker", "customer")


@each(
    ("form", "more"),
    [
        (WhichForm, {}),
        (PersonForm, {}),
        (IdentityForm, {"before": filing.first_step}),
        (IdentityForm, {"leads": plain_words.leads}),
    ],
)
def test_p8_a_form_says_itself_whether_it_leads_elsewhere_or_back(form: type[Form], more: dict[str, Any]) -> None:
    """Each platform draws by the form alone; a room that forgets one half is told at once."""
    with pytest.raises(ValueError, match="nothing tells to which"):
        Asks(form, room.begin, lambda *_: room.begin(), lambda _: Page("Sent", ()), **more)


async def _sought(company: Company, words: str) -> tuple[Sheet, Filled]:
    return await looking(company, company.anna, lambda act: sought(act, words))


async def test_p8_one_call_that_fits_is_chosen(company: Company) -> None:
    sheet, filled = await _sought(company, "a customer wants a copy of the call CS-10443")
    first = str(company.calls[0])
    assert (sheet.intro, filled.values["recordings"]) == (FOUND, [first])
    assert [one.value for one in filled.offered["recordings"]] == [first]
