"""P7, P9: who decides, looked up at home: by the Head and by Human Resources, for nobody else, with the answer of the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from handlers import FORMS, SEARCHES
from handlers.away.intents import Say
from handlers.cards import Card, Option, Page
from handlers.role_people import value_of
from handlers.who_decides.form import WhoDecidesForm
from handlers.who_decides.room import LookUp
from tests.each import each
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    account,
    audit,
    away,
    email,
    ledger,
    meet,
    refusal,
)
from tests.handlers.reading import home_of, labels, lines, looking

READERS = ("helena", "ruth")
OTHERS = tuple(one for one in NAMES if one not in READERS)
NOT_YOURS = "Only the Head of Customer Success and the Manager, Human Resources can look this up."
REASON = POLICY.reasons["complaint"].label


def chose(name: str) -> str:
    return value_of(email(NAMES[name]))


async def found(company: Company, who: str = "helena", **more: Any) -> list[str]:
    """What the page says to somebody; Anna asks because of a complaint."""
    answers = {"asker": [str(company.anna.person_id)], "reason": "complaint", **more}
    page = await company.door.enter(LookUp(WhoDecidesForm.read(answers)), company.people[who])
    after = FORMS["who_decides"].after
    assert after is not None
    assert after(page) is page
    return said(page)


def said(page: Page) -> list[str]:
    return lines(Card(page.parts, page.title))


@each("who", NAMES)
async def test_p9_the_button_stands_at_home_for_the_two_and_for_nobody_else(company: Company, who: str) -> None:
    assert ("Who decides?" in labels(await home_of(company, company.people[who]))) is (who in READERS)


@each("who", OTHERS)
async def test_p9_nobody_else_opens_it_sends_it_or_finds_anybody_by_it(company: Company, who: str) -> None:
    person, opened = company.people[who], FORMS["who_decides"].begin
    sent = LookUp(WhoDecidesForm.read({"asker": ["1"], "reason": "complaint"}))
    for intent in (opened(), opened("who_decides", new=True), sent):
        refused = await refusal(company, intent, person)
        assert (str(refused), refused.code) == (NOT_YOURS, "not_entitled")
    search = SEARCHES["colleagues"]
    assert await looking(company, person, lambda act: search.find(act, "")) == []
    assert await looking(company, person, lambda act: search.named(act, ["1", chose("tara")])) == []
    assert await ledger(company) == []


async def test_p9_a_deputy_of_the_head_is_not_the_head(company: Company) -> None:
    company.door.policy = away(POLICY, "head_of_customer_success")
    assert "Who decides?" not in labels(await home_of(company, company.henrik))
    assert (
        await refusal(company, LookUp(WhoDecidesForm.read({"asker": ["1"], "reason": "crime"})), company.henrik)
    ).code


@each("who", READERS)
async def test_p7_the_page_says_who_is_asked_who_next_and_when_it_lapses(company: Company, who: str) -> None:
    before = len(await audit(company))
    assert await found(company, who) == [
        "Who asks: Anna Quill", f"Reason: {REASON}", "On: Tue 24 Nov",
        "Asked: Tara Lindqvist, Customer Success Specialist Team Leader.",
        "Next: Deven Okafor, deputy of the Customer Success Specialist Team Leader.",
        "Lapses: Tue 8 Dec, 17:00 Sydney, if nobody answers.",
        "(P7 · as things stand now, and nobody was asked)",
    ]  # fmt: skip
    assert (len(await audit(company)), await ledger(company)) == (before, [])


async def test_p7_a_day_that_is_over_counts_who_was_away_then(company: Company) -> None:
    await company.door.enter(Say(date(2026, 11, 24), date(2026, 11, 26), "away"), company.tara)
    company.clock.pass_(days=7)
    assert "Asked: Tara Lindqvist, Customer Success Specialist Team Leader." in await found(company)
    then = await found(company, day="2026-11-25")
    assert "Asked: Deven Okafor, deputy of the Customer Success Specialist Team Leader." in then


async def test_p9_an_investigation_says_who_is_passed_over_and_why_and_never_lapses(company: Company) -> None:
    told = await found(company, reason="legal_claim", concerned=[chose("helena"), chose("ruth")], asker=[chose("tara")])
    assert told[3:] == [
        "Concerns: Helena Marsh, Ruth Adeyemi",
        "Asked: Miles Fairweather, Managing Director.",
        "Next: Nobody else may decide it.",
        "Passed over: Helena Marsh is concerned by it.",
        "Passed over: Henrik Solberg deputises for somebody who was passed over, and nobody decides for a superior.",
        "Passed over: Ruth Adeyemi is concerned by it.",
        "Lapses: Never: an investigation waits until it is decided.",
        "(P9 · as things stand now, and nobody was asked)",
    ]


async def test_p9_with_nobody_left_it_says_so_and_what_the_forms_do_not_ask(company: Company) -> None:
    everybody = [chose(one) for one in ("helena", "ruth", "tara", "miles")]
    told = await found(company, concerned=everybody)
    assert "Asked: Nobody may decide it, so it would be held, and whoever can mend that is told." in told
    assert not [one for one in told if one.startswith("Next")]
    assert "Note: Only the form for an investigation asks whom a request concerns." in told


async def test_p7_whoever_hears_of_the_decision_and_who_was_on_the_call_stand_there(company: Company) -> None:
    told = await found(company, asker=[chose("helena")], operators=[chose("tara"), str(company.bram.person_id)])
    assert "On the calls: Bram Tolliver, Tara Lindqvist" in told
    assert "Asked: Ruth Adeyemi, Manager, Human Resources." in told
    assert not [one for one in told if one.startswith("Told of it")]
    told = await found(company, asker=[chose("helena")])
    assert "Told of it: Ruth Adeyemi hears of the decision." in told


async def test_p7_whoever_can_not_be_reached_now_is_passed_over_as_in_a_request(company: Company) -> None:
    await meet(company.door, account("UTARA", NAMES["tara"], standing="deactivated"))
    told = await found(company)
    assert "Asked: Deven Okafor, deputy of the Customer Success Specialist Team Leader." in told
    assert "Passed over: Tara Lindqvist can’t be reached." in told


async def test_p7_another_day_has_its_own_absences_and_begins_with_its_work(company: Company) -> None:
    company.door.policy = away(POLICY, "team_leader", now=company.clock.now.replace(day=30))
    told = await found(company, day="2026-11-30")
    assert "On: Mon 30 Nov" in told
    assert "Passed over: Tara Lindqvist is away." in told
    assert "Lapses: Mon 14 Dec, 17:00 Sydney, if nobody answers." in told


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("asker", ["4711"]),
        ("asker", ["x" * 300]),
        ("operators", ["9" * 30]),
        ("concerned", ["R-1"]),
        ("day", "yesterday"),
        ("reason", "no such reason"),
    ],
)
async def test_p9_what_can_not_be_read_is_said_at_its_field(company: Company, field: str, given: Any) -> None:
    answers = {"asker": ["1"], "reason": "complaint", field: given}
    refused = await refusal(company, LookUp(WhoDecidesForm.read(answers)), company.helena)
    assert list(refused.fields) == [field]
    assert refused.fields[field].endswith((".", "?"))


async def test_p9_people_are_found_by_name_whoever_decides_first(company: Company) -> None:
    search = SEARCHES["colleagues"]

    async def options(typed: str) -> list[Option]:
        return await looking(company, company.ruth, lambda act: search.find(act, typed))

    assert [one.label for one in await options("")] == [
        *(
            NAMES[one]
            for one in ("tara", "deven", "helena", "henrik", "ruth", "miles", "anna", "bram", "cora", "quinn")
        ),
    ]
    [anna] = await options("quill ANNA")
    assert (anna.value, anna.small) == (str(company.anna.person_id), email("Anna Quill"))
    assert [one.label for one in await options("100%")] == []
    chosen = [chose("tara"), anna.value, "4711", "x"]
    named = await looking(company, company.ruth, lambda act: search.named(act, chosen))
    assert [one.label for one in named] == ["Tara Lindqvist", "Anna Quill"]


async def test_p7_somebody_of_the_policy_whom_nobody_has_met_is_told_by_the_address(company: Company) -> None:
    leader = POLICY.role("team_leader").model_copy(update={"holder": "new@fernhill.example"})
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": leader})})
    [option] = await looking(company, company.helena, lambda act: SEARCHES["colleagues"].find(act, "new@"))
    assert option.label == "new@fernhill.example"
    assert "Who asks: new@fernhill.example" in await found(company, asker=[option.value])


async def test_on_new_year_s_day_the_day_is_told_without_its_year(company: Company) -> None:
    """It is the company's year: by UTC it is another one until the forenoon."""
    company.clock.now = datetime(2026, 12, 31, 20, tzinfo=UTC)
    assert "On: Fri 1 Jan" in await found(company)
