"""P14: a significant change starts a review now; “not significant” takes a second person."""

import pytest

from handlers import open_form
from handlers.policy_review import steps
from handlers.policy_review.state import DeclareForm
from tests.each import each
from tests.handlers.builders import POLICY, Company, away, left, quiet, refusal, words_for
from tests.handlers.passing_time import delivered, digests
from tests.handlers.policy_review.acts import (
    coming,
    complete,
    declare,
    held,
    one,
    opened,
    reminded,
    reviews,
    start,
    tick,
)
from tests.handlers.reading import labels, lines, seen, title


async def test_p14_it_is_reminded_of_each_morning_and_who_declared_it_hears_of_the_end(company: Company) -> None:
    review = await declare(company, company.tara)
    await delivered(company)
    for _ in range(3):
        company.clock.pass_(days=1)
        assert await tick(company) == 1
        told = await reminded(company, company.ruth)
        assert told.startswith("Reminder: review the call recording policy, because")
    assert len(await digests(company, company.ruth)) == len(await digests(company, company.helena)) == 3
    await complete(company, review, company.helena)
    assert await words_for(company, company.tara) == ["Helena Marsh completed the review."]


async def test_p14_one_review_stands_for_every_other_that_was_called_for_by_then(company: Company) -> None:
    due = await opened(company)
    change = await declare(company, company.tara)
    company.clock.pass_(days=1)
    later = await declare(company, company.helena)
    await complete(company, change, company.ruth, on="2028-05-02", following="2030-05-02")
    states = {found.id: (found.state, found.covered_by) for found in await reviews(company)}
    assert states == {due: ("covered", change), change: ("completed", ""), later: ("waiting", "")}
    told = lines(await seen(company, due, company.helena))
    assert told[1] == f"{change} was completed, and counts for this one as well, <02 May 23:00>."
    assert await coming(company) is None
    await complete(company, later, company.ruth, on="2028-05-03", following="2030-05-03")
    assert await coming(company) is not None


@pytest.mark.parametrize(
    ("by", "asked"), [("tara", ["helena", "ruth"]), ("helena", ["ruth"]), ("ruth", ["helena"]), ("henrik", ["helena", "ruth"])]
)  # fmt: skip
async def test_p14_not_significant_takes_a_second_person(company: Company, by: str, asked: list[str]) -> None:
    review = await declare(company, company.people[by], "no")
    shown = [who for kind, who in await left(company) if kind == "show"]
    assert shown == [by, *asked]
    for who in asked:
        card = await seen(company, review, company.people[who])
        assert title(card).endswith(" declared a change to the recording system")
        assert labels(card) == ["Confirm", "It is significant"]
    assert labels(await seen(company, review, company.people[by])) == []
    for wanted in (steps.confirm_insignificant(review), steps.call_significant(review)):
        told = await refusal(company, wanted, company.people[by])
        assert told.code == "requester"
        assert str(told).startswith("You declared this change yourself, so a second person has to")


async def test_p14_a_second_person_confirms_and_no_review_begins(company: Company) -> None:
    await start(company)
    review, before = await declare(company, company.helena, "no"), await coming(company)
    await company.door.enter(steps.confirm_insignificant(review), company.ruth)
    row = await one(company, review)
    assert (row.state, row.stage, row.seconded_by) == ("settled", "second", company.ruth.person_id)
    card = lines(await seen(company, review, company.helena))
    assert card[:2] == [
        "✅ You declared a change to the recording system · not significant",
        "Ruth Adeyemi confirmed that this change is not significant, <24 Nov 03:00>.",
    ]
    assert await words_for(company, company.helena) == ["Ruth Adeyemi confirmed that the change is not significant."]
    assert await coming(company) == before
    await quiet(company, steps.confirm_insignificant(review), company.ruth)
    told = await refusal(company, steps.call_significant(review), company.tara)
    assert str(told) == "I can’t find this review."


async def test_p14_a_second_person_calls_it_significant_and_the_review_begins_for_both(company: Company) -> None:
    review = await declare(company, company.helena, "no")
    company.clock.pass_(days=2)
    await company.door.enter(steps.call_significant(review), company.ruth)
    row = await one(company, review)
    assert (row.state, row.stage, row.due_on) == ("waiting", "review", "2026-11-26")
    card = await seen(company, review, company.helena)
    assert "Ruth Adeyemi called this change significant, so the policy is reviewed now." in lines(card)
    assert labels(card) == labels(await seen(company, review, company.ruth)) == ["Complete the review"]
    told = await refusal(company, steps.confirm_insignificant(review), company.ruth)
    assert str(told) == "A second person called this change significant, so its review is open."
    early = await refusal(company, steps.complete_review(review, held("2026-11-23", "2028-11-23")), company.helena)
    assert set(early.fields) == {"held"}
    await complete(company, review, company.helena, on="2026-11-26", following="2027-01-01")
    assert (await one(company, review)).completed_by == company.helena.person_id


async def test_p14_with_no_second_person_there_breach_fallback_is_asked(company: Company) -> None:
    company.door.policy = away(POLICY, "manager_human_resources")
    review = await declare(company, company.helena, "no")
    assert labels(await seen(company, review, company.miles)) == ["Confirm", "It is significant"]
    await company.door.enter(steps.call_significant(review), company.miles)
    assert labels(await seen(company, review, company.helena)) == ["Complete the review"]


@each("who", ["anna", "miles"])
async def test_p14_no_one_else_declares_a_change(company: Company, who: str) -> None:
    form = DeclareForm.read({"what": "X", "changed": "2026-12-01", "significant": "no"})
    for wanted in (open_form("declare"), steps.declare_change(form, "k")):
        assert (await refusal(company, wanted, company.people[who])).code == "not_declarer"


async def test_p14_a_change_that_is_declared_twice_is_one_review(company: Company) -> None:
    told = DeclareForm.read({"what": "Another telephone system.", "changed": "2026-12-01", "significant": "yes"})
    first, again = [await company.door.enter(steps.declare_change(told, "slack:V7"), company.tara) for _ in range(2)]
    assert (first, len(await reviews(company))) == (again, 1)
