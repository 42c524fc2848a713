"""P10: a draw and a drawn call as every matter is asked, and what their forms and reminders are made of."""

from __future__ import annotations

import pytest

from handlers import matter_of
from handlers.matters.case import entitled
from handlers.random_review import steps
from handlers.random_review.cards import reminder_row
from handlers.random_review.forms import OutgoingForm, ReviewForm, form_for
from handlers.random_review.state import load_draw, load_review
from handlers.room import Given
from handlers.rules.refusal import Refused
from handlers.rules.routing import route
from storage.matters import Reminder
from tests.each import each
from tests.handlers.builders import POLICY, Company
from tests.handlers.random_review.acts import OPENS, a_month, both, drawn, reviews_of
from tests.handlers.reading import looking

pytestmark = pytest.mark.long


async def test_p10_a_draw_is_one_of_the_matters(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    view = await looking(company, company.quinn, lambda act: load_draw(act, draw))
    assert (view.what, view.clause, view.matter.id) == (f"the draw {draw}", "P10", draw)
    assert [one.role for one in route(view.circumstances).approvers] == ["head_of_customer_success"]
    quinn, helena = company.quinn.person_id or 0, company.helena.person_id or 0
    assert (entitled(view, quinn), entitled(view, helena)) == (False, True)
    assert reminder_row(view, helena) is None
    assert reminder_row(view, quinn) is not None


async def test_p10_a_drawn_call_is_one_for_its_reviewer_alone(company: Company) -> None:
    await a_month(company)
    one = (await reviews_of(company, await drawn(company)))[0]
    mine, other = both(company, one)
    view = await looking(company, mine, lambda act: load_review(act, one.id))
    assert (view.what, view.clause, view.matter.id) == (f"the review {one.id}", "P10", one.id)
    assert [one.role for one in route(view.circumstances).approvers] == ["head_of_customer_success"]
    assert (view.parties, view.everybody()) == ([], [mine.person_id])
    people = await company.database.read(lambda store: store.people.named([mine.person_id or 0, other.person_id or 0]))
    assert view.authority(people[mine.person_id or 0]).email == people[mine.person_id or 0].email_key
    with pytest.raises(Refused, match="I can't find this call to review"):
        view.authority(people[other.person_id or 0])
    with pytest.raises(Refused, match="I can't find this call to review"):
        await looking(company, mine, lambda act: load_review(act, "RV-22222222"))
    kind, reminder = matter_of(one.id), Reminder.__new__(Reminder)
    assert await looking(company, mine, lambda act: kind.reminded(act, reminder)) is None
    assert await company.database.read(lambda store: list(kind.stuck(store))) == []


@each(("about", "form"), [("RV-1", ReviewForm), ("RV-1:outgoing", OutgoingForm)])
def test_p3_an_outgoing_call_is_asked_about_by_the_form_for_it(about: str, form: type[ReviewForm]) -> None:
    assert form_for(Given(POLICY, OPENS, about)) is form
    assert steps.schedule().subject == "random_review"
