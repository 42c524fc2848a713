"""P9, P11, P12, P13: the operator on the call doesn't see an investigation, or anything of a report, until its time."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from handlers import keeping, whose_data
from handlers.access import deciding
from handlers.acting import CLOCK
from handlers.breach import steps
from handlers.policy import Policy
from handlers.policy.terms import Reason, Records
from handlers.rules.retention import erase_at
from storage.database.store import Store
from tests.each import each
from tests.handlers.breach.reporting import asked as asked_to_hear
from tests.handlers.breach.reporting import decided
from tests.handlers.builders import CLAIM, POLICY, Company, ask, audit, call, claim_about, register, stored
from tests.handlers.holds.acts import erased, hold, release
from tests.handlers.passing_time import delivered
from tests.handlers.whose_data.acts import (
    CLAIMED,
    LATER,
    NOTHING,
    closed,
    everything,
    hear,
    investigated,
    listened,
    opened_homes,
    over,
    reads,
    reads_of,
)
from tests.ledgers import outgoing
from tests.moments import NOW

pytestmark = pytest.mark.long


LABEL = POLICY.reasons["complaint"].label


def with_reason(key: str, route: str) -> Policy:
    """The policy once a reason goes another way."""
    changed = POLICY.reasons[key].model_dump() | {"route": route, "clause": "P6"}
    return POLICY.model_copy(update={"reasons": {**POLICY.reasons, key: Reason.model_validate(changed)}})


def without_reason(key: str) -> Policy:
    return POLICY.model_copy(update={"reasons": {one: why for one, why in POLICY.reasons.items() if one != key}})


async def _asked(company: Company) -> None:
    await ask(company, company.anna, **CLAIM)


async def _heard(company: Company) -> None:
    await investigated(company)


async def _heard_about_the_operator(company: Company) -> None:
    await investigated(company, **claim_about("tara"))


async def _passed_on(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await company.door.enter(deciding.pass_on(request, "My sister."), company.helena)
    await company.door.enter(deciding.approve_request(request), company.ruth)
    await hear(company, request, company.anna)


async def _over(company: Company) -> None:
    await closed(company)


async def _held(company: Company) -> None:
    await hold(company, company.helena)
    await closed(company)


WAYS = (_asked, _heard, _heard_about_the_operator, _passed_on, _over, _held)


@each("way", WAYS)
async def test_p9_p11_the_operator_sees_no_trace(company: Company, way: Callable[[Company], Awaitable[None]]) -> None:
    """Home, page and ledger as they are drawn at one moment are the same with an investigation and without."""
    await opened_homes(company, company.bram)
    await listened(company, crm=f"CS-{WAYS.index(way)}")
    await delivered(company)
    before, entries = await everything(company, company.bram, NOW + LATER / 4), len(await audit(company))
    await way(company)
    await delivered(company)
    assert len(await audit(company)) > entries
    assert await everything(company, company.bram, NOW + LATER / 4) == before


async def test_p9_p11_the_database_is_asked_the_same_with_and_without_one(company: Company) -> None:
    """Time tells nothing either, as far as it depends on what is asked."""

    async def questions() -> list[str]:
        found: list[str] = []

        def note(*told: object) -> None:
            found.append(re.sub(r"\([^()]*\)", "()", str(told[2])))  # however many are asked for at once

        def work(store: Store) -> None:
            ctx = company.door.context(store, company.bram)
            whose_data.show_page(ctx, "0")

        engine = company.database.sessions.engine
        event.listen(engine, "before_cursor_execute", note)
        await company.database.read(work)
        event.remove(engine, "before_cursor_execute", note)
        return found

    await listened(company)
    await investigated(company, company.tara, matter="Another claim", calls=company.calls[1:2])
    before = await questions()
    await investigated(company)
    assert len(before) > 5
    assert await questions() == before


@each("key", ["crime", "legal_claim"])
async def test_p9_p11_it_stays_one_whatever_the_policy_says_later(company: Company, key: str) -> None:
    await investigated(company, reason=key)
    for policy in (with_reason(key, "staff"), without_reason(key)):
        company.door.policy = policy
        assert await reads(company, company.bram) == NOTHING


async def test_p9_p11_a_staff_request_is_one_where_the_policy_has_its_reason_so_now(company: Company) -> None:
    await listened(company)
    assert await reads_of(company, company.bram) == [f"Anna Quill · {LABEL}"]
    company.door.policy = with_reason("complaint", "investigation")
    assert await reads(company, company.bram) == NOTHING
    company.door.policy = without_reason("complaint")
    assert (await reads(company, company.bram))[-1].startswith("Anna Quill · Complaint (no longer in the policy) (Call")


async def test_p11_an_investigator_of_their_own_call_reads_you(company: Company) -> None:
    await investigated(company, company.bram)
    assert await reads_of(company, company.bram) == [f"You · {CLAIMED}"]


async def test_p11_p13_what_is_heard_for_a_report_is_nowhere(company: Company) -> None:
    """Not even in a year: it is heard on the report's own page, from a copy, and is only in the report."""
    mine, name = await asked_to_hear(company)
    await decided(company, mine, name, "helena")
    await mine.do(steps.hear_copy, name, 0)
    assert await reads(company, company.bram) == NOTHING
    company.clock.pass_(days=800)
    assert await reads(company, company.bram) == NOTHING


async def test_p11_the_moment_at_which_it_shows_is_no_event(company: Company) -> None:
    """No message is sent: a person who looks finds it where its day belongs, below what came later."""
    await opened_homes(company, company.bram)
    await closed(company)
    company.clock.pass_(days=360)
    await register(company.door, call(1, native_id="late", started=company.clock.now))
    ids = await company.database.read(lambda store: list(store.recordings.known("file", ["late"]).values()))
    await listened(company, calls=[ids[0].id])
    await delivered(company)
    before = await company.database.read(lambda store: len(outgoing(store, person_id=company.bram.person_id)))
    company.clock.pass_(days=30)
    assert await reads_of(company, company.bram) == [f"Anna Quill · {LABEL}", f"Anna Quill · {CLAIMED}"]
    after = await company.database.read(lambda store: len(outgoing(store, person_id=company.bram.person_id)))
    assert after == before


ZONE = "Australia/Sydney"


def with_months(months: int) -> Policy:
    records = Records(closed_request_months=12, investigation_hidden_months=months)
    return POLICY.model_copy(update={"records": records})


async def test_p11_it_shows_so_many_calendar_months_after_its_end_to_the_second(company: Company) -> None:
    await closed(company)
    end = company.clock.now
    company.clock.now = erase_at(end, ZONE, 12) - timedelta(microseconds=1)
    assert await reads(company, company.bram) == NOTHING
    company.clock.now = erase_at(end, ZONE, 12)
    assert await reads_of(company, company.bram) == [f"Anna Quill · {CLAIMED}"]
    assert "approved by Helena Marsh (Head of Customer Success)" in (await reads(company, company.bram))[-1]


@each(
    ("months", "told", "shown"),
    [(0, "as soon as", True), (1, "1 month after", False), (120, "120 months after", False)],
)
async def test_p11_how_long_it_is_hidden_is_in_the_policy(
    company: Company, months: int, told: str, *, shown: bool
) -> None:
    company.door.policy = with_months(months)
    request = await investigated(company)
    assert await reads(company, company.bram) == [NOTHING[0], f"Investigations appear {told} they end."]
    await over(company, request)
    assert bool(await reads_of(company, company.bram)) is shown


async def test_p11_it_ends_with_its_access_also_where_the_clock_has_not_come_to_it(company: Company) -> None:
    await investigated(company)
    ends = company.clock.now + timedelta(days=7)
    for at, shown in ((erase_at(ends, ZONE, 12) - timedelta(seconds=1), 0), (erase_at(ends, ZONE, 12), 1)):
        company.clock.now = at
        assert len(await reads_of(company, company.bram)) == shown


async def _another_request(company: Company, **more: Any) -> datetime:
    """Four months later the investigation asks again; when that ended."""
    company.clock.pass_(days=120)
    await closed(company, crm="CS-9", **more)
    return company.clock.now


@pytest.mark.parametrize(
    "more", [{"matter": "  claim   12 "}, {"matter": "Another claim"}, {"matter": "Claim 12", "calls": True}]
)
async def test_p11_it_lasts_as_long_as_another_about_its_matter_or_call(company: Company, more: dict[str, Any]) -> None:
    if more.get("calls"):
        more = {**more, "calls": company.calls[1:2]}
    await closed(company)
    ended = await _another_request(company, **more)
    company.clock.now = erase_at(ended, ZONE, 12) - timedelta(seconds=1)
    assert await reads(company, company.bram) == NOTHING
    company.clock.pass_(seconds=1)
    assert len(await reads_of(company, company.bram)) == 2


async def test_p11_one_that_waits_hides_those_before_it_and_counts_until_it_is_decided(company: Company) -> None:
    await closed(company)
    company.clock.pass_(days=300)
    request = await ask(company, company.anna, **CLAIM, crm="CS-9")
    company.clock.pass_(days=300)
    assert await reads(company, company.bram) == NOTHING
    await company.door.enter(deciding.deny_request(request, "No."), company.helena)
    company.clock.now = erase_at(company.clock.now, ZONE, 12) - timedelta(seconds=1)
    assert await reads(company, company.bram) == NOTHING
    company.clock.pass_(seconds=1)
    assert len(await reads_of(company, company.bram)) == 1


async def test_p9_p11_what_shows_does_not_go_when_something_begins(company: Company) -> None:
    """Else the row that is gone tells that there is another investigation, or a hold for one."""
    await closed(company)
    company.clock.now = erase_at(company.clock.now, ZONE, 12)
    [fresh] = await register(company.door, call(0, native_id="new", started=company.clock.now))
    before = await everything(company, company.bram, company.clock.now)
    await investigated(company, crm="CS-9", calls=[fresh])
    await hold(company, company.helena, [fresh], until="2028-02-01")
    assert await everything(company, company.bram, company.clock.now) == before


@pytest.mark.parametrize("name", ["untouched", "held", "erased"])
async def test_p9_p11_p12_past_its_moment_a_call_reads_the_same_kept_or_not(company: Company, name: str) -> None:
    """A caller who is still listed would show that it is held, and what for."""
    await listened(company)
    if name == "held":
        await hold(company, company.helena)
    company.clock.now = NOW + timedelta(days=366)
    if name == "erased":
        await erased(company, company.calls[0])
    call = f"Call of <23 Nov 03:00 {ZONE}> · its time is up · Australia and New Zealand"
    assert (await reads(company, company.bram))[-1].startswith(f"Anna Quill · {LABEL} ({call} · heard <24 Nov 03:00>")


async def test_p11_p12_a_hold_of_its_call_keeps_it_open(company: Company) -> None:
    held = (await hold(company, company.helena)).hold
    await closed(company)
    company.clock.pass_(days=30)
    await release(company, held, company.helena)
    let_go = company.clock.now
    company.clock.now = erase_at(let_go, ZONE, 12) - timedelta(seconds=1)
    assert await reads(company, company.bram) == NOTHING
    company.clock.pass_(seconds=1)
    assert len(await reads_of(company, company.bram)) == 1


YEAR = erase_at(NOW, ZONE, 12)


async def _forget(company: Company, *requests: str) -> None:
    """The clock does all that it may: words go, and then whatever tied what has none any more."""
    for one in requests:
        await company.door.enter(keeping.erase_words(one), CLOCK)
    await company.door.enter(whose_data.untie_matters(), CLOCK)


async def _marks(company: Company, *requests: str) -> list[bool]:
    return [(await stored(company, one)).about != "" for one in requests]


async def test_p9_p11_without_its_words_it_is_hidden_as_long_as_another_one_about_the_matter(company: Company) -> None:
    first = await closed(company)
    company.clock.pass_(days=300)
    second = await ask(company, company.anna, **{**CLAIM, "matter": "  claim   12 "}, calls=company.calls[1:2])
    company.clock.now = YEAR + timedelta(days=30)
    await _forget(company, first, second)
    assert (await stored(company, first)).sealed is None
    assert await reads(company, company.bram) == NOTHING
    await company.door.enter(deciding.deny_request(second, "No."), company.helena)
    ended = company.clock.now
    company.clock.now = erase_at(ended, ZONE, 12) - timedelta(seconds=1)
    await _forget(company, first, second)
    assert (await reads(company, company.bram), await _marks(company, first, second)) == (NOTHING, [True, True])
    company.clock.pass_(seconds=1)
    before = await everything(company, company.bram, company.clock.now)
    await company.door.enter(whose_data.untie_matters(), CLOCK)
    assert await _marks(company, first, second) == [True, True]  # the words of one are there still
    await _forget(company, first, second)
    assert await _marks(company, first, second) == [False, False]
    assert await everything(company, company.bram, company.clock.now) == before
    assert await reads_of(company, company.bram) == [f"Anna Quill · {CLAIMED}"]
