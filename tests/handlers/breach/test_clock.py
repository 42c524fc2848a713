"""P13: who is reminded of a silent report, who is let in, how it ends, what the bot reports itself, and what messages say to whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers import people
from handlers.acting import DELIVERY, WEB
from handlers.breach import clock, filing, steps
from handlers.rules import Refused
from handlers.sealing import Keys
from storage.breaches import TOLD, Breaches
from storage.database.store import Store
from storage.tables.breaches import Report, ReportPart
from tests.handlers.breach.reporting import (
    ACKNOWLEDGE,
    ALERT,
    FEEDBACK,
    LATE,
    MORNING,
    OVER,
    SECOND,
    STILL,
    UNANSWERED,
    WAITS,
    WEEK,
    alerted,
    at,
    be_away,
    bot_facts,
    buttons,
    chosen,
    closed,
    collected,
    heard,
    later,
    made,
    messages,
    notices,
    opened,
    page,
    pages,
    report,
    rows_of,
    states,
    the_report,
    tick,
    undelivered,
    vanish,
)
from tests.handlers.builders import NAMES, POLICY, Company, audit, email, ledger, refusal
from tests.handlers.reading import lines
from tests.moments import NOW

pytestmark = pytest.mark.long


ANNA = "slack:UANNA"
SINCE = "A confidential report was late, and is being handled now."
NOBODY_ACKNOWLEDGED = "It is overdue: no one has acknowledged it yet."
NOBODY_ANSWERED = "It is overdue: you have had no answer yet."


def to_all(words: str) -> dict[str, list[str]]:
    return {who: [words] for who in ("ruth", "helena", "miles")}


async def test_p13_readers_are_reminded_then_the_fallback_is_let_in_where_no_one_opened_it(company: Company) -> None:
    await made(company)
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STILL], "helena": [STILL]}
    assert await at(company, WAITS) == {"miles": [ALERT]}
    assert await at(company, FEEDBACK) == to_all(STILL)
    for number in range(3):
        assert await at(company, MORNING + number * WEEK) == to_all(STILL)


async def test_p13_where_someone_opened_it_the_fallback_is_let_in_at_the_feedback_moment(company: Company) -> None:
    name = await made(company)
    await opened(company, "helena", name)
    assert (await heard(company)).keys() == {"helena"}, "her card offers to acknowledge it now"
    assert await at(company, ACKNOWLEDGE) == {"ruth": [STILL], "helena": [STILL]}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"ruth": [STILL], "helena": [STILL], "miles": [ALERT]}


async def test_p13_what_was_acknowledged_and_not_answered_says_so_each_week_until_it_is(company: Company) -> None:
    name = await made(company)
    await (await opened(company, "ruth", name)).do(steps.acknowledge_report)
    await heard(company)
    for moment in (ACKNOWLEDGE, WAITS):
        assert await at(company, moment) == {}
    assert await at(company, FEEDBACK) == {"ruth": [UNANSWERED], "helena": [UNANSWERED], "miles": [ALERT]}
    assert await at(company, MORNING) == to_all(UNANSWERED)
    await (await page(company, company.ruth, name)).do(steps.ask_reporter, "Which day was it?")
    drawn = await heard(company)
    assert {who: words.count(SINCE) for who, words in drawn.items()} == {"ruth": 2, "helena": 2, "miles": 1}
    assert await at(company, MORNING + WEEK) == {}


@pytest.mark.parametrize("does", ["answer", "close"])
async def test_p13_what_was_answered_or_closed_reminds_no_one(company: Company, does: str) -> None:
    name = await made(company)
    if does == "close":
        await closed(company, name)
    else:
        await (await opened(company, "ruth", name)).do(steps.ask_reporter, "Which day was it?")
    await heard(company)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK, MORNING):
        assert await at(company, moment) == {}


@pytest.mark.parametrize("out", ["accused", "conflicts"])
async def test_p13_the_fallback_who_is_out_is_never_let_in(company: Company, out: str) -> None:
    more: dict[str, Any] = {out: ["miles"]}
    await made(company, **more)
    for moment in (ACKNOWLEDGE, FEEDBACK):
        assert await later(company, moment) == {"ruth": [STILL], "helena": [STILL]}


async def test_p13_a_fallback_who_is_away_when_let_in_reads_it_upon_the_return(company: Company) -> None:
    await made(company, accused=["helena"])
    await be_away(company, company.miles, last=5)
    assert await later(company, WAITS) == {"ruth": [STILL]}
    assert await later(company, NOW + timedelta(days=6)) == {"miles": [ALERT]}


async def test_p13_while_sealed_its_reporter_hears_and_who_is_back_is_told_once(company: Company) -> None:
    for who in ("ruth", "helena", "henrik", "miles"):
        await be_away(company, company.people[who], last=30)
    await made(company, named="named")
    for moment in (ACKNOWLEDGE, FEEDBACK):
        assert await later(company, moment) == {ANNA: [LATE]}
    told = await later(company, NOW + timedelta(days=31))
    assert {who: words[0] for who, words in told.items()} == {"ruth": ALERT, "helena": ALERT, "miles": ALERT}
    assert await tick(company) == 0


@pytest.mark.parametrize("acknowledged", [True, False])
async def test_p13_a_report_of_the_bots_own_has_no_one_to_answer(company: Company, acknowledged: bool) -> None:
    await vanish(company, "call-1")
    await tick(company)
    await heard(company)
    if acknowledged:
        await (await opened(company, "ruth", await the_report(company))).do(steps.acknowledge_report)
    for moment in (ACKNOWLEDGE, WAITS, FEEDBACK):
        await later(company, moment)
    assert await at(company, MORNING) == ({} if acknowledged else to_all(STILL))


async def test_p13_who_gave_a_name_hears_at_both_moments_and_never_again(company: Company) -> None:
    await made(company, accused=["helena"], named="named")
    company.clock.now = ACKNOWLEDGE
    await tick(company)
    [late] = [one for one in await messages(company) if one.account == ANNA]
    told, roles = lines(late.card), company.door.policy.roles.held().values()
    assert late.card.summary == LATE
    assert company.door.policy.breach.last_resort in told
    assert buttons(late.card) == ["Reply"]
    hidden = [*NAMES.values(), *(role.title for role in roles)]
    assert not [line for line in told for name in hidden if name in line]
    assert ANNA not in await later(company, WAITS)
    assert (await at(company, FEEDBACK))[ANNA] == [LATE]
    assert ANNA not in await at(company, MORNING)


async def test_p13_who_withheld_a_name_reads_it_on_the_page_and_gets_no_message(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    told: list[tuple[str, str]] = []
    for moment in (ACKNOWLEDGE - SECOND, ACKNOWLEDGE, FEEDBACK):
        assert not [who for who in await later(company, moment) if who not in ("ruth", "helena", "miles")]
        view = await company.door.enter(filing.follow_report(filed.receipt), WEB)
        told.append((view.late, view.last_resort))
    await (await opened(company, "ruth", await the_report(company))).do(steps.acknowledge_report)
    view = await company.door.enter(filing.follow_report(filed.receipt), WEB)
    where = company.door.policy.breach.last_resort
    assert told == [("", ""), *[(NOBODY_ACKNOWLEDGED, where)] * 2]
    assert (view.late, view.last_resort) == (NOBODY_ANSWERED, where)


async def test_p13_a_closed_report_is_destroyed_at_its_moment_key_first(company: Company) -> None:
    name = await made(company, named="named")
    await closed(company, name)
    destroyed = datetime(2028, 11, 24, 13, tzinfo=UTC)  # 24 calendar months from the end of that day in Sydney
    company.clock.now = destroyed - timedelta(seconds=1)
    assert await tick(company) == 0
    company.clock.now = destroyed
    assert await tick(company) == 1
    told = await heard(company)
    assert {one for words in told.values() for one in words} == {
        OVER, "Your confidential report was erased, as the policy says.",
    }  # fmt: skip
    assert {who: len(words) for who, words in told.items()}.keys() == {"ruth", "helena", "slack:UANNA"}
    assert [await rows_of(company, kind) for kind in (Report, ReportPart)] == [0, 0]
    assert await heard(company) == {}
    rows = await company.database.read(clock.untold_traces)
    assert sorted(one.kind for one in rows) == ["key_destroyed"]


async def test_p13_the_rule_is_asked_of_closed_reports_too_and_alerts_no_one(company: Company) -> None:
    name = await made(company)
    await closed(company, name)
    held = POLICY.role("head_of_customer_success").model_copy(update={"holder": email(NAMES["henrik"]), "deputies": ()})
    roles = POLICY.roles.model_copy(update={"head_of_customer_success": held})
    company.door.policy = POLICY.model_copy(update={"roles": roles})
    await tick(company)
    assert await heard(company) == {}
    assert (await (await page(company, company.henrik, name)).read()).state == "closed"
    with pytest.raises(Refused):
        await page(company, company.helena, name)


async def test_p13_a_report_that_is_open_is_never_destroyed(company: Company) -> None:
    await made(company)
    company.clock.now += timedelta(days=2000)
    await tick(company)
    assert await rows_of(company, Report) == 1


async def test_p13_with_another_master_key_nothing_is_lost_and_its_end_waits(company: Company) -> None:
    name = await made(company)
    await closed(company, name)
    right, company.door.keys = company.door.keys, Keys(bytes(32))
    company.clock.now += timedelta(days=740)
    assert await tick(company) == 0
    assert await rows_of(company, Report) == 1
    company.door.keys = right
    await tick(company)
    assert await rows_of(company, Report) == 0


async def test_p13_a_call_that_vanished_early_is_reported_once_and_no_call_that_is_there(company: Company) -> None:
    await tick(company)
    await vanish(company, "call-1")
    await tick(company)
    assert await alerted(company) == ["helena", "ruth"]
    facts, line = await bot_facts(company)
    assert facts.startswith("Calls have disappeared")
    assert line.startswith(f"Call {company.calls[0]}, ")
    for _ in range(3):
        company.clock.pass_(days=1)
        await tick(company)
    await the_report(company)


async def test_p12_a_call_that_went_at_its_moment_is_nothing_to_report(company: Company) -> None:
    company.clock.pass_(days=400)
    await vanish(company, "call-1", "call-2")
    assert await tick(company) == 0


async def test_p13_no_finding_is_in_the_main_log_or_the_outbox(company: Company) -> None:
    await vanish(company, "call-1")
    entries, effects = len(await audit(company)), len(await ledger(company))
    await tick(company)
    assert (len(await audit(company)), len(await ledger(company))) == (entries, effects)


async def test_p13_the_alert_has_the_id_and_a_button_and_its_summary_has_neither(company: Company) -> None:
    await report(company, company.anna, accused=["bram"])
    name = await the_report(company)
    found = await collected(company)
    assert {one.person for one in found} == {company.ruth.person_id, company.helena.person_id}
    for one in found:
        assert name in str(one.card)
        assert (one.card.summary, buttons(one.card)) == (ALERT, ["Details"])
        assert (one.account, one.platform, one.conversation, one.message) == ("", "", "", "")


async def test_p13_what_one_replica_sends_no_other_takes_meanwhile(company: Company) -> None:
    await report(company, company.anna)
    assert len(await collected(company)) == 2
    assert await collected(company) == []
    company.clock.pass_(seconds=61)
    assert len(await collected(company)) == 2


async def test_p13_once_it_is_acknowledged_both_cards_say_so_where_they_stand(company: Company) -> None:
    await report(company, company.anna)
    stood = {one.person: one.name for one in await messages(company)}
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.read()
    await ruth.do(steps.acknowledge_report)
    found = await messages(company)
    assert {one.person: (one.name, one.platform, one.conversation, one.message) for one in found} == {
        person: (name, "slack", f"D{person}", name) for person, name in stood.items()
    }
    assert [(buttons(one.card), "acknowledged" in str(one.card)) for one in found] == [(["Details"], True)] * 2


async def test_p13_where_the_sight_ended_the_card_stays_as_it_is_and_leads_nowhere(company: Company) -> None:
    """A card that changed would tell the accused."""
    await report(company, company.anna)
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    assert await heard(company) == {"miles": [ALERT]}
    fresh = await page(company, company.ruth, ruth.report)
    await fresh.read()
    await fresh.do(steps.acknowledge_report)
    assert sorted(await heard(company)) == ["miles", "ruth"]
    assert (await refusal(company, steps.acknowledge_pressed(ruth.report), company.helena)).code == "no_report"


async def test_p13_whose_sight_ended_before_the_alert_went_out_never_hears_of_it(company: Company) -> None:
    [ruth] = await pages(company, "ruth")
    await ruth.do(steps.accuse_person, chosen(company, "helena")[0], "She was there.")
    assert sorted(await heard(company)) == ["miles", "ruth"]
    company.clock.pass_(days=1)
    assert await heard(company) == {}
    assert await states(company) == [TOLD, TOLD]


async def test_p13_several_alike_that_wait_are_one(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    for number in range(5):
        await company.door.enter(filing.add_words(filed.receipt, f"More {number}"), WEB)
    more = ["The reporter has added to a confidential report."]
    assert await heard(company) == {"ruth": more, "helena": more}
    await company.door.enter(filing.add_words(filed.receipt, "And more"), WEB)
    assert await heard(company) == {"ruth": more, "helena": more}


@pytest.mark.parametrize(
    ("waits", "total"), [([30.0], 30), ([30.0] * 3, 120), ([30.0] * 6, 900), ([30.0] * 9, 900), ([1.0] * 7, 32)]
)
async def test_p13_tries_are_further_and_further_apart(company: Company, waits: list[float], total: float) -> None:
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    for wait in waits:
        await undelivered(company, one.name, seconds=wait)
    company.clock.pass_(seconds=total - 1)
    assert await collected(company) == []
    company.clock.pass_(seconds=1)
    assert [one.name for one in await collected(company)] == [one.name]


async def test_p13_until_it_is_sent_only_the_day_is_there(company: Company) -> None:
    await report(company, company.anna)
    assert {one.due_at for one in await notices(company)} == {datetime(2026, 11, 24, tzinfo=UTC)}


async def test_p13_where_someone_cannot_be_reached_the_rule_asks_the_next(company: Company) -> None:
    """Helena is accused and Ruth blocked the bot: Miles is asked."""
    await report(company, company.anna, accused=["helena"])
    [one] = await collected(company)
    await company.door.enter(people.note_blocked("slack", "URUTH"), DELIVERY)
    await undelivered(company, one.name, gone=True)
    await tick(company)
    assert await heard(company) == {"miles": [ALERT]}


async def test_p13_one_that_no_one_can_read_waits_and_holds_up_no_other(company: Company) -> None:
    await report(company, company.anna)

    def spoil(store: Store) -> None:
        row = Breaches(store.session).messages()[0]
        row.sealed = b"x" * 60

    await company.database.write(spoil)
    assert len(await collected(company)) == 1
    assert await collected(company) == []
