"""The weekly digest: whom it goes to, what it tells them and what it keeps from them, and what happens if no one sees
it.
"""

from datetime import timedelta

import pytest

from handlers.acting import CLOCK
from handlers.digest import steps
from handlers.digest.steps import DigestNews, LogVerification, WaitingMatter
from handlers.matters.showing import kind_of
from handlers.policy import RoleName
from tests.each import each
from tests.erasing import Archive
from tests.handlers.builders import (
    AU,
    POLICY,
    UK,
    Company,
    account,
    ask,
    audit,
    away,
    call,
    claim_about,
    meet,
    quiet,
    refusal,
    register,
    without_deputies,
    words_for,
)
from tests.handlers.customers.acts import a_request
from tests.handlers.digest.acts import MONDAY, details, digest_of_the_week, digests, facts
from tests.handlers.holds.acts import hold
from tests.handlers.passing_time import delivered, lives_in, pass_until
from tests.handlers.passing_time import digests as morning_messages
from tests.handlers.random_review.acts import a_month, drawn, reviews_of
from tests.handlers.reading import home_of, labels, lines
from tests.handlers.reading import seen as shown
from tests.odd_files import spoilt
from tests.reconciled import findings

DAY, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)
NOWHERE = "+15550100"
FELL = MONDAY + WEEK + timedelta(hours=8)
CHAIN: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")


async def test_it_comes_to_the_head_and_says_what_waits_with_whom(company: Company) -> None:
    request = await ask(company, company.anna)
    digest = await digest_of_the_week(company)
    told = await shown(company, digest.id, company.helena)
    assert lines(told)[0] == "⏳ Week of Mon 30 Nov 2026 · please read it"
    assert labels(told) == ["Seen"]
    read = await facts(company, company.helena, digest)
    assert read["Waiting for an answer"] == "1 matter, with Tara Lindqvist"
    assert lines(told)[-1].startswith("(Log verified to entry ")
    assert f"Request {request} · Australia and New Zealand (with Tara Lindqvist · since " in await details(
        company, company.helena, digest
    )
    assert "Week of Mon 30 Nov 2026: please read it" in "\n".join(lines(await home_of(company, company.helena)))


async def test_the_card_keeps_what_it_said_and_details_and_a_late_reader_see_what_is_now(company: Company) -> None:
    digest = await digest_of_the_week(company)
    request = await ask(company, company.anna)
    assert "Waiting for an answer" not in await facts(company, company.helena, digest)
    assert request in await details(company, company.helena, digest)
    company.door.policy = away(POLICY, *CHAIN[:1], now=MONDAY)
    await company.door.enter(kind_of(digest.id).recheck(digest.id), CLOCK)
    assert "Waiting for an answer" in await facts(company, company.henrik, digest)


@each(("names", "told"), [("ABC", "A, B and C"), ("ABCD", "A, B, C and others")])
def test_it_names_three_people_at_most(names: str, told: str) -> None:
    waiting = [WaitingMatter("R-1", "A request", MONDAY, (one,), late=False, stuck=False) for one in names]
    news = DigestNews({}, (), {}, waiting, (), (), (), ())
    assert steps.told_in(news) == [("Waiting for an answer", f"{len(names)} matters, with {told}")]


async def test_p8_an_overdue_matter_is_counted_once(company: Company) -> None:
    await a_request(company)
    digest = await digest_of_the_week(company, MONDAY + WEEK)
    read = await facts(company, company.helena, digest)
    assert "overdue · " in await details(company, company.helena, digest)
    assert read["Waiting for an answer"].startswith("1 matter, with ")
    assert read["Waiting for an answer"].endswith("; 1 overdue")
    assert "Overdue" not in read


async def test_p12_it_says_what_goes_this_week_and_offers_a_hold(archive: Archive) -> None:
    company = archive.company
    await archive.record("soon", MONDAY - YEAR + 2 * DAY, audio=b"soon")
    await archive.record("later", MONDAY - YEAR + 9 * DAY, audio=b"later")
    held = await archive.record("held", MONDAY - YEAR + DAY, audio=b"held")
    archive.until(MONDAY - DAY)
    own = await hold(company, company.helena, [held], until="2027-01-10")
    digest = await digest_of_the_week(company)
    read = await facts(company, company.helena, digest)
    assert read["To be erased"] == "1 call"
    assert read["Kept past its time"] == "1 call by a hold"
    assert labels(await shown(company, digest.id, company.helena)) == ["Seen", "Hold"]
    told = await details(company, company.helena, digest)
    assert f"by a hold · {own.hold} · until " in told
    assert "Australia and New Zealand: 1" in told


async def test_p12_details_counts_every_call_that_goes_and_lists_the_first(company: Company) -> None:
    began = MONDAY - YEAR + DAY
    await register(
        company.door, *(call(number, line=(AU, UK)[number % 2], started=began) for number in range(100, 160))
    )
    told = await details(company, company.helena, await digest_of_the_week(company))
    assert "Australia and New Zealand: 30" in told
    assert (told.count(" · erased <"), "And 20 more." in told) == (40, True)


async def test_p4_it_lists_calls_on_no_line_and_files_that_cant_be_read(archive: Archive) -> None:
    await archive.record("out", line=NOWHERE, audio=b"out")
    number = await spoilt(archive)
    archive.until(MONDAY - DAY)
    digest = await digest_of_the_week(archive.company)
    read = await facts(archive.company, archive.company.helena, digest)
    assert (read["On unknown lines"], read["Can’t be read or reached"]) == ("1 call", "1 file")
    told = await details(archive.company, archive.company.helena, digest)
    assert f"File {number}: it has no metadata file · 3 bytes" in told
    assert "Pemberly" not in told  # its name may be a person's


async def test_p7_it_names_people_who_cant_be_reached(company: Company) -> None:
    await meet(company.door, account("UDEVEN", "Deven Okafor", "deactivated"))
    digest = await digest_of_the_week(company)
    assert (await facts(company, company.helena, digest))["Can’t be read or reached"] == "1 person"
    told = await details(company, company.helena, digest)
    assert "Deven Okafor (deputy of the Customer Success Specialist Team Leader) has no account that I can find" in told


@pytest.mark.parametrize("policy", [away(without_deputies(POLICY, "team_leader"), "team_leader", now=MONDAY)])
async def test_p7_it_names_a_role_that_no_one_fills_and_who_is_away(company: Company) -> None:
    told = await details(company, company.helena, await digest_of_the_week(company))
    assert (
        "No one fills the role Customer Success Specialist Team Leader today: Tara Lindqvist is away, and there is no deputy."
        in told
    )


async def test_p9_what_concerns_its_reader_is_left_out_in_number_and_in_words(company: Company) -> None:
    claim = await ask(company, company.anna, **claim_about("helena"))
    digest = await digest_of_the_week(company)
    assert "Waiting for an answer" not in await facts(company, company.helena, digest)
    assert claim not in await details(company, company.helena, digest)
    await company.door.enter(steps.pass_on(digest.id), CLOCK)
    assert claim in await details(company, company.ruth, digest)


@pytest.mark.parametrize(
    ("verified", "alarm"),
    [
        (LogVerification(7, 2, MONDAY), "match the log"),
        (LogVerification(7, 0, MONDAY, compared=False), "couldn’t read"),
    ],
)
async def test_c2_it_says_if_the_log_does_not_hold(company: Company, verified: LogVerification, alarm: str) -> None:
    digest = await digest_of_the_week(company, verified=verified)
    assert alarm in "\n".join(lines(await shown(company, digest.id, company.helena)))


async def test_c2_it_says_if_the_log_was_not_verified_in_time(company: Company) -> None:
    company.clock.now = MONDAY
    await company.door.enter(steps.make_digest({}), CLOCK)
    [digest] = await digests(company)
    told = "\n".join(lines(await shown(company, digest.id, company.helena)))
    assert "verify the log in time" in told


async def test_seen_is_logged_and_closes_it(company: Company) -> None:
    digest = await digest_of_the_week(company)
    await company.door.enter(steps.mark_seen(digest.id), company.helena)
    (entry,) = [one for one in await audit(company, digest.id) if one[1] == "digest.see"]
    assert entry[4] == {"role": "head_of_customer_success"}
    told = lines(await shown(company, digest.id, company.helena))
    assert told[0] == "✅ Week of Mon 30 Nov 2026 · seen by you"
    assert "[Details]" in told
    await quiet(company, steps.mark_seen(digest.id), company.helena)
    assert await findings(company.database) == []


async def test_no_one_else_can_read_or_see_it(company: Company) -> None:
    digest = await digest_of_the_week(company)
    for who in (company.anna, company.ruth, company.tara):
        assert (await refusal(company, steps.mark_seen(digest.id), who)).sentence == "I can’t find this card."
    assert (await refusal(company, steps.mark_seen("WK-NONE"), company.helena)).sentence == "I can’t find this card."


async def test_it_is_made_once_a_week_however_often_the_clock_asks(company: Company) -> None:
    for moment in (MONDAY, MONDAY, MONDAY + timedelta(hours=1), MONDAY + 2 * DAY):
        company.clock.now = moment
        await company.door.enter(steps.make_digest({}), CLOCK)
    assert len(await digests(company)) == 1


async def test_after_five_working_days_human_resources_gets_it_when_her_day_begins(company: Company) -> None:
    await lives_in(company, company.ruth, "Europe/London")
    digest = await digest_of_the_week(company)
    assert await company.database.read(lambda store: store.deadlines.coming("digest.not_seen", digest.id)) == FELL
    await delivered(company)
    await pass_until(company, FELL + timedelta(hours=1))
    assert await morning_messages(company, company.ruth) == [], "it is six in the morning in London"
    await pass_until(company, FELL + timedelta(hours=4))
    assert lines(await shown(company, digest.id, company.ruth))[0].endswith("please read it")
    await company.door.enter(steps.mark_seen(digest.id), company.ruth)
    assert lines(await shown(company, digest.id, company.helena))[0].endswith("seen by Ruth Adeyemi")


@pytest.mark.parametrize("policy", [away(without_deputies(POLICY, *CHAIN[:1]), *CHAIN[:1], now=MONDAY)])
async def test_unseen_it_is_told_in_working_hours_and_not_to_the_silent_reader(company: Company) -> None:
    await lives_in(company, company.miles, "Europe/London")
    digest = await digest_of_the_week(company)
    assert "please read it" in lines(await shown(company, digest.id, company.ruth))[0]
    company.door.policy = away(company.door.policy, *CHAIN[:1], now=FELL)
    await pass_until(company, FELL + timedelta(hours=1))
    assert await words_for(company, company.miles) == [], "it is six in the morning in London"
    await pass_until(company, FELL + timedelta(hours=4))
    assert "No one has seen the weekly digest" in " ".join(await words_for(company, company.miles))
    assert await words_for(company, company.ruth) == []


async def test_p10_drawn_calls_wait_with_their_reviewers_and_not_with_no_one(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    digest = await digest_of_the_week(company, MONDAY + WEEK)
    told = (await facts(company, company.helena, digest))["Waiting for an answer"]
    names = {review.reviewer for review in await reviews_of(company, draw)}
    assert names
    assert "no one" not in told
    assert "no one may decide it" not in await details(company, company.helena, digest)
