"""P12: two people agree to a stopped run, of two roles and their deputies, and nobody counts twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handlers import matter_of
from handlers.acting import CLOCK, DELIVERY, Visitor
from handlers.alarms import Warned
from handlers.people import Gone
from handlers.stopped_runs.cards import whole
from handlers.stopped_runs.intents import Agree, Notice, Recheck, Remind, Reroute
from handlers.stopped_runs.view import load
from tests.each import each
from tests.erasing import Archive
from tests.handlers.addresses import NEW, led_by, twin
from tests.handlers.builders import AU, account, audit, away, ledger, meet, quiet, refusal
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.reading import home_of, labels, lines, looking, seen, title, whole_of
from tests.handlers.stopped_runs.acts import MOMENT, agree, at_the_moment, stopped, three, told
from tests.handlers.test_reminded_no_more import without_role
from tests.handlers.test_waiting import sydney, told_at
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.soak


async def test_p12_both_roles_and_their_deputies_get_the_card(archive: Archive) -> None:
    company, run = archive.company, await at_the_moment(archive)
    shown = [one for one in await ledger(company) if one.payload.get("matter") == run]
    assert [one.person_id for one in shown] == [one.person_id for one in (company.helena, company.henrik, company.ruth)]
    card = lines(await seen(company, run, company.henrik))
    assert card == [
        "⚠️ Erasures stopped · waiting for you",
        "Day: Wed 24 Nov 2027",
        "Calls: 3",
        "UK, Europe and North America: 1",
        "Australia and New Zealand: 2",
        "Share of the register: 100 in a hundred of 3 calls",
        "Usual: 0 a day, the median of 30 days",
        "Oldest call: <24 Nov 03:00>",
        "Newest call: <24 Nov 05:00>",
        "Unusually many calls come to their moment in one day, so none of them is erased. They are closed to everybody, and wait until two people agree.",
        "It came to you as deputy of the Head of Customer Success. If nobody answers, they stay closed and keep their audio, and whoever it waits for is reminded each working day.",
        "[Erase] [Details]",
        f"({run} · P12 · also seen by Helena Marsh, Ruth Adeyemi)",
    ]
    details = await whole_of(company, run, company.ruth)
    assert details is not None
    assert "Tue 24 Nov 2026 · Australia and New Zealand: 2 calls" in lines(details)
    assert await whole_of(company, run, company.tara) is None
    assert "⚠️ Erasures stopped: 3 calls" in str(lines(await home_of(company, company.ruth)))
    for who in (company.miles, company.anna):
        assert "Erasures stopped" not in str(lines(await home_of(company, who)))


async def test_p12_the_first_reads_that_one_more_has_to_agree_and_the_others_are_told(archive: Archive) -> None:
    company, run = archive.company, await at_the_moment(archive)
    await agree(archive, run, company.henrik)
    mine, theirs = await seen(company, run, company.henrik), await seen(company, run, company.ruth)
    assert (title(mine), title(theirs)) == (
        "⚠️ Erasures stopped · one more has to agree",
        "⚠️ Erasures stopped · waiting for you",
    )
    assert (labels(mine), labels(theirs)) == (["Details"], ["Erase", "Details"])
    assert lines(theirs)[1:3] == ["Henrik Solberg agreed, <24 Nov 03:00>", "One more has to agree."]
    words = f"Henrik Solberg agreed that 3 calls are erased ({run}). One more has to agree. Press Details to read more."
    assert [await told(archive, one) for one in (company.helena, company.ruth, company.henrik)] == [
        [words],
        [words],
        [],
    ]
    await agree(archive, run, company.helena)
    assert lines(await seen(company, run, company.henrik))[:4] == [
        "✅ Erasures stopped · two people agreed",
        "You agreed, <24 Nov 03:00>",
        "Helena Marsh agreed, <24 Nov 03:00>",
        "2 calls still to go.",
    ]
    assert [(*one[:2], one[4]) for one in await audit(company, run) if "agree" in one[1]] == [
        (f"person:{company.henrik.person_id}", "stopped_runs.agree", {"place": 1}),
        (f"person:{company.helena.person_id}", "stopped_runs.agree", {"place": 2}),
    ]


async def test_p12_nobody_agrees_twice_by_another_role_account_or_address(archive: Archive) -> None:
    company, run = archive.company, await at_the_moment(archive)
    await agree(archive, run, company.helena)
    on_teams = Visitor("teams:HELENA", company.helena.person_id)
    for who in (company.helena, on_teams):
        assert (await refusal(company, Agree(run), who)).code == "twice"
    # The Head is the Manager's deputy as well: still one person.
    roles = company.door.policy.roles
    hr = roles.manager_human_resources.model_copy(update={"deputies": ("helena.marsh@fernhill.example",)})
    company.door.policy = company.door.policy.model_copy(
        update={"roles": roles.model_copy(update={"manager_human_resources": hr})}
    )
    assert (await refusal(company, Agree(run), company.helena)).code == "twice"
    await archive.tick()
    assert (await stopped(archive)).is_open
    await agree(archive, run, company.henrik)
    assert (await refusal(company, Agree(run), company.ruth)).code == "already"
    await quiet(company, Agree(run), company.henrik)


async def test_p12_whoever_is_in_neither_role_knows_of_none(archive: Archive) -> None:
    company, run = archive.company, await at_the_moment(archive)
    for who in (company.anna, company.tara, company.miles):
        assert str(await refusal(company, Agree(run), who)) == "I can't find these erasures."
    assert str(await refusal(company, Agree("ER-NONE"), company.helena)) == "I can't find these erasures."


async def test_p12_whoever_has_to_agree_is_reminded_each_morning_until_it_goes_on(archive: Archive) -> None:
    company, run = archive.company, await at_the_moment(archive)
    await delivered(company)
    await agree(archive, run, company.helena)
    archive.until(MOMENT, days=1)
    await fall(company)
    assert [len(await digests(company, one)) for one in (company.helena, company.henrik, company.ruth)] == [0, 1, 1]
    [[reminded]] = await digests(company, company.ruth)
    assert reminded.startswith(
        "3 calls are past their moment and wait, since that is unusually many for one day. One more has to agree."
    )
    await agree(archive, run, company.ruth)
    assert await digests(company, company.henrik) == [[]]
    archive.until(MOMENT, days=5)
    await company.door.enter(Remind(run), CLOCK)
    assert await company.database.read(lambda store: store.deadlines.coming("stopped_runs.remind", run)) is None


async def test_p12_where_two_can_not_be_reached_somebody_is_told_each_day(archive: Archive) -> None:
    company, _ = archive.company, await three(archive)
    for name in ("UHENRIK", "URUTH"):
        await company.door.enter(Gone("slack", name), DELIVERY)
    archive.until(MOMENT)
    await archive.tick()
    run = (await stopped(archive)).id
    assert [one.payload["words"] for one in await ledger(company, company.miles) if one.kind == "warn"] == [
        f"Two people have to agree to the stopped erasures {run}, and fewer of those who may can be reached. Please see who can."
    ]
    assert "⚠️ There are fewer people than that who can be asked now." in lines(await seen(company, run, company.helena))
    await agree(archive, run, company.helena)
    company.clock.pass_(days=1)
    await company.door.enter(Remind(run), CLOCK)
    assert len([one for one in await ledger(company, company.miles) if one.kind == "warn"]) == 2


@pytest.mark.parametrize("agreed", [False, True])
async def test_p12_whom_the_policy_names_by_two_addresses_counts_once(archive: Archive, *, agreed: bool) -> None:
    company = archive.company
    teams = await twin(company, "ruth")
    company.door.policy = led_by(NEW, "head_of_customer_success", company.door.policy)
    await company.door.enter(Gone("slack", "UHENRIK"), DELIVERY)
    run = await at_the_moment(archive)
    if agreed:
        await agree(archive, run, company.ruth)
        assert (await refusal(company, Agree(run), teams)).code == "twice"
        company.clock.pass_(days=1)
        await company.door.enter(Remind(run), CLOCK)
    warned = [one.payload["words"] for one in await ledger(company, company.miles) if one.kind == "warn"]
    assert [one.startswith("Two people have to agree") for one in warned] == [True] * (1 + agreed)


async def test_p12_where_nobody_can_be_reached_it_is_stuck_until_somebody_is_back(archive: Archive) -> None:
    company, _ = archive.company, await three(archive)
    for name in ("UHELENA", "UHENRIK", "URUTH"):
        await company.door.enter(Gone("slack", name), DELIVERY)
    archive.until(MOMENT)
    await archive.tick()
    run = (await stopped(archive)).id
    assert (await stopped(archive)).state == "stuck"
    await meet(company.door, account("URUTH", "Ruth Adeyemi"))
    await company.door.enter(Recheck(run), CLOCK)
    card = await seen(company, run, company.ruth)
    assert (title(card), labels(card)) == ("⚠️ Erasures stopped · waiting for you", ["Erase", "Details"])


async def test_p12_whoever_is_away_is_not_asked_and_a_card_that_does_not_arrive_asks_the_rest(archive: Archive) -> None:
    company, _ = archive.company, await three(archive)
    company.door.policy = away(company.door.policy, "head_of_customer_success", now=MOMENT)
    archive.until(MOMENT)
    await archive.tick()
    run = (await stopped(archive)).id
    shown = [one for one in await ledger(company) if one.payload.get("matter") == run]
    assert [one.person_id for one in shown] == [company.henrik.person_id, company.ruth.person_id]
    await company.door.enter(Reroute(run, company.henrik.person_id or 0, "is_archived", shown[0].id), DELIVERY)
    assert lines(await seen(company, run, company.ruth))[-1] == f"({run} · P12)"
    await company.door.enter(Notice(run, "D1", "1.1"), company.ruth)
    assert await findings(company.database) == []


async def test_p12_where_nobody_can_be_asked_the_card_says_who_was_told(archive: Archive) -> None:
    """Whoever has the alarm looks at it in Details; the matter is asked for what every matter is."""
    company = archive.company
    for name in ("UHELENA", "UHENRIK", "URUTH"):
        await company.door.enter(Gone("slack", name), DELIVERY)
    run = await at_the_moment(archive)
    kind = matter_of(run)
    assert await company.database.read(lambda store: (list(kind.stuck(store)), list(kind.waiting(store)))) == (
        [run],
        [run],
    )
    [warn] = [one for one in await ledger(company, company.miles) if one.kind == "warn"]
    await company.door.enter(Warned(warn.id, warn.payload["alarm"], "slack"), DELIVERY)
    details = await whole_of(company, run, company.miles)
    assert details is not None
    assert lines(details)[0] == "⚠️ Erasures stopped · nobody can agree"
    assert "⚠️ Nobody who could agree can be asked now. Miles Fairweather (Managing Director) has been told." in lines(
        details
    )
    wanted = (kind.notice(run, "D1", "1.1"), kind.reroute(run, 1, "x", "1", None), kind.recheck(run))
    assert wanted == (Notice(run, "D1", "1.1"), Reroute(run, 1, "x", "1", None), Recheck(run))


async def test_p12_whoever_is_in_no_role_any_more_reads_that_and_agrees_to_nothing(archive: Archive) -> None:
    company, run = archive.company, await at_the_moment(archive)
    roles = company.door.policy.roles
    head = roles.head_of_customer_success.model_copy(update={"deputies": ()})
    company.door.policy = company.door.policy.model_copy(
        update={"roles": roles.model_copy(update={"head_of_customer_success": head})}
    )
    refused = await refusal(company, Agree(run), company.henrik)
    assert (
        str(refused) == "This is for the Head of Customer Success and the Manager, Human Resources and their deputies."
    )
    assert "It came to you" not in str(lines(await seen(company, run, company.henrik)))
    await company.door.enter(Recheck(run), CLOCK)
    assert title(await seen(company, run, company.henrik)) == "⚠️ Erasures stopped · two people have to agree"


def _days(number: int) -> list[tuple[str, str, int]]:
    return [(AU, f"{date(2020, 1, 1) + timedelta(days=one)}", 2) for one in range(number)]


@each(
    ("days", "first", "rows"),
    [
        (40, "Wed 1 Jan 2020 · Australia and New Zealand: 2 calls", 40),
        (41, "January 2020 · Australia and New Zealand: 62 calls", 2),
        (2000, "2020 · Australia and New Zealand: 732 calls", 6),
    ],
)
async def test_p12_details_count_by_line_and_day_month_or_year_forty_rows_at_most(
    archive: Archive, days: int, first: str, rows: int
) -> None:
    company, run = archive.company, await at_the_moment(archive)
    view = await looking(company, company.ruth, lambda act: load(act, run))
    card = await seen(company, run, company.ruth)
    found = [one for one in lines(whole(card, view, _days(days))) if one not in lines(card)]
    assert (found[0], len(found)) == (first, rows)
    assert whole(card, view, ()) == card


async def test_p12_what_was_erased_earlier_that_day_stands_on_the_card(archive: Archive) -> None:
    company = archive.company
    await archive.record("early", NOW - timedelta(hours=1), audio=b"early")
    archive.until(MOMENT, hours=-1)
    await archive.tick()
    for number in range(3):
        await archive.record(f"old-{number}", NOW - timedelta(hours=2), audio=b"old %d" % number)
    await archive.tick()
    run = (await stopped(archive)).id
    assert "Erased earlier that day: 1 call" in lines(await seen(company, run, company.ruth))
    await agree(archive, run, company.ruth, company.helena)
    await archive.tick()
    assert "Each goes at its moment." in lines(await seen(company, run, company.ruth))


@pytest.mark.parametrize("still", [True, False])
async def test_p12_whoever_lost_the_role_is_not_reminded_of_erasures_that_stopped(
    archive: Archive, still: bool
) -> None:
    company, _ = archive.company, await at_the_moment(archive)
    await delivered(company)
    if not still:
        company.door.policy = without_role(company.door.policy, "head_of_customer_success")
    await pass_until(company, sydney("2027-11-25", 12))
    assert bool(await told_at(company, company.helena)) is still
