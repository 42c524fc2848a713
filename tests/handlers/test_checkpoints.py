"""C2: once a day the log’s end is kept; C1: two people are told when something does not fit, and no more than that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.checkpoints import Broken, Take, Written
from handlers.door import Repeated
from handlers.rules.reminding import checkpoint_day
from storage.tables.log import Checkpoint
from tests.each import each
from tests.handlers.builders import POLICY, Company, ask, audit, words_for
from tests.moments import NOW


async def _taken(company: Company) -> list[Checkpoint]:
    return await company.database.read(lambda store: store.session.query(Checkpoint).order_by(Checkpoint.day).all())


async def test_it_says_where_the_log_ended_and_sends_nobody_a_message(company: Company) -> None:
    await ask(company, company.anna)
    entries, last = await company.database.read(lambda store: store.audit.head())
    await company.door.enter(Take(), CLOCK)
    [taken] = await _taken(company)
    assert (taken.day, taken.entries, taken.hash, taken.at, taken.written_at) == (
        "2026-11-24",
        entries,
        last,
        NOW,
        None,
    )
    assert await words_for(company, company.helena) == await words_for(company, company.ruth) == []
    detail = {"entries": entries, "hash": last}
    assert (await audit(company, "2026-11-24")) == [("clock", "log.checkpoint", "done", "", detail)]


async def test_a_day_has_one_however_many_programs_ask_for_it(company: Company) -> None:
    for _ in range(3):
        await company.door.enter(Take(), CLOCK)
    assert len(await _taken(company)) == len(await audit(company, "2026-11-24")) == 1


async def test_days_that_were_missed_are_not_made_up_but_the_next_one_is_there_at_once(company: Company) -> None:
    await company.door.enter(Take(), CLOCK)
    company.clock.pass_(days=4)
    await company.door.enter(Take(), CLOCK)
    assert [one.day for one in await _taken(company)] == ["2026-11-24", "2026-11-28"]


async def test_a_clock_that_steps_to_and_fro_costs_no_day_its_checkpoint(company: Company) -> None:
    for hours in (0, 3, -4, 1, 24, -24):
        company.clock.pass_(hours=hours)
        await company.door.enter(Take(), CLOCK)
    days = [one.day for one in await _taken(company)]
    assert days == ["2026-11-24", "2026-11-25"]


@each(
    ("now", "day"),
    [
        (datetime(2026, 11, 24, 3, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 23, 21, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 22, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 13, 30, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_nobody_is_woken_for_it(now: datetime, day: date) -> None:
    """The day begins when the company begins to work: nine o'clock in Sydney."""
    assert checkpoint_day(POLICY, now) == day


def test_without_an_hour_in_the_policy_it_is_nine() -> None:
    policy = POLICY.model_copy(update={"working_time": POLICY.working_time.model_copy(update={"start": None})})
    assert checkpoint_day(policy, datetime(2026, 11, 23, 21, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert checkpoint_day(policy, datetime(2026, 11, 23, 22, 0, tzinfo=UTC)) == date(2026, 11, 24)


async def test_what_was_written_outside_is_noted_and_waits_no_more(company: Company) -> None:
    await company.door.enter(Take(), CLOCK)
    company.clock.pass_(days=1)
    await company.door.enter(Take(), CLOCK)
    before = len(await audit(company))
    waiting = await company.database.read(lambda store: [one.day for one in store.checkpoints.unwritten()])
    assert waiting == ["2026-11-24", "2026-11-25"]
    await company.door.enter(Written(date(2026, 11, 24)), CLOCK)
    await company.door.enter(Written(date(2020, 1, 1)), CLOCK)
    assert await company.database.read(lambda store: [one.day for one in store.checkpoints.unwritten()]) == [
        "2026-11-25"
    ]
    assert (await _taken(company))[0].written_at == company.clock.now
    assert len(await audit(company)) == before


@pytest.mark.parametrize(("number", "things"), [(1, "one thing does"), (3, "3 things do")])
async def test_both_are_told_that_something_does_not_fit_and_not_what(
    company: Company, number: int, things: str
) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(Broken(number, "4711abcd"), CLOCK)
    [told] = await words_for(company, company.helena)
    assert [told] == await words_for(company, company.ruth)
    assert told.startswith(f"I compared my records with the audit log, and {things} not fit. ")
    assert "recording-steward audit verify" in told
    assert request not in told
    assert await audit(company, "4711abcd") == [("clock", "log.broken", "done", "", {"findings": number})]


async def test_the_same_break_is_told_once_a_day_while_it_lasts_and_another_at_once(company: Company) -> None:
    told = []
    for hours, digest in ((0, "a"), (1, "a"), (2, "b"), (24, "a"), (25, "a")):
        company.clock.now = NOW + timedelta(hours=hours)
        await company.door.enter(Broken(1, digest), CLOCK)
        told.append(len(await words_for(company, company.ruth)))
    assert told == [1, 1, 2, 3, 3]


async def test_the_same_break_is_on_record_once_for_each_key(company: Company) -> None:
    await company.door.enter(Broken(1, "a"), CLOCK, key="log.broken:a:1")
    with pytest.raises(Repeated):
        await company.door.enter(Broken(1, "a"), CLOCK, key="log.broken:a:1")
    assert len(await audit(company, "a")) == 1
