"""P3, P10: who gets which drawn call, what becomes of one that is lost, and who is reminded, however calls came to them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text as sql

from handlers import form_introduction, journal, listening
from handlers.acting import CLOCK
from handlers.cards import Row
from handlers.policy import Policy
from handlers.policy.terms import Outage
from handlers.random_review import reviews as random_review_reviews
from handlers.random_review import room, steps
from handlers.random_review.state import OutgoingForm, ReviewForm, form_for
from handlers.room import Given
from handlers.rules import Refused
from handlers.whose_data import show_page
from storage.database.store import Store
from storage.tables.reviews import CallReview
from tests.each import each
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Company,
    account,
    email,
    ledger,
    meet,
    player_of,
    refusal,
    register,
    words_for,
)
from tests.handlers.builders import call as a_call
from tests.handlers.declined.acts import afterwards
from tests.handlers.notices.acts import enter
from tests.handlers.passing_time import delivered, fall, lives_in, pass_until
from tests.handlers.random_review.acts import (
    OPENS,
    a_month,
    all_drawn,
    both,
    calls_of,
    decided,
    drawn,
    file_of,
    frozen,
    heard,
    incoming,
    reviewed,
    reviews_of,
    the_draw,
)
from tests.handlers.reading import detailed, lines, looking, text, title, whole_of
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def test_p10_each_call_goes_to_one_reviewer_who_alone_may_hear_it(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    reviews = await reviews_of(company, draw)
    assert sorted(Counter(one.reviewer for one in reviews).values()) in ([4, 6], [5, 5])
    one = reviews[0]
    mine, other = both(company, one)
    opened_ = await player_of(company, one.id, mine)
    await company.door.enter(listening.note_served(opened_.grant, opened_.secret, one.recording_id, 0, 60), CLOCK)
    await company.door.enter(listening.note_heard(opened_.grant, opened_.secret, one.recording_id, 0, 10), CLOCK)
    assert (await refusal(company, listening.make_listen_code(one.id), other)).code == "not_holder"
    assert (await refusal(company, listening.make_listen_code(one.id), company.helena)).code == "not_holder"
    assert await whole_of(company, one.id, other) is None
    above = await looking(company, mine, lambda ctx: form_introduction(ctx, "call_review", one.id))
    assert "may not be used against anyone" in above
    with pytest.raises(Refused):
        await looking(company, other, lambda ctx: form_introduction(ctx, "call_review", one.id))


async def test_p11_a_person_who_was_on_the_call_reads_who_listened_once_it_was_heard(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    one = next(each for each in await reviews_of(company, draw) if each.department == "customer_success")
    mine, _ = both(company, one)
    assert "Drawn at random" not in await _who_listened(company)
    opened_ = await player_of(company, one.id, mine)
    await company.door.enter(listening.note_served(opened_.grant, opened_.secret, one.recording_id, 0, 60), CLOCK)
    assert "Drawn at random for review (P10)" in await _who_listened(company)


@pytest.mark.parametrize("whose", ["quinn", "miles"])
async def test_p10_a_reviewer_never_gets_a_call_of_their_own(company: Company, whose: str) -> None:
    names = {"quinn": "Quinn Abara", "miles": "Miles Fairweather"}
    first = datetime(2026, 11, 3, 1, tzinfo=UTC)
    own = {"operator_name": names[whose], "operator_key": email(names[whose]), "department": "accounts_billing"}
    await register(
        company.door,
        *(a_call(1, native_id=f"own-{one}", started=first + timedelta(hours=one), **own) for one in range(12)),
    )
    draw = await drawn(company)
    mine = [one for one in await reviews_of(company, draw) if one.department == "accounts_billing"]
    other = company.people["miles" if whose == "quinn" else "quinn"]
    assert [one.reviewer for one in mine] == [other.person_id] * 5


async def test_p10_what_every_reviewer_was_on_is_passed_over_and_the_file_says_so(company: Company) -> None:
    alone = POLICY.roles.reviewers.model_copy(update={"holders": (email("Quinn Abara"),)})
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"reviewers": alone})})
    first = datetime(2026, 11, 3, 1, tzinfo=UTC)
    own = {"operator_name": "Quinn Abara", "operator_key": email("Quinn Abara")}
    await register(
        company.door,
        *(a_call(1, native_id=f"own-{one}", started=first + timedelta(hours=one), **own) for one in range(20)),
    )
    sample = await file_of(company, await drawn(company))
    found = sample.departments["customer_success"]
    assert {one.cause for one in found.skipped} == {"own"}
    assert (len(found.drawn), len(found.skipped)) == (3, 20)


async def test_p5_a_drawn_call_whose_customer_declined_is_passed_over_for_the_next(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    before = (await file_of(company, draw)).departments["customer_success"]
    lost = next(one for one in await reviews_of(company, draw) if one.department == "customer_success")
    await _lose(company, lost, "declined")
    await company.door.enter(random_review_reviews.replace_lost(draw), CLOCK)
    await fall(company)
    after = (await file_of(company, draw)).departments["customer_success"]
    assert [(one.id, one.cause) for one in after.skipped] == [(str(lost.recording_id), "declined")]
    assert set(before.drawn) - {str(lost.recording_id)} < set(after.drawn)
    assert len(after.drawn) == 5
    mine, _ = both(company, lost)
    assert (await refusal(company, listening.make_listen_code(lost.id), mine)).code == "lost"
    await _lose(company, lost, "present")


async def test_p3_calls_of_an_outage_are_left_out_and_counted(company: Company) -> None:
    await a_month(company)
    outage = Outage.model_validate({"from": "2026-11-03", "to": "2026-11-05"})
    company.door.policy = POLICY.model_copy(update={"announcements_down": (outage,)})
    listed = (await file_of(company, await drawn(company))).frozen.departments["customer_success"]
    down = await company.database.read(_of_these_days)
    assert listed.left_out == {"unannounced": len(down)}
    assert not down & set(listed.calls)


async def test_p3_an_outage_entered_later_takes_drawn_calls_out_and_says_who_entered_it(company: Company) -> None:
    """So no one can take a drawn call out without a trace."""
    await a_month(company)
    draw = await drawn(company)
    [day] = {one.local_day for one in await calls_of(company, (await reviews_of(company, draw))[:1])}
    await enter(company, company.helena, str(day), str(day))
    await company.door.enter(room.DRAWS.recheck(draw), CLOCK)
    skipped = [one for found in (await file_of(company, draw)).departments.values() for one in found.skipped]
    assert {(one.cause, one.entered_by) for one in skipped} == {("unannounced", f"person:{company.helena.person_id}")}
    whole = await detailed(company, draw, company.quinn)
    told = "\n".join(lines(whole))
    assert f"Taken out since the lists were frozen: {len(skipped)} unannounced (entered by Helena Marsh)" in told
    assert await findings(company.database) == []


async def test_p5_a_decline_between_list_and_round_is_counted_with_who_entered_it(company: Company) -> None:
    more = company.door.policy.random_review.model_copy(update={"share_percent": 100.0})
    company.door.policy = company.door.policy.model_copy(update={"random_review": more})
    draw = await frozen(company)
    await afterwards(company)
    [lost] = await company.database.read(lambda store: store.draws.declined(company.calls))
    await decided(company, draw)
    found = (await file_of(company, draw)).departments["customer_success"]
    assert str(lost) not in found.drawn
    assert [(one.id, one.cause, one.entered_by) for one in found.skipped] == [
        (str(lost), "restricted", f"person:{company.bram.person_id}")
    ]
    assert await findings(company.database) == []


async def test_p10_a_call_whose_review_lost_its_access_is_given_again(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    one = (await reviews_of(company, draw))[0]
    await company.door.enter(journal.note_restored(9, "a" * 64), CLOCK)
    assert await company.database.read(lambda store: store.draws.lost()) == [draw]
    await company.door.enter(random_review_reviews.replace_lost(draw), CLOCK)
    await fall(company)
    [anew] = [each for each in await reviews_of(company, draw) if each.recording_id == one.recording_id]
    assert anew.id != one.id
    await company.door.enter(listening.make_listen_code(anew.id), both(company, anew)[0])
    assert await refusal(company, listening.make_listen_code(one.id), both(company, one)[0])


async def _who_listened(company: Company) -> str:
    """What Bram reads of who listened to calls with him."""
    found = await looking(company, company.bram, lambda ctx: show_page(ctx, ""))
    rows = [one for one in found.parts if isinstance(one, Row)]
    return "\n".join(f"{text(one.words)} {text(one.small or '')}" for one in rows)


def _of_these_days(store: Store) -> set[str]:
    first, after = (datetime(2026, 11, day, tzinfo=ZoneInfo("Australia/Sydney")) for day in (3, 6))
    return {str(one.id) for one in store.draws.candidates(first, after) if one.department == "customer_success"}


async def _lose(company: Company, review: CallReview, state: str) -> None:
    def work(store: Store) -> None:
        call = store.recordings.get(review.recording_id)
        assert call is not None
        call.state = state

    await company.database.write(work)


ONES = "You have new calls from"
UNREACHED = "I couldn’t reach any reviewer"


def reviewed_by(*names: str) -> Policy:
    """The policy with these reviewers, by their short names."""
    held = POLICY.roles.reviewers.model_copy(update={"holders": tuple(email(NAMES[one]) for one in names)})
    return POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"reviewers": held})})


async def looked_at(company: Company, draw: str) -> None:
    """What each change of roles leads to: every call, and then the draw, is looked at once more."""
    for one in await reviews_of(company, draw):
        await company.door.enter(room.REVIEWS_OF_CALLS.recheck(one.id), CLOCK)
    await company.door.enter(room.DRAWS.recheck(draw), CLOCK)
    await fall(company)


async def whose(company: Company, draw: str) -> set[int | None]:
    return {one.reviewer for one in await reviews_of(company, draw)}


async def came_later(company: Company, short: str) -> list[str]:
    return [one for one in await words_for(company, company.people[short]) if ONES in one]


async def test_p10_a_reviewer_named_since_gets_the_card_and_is_reminded(company: Company) -> None:
    """P10: by a hand-over, one call after the other; in a zone where none of the earlier reviewers is reminded."""
    await lives_in(company, company.cora, "Europe/London")
    await a_month(company)
    draw = await drawn(company)
    await delivered(company)
    company.door.policy = reviewed_by("quinn", "cora")
    await looked_at(company, draw)
    await pass_until(company, OPENS + timedelta(hours=11))  # 9:00 in London
    await delivered(company)
    assert company.cora.person_id in await whose(company, draw)
    assert company.miles.person_id not in await whose(company, draw)
    assert await came_later(company, "cora") == []  # the card itself is new
    assert await came_later(company, "quinn") == []
    card = await detailed(company, draw, company.cora)
    assert "for you to review" in title(card)
    until = (await the_draw(company)).review_until
    assert until is not None
    await pass_until(company, until)
    assert len([one for one in await ledger(company, company.cora) if one.kind == "digest"]) == 3
    assert await findings(company.database) == []


async def test_p10_a_reviewer_who_had_reviewed_all_is_told_of_calls_that_come_later(company: Company) -> None:
    """An edited card counts as read, and this reviewer was done."""
    await a_month(company)
    draw = await drawn(company)
    await delivered(company)
    mine = [one for one in await reviews_of(company, draw) if one.reviewer == company.quinn.person_id]
    for one in mine:
        await reviewed(company, one)
    company.clock.pass_(hours=1)
    company.door.policy = reviewed_by("quinn")
    await looked_at(company, draw)
    assert await whose(company, draw) == {company.quinn.person_id}
    assert len(await came_later(company, "quinn")) == 1
    assert await findings(company.database) == []


async def test_p10_calls_that_found_no_reviewer_go_to_the_first_who_is_there_again(company: Company) -> None:
    await a_month(company)
    draw = await frozen(company)
    for short in ("quinn", "miles"):
        await meet(company.door, account(f"U{short.upper()}", NAMES[short], "deactivated"))
    await decided(company, draw)
    company.clock.pass_(minutes=1)
    await meet(company.door, account("UQUINN", NAMES["quinn"]))
    await company.door.enter(room.DRAWS.recheck(draw), CLOCK)
    assert await whose(company, draw) == {company.quinn.person_id}
    assert await whole_of(company, draw, company.quinn) is not None


async def test_p10_where_all_reviewers_are_replaced_their_calls_go_to_the_new_ones(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    before = await reviews_of(company, draw)
    company.door.policy = reviewed_by("cora")
    await looked_at(company, draw)
    assert await whose(company, draw) == {company.cora.person_id}
    assert len(await reviews_of(company, draw)) == len(before)
    for one in before:
        reader = company.quinn if one.reviewer == company.quinn.person_id else company.miles
        assert (await refusal(company, listening.make_listen_code(one.id), reader)).code == "lost"
    assert not any(UNREACHED in one for one in await words_for(company, company.helena))
    assert await findings(company.database) == []


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
        lambda store: store.session.execute(sql(statement.format(call=one.recording_id))) and None
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
