"""P12, P13: codes and sessions end in time or with the sight; a new reader waits; an older copy of the database opens nothing."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select

from handlers import people
from handlers.acting import CLOCK, DELIVERY, WEB
from handlers.breach import clock, filing, readers, steps
from handlers.breach.steps import gather_calls
from handlers.policy import load_policy
from handlers.policy_review import steps as policy_review_in_force
from handlers.rules import Refused
from handlers.sealing import new_secret
from storage.breaches import KEY_DESTROYED, SESSION, SIGHT_ENDED
from storage.database.store import Store
from storage.records import Record
from storage.tables.breaches import Report, ReportMark, ReportPart, ReportSight
from tests.each import each
from tests.handlers.breach.reporting import (
    SPENT,
    Page,
    a_code,
    be_away,
    chosen,
    exchanged,
    heard,
    over,
    page,
    pages,
    passes,
    reads,
    report,
    stored_parts,
    the_report,
    tick,
)
from tests.handlers.builders import NAMES, POLICY, Company, account, email, refusal
from tests.ledgers import outgoing

pytestmark = pytest.mark.long


async def test_p13_a_session_ends_after_a_quarter_of_an_hour_without_a_look(company: Company) -> None:
    name, code = await a_code(company, company.ruth)
    _, session = await exchanged(company, code)
    mine = Page(company, name, session)
    for _ in range(3):
        company.clock.pass_(minutes=14, seconds=59)
        await mine.read()
    company.clock.pass_(minutes=15)
    await over(mine.read)
    company.clock.pass_(hours=2)
    await tick(company)
    assert await passes(company) == {}


async def test_p13_a_session_opens_its_own_report_alone(company: Company) -> None:
    name, code = await a_code(company, company.ruth)
    await report(company, company.bram)
    _, session = await exchanged(company, code)
    names = await company.database.read(
        lambda store: [one.report_id for one in store.session.query(ReportPart).filter_by(kind=SESSION)]
    )
    assert set(names) == {name}
    ruth, helena = Page(company, name, session), await page(company, company.helena, name)
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    others = [Page(company, other, session) for other in ("B-22222222", "", "B-22222222 ")]
    said = set()
    for one in (helena, *others, Page(company, name, "nothing")):
        with pytest.raises(Refused) as told:
            await one.read()
        said.add((str(told.value), told.value.code))
    assert len(said) == 1


async def test_p13_the_reporters_session_never_opens_the_handlers_view_nor_the_reverse(company: Company) -> None:
    await report(company, company.anna, named="named")
    name = await the_report(company)
    anna, ruth = await page(company, company.anna, name), await page(company, company.ruth, name)
    await over(anna.read)
    await over(lambda: anna.do(steps.write_note, "Words"))
    await over(lambda: anna.do(steps.close_report, "Words"))
    await over(ruth.own)
    await over(lambda: ruth.do(filing.add_own_words, "Words"))
    assert (await anna.own()).open
    assert (await ruth.read()).report == name


async def test_p13_a_code_that_was_made_before_the_sight_ended_opens_nothing(company: Company) -> None:
    name, code = await a_code(company, company.helena)
    ruth = await page(company, company.ruth, name)
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    _, session = await exchanged(company, code)
    with pytest.raises(Refused, match="no longer open to you"):
        await Page(company, name, session).read()


async def _deactivated(company: Company, who: str) -> None:
    told = account(f"U{who.upper()}", NAMES[who], "deactivated")
    await company.door.enter(people.meet_account(told), DELIVERY)


async def _gone(company: Company, who: str) -> None:
    await company.door.enter(people.note_gone("slack", f"U{who.upper()}", "deactivated"), DELIVERY)


async def _blocked(company: Company, who: str) -> None:
    await company.door.enter(people.note_blocked("slack", f"U{who.upper()}"), DELIVERY)


Leaves = Callable[[Company, str], Awaitable[None]]


@pytest.mark.parametrize("leaves", [_deactivated, _gone, _blocked])
async def test_p13_a_reader_who_left_reads_no_more_and_the_next_one_does(company: Company, leaves: Leaves) -> None:
    await report(company, company.anna)
    helena = await page(company, company.helena, await the_report(company))
    await helena.read()
    await heard(company)
    await leaves(company, "helena")
    await over(helena.read)
    await tick(company)
    assert (await heard(company))["henrik"] == ["A confidential report has come in."]


@pytest.mark.parametrize("leaves", [_deactivated, _gone])
async def test_p13_a_reporter_whose_account_was_closed_reads_no_more_there(company: Company, leaves: Leaves) -> None:
    """The receipt stays the way back."""
    filed = await report(company, company.anna, named="named")
    anna = await page(company, company.anna, await the_report(company))
    await anna.own()
    await leaves(company, "anna")
    await over(anna.own)
    assert (await company.door.enter(filing.follow_report(filed.receipt), WEB)).open


@pytest.mark.parametrize(("seconds", "good"), [(59, True), (60, False), (86_400, False)])
async def test_p13_a_code_is_good_for_a_minute(company: Company, seconds: int, good: bool) -> None:
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(seconds=seconds)
    if not good:
        assert (await refusal(company, readers.exchange_code(code), WEB)).code == SPENT
        return
    name, session = await exchanged(company, code)
    assert (await Page(company, name, session).read()).report == name


async def test_p13_what_is_no_code_is_answered_like_one_that_is_spent(company: Company) -> None:
    _, mine = await a_code(company, company.ruth)
    company.clock.pass_(minutes=2)
    said = [
        await refusal(company, readers.exchange_code(one), WEB) for one in (mine, "", "nothing", "x" * 5000, "\udcff")
    ]
    assert len({(str(one), one.code) for one in said}) == 1


ALERT = ["A confidential report has come in."]
NOTICE_OVER = datetime(2026, 11, 25, 6, tzinfo=UTC)  # Wednesday, 17:00 in Sydney
_numbers = count()


def text(**holders: str) -> str:
    """policy.yaml with other people in these places, by whom they take the place of."""
    told = POLICY.text
    for former, now in holders.items():
        told = told.replace(email(NAMES[former]), email(NAMES[now]))
    return told


async def in_force(company: Company, told: str) -> None:
    """A start finds this text, which is a new one also where it says what an earlier one did."""
    company.door.policy = load_policy(f"{told}\n# {next(_numbers)}\n")
    await company.door.enter(policy_review_in_force.keep_policy_text(), CLOCK)


async def begun(company: Company) -> str:
    """The policy of the company is in force, and there is a report."""
    await in_force(company, POLICY.text)
    await report(company, company.anna)
    await heard(company)
    return await the_report(company)


async def test_p13_a_new_head_sees_open_reports_a_working_day_after_it_was_told(company: Company) -> None:
    """Until then it is as if he were away: the deputy reads."""
    name = await begun(company)
    await in_force(company, text(helena="deven"))
    await tick(company)
    assert (await heard(company)).keys() == {"henrik"}
    assert not await reads(company, "helena", name)
    company.clock.now = NOTICE_OVER - timedelta(seconds=1)
    await tick(company)
    assert not await reads(company, "deven", name)
    assert await heard(company) == {}
    company.clock.now = NOTICE_OVER
    await tick(company)
    assert await heard(company) == {"deven": ALERT}
    assert await reads(company, "deven", name)


async def test_p13_a_person_who_was_taken_out_and_put_in_again_waits_again(company: Company) -> None:
    name = await begun(company)
    await in_force(company, text(helena="deven"))
    await tick(company)
    company.clock.pass_(hours=1)
    await in_force(company, POLICY.text)
    await tick(company)
    assert not await reads(company, "helena", name)
    company.clock.now = NOTICE_OVER
    await tick(company)
    assert await reads(company, "helena", name)


async def test_p13_a_text_that_no_start_has_kept_yet_makes_no_one_a_reader(company: Company) -> None:
    name = await begun(company)
    company.door.policy = load_policy(text(helena="deven"))
    company.clock.pass_(hours=1)
    await tick(company)
    assert not await reads(company, "deven", name)
    assert set(await heard(company)) == {"henrik"}


@each("who", ["ruth", "helena"])
async def test_p14_the_first_text_of_all_keeps_no_one_waiting(company: Company, who: str) -> None:
    await in_force(company, POLICY.text)
    await report(company, company.anna)
    assert (await heard(company))[who] == ALERT


async def test_p14_the_notice_of_a_change_is_the_same_with_and_without_reports(company: Company) -> None:
    await in_force(company, POLICY.text)
    before = len(await company.database.read(outgoing))
    await in_force(company, text(helena="deven"))
    without = [one.payload["words"] for one in (await company.database.read(outgoing))[before:]]
    await report(company, company.anna)
    before = len(await company.database.read(outgoing))
    await in_force(company, POLICY.text)
    await in_force(company, text(helena="deven"))
    ledger = await company.database.read(outgoing)
    assert [one.payload["words"] for one in ledger[before:]][-len(without) :] == without


async def test_p13_a_page_that_is_left_opens_nothing_any_more(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    await ruth.do(readers.end_session)
    with pytest.raises(Refused):
        await ruth.read()
    await ruth.do(readers.end_session)


TABLES: tuple[type[Record], ...] = (Report, ReportSight, ReportPart, ReportMark)
Copy = dict[type[Record], list[dict[str, Any]]]


def _copied(store: Store) -> Copy:
    return {
        kind: [
            {one.key: getattr(row, one.key) for one in inspect(kind).column_attrs}
            for row in store.session.scalars(select(kind))
        ]
        for kind in TABLES
    }


def _put_back(copy: Copy) -> Callable[[Store], None]:
    def work(store: Store) -> None:
        for kind, rows in copy.items():
            store.session.query(kind).delete()
            if rows:
                store.session.execute(insert(kind), deepcopy(rows))

    return work


async def restored(company: Company, copy: Copy) -> int:
    """The journal kept the traces; yesterday's tables of reports take the place of today's, and a start ends what ended."""
    told = await company.database.read(clock.untold_traces)
    traces = frozenset(one.mark for one in told if one.kind in (SIGHT_ENDED, KEY_DESTROYED))
    await company.database.write(_put_back(copy))
    return await company.door.enter(clock.end_reports_again(traces, older=True), CLOCK)


async def copied(company: Company) -> Copy:
    return await company.database.read(_copied)


async def a_page(company: Company, **more: object) -> Page:
    await report(company, company.anna, **more)
    await heard(company)
    return await page(company, company.ruth, await the_report(company))


async def test_p13_a_sight_put_back_under_another_trace_opens_nothing(company: Company) -> None:
    """A person who can write to the database can't hide from the journal that a sight ended."""
    ruth = await a_page(company)
    await (await page(company, company.helena, ruth.report)).read()
    copy = await copied(company)
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    for row in copy[ReportSight]:
        row["trace"] = new_secret()
    await restored(company, copy)
    with pytest.raises(Refused, match="no longer open"):
        await reads(company, "helena", ruth.report)


async def destroyed(company: Company, ruth: Page) -> Copy:
    await ruth.do(gather_calls, "CS-10443")
    audio = await ruth.do(steps.begin_copy, company.calls[0])
    await ruth.do(steps.add_piece, audio, 0, b"audio")
    await ruth.do(steps.write_outcome, "HR-12", "Settled.")
    await ruth.do(steps.close_report, "Thank you.")
    copy = await copied(company)
    company.clock.pass_(days=740)
    await tick(company)
    return copy


async def rows_of(company: Company, *kinds: type[Record]) -> list[int]:
    return await company.database.read(lambda store: [store.session.query(kind).count() for kind in kinds])


async def test_p13_what_was_destroyed_is_so_again_in_a_copy(company: Company) -> None:
    ruth = await a_page(company)
    copy = await destroyed(company, ruth)
    assert await restored(company, copy) == 1
    assert await rows_of(company, Report, ReportSight) == [0, 0]
    assert await stored_parts(company) == []
    assert await tick(company) == 0


async def test_p13_the_journal_gets_random_ids_that_say_whose_and_what_to_no_one(company: Company) -> None:
    """One for each sight that ended and for each key; what it has is forgotten."""
    ruth = await a_page(company)
    await be_away(company, company.helena)
    await tick(company)
    await destroyed(company, ruth)
    rows = await company.database.read(clock.untold_traces)
    assert sorted(one.kind for one in rows) == ["key_destroyed", "sight_ended", "sight_ended"]
    assert not [one for one in rows if ruth.report in one.mark or "helena" in one.mark or len(one.mark) < 40]

    await company.door.enter(clock.note_journalled(rows[:1]), CLOCK)
    assert await rows_of(company, ReportMark) == [2]


async def journalled(company: Company) -> None:
    """What is to be told is in the journal, and the bot knows it."""
    found = await company.database.read(clock.untold_traces)
    company.door.outside.update({one.mark: one.counter for one in found})
    await company.door.enter(clock.note_journalled(found), CLOCK)


async def put_back(company: Company, copy: Copy, *tables: type) -> None:
    """These tables, or all of them, are as they were."""
    await company.database.write(_put_back({kind: copy[kind] for kind in tables or copy}))


async def accused(company: Company) -> tuple[Page, Page, Copy]:
    """Ruth's page and Helena's, who is accused by Ruth, and the rows from before; then Ruth wrote more."""
    await report(company, company.anna)
    name = await the_report(company)
    ruth, helena = [await page(company, one, name) for one in (company.ruth, company.helena)]
    await helena.read()
    copy = await copied(company)
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    await ruth.do(steps.write_note, "Only we know this.")
    await journalled(company)
    return ruth, helena, copy


@pytest.mark.parametrize("tables", [(), (Report,), (ReportSight,), (Report, ReportSight)])
async def test_p13_a_person_accused_since_opens_no_older_copy(company: Company, tables: tuple[type, ...]) -> None:
    _, helena, copy = await accused(company)
    await put_back(company, copy, *tables)
    with pytest.raises(Refused):
        await helena.read()
    await tick(company)
    with pytest.raises(Refused):
        await (await page(company, company.helena, helena.report)).read()
    with pytest.raises(Refused):
        await company.door.enter(steps.acknowledge_pressed(helena.report), company.helena)


async def test_p13_a_person_who_is_accused_without_reading_it_is_not_seated_by_an_older_copy(company: Company) -> None:
    """Deven reads nothing yet, and would once he is made a reader."""
    ruth, _, _ = await accused(company)
    copy = await copied(company)
    await ruth.do(steps.accuse_person, chosen(company, "deven")[0], "He was there.")
    assert clock.is_urgent(await company.database.read(clock.untold_traces))
    await journalled(company)
    await put_back(company, copy)
    with pytest.raises(Refused):
        await ruth.read()


async def test_p13_what_a_reporter_does_waits_for_what_others_do(company: Company) -> None:
    """Otherwise the journal would reveal the minute at which a person wrote."""
    filed = await report(company, company.anna)
    await company.door.enter(filing.add_words(filed.receipt, "There is more."), CLOCK)
    found = await company.database.read(clock.untold_traces)
    assert found
    assert not clock.is_urgent(found)


async def test_p13_after_a_restore_the_copy_counts_and_whose_sight_ended_stays_out(company: Company) -> None:
    _, helena, copy = await accused(company)
    ended = frozenset(one for one, counter in company.door.outside.items() if not counter)
    await put_back(company, copy)
    await company.door.enter(clock.end_reports_again(ended, older=True), CLOCK)
    ruth = await page(company, company.ruth, helena.report)
    assert (await ruth.read()).report == helena.report
    assert (await refusal(company, readers.make_code(helena.report), company.helena)).code == "no_report"
    await journalled(company)
    assert (await ruth.read()).report == helena.report
