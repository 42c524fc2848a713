"""P10: rare turns of a draw and its review, and what must hold in them."""

import pytest
from sqlalchemy import text

from handlers.acting import CLOCK
from handlers.random_review import reviews as random_review_reviews
from handlers.random_review import room, steps
from handlers.random_review.state import OutgoingForm, ReviewForm, form_for
from handlers.room import Given
from tests.each import each
from tests.handlers.builders import NAMES, POLICY, Company, account, meet
from tests.handlers.random_review.acts import (
    OPENS,
    a_month,
    all_drawn,
    both,
    drawn,
    file_of,
    heard,
    incoming,
    reviews_of,
)

pytestmark = pytest.mark.long


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE recordings SET state = 'out_of_scope' WHERE id = {call}", "outside"),
        ("UPDATE recordings SET state = 'gone' WHERE id = {call}", "gone"),
    ],
)
async def test_p10_the_file_says_what_became_of_a_drawn_call(company: Company, statement: str, reason: str) -> None:
    await a_month(company)
    draw = await drawn(company)
    one = next(each for each in await reviews_of(company, draw) if each.department == "customer_success")
    await company.database.write(
        lambda store: store.session.execute(text(statement.format(call=one.recording_id))) and None
    )
    assert draw in await company.database.read(lambda store: store.draws.lost())
    await company.door.enter(random_review_reviews.replace_lost(draw), CLOCK)
    assert [one.cause for one in (await file_of(company, draw)).departments["customer_success"].skipped] == [reason]


async def test_p10_a_call_without_another_reviewer_stays_with_whom_it_is(company: Company) -> None:
    await a_month(company)
    draw = await all_drawn(company)
    one = await incoming(company, draw)
    mine, _ = both(company, one)
    await heard(company, one)
    for short in ("quinn", "miles"):
        await meet(company.door, account(f"U{short.upper()}", NAMES[short], "deactivated"))
    await company.door.enter(room.REVIEWS_OF_CALLS.recheck(one.id), CLOCK)
    assert one.id in {each.id for each in await reviews_of(company, draw)}
    assert mine.person_id == one.reviewer


@each(("about", "form"), [("RV-1", ReviewForm), ("RV-1:outgoing", OutgoingForm)])
def test_p3_an_outgoing_call_is_asked_about_by_the_form_for_it(about: str, form: type[ReviewForm]) -> None:
    assert form_for(Given(POLICY, OPENS, about)) is form
    assert steps.schedule_draw().subject == "random_review"
