"""P13: a report's code, its token and its page's session: each ends with its quarter of an hour, or with the sight of the report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from handlers import people
from handlers.acting import DELIVERY, WEB, Act
from handlers.breach import handling, readers, reporting
from handlers.breach.readers import Reader, pass_stands, reader
from handlers.breach.reporting import receipt_stands
from handlers.rules.refusal import Refused
from storage.breaches import CODE, SESSION, Breaches
from storage.database.store import Store
from storage.tables.breaches import Report, ReportPart
from tests.handlers.addresses import moves
from tests.handlers.breach.opening_pages import SPENT, a_code, exchanged, over, passes
from tests.handlers.breach.reporting import Page, be_away, chosen, heard, page, report, the_report, tick
from tests.handlers.builders import KEYS, NAMES, Company, account, email, refusal
from tests.handlers.reading import looking
from tests.moments import NOW


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
    said = []
    for other in ("B-22222222", "", "B-22222222 "):
        with pytest.raises(Refused) as told:
            await Page(company, other, session).read()
        said.append((str(told.value), told.value.code))
    with pytest.raises(Refused) as told:
        await Page(company, name, "nothing").read()
    assert {*said} == {(str(told.value), told.value.code)}


async def test_p13_the_reporters_session_never_opens_the_handlers_view_nor_the_other_way_round(
    company: Company,
) -> None:
    await report(company, company.anna, named="named")
    name = await the_report(company)
    anna, ruth = await page(company, company.anna, name), await page(company, company.ruth, name)
    await over(anna.read)
    await over(lambda: anna.do(handling.note, "Words"))
    await over(lambda: anna.do(handling.close, "Words"))
    await over(ruth.own)
    await over(lambda: ruth.do(reporting.add_own, "Words"))
    assert (await anna.own()).open
    assert (await ruth.read()).report == name


async def test_p13_a_session_ends_when_the_sight_does_and_nobody_elses(company: Company) -> None:
    await report(company, company.anna)
    name = await the_report(company)
    ruth, helena = await page(company, company.ruth, name), await page(company, company.helena, name)
    await ruth.do(handling.accuse, chosen(company, "helena")[0], "She was there.")
    await over(helena.read)
    assert [one.split(",")[0] for one in (await ruth.read()).others] == ["Miles Fairweather"]


async def test_p13_a_code_that_was_made_before_the_sight_ended_opens_nothing(company: Company) -> None:
    name, code = await a_code(company, company.helena)
    ruth = await page(company, company.ruth, name)
    await ruth.do(handling.accuse, chosen(company, "helena")[0], "She was there.")
    _, session = await exchanged(company, code)
    await over(Page(company, name, session).read)


async def test_p13_the_rule_is_asked_at_each_opening_without_waiting_for_the_clock(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.read()
    await be_away(company, company.ruth)
    await over(ruth.read)


async def _deactivated(company: Company, who: str) -> None:
    told = account(f"U{who.upper()}", NAMES[who], "deactivated")
    await company.door.enter(people.meet(told), DELIVERY)


async def _gone(company: Company, who: str) -> None:
    await company.door.enter(people.gone("slack", f"U{who.upper()}", "deactivated"), DELIVERY)


async def _blocked(company: Company, who: str) -> None:
    await company.door.enter(people.block("slack", f"U{who.upper()}"), DELIVERY)


Leaves = Callable[[Company, str], Awaitable[None]]


@pytest.mark.parametrize("leaves", [_deactivated, _gone, _blocked])
async def test_p13_whoever_left_or_was_deactivated_reads_no_more_and_the_next_one_does(
    company: Company, leaves: Leaves
) -> None:
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
    assert (await company.door.enter(reporting.follow(filed.receipt), WEB)).open


async def test_p13_whose_page_it_is_is_told_by_a_look_by_which_it_goes_on_no_longer(company: Company) -> None:
    """B6: of those who read it and may act alone; also once the address is another one."""
    await report(company, company.anna, named="named")
    name = await the_report(company)
    mine, own = await page(company, company.ruth, name), await page(company, company.anna, name)

    async def told(report_id: str = name, session: str = mine.session) -> Reader | None:
        return await looking(company, WEB, lambda act: reader(act, report_id, session))

    ruth = Reader(email("Ruth Adeyemi"), company.ruth.person_id or 0)
    assert await told() == ruth
    assert [await told(session=own.session), await told(session="none"), await told("B-22222222")] == [None] * 3
    company.clock.pass_(minutes=14)
    assert await told() == ruth
    await moves(company, "ruth")
    assert await told() == ruth
    await _gone(company, "ruth")
    assert await told() is None
    await moves(company, "ruth")
    assert await told() == ruth
    company.clock.pass_(minutes=1)
    assert await told() is None


async def test_p13_a_code_is_good_for_a_minute(company: Company) -> None:
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(seconds=59)
    name, session = await exchanged(company, code)
    assert (await Page(company, name, session).read()).report == name


@pytest.mark.parametrize("seconds", [60, 61, 86_400])
async def test_p13_a_code_opens_nothing_after_its_minute(company: Company, seconds: int) -> None:
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(seconds=seconds)
    assert (await refusal(company, readers.exchange(code), WEB)).code == SPENT


@pytest.mark.parametrize("code", ["", "nothing", "x" * 5000, "\udcff"])
async def test_p13_what_is_no_code_is_answered_like_one_that_is_spent(company: Company, code: str) -> None:
    _, mine = await a_code(company, company.ruth)
    company.clock.pass_(minutes=2)
    wrong, spent = (
        await refusal(company, readers.exchange(code), WEB),
        await refusal(company, readers.exchange(mine), WEB),
    )
    assert (str(wrong), wrong.code) == (str(spent), spent.code)


async def test_p13_a_session_is_no_code(company: Company) -> None:
    _, code = await a_code(company, company.ruth)
    name, session = await exchanged(company, code)
    assert (await refusal(company, readers.exchange(session), WEB)).code == SPENT
    await over(Page(company, name, code).read)


@pytest.mark.by_hand
async def test_p13_a_receipt_a_code_and_a_session_of_ours_stand_and_no_other(company: Company) -> None:
    def keep(store: Store) -> None:
        rows = Breaches(store.session)
        rows.add(
            Report(
                id="B-22222222", receipt=KEYS.mark_of_pass("receipt", "ours"), own="o", rule_wrap=b"", sealed=b""
            )
        )  # fmt: skip
        ends_at = NOW + timedelta(minutes=1)
        rows.add(
            ReportPart(
                name=KEYS.mark_of_pass("report", "code"), kind=CODE, sealed=b"", report_id="B-22222222", due_at=ends_at
            )
        )

    await company.database.write(keep)

    def ask(act: Act) -> list[bool]:
        told = ("ours", "code", "", "\ud800", KEYS.mark_of_pass("receipt", "ours"))
        return [receipt_stands(act, one) for one in told] + [pass_stands(act, one) for one in told]

    assert await looking(company, WEB, ask) == [True, False, False, False, False, False, True, False, False, False]
