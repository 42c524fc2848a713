"""P3, P10: who gets which drawn call, and what becomes of one that is lost."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers import matter_of
from handlers.acting import CLOCK
from handlers.away.intents import Say
from handlers.cards import Row
from handlers.listening import Exchange, Heard, Listen, Served
from handlers.policy.terms import Outage
from handlers.random_review import intents
from handlers.rules.samples import contradictions
from handlers.whose_data.rows import page
from storage.database.store import Store
from storage.tables.draws import CallReview
from tests.handlers.builders import NAMES, POLICY, Company, account, email, meet, refusal, register, words_for
from tests.handlers.builders import call as a_call
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import (
    OPENS,
    a_month,
    both,
    calls_of,
    contribute,
    drawn,
    file_of,
    opened,
    reviews_of,
)
from tests.handlers.reading import looking, text, whole_of

pytestmark = pytest.mark.long

GONE = "I can't find this call to review."


async def test_p10_each_call_goes_to_one_reviewer_who_alone_may_hear_it(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    reviews = await reviews_of(company, draw)
    assert sorted(Counter(one.reviewer for one in reviews).values()) in ([4, 6], [5, 5])
    one = reviews[0]
    mine, other = both(company, one)
    code = await company.door.enter(Listen(one.id), mine)
    opened_ = await company.door.enter(Exchange(code), CLOCK)
    await company.door.enter(Served(opened_.grant, opened_.secret, one.recording_id, 0, 60), CLOCK)
    await company.door.enter(Heard(opened_.grant, opened_.secret, one.recording_id, 0, 10), CLOCK)
    assert (await refusal(company, Listen(one.id), other)).code == "not_holder"
    assert (await refusal(company, Listen(one.id), company.helena)).code == "not_holder"
    assert await whole_of(company, one.id, other) is None


async def test_p11_whoever_was_on_the_call_reads_who_listened_once_it_was_heard(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    one = next(each for each in await reviews_of(company, draw) if each.department == "customer_success")
    mine, _ = both(company, one)
    assert "Drawn at random" not in await _who_listened(company)
    opened_ = await company.door.enter(Exchange(await company.door.enter(Listen(one.id), mine)), CLOCK)
    await company.door.enter(Served(opened_.grant, opened_.secret, one.recording_id, 0, 60), CLOCK)
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
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "alone")
    await pass_until(company, OPENS + timedelta(days=1, hours=9))
    sample = await file_of(company, draw)
    assert list(contradictions(sample)) == []
    assert {one.reason for one in sample.skipped} == {"every reviewer was on it"}
    assert (len(sample.drawn), len(sample.skipped), sample.wanted) == (3, 20, 5)


async def test_p5_a_drawn_call_whose_customer_declined_is_passed_over_for_the_next(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    before = await file_of(company, draw)
    lost = next(one for one in await reviews_of(company, draw) if one.department == "customer_success")
    await _lose(company, lost, "declined")
    await company.door.enter(intents.Fill(draw), CLOCK)
    await fall(company)
    after = await file_of(company, draw)
    assert list(contradictions(after)) == []
    assert [one.id for one in after.skipped] == [str(lost.recording_id)]
    assert set(before.drawn) - {str(lost.recording_id)} < set(after.drawn)
    assert len(after.drawn) == 5
    mine, _ = both(company, lost)
    assert (await refusal(company, Listen(lost.id), mine)).code == "lost"
    await _lose(company, lost, "present")


async def test_p3_calls_of_an_outage_are_undrawn_and_counted(company: Company) -> None:
    await a_month(company)
    outage = Outage.model_validate({"from": "2026-11-03", "to": "2026-11-05"})
    company.door.policy = POLICY.model_copy(update={"announcements_down": (outage,)})
    draw = await drawn(company)
    sample = await file_of(company, draw)
    down = await company.database.read(_of_these_days)
    assert sample.left_out == {"unannounced": len(down)}
    assert not down & set(sample.calls)


async def test_p3_an_outage_that_is_entered_later_takes_drawn_calls_out(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    [day] = {one.started for one in await calls_of(company, (await reviews_of(company, draw))[:1])}
    outage = Outage.model_validate({"from": f"{day:%Y-%m-%d}", "to": f"{day + timedelta(days=1):%Y-%m-%d}"})
    company.door.policy = POLICY.model_copy(update={"announcements_down": (outage,)})
    await company.door.enter(intents.Recheck(draw), CLOCK)
    sample = await file_of(company, draw)
    assert {one.reason for one in sample.skipped} == {"the announcement was down"}
    assert list(contradictions(sample)) == []


async def test_p10_while_the_other_reviewer_is_away_a_call_of_ones_own_is_theirs_all_the_same(company: Company) -> None:
    first = datetime(2026, 11, 3, 1, tzinfo=UTC)
    own = {
        "operator_name": "Miles Fairweather",
        "operator_key": email("Miles Fairweather"),
        "department": "accounts_billing",
    }
    await register(
        company.door,
        *(a_call(1, native_id=f"own-{one}", started=first + timedelta(hours=one), **own) for one in range(12)),
    )
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    await contribute(company, draw, company.miles, "two")
    await company.door.enter(Say(date(2026, 12, 1), date(2026, 12, 9), "away-1"), company.quinn)
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    mine = [one for one in await reviews_of(company, draw) if one.department == "accounts_billing"]
    assert [one.reviewer for one in mine] == [company.quinn.person_id] * 5
    assert (await file_of(company, draw, "accounts_billing")).skipped == ()


@pytest.mark.soak
async def test_p10_with_nobody_in_reach_what_is_drawn_waits_and_the_head_hears_of_it(company: Company) -> None:
    await a_month(company)
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "one")
    await contribute(company, draw, company.miles, "two")
    for short in ("quinn", "miles"):
        await meet(company.door, account(f"U{short.upper()}", NAMES[short], "deactivated"))
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    assert await reviews_of(company, draw) == []
    sample = await file_of(company, draw)
    assert (len(sample.drawn), sample.skipped, list(contradictions(sample))) == (5, (), [])
    assert any("nobody who reviews calls can be reached" in one for one in await words_for(company, company.helena))
    company.clock.pass_(minutes=1)
    await meet(company.door, account("UQUINN", NAMES["quinn"]))
    assert draw in await company.database.read(lambda store: list(matter_of(draw).waiting(store)))
    await company.door.enter(intents.Recheck(draw), CLOCK)
    assert {one.reviewer for one in await reviews_of(company, draw)} == {company.quinn.person_id}


async def test_p10_a_reviewer_who_reviews_no_more_hands_the_calls_on(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    alone = POLICY.roles.reviewers.model_copy(update={"holders": (email("Quinn Abara"),)})
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"reviewers": alone})})
    theirs = [one for one in await reviews_of(company, draw) if one.reviewer == company.miles.person_id]
    for one in theirs:
        await company.door.enter(intents.RecheckReview(one.id), CLOCK)
    await fall(company)
    assert {one.reviewer for one in await reviews_of(company, draw)} == {company.quinn.person_id}
    assert len(await reviews_of(company, draw)) == 10
    assert (await refusal(company, Listen(theirs[0].id), company.miles)).code == "lost"
    assert list(contradictions(await file_of(company, draw))) == []


async def test_p12_after_a_restore_the_same_reviewer_gets_the_call_anew(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    one = (await reviews_of(company, draw))[0]
    await company.door.enter(intents.EndRestoredReview(one.id), CLOCK)
    await fall(company)
    [anew] = [each for each in await reviews_of(company, draw) if each.recording_id == one.recording_id]
    assert (anew.reviewer, anew.id != one.id) == (one.reviewer, True)
    mine, _ = both(company, one)
    await company.door.enter(Listen(anew.id), mine)
    assert (await refusal(company, Listen(one.id), mine)).code == "lost"


async def _who_listened(company: Company) -> str:
    """What Bram reads of who listened to calls with him."""
    found = await looking(company, company.bram, lambda act: page(act, ""))
    rows = [one for one in found.parts if isinstance(one, Row)]
    return "\n".join(f"{text(one.words)} {text(one.small or '')}" for one in rows)


def _of_these_days(store: Store) -> set[str]:
    first, after = (datetime(2026, 11, day, tzinfo=ZoneInfo("Australia/Sydney")) for day in (3, 6))
    return {str(one.id) for one in store.draws.calls_of(first, after) if one.department == "customer_success"}


async def _lose(company: Company, review: CallReview, state: str) -> None:
    def work(store: Store) -> None:
        call = store.recordings.get(review.recording_id)
        assert call is not None
        call.state = state

    await company.database.write(work)
