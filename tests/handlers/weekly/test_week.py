"""Each week has one card: what it freezes, who is to see it, and what becomes of one that nobody sees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handlers import matter_of
from handlers.access.intents import Approve, Deny
from handlers.acting import CLOCK
from handlers.checkpoints import Take, Written
from handlers.policy.values import RoleName
from handlers.weekly.intents import Make, PassOn, Recheck, See, Verified
from storage.database.store import Store
from storage.reminders import Reminder
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    ask,
    audit,
    away,
    claim_about,
    email,
    quiet,
    refusal,
    without_deputies,
    words_for,
)
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import home_of, labels, lines, whole_of
from tests.handlers.reading import seen as shown
from tests.handlers.weekly.acts import MONDAY, card_of_the_week, facts, newest, numbers, see, text, unseen
from tests.reconciled import findings

DAY, WEEK = timedelta(days=1), timedelta(days=7)


async def test_the_card_comes_on_the_first_working_day_to_the_head_and_says_numbers_first(company: Company) -> None:
    await ask(company, company.anna)
    card = await card_of_the_week(company)
    told = lines(await shown(company, card.id, company.helena))
    assert told[0] == "⏳ Week of Mon 30 Nov 2026 · to be seen by you"
    assert "Waits for an answer: 1 matter" in told
    assert any(
        one.startswith("None of these: late erasures, overdue, kept past its moment, out of the ordinary")
        for one in told
    )
    assert labels(await shown(company, card.id, company.helena)) == ["Seen", "Details"]
    assert await unseen(company) == ["2026-11-30"]


async def test_seen_is_an_entry_that_attests_what_was_frozen_and_closes_the_card(company: Company) -> None:
    card = await card_of_the_week(company)
    await see(company, company.helena, card)
    (entry,) = [one for one in await audit(company, card.id) if one[1] == "weekly.see"]
    assert entry[4] == {"week": "2026-11-30", "digest": card.digest, "role": "head_of_customer_success"}
    told = lines(await shown(company, card.id, company.helena))
    assert told[0] == "✅ Week of Mon 30 Nov 2026 · seen by you"
    assert "[Details]" in told
    await quiet(company, See(card.id), company.helena)


async def test_whoever_was_not_asked_has_no_card_and_sees_nothing(company: Company) -> None:
    card = await card_of_the_week(company)
    for who in (company.anna, company.ruth, company.tara):
        assert (await refusal(company, See(card.id), who)).sentence == "I can't find this card."
    assert (await refusal(company, See("WK-NONE"), company.helena)).sentence == "I can't find this card."


async def test_a_card_is_made_once_in_a_week_whoever_asks_for_it(company: Company) -> None:
    first = await card_of_the_week(company)
    for moment in (MONDAY, MONDAY + timedelta(hours=1), MONDAY + 2 * DAY):
        company.clock.now = moment
        await company.door.enter(Make(None), CLOCK)
    assert (await newest(company)).id == first.id
    assert await unseen(company) == ["2026-11-30"]


@each("moment", [MONDAY - timedelta(seconds=1), MONDAY + timedelta(hours=8), MONDAY + DAY, MONDAY - DAY])
async def test_outside_working_hours_and_in_mid_week_there_is_none_where_there_never_was_one(
    company: Company, moment: object
) -> None:
    company.clock.now = moment  # type: ignore[assignment]
    await company.door.enter(Make(None), CLOCK)
    assert await unseen(company) == []


async def test_a_week_that_begins_with_a_day_off_has_its_card_on_the_next_working_day(company: Company) -> None:
    easter = MONDAY.replace(year=2027, month=3, day=28, hour=22)  # Easter Monday in New South Wales, 29 March 2027
    company.clock.now = easter
    await company.door.enter(Make(None), CLOCK)
    assert await unseen(company) == []
    await card_of_the_week(company, easter + DAY)
    assert await unseen(company) == ["2027-03-29"]


async def test_after_an_outage_of_weeks_there_is_one_card_and_after_one_of_days_it_comes_late(company: Company) -> None:
    await card_of_the_week(company)
    await card_of_the_week(company, MONDAY + 5 * WEEK + 2 * DAY)
    assert await unseen(company) == ["2026-11-30", "2027-01-04"]
    company.clock.now = MONDAY + WEEK
    await company.door.enter(Make(None), CLOCK)
    company.clock.now = MONDAY + DAY
    await company.door.enter(Make(None), CLOCK)
    assert await unseen(company) == ["2026-11-30", "2026-12-07", "2027-01-04"]


async def test_not_seen_after_five_working_days_the_other_one_is_asked_and_the_first_keeps_it(company: Company) -> None:
    card = await card_of_the_week(company)
    due = await company.database.read(lambda store: store.deadlines.coming("weekly.not_seen", card.id))
    assert due == MONDAY + WEEK + timedelta(hours=8)
    company.clock.now = due
    await company.door.enter(PassOn(card.id), CLOCK, due=f"weekly.not_seen:{card.id}")
    both = [lines(await shown(company, card.id, one)) for one in (company.helena, company.ruth)]
    for told in both:
        assert (
            "Passed on: nobody had seen it after 5 working days, so it waits for Helena Marsh or Ruth Adeyemi." in told
        )
        assert told[0].endswith("to be seen by you")
    assert "[Seen] [Details]" in both[1]
    await see(company, company.ruth, card)
    assert lines(await shown(company, card.id, company.helena))[0].endswith("seen by Ruth Adeyemi")
    await company.door.enter(PassOn(card.id), CLOCK)


async def test_a_new_week_while_the_old_card_is_unseen_comes_too_and_says_so(company: Company) -> None:
    old = await card_of_the_week(company)
    new = await card_of_the_week(company, MONDAY + WEEK)
    assert await unseen(company) == ["2026-11-30", "2026-12-07"]
    assert (await numbers(company, company.helena, new))["Earlier cards not seen"] == "1 card"
    assert "to be seen by you" in lines(await shown(company, old.id, company.helena))[0]
    await see(company, company.helena, old)
    assert (await numbers(company, company.helena, new))["Earlier cards not seen"] == "1 card, 1 over by now"
    assert f"{old.id} (seen by now)" in await text(company, company.helena, new)


@pytest.mark.parametrize("policy", [away(POLICY, "head_of_customer_success", now=MONDAY)])
async def test_while_the_head_is_away_the_deputy_sees_it(company: Company) -> None:
    card = await card_of_the_week(company)
    await see(company, company.henrik, card)
    assert (await newest(company)).seen_by == company.henrik.person_id


CHAIN: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")
NOBODY = away(without_deputies(POLICY, *CHAIN), *CHAIN, now=MONDAY)


@pytest.mark.parametrize("policy", [NOBODY])
async def test_where_nobody_can_see_it_the_card_is_stuck_and_goes_to_whoever_is_back(company: Company) -> None:
    card = await card_of_the_week(company)
    assert card.state == "stuck"
    assert "Nobody may decide the weekly card" in " ".join(await words_for(company, company.ruth))
    company.clock.now = MONDAY + DAY
    await company.door.enter(Recheck(card.id), CLOCK)
    assert lines(await shown(company, card.id, company.helena))[0].endswith("to be seen by you")
    await see(company, company.helena, card)


async def test_where_nobody_is_left_to_pass_it_on_to_an_alarm_says_so(company: Company) -> None:
    card = await card_of_the_week(company)
    company.clock.now = MONDAY + WEEK + timedelta(hours=8)
    company.door.policy = away(POLICY, "manager_human_resources", now=company.clock.now)
    await company.door.enter(PassOn(card.id), CLOCK)
    for who in (company.ruth, company.miles):
        assert await words_for(company, who) == [], "work is over for today"
    await pass_until(company, company.clock.now + timedelta(days=1))
    told = " ".join(await words_for(company, company.ruth) + await words_for(company, company.miles))
    assert f"Nobody has seen the weekly card {card.id}, and nobody else is left to ask" in told


async def test_what_is_answered_since_is_marked_and_what_was_frozen_stays(company: Company) -> None:
    first, second = (
        await ask(company, company.anna),
        await ask(company, company.bram, calls=company.calls[1:2], **CLAIM),
    )
    card = await card_of_the_week(company)
    assert sorted(one["matter"] for one in (await facts(company))["waiting"]) == sorted([first, second])
    assert (await numbers(company, company.helena, card))["Waits for an answer"] == "2 matters"
    await company.door.enter(Deny(second, "No."), company.helena)
    assert (await numbers(company, company.helena, card))["Waits for an answer"] == "2 matters, 1 over by now"
    assert (await newest(company)).digest == card.digest
    whole = await text(company, company.helena, card)
    line, call = (
        "Australia and New Zealand",
        "Call of <22 Nov 03:00 Australia/Sydney> · caller ••••\N{NO-BREAK SPACE}672",
    )
    assert f"Request {first} · {line} (waits for Tara Lindqvist · since Tue 24 Nov 2026)" in whole
    assert (
        f"Request {second} · Bram Tolliver · {call} (waits for Helena Marsh · since Tue 24 Nov 2026 · over by now) [Details]"
        in whole
    )


async def test_p9_what_concerns_its_reader_is_left_out_in_number_and_in_words(company: Company) -> None:

    claim = await ask(company, company.anna, **claim_about("helena"))
    own = await ask(company, company.tara)
    card = await card_of_the_week(company)
    assert sorted(one["matter"] for one in (await facts(company))["waiting"]) == sorted([claim, own])
    assert (await numbers(company, company.helena, card))["Waits for an answer"] == "1 matter"
    assert claim not in await text(company, company.helena, card)
    await company.door.enter(Approve(own), company.helena)
    company.clock.now = MONDAY + WEEK + timedelta(hours=8)
    await company.door.enter(PassOn(card.id), CLOCK)
    assert (await numbers(company, company.ruth, card))["Waits for an answer"] == "2 matters, 1 over by now"
    assert claim in await text(company, company.ruth, card)


async def test_the_log_is_verified_to_an_entry_with_its_checkpoint_or_the_card_says_that_it_is_not(
    company: Company,
) -> None:

    company.clock.now = MONDAY - timedelta(hours=1)
    await company.door.enter(Take(), CLOCK)
    entries = await company.database.read(lambda store: store.audit.head()[0])
    card = await card_of_the_week(company, verified=Verified(entries, 0, MONDAY))
    written = (
        f"verified to entry {entries}, checkpoint of Sun 29 Nov 2026, which is not written outside the database yet"
    )
    assert (await numbers(company, company.helena, card))["The log"] == written
    await company.door.enter(Written(date(2026, 11, 29)), CLOCK)
    broken = await card_of_the_week(company, MONDAY + WEEK, Verified(entries, 2, MONDAY))
    told = await text(company, company.helena, broken)
    assert f"verified to entry {entries}, 2 things did not fit, checkpoint of Sun 29 Nov 2026" in told
    assert (
        "2 things of what is stored do not fit the log. The Head of Customer Success and the Manager, Human Resources were told."
        in told
    )
    company.clock.now = MONDAY + 2 * WEEK
    await company.door.enter(Make(None), CLOCK)
    told = await text(company, company.helena, await newest(company))
    assert "The log: not verified" in told
    assert "so nobody knows yet whether it holds" in told
    early = await card_of_the_week(company, MONDAY + 3 * WEEK, Verified(0, 1, MONDAY))
    told = await text(company, company.helena, early)
    assert "verified to entry 0, 1 thing did not fit, no checkpoint yet" in told
    assert "1 thing of what is stored does not fit the log" in told


async def test_at_home_a_card_waits_for_whoever_is_to_see_it_and_for_nobody_else(company: Company) -> None:
    card = await card_of_the_week(company)
    home = lines(await home_of(company, company.helena))
    assert any(one.startswith("⏳ Week of Mon 30 Nov 2026: to be seen") for one in home)
    for who in (company.ruth, company.anna):
        assert "Week of" not in str(lines(await home_of(company, who)))
    await see(company, company.helena, card)
    assert "Week of" not in str(lines(await home_of(company, company.helena)))
    assert await whole_of(company, card.id, company.anna) is None


async def test_whoever_has_it_no_more_reads_for_whom_it_waits_and_nothing_reminds_of_it(company: Company) -> None:
    card = await card_of_the_week(company)
    head = POLICY.roles.head_of_customer_success.model_copy(update={"holder": email("Henrik Solberg"), "deputies": ()})
    company.door.policy = POLICY.model_copy(
        update={"roles": POLICY.roles.model_copy(update={"head_of_customer_success": head})}
    )
    await company.door.enter(Recheck(card.id), CLOCK)
    assert lines(await shown(company, card.id, company.helena))[0].endswith("to be seen by Henrik Solberg")
    kind = matter_of(card.id)
    reminder = Reminder(id="1", matter_id=card.id, person_id=1, step="", fell_at=MONDAY, tell_at=MONDAY)

    def asked(store: Store) -> tuple[object, list[str]]:
        return kind.reminded(company.door.act(store, CLOCK), reminder), list(kind.stuck(store))

    assert await company.database.read(asked) == (None, [])


@pytest.mark.by_hand
async def test_a_matter_that_is_no_longer_stored_is_left_out_and_one_that_nobody_could_decide_says_so(
    company: Company,
) -> None:
    there, gone = await ask(company, company.anna), await ask(company, company.bram, calls=company.calls[1:2])

    def stuck(store: Store) -> None:
        found = store.requests.get(there)
        assert found is not None
        found.state = "stuck"

    await company.database.write(stuck)
    card = await card_of_the_week(company)

    def away_with_it(store: Store) -> None:
        row = store.weeks.get(card.id)
        assert row is not None
        row.facts = {
            **row.facts,
            "waiting": [{**one, "matter": one["matter"].replace(gone, "R-NONE2222")} for one in row.facts["waiting"]],
        }

    await company.database.write(away_with_it)
    whole = await text(company, company.helena, card)
    assert "R-NONE" not in whole
    assert f"Request {there} · Australia and New Zealand (nobody may decide it as things were" in whole
    found = await findings(company.database)
    assert any("facts" in one for one in found), "what was frozen is held against the log"
