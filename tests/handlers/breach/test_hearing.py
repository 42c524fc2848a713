"""P9, P13: who decides whether a call is heard for a report, what is noted of it, and how long it lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import gather_calls
from handlers.acting import WEB
from handlers.breach import handling, hearing, readers
from handlers.breach.hearing import Copy, may_hear
from handlers.rules.refusal import Refused
from storage.database.store import Store
from tests.handlers.breach.keeping import (
    PARTS,
    QUESTION,
    asked,
    decided,
    granted,
    kept,
    refused,
    the_call,
    the_page,
    with_deputies,
)
from tests.handlers.breach.reporting import Page, be_away, heard, page, tick
from tests.handlers.breach.test_hidden import everything
from tests.handlers.builders import NAMES, POLICY, Company, call, email, refusal, register, seeded
from tests.handlers.reading import looking

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("asker", "accused", "conflicts", "away", "decider"),
    [
        ("ruth", [], [], [], "helena"),
        ("helena", [], [], [], "ruth"),
        ("ruth", ["helena"], [], [], "miles"),
        ("helena", ["ruth"], [], [], "miles"),
        ("ruth", [], ["helena"], [], "miles"),
        ("ruth", [], [], ["helena"], "henrik"),
        ("ruth", [], [], ["helena", "henrik"], "miles"),
        ("henrik", [], [], ["helena"], "ruth"),
        ("henrik", [], [], ["helena", "ruth"], "miles"),
        ("ruth", ["helena", "miles"], [], [], ""),
        ("miles", ["helena", "ruth"], [], [], ""),
        ("ruth", ["henrik"], [], ["helena"], "miles"),
    ],
)
async def test_p9_whoever_decides_investigations_and_is_not_out_decides_and_never_who_asks(
    company: Company, asker: str, accused: list[str], conflicts: list[str], away: list[str], decider: str
) -> None:
    for who in away:
        await be_away(company, company.people[who])
    mine = await the_page(company, asker, accused=accused, conflicts=conflicts)
    name = await kept(company, mine)
    if not decider:
        assert await refused(lambda: mine.do(hearing.ask_to_hear, name)) == "nobody_decides"
        assert await heard(company) == {}
        return
    await mine.do(hearing.ask_to_hear, name)
    assert await heard(company) == {decider: [QUESTION]}
    for other in {"helena", "henrik", "ruth", "miles", "tara", "anna"} - {decider}:
        with pytest.raises(Refused):
            await decided(company, mine, name, other, asker=asker)
    await decided(company, mine, name, decider, asker=asker)
    assert (await the_call(mine)).state == "hear"


async def test_p9_whoever_was_on_the_call_does_not_decide_whether_it_is_heard(company: Company) -> None:
    """Also once the call was erased, which forgets who was on it: the copy knows."""
    [call_id] = await register(company.door, call(7, operator_name="Helena Marsh", operator_key=email("Helena Marsh")))
    company.calls.insert(0, call_id)
    mine = await the_page(company)
    await mine.do(gather_calls, "CS-10449")
    name = await kept(company, mine)

    def forget(store: Store) -> None:
        one = store.recordings.get(call_id)
        assert one is not None
        one.operator_key = ""
        seeded(store)

    await company.database.write(forget)
    await mine.do(hearing.ask_to_hear, name)
    assert await heard(company) == {"miles": [QUESTION]}


async def test_p9_a_team_leader_who_deputises_for_the_head_does_not_decide(company: Company) -> None:
    company.door.policy = with_deputies(POLICY, head_of_customer_success=("tara",))
    await be_away(company, company.helena)
    await asked(company)
    assert await heard(company) == {"miles": [QUESTION]}


async def test_p13_a_decider_sees_the_question_alone_and_loses_sight_once_it_is_decided(company: Company) -> None:
    mine, name = await asked(company, accused=["helena"])
    assert await heard(company) == {"miles": [QUESTION]}
    miles = await page(company, company.miles, mine.report)
    view = await miles.read()
    [one] = view.calls
    assert (one.state, one.asks, one.listened) == ("decide", "Ruth Adeyemi", ())
    assert (view.facts, view.conversation, view.history, view.notes, view.others, view.may) == (
        (), (), (), (), (), frozenset({"decide"}),
    )  # fmt: skip
    denied = [
        lambda: miles.do(handling.note, "Words"), lambda: miles.do(handling.ask, "Words"),
        lambda: miles.do(handling.acknowledge), lambda: miles.do(gather_calls, "CS-10444"),
        lambda: miles.do(hearing.keep, company.calls[0]), lambda: miles.do(hearing.ask_to_hear, name),
        lambda: miles.do(handling.close, "Words"),
    ]  # fmt: skip
    assert {await refused(want) for want in denied} == {"no_report"}
    assert await refused(lambda: miles.do(hearing.hear, name, 0)) == "not_granted"
    assert (await refusal(company, handling.acknowledge_pressed(mine.report), company.miles)).code == "no_report"
    await miles.do(hearing.decide_hearing, name, email(NAMES["ruth"]), allowed=True)
    assert await refused(miles.read) == "over"
    assert (await refusal(company, readers.link(mine.report), company.miles)).code == "no_report"
    assert await heard(company) == {
        "ruth": ["It was decided whether you may hear a call for a confidential report."],
        "miles": ["This is no longer for you to look after. There is nothing to do."],
    }


async def test_p13_whoever_was_only_asked_has_not_opened_the_report(company: Company) -> None:
    """Once he handles it he is told of it like anybody, and has to open it before an acknowledgement counts."""
    mine, _ = await asked(company, accused=["helena"])
    await (await page(company, company.miles, mine.report)).read()
    await heard(company)
    await be_away(company, company.ruth)
    await tick(company)
    assert (await heard(company))["miles"] == ["A confidential report has come in."]
    assert (await refusal(company, handling.acknowledge_pressed(mine.report), company.miles)).code == "unopened"


async def test_p9_what_is_allowed_lasts_as_long_as_any_access_and_each_hearing_is_noted(company: Company) -> None:
    mine, name = await asked(company)
    assert (await the_call(mine)).state == "asked"
    assert await refused(lambda: mine.do(hearing.hear, name, 0)) == "not_granted"
    await decided(company, mine, name, "helena")
    company.clock.pass_(days=POLICY.access.days)
    mine = await page(company, company.ruth, mine.report)
    assert [(await mine.do(hearing.hear, name, part)).data for part in (0, 1, 2)] == [*PARTS, b""]
    assert (await mine.do(hearing.hear, name, 0)).data == PARTS[0]
    noted = [one.who for one in (await mine.read()).history if one.kind == "heard"]
    assert noted == ["Ruth Adeyemi", "Ruth Adeyemi"]
    company.clock.pass_(seconds=1)
    assert await refused(lambda: mine.do(hearing.hear, name, 0)) == "not_granted"
    assert (await the_call(mine)).state == "ask"


async def test_p13_a_hearing_that_does_not_begin_at_the_beginning_is_noted_too(company: Company) -> None:
    mine, name = await asked(company)
    await decided(company, mine, name, "helena")
    for minutes in (0, 10, 70):
        company.clock.pass_(minutes=minutes)
        mine = await page(company, company.ruth, mine.report)
        await mine.do(hearing.hear, name, 1)
    assert [one.kind for one in (await mine.read()).history].count("heard") == 2


async def test_p9_who_was_not_allowed_hears_nothing_and_may_ask_again(company: Company) -> None:
    mine, name = await asked(company)
    await decided(company, mine, name, "helena", allowed=False)
    assert (await the_call(mine)).state == "refused"
    assert await refused(lambda: mine.do(hearing.hear, name, 0)) == "not_granted"
    await heard(company)
    await mine.do(hearing.ask_to_hear, name)
    assert (await heard(company)) == {"helena": [QUESTION]}


async def test_p9_who_asked_already_or_may_hear_it_asks_nobody_again(company: Company) -> None:
    mine, name = await asked(company)
    await heard(company)
    await mine.do(hearing.ask_to_hear, name)
    await decided(company, mine, name, "helena")
    await heard(company)
    await mine.do(hearing.ask_to_hear, name)
    assert await heard(company) == {}


SECONDS = 61.0


async def copy_heard(company: Company, mine: Page, name: str) -> Copy:
    return await looking(company, WEB, lambda act: may_hear(act, mine.report, mine.session, name))


async def may(company: Company, mine: Page, name: str) -> bool:
    try:
        return bool(await copy_heard(company, mine, name))
    except Refused:
        return False


async def test_p9_a_copy_is_heard_by_whom_it_was_allowed_and_as_long_as_it_is(company: Company) -> None:
    mine, name = await asked(company)
    helena = await page(company, company.helena, mine.report)
    assert not await may(company, mine, name)
    await decided(company, mine, name, "helena")
    assert [await may(company, one, name) for one in (mine, helena, Page(company, mine.report, "none"))] == [
        True,
        False,
        False,
    ]
    assert [await may(company, mine, other) for other in ("", "A-22222222")] == [False, False]
    company.clock.pass_(minutes=15)
    assert not await may(company, mine, name)
    again = await page(company, company.ruth, mine.report)
    assert await may(company, again, name)
    company.clock.now += timedelta(days=company.door.policy.access.days)
    assert not await may(company, await page(company, company.ruth, mine.report), name)


async def test_p13_a_look_notes_nothing_and_no_page_goes_on_by_it(company: Company) -> None:
    mine = await the_page(company)
    name = await granted(company, mine)
    before = await company.database.read(lambda store: everything(store, ours=True))
    company.clock.pass_(minutes=14)
    copy = await copy_heard(company, mine, name)
    assert copy == Copy(company.ruth.person_id or 0, company.calls[0], sum(map(len, PARTS)), "audio/wav", SECONDS)
    assert await company.database.read(lambda store: everything(store, ours=True)) == before
