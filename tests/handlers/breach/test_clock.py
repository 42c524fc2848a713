"""P13: what silence brings to a report, at which moments, and how a closed one ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK, WEB
from handlers.breach import intents
from handlers.keys import Keys
from storage.breach_records import Report, ReportCause, ReportEntry, ReportNotice, ReportPass
from storage.breaches import Breaches
from storage.records import Record
from storage.store import Store
from tests.handlers.breach.reporting import Page, ask, be_away, chosen, heard, messages, page, report, the_report, tick
from tests.handlers.builders import NAMES, NOW, POLICY, Company, audit, email, ledger, refusal

ACKNOWLEDGE = datetime(2026, 11, 26, 6, tzinfo=UTC)  # Thursday, 17:00 in Sydney
WAITS, FEEDBACK = ACKNOWLEDGE + timedelta(days=1), datetime(2026, 12, 8, 6, tzinfo=UTC)
ALERT = "A confidential report has come in."
STALLS = "A confidential report waits, and nobody has acknowledged it."
WAITING = "A confidential report waits for somebody to handle it."
OVER = "This is no longer for you to look after. There is nothing to do."


async def at(company: Company, moment: datetime) -> dict[str, list[str]]:
    """What is said once the clock has come there; first that a second before nothing is."""
    company.clock.now = moment - timedelta(seconds=1)
    await tick(company)
    assert await heard(company) == {}
    company.clock.now = moment
    await tick(company)
    told = await heard(company)
    assert await tick(company) == 0
    assert await heard(company) == {}
    return told


async def made(company: Company, *, by: str = "anna", **more: object) -> str:
    """A report that those who read it were told of."""
    await report(company, company.people[by], **more)
    await tick(company)
    await heard(company)
    return await the_report(company)


async def opened(company: Company, who: str, name: str) -> Page:
    mine = await page(company, company.people[who], name)
    await mine.read()
    return mine


async def closed(company: Company, name: str) -> Page:
    ruth = await opened(company, "ruth", name)
    await ruth.do(intents.Outcome, "HR-12", "Settled.")
    await ruth.do(intents.Close, "Thank you.")
    await heard(company)
    return ruth


async def count(company: Company, kind: type[Record]) -> int:
    return await company.database.read(lambda store: store.session.query(kind).count())


async def test_p13_with_two_handlers_both_are_told_then_the_fallback_is_let_in_where_nobody_opened_it(
    company: Company,
) -> None:
    await made(company)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STALLS], "helena": [STALLS]}
    assert await at(company, WAITS) == {"miles": [ALERT]}
    assert await at(company, FEEDBACK) == {}


async def test_p13_with_two_handlers_the_fallback_is_told_that_it_waits_and_reads_it_at_the_feedback(
    company: Company,
) -> None:
    name = await made(company)
    await opened(company, "helena", name)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STALLS], "helena": [STALLS]}
    assert await at(company, WAITS) == {"miles": [WAITING]}
    assert (await refusal(company, intents.Link(name), company.miles)).code == "no_report"
    told = await at(company, FEEDBACK)
    assert told == {"miles": [ALERT]}
    view = await (await page(company, company.miles, name)).read()
    assert [one.kind for one in view.history].count("stalled") == 3


async def test_p13_with_one_handler_the_fallback_is_asked_at_once(company: Company) -> None:
    await made(company, accused=["helena"])
    assert await at(company, ACKNOWLEDGE) == {"miles": [ALERT]}
    assert await at(company, WAITS) == {}


async def test_p13_with_one_handler_who_opened_it_the_fallback_is_told_that_it_waits(company: Company) -> None:
    name = await made(company, accused=["helena"])
    await opened(company, "ruth", name)
    assert await at(company, ACKNOWLEDGE) == {"miles": [WAITING]}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"miles": [ALERT]}


async def test_p13_what_was_acknowledged_stalls_at_the_feedback_alone(company: Company) -> None:
    name = await made(company)
    await (await opened(company, "ruth", name)).do(intents.Acknowledge)
    await heard(company)
    assert await at(company, ACKNOWLEDGE) == {}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"miles": [ALERT]}


async def test_p13_what_was_answered_in_time_stalls_nowhere(company: Company) -> None:
    name = await made(company)
    ruth = await opened(company, "ruth", name)
    await ruth.do(intents.Acknowledge)
    await ruth.do(intents.Ask, "Which day was it?")
    await heard(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        assert await at(company, moment) == {}


async def test_p13_where_the_fallback_reads_it_already_there_is_nobody_beyond(company: Company) -> None:
    await be_away(company, company.ruth, last=60)
    await made(company, accused=["helena"])
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        assert await at(company, moment) == {}


async def test_p13_beside_the_fallback_the_others_are_told_and_nobody_beyond(company: Company) -> None:
    name = await made(company)
    await (await opened(company, "ruth", name)).do(intents.Accuse, chosen(company, "helena")[0], "She was there.")
    await heard(company)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STALLS], "miles": [STALLS]}
    assert await at(company, WAITS) == {}


@pytest.mark.parametrize("out", ["accused", "conflicts"])
async def test_p13_the_fallback_who_is_out_is_never_told_that_one_waits(company: Company, out: str) -> None:
    await made(company, by="anna", **{out: ["miles"]})
    await at(company, ACKNOWLEDGE)
    for moment in (WAITS, FEEDBACK):
        assert await at(company, moment) == {}


async def test_p13_a_fallback_who_is_away_is_told_upon_the_return(company: Company) -> None:
    name = await made(company, accused=["helena"])
    await opened(company, "ruth", name)
    await be_away(company, company.miles, last=3)
    assert await at(company, ACKNOWLEDGE) == {}
    company.clock.now = NOW + timedelta(days=4)
    await tick(company)
    assert await heard(company) == {"miles": [WAITING]}


async def test_p13_a_fallback_who_is_away_when_let_in_reads_it_upon_the_return(company: Company) -> None:
    await made(company, accused=["helena"])
    await be_away(company, company.miles, last=3)
    assert await at(company, ACKNOWLEDGE) == {}
    company.clock.now = NOW + timedelta(days=4)
    await tick(company)
    assert await heard(company) == {"miles": [ALERT]}


async def test_p13_nothing_stalls_while_it_is_sealed_and_it_is_caught_up_once_somebody_reads_it(
    company: Company,
) -> None:
    """Helena and Ruth come back after the moment: both are told, and Miles is let in, since nobody opened it in time."""
    for who in ("ruth", "helena", "henrik", "miles"):
        await be_away(company, company.people[who], last=7)
    await made(company)
    for moment in (ACKNOWLEDGE, WAITS):
        assert await at(company, moment) == {}
    company.clock.now = NOW + timedelta(days=8)
    await tick(company)
    told = await heard(company)
    assert {who: sorted(words) for who, words in told.items()} == {
        "ruth": [ALERT, STALLS], "helena": [ALERT, STALLS], "miles": [ALERT],
    }  # fmt: skip


async def test_p13_after_a_long_silence_of_the_bot_each_step_is_taken_once(company: Company) -> None:
    await made(company)
    company.clock.now = FEEDBACK + timedelta(days=30)
    await tick(company)
    assert await heard(company) == {"ruth": [STALLS], "helena": [STALLS], "miles": [ALERT]}
    assert await tick(company) == 0


async def test_p13_a_card_that_says_that_one_waits_shows_the_way_once_its_reader_is_let_in(company: Company) -> None:
    name = await made(company)
    await opened(company, "helena", name)
    await at(company, ACKNOWLEDGE)
    company.clock.now = WAITS
    await tick(company)
    [card] = [one.card for one in await messages(company)]
    assert "breach_details" not in str(card)
    company.clock.now = FEEDBACK
    await tick(company)
    [card] = [one.card for one in await messages(company)]
    assert "breach_details" in str(card)


async def test_p13_handlers_are_reminded_30_days_before_and_then_it_is_destroyed_key_first(company: Company) -> None:
    name = await made(company, named="named")
    await closed(company, name)
    destroyed = datetime(2028, 11, 24, 13, tzinfo=UTC)  # 24 calendar months from the end of that day in Sydney
    ending = await at(company, destroyed - timedelta(days=30))
    assert ending == {who: ["A closed confidential report will be erased in 30 days."] for who in ("ruth", "helena")}
    company.clock.now = destroyed - timedelta(seconds=1)
    assert await tick(company) == 0
    company.clock.now = destroyed
    assert await tick(company) == 1
    told = await heard(company)
    assert {one for words in told.values() for one in words} == {
        OVER, "What you told in confidence was erased, as the policy says. There is nothing to do.",
    }  # fmt: skip
    assert {who: len(words) for who, words in told.items()}.keys() == {"ruth", "helena", "slack:UANNA"}
    assert [await count(company, kind) for kind in (Report, ReportNotice)] == [0, 0]
    assert await heard(company) == {}
    assert await count(company, ReportEntry) > 0
    rows = await company.database.read(lambda store: Breaches(store.session).traces())
    assert sorted(rows.values()) == ["key_destroyed"]


async def test_p13_what_could_not_be_told_of_the_end_is_given_up_and_leaves_nothing(company: Company) -> None:
    name = await made(company)
    await closed(company, name)
    company.clock.now += timedelta(days=740)
    await tick(company)
    found = await company.door.enter(intents.Collect(), CLOCK)
    for one in found:
        await company.door.enter(intents.Undelivered(one.name, gone=True), CLOCK)
    assert await count(company, ReportNotice) == 0


async def test_p13_who_lost_sight_of_a_closed_report_is_not_reminded_of_it(company: Company) -> None:
    """The rule is asked of closed reports too; whoever begins to read one gets no alert as of a new one."""
    name = await made(company)
    await closed(company, name)
    held = POLICY.role("head_of_customer_success").model_copy(update={"holder": email(NAMES["henrik"]), "deputies": ()})
    roles = POLICY.roles.model_copy(update={"head_of_customer_success": held})
    company.door.policy = POLICY.model_copy(update={"roles": roles})
    await tick(company)
    assert await heard(company) == {"helena": [OVER]}
    company.clock.now = datetime(2028, 10, 26, tzinfo=UTC)
    await tick(company)
    assert sorted(await heard(company)) == ["henrik", "ruth"]


async def test_p13_a_report_that_is_open_is_never_destroyed(company: Company) -> None:
    await made(company)
    company.clock.now += timedelta(days=2000)
    await tick(company)
    assert await count(company, Report) == 1


async def test_p13_with_another_master_key_nothing_is_lost_and_its_end_waits(company: Company) -> None:
    name = await made(company)
    await closed(company, name)
    right, company.door.keys = company.door.keys, Keys(bytes(32))
    company.clock.now += timedelta(days=740)
    assert await tick(company) == 0
    assert await count(company, Report) == 1
    company.door.keys = right
    await tick(company)
    assert await count(company, Report) == 0


async def test_p13_the_main_log_has_one_entry_a_day_of_the_same_length_with_or_without_reports(
    company: Company,
) -> None:
    async def sealed(day: str) -> str:
        await company.door.enter(intents.Seal(day), CLOCK)
        told = [one for one in await audit(company, day) if one[1] == "log.sealed"]
        assert [one[:4] for one in told] == [("clock", "log.sealed", "done", "P13")]
        [*_, [*_, detail]] = told
        assert list(detail) == ["sealed"]
        return str(detail["sealed"])

    before = await sealed("2026-11-24")
    await made(company, named="named")
    entries, effects = len(await audit(company)), len(await ledger(company))
    after, again = await sealed("2026-11-25"), await sealed("2026-11-26")
    assert len({before, after, again}) == 3
    assert len(before) == len(after) == len(again)
    assert (len(await audit(company)), len(await ledger(company))) == (entries + 2, effects)


async def test_p13_a_day_is_sealed_once(company: Company) -> None:
    for _ in range(2):
        await company.door.enter(intents.Seal("2026-11-24"), CLOCK)
    assert [one[1] for one in await audit(company, "2026-11-24")] == ["log.sealed"]


async def test_p13_drafts_and_passes_whose_time_is_over_go_with_the_next_tick(company: Company) -> None:
    name = await made(company)
    await company.door.enter(intents.Link(name), company.ruth)
    company.clock.pass_(hours=2)
    await tick(company)
    rows = await company.database.read(
        lambda store: Breaches(store.session).stale(company.clock.now, timedelta(hours=1))
    )
    assert rows is False


async def test_p13_a_clock_that_is_put_back_by_a_little_throws_away_nothing_that_somebody_wrote(
    company: Company,
) -> None:
    asked = await ask(company, company.anna, what="Helena did it")
    assert isinstance(asked, intents.Asked)
    company.clock.pass_(seconds=-2)
    await tick(company)
    company.clock.pass_(seconds=2)
    filed = await company.door.enter(intents.Settle(asked.draft, kept_out=False), WEB)
    assert isinstance(filed, intents.Filed)


async def test_p13_a_session_goes_on_where_its_code_was_thrown_away(company: Company) -> None:
    """A clock that stood ahead for a while may take it."""
    name = await made(company)
    ruth = await page(company, company.ruth, name)
    await company.database.write(lambda store: store.session.query(ReportPass).filter_by(kind="code").delete())
    await ruth.read()


def _causes(store: Store) -> int:
    return store.session.query(ReportCause).count()


async def test_p13_a_tick_without_news_changes_nothing(company: Company) -> None:
    await made(company)
    before = await company.database.read(_causes)
    assert [await tick(company) for _ in range(3)] == [0, 0, 0]
    assert await company.database.read(_causes) == before
    assert await company.door.enter(intents.EndRestored(frozenset()), WEB) == 0
