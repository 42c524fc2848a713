"""No customer is forgotten: reminders, the due day, a missed one on record for good, and the end of a link (P8)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.acting import CLOCK, WEB, Actor
from handlers.customers import filing, steps
from handlers.customers import links as customers_links
from storage.database.store import Store
from storage.matters import Reminder
from storage.records import Person
from tests.handlers.builders import Company, audit, ledger
from tests.handlers.customers.acts import a_request, identify, stored, withdrawing
from tests.handlers.customers.releasing import accepted, logged, mails, not_known, passcode, release, tells
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.reading import card_of
from tests.moments import NOW

pytestmark = pytest.mark.long

SYDNEY = ZoneInfo("Australia/Sydney")
DUE = datetime(2026, 12, 3, 17, tzinfo=SYDNEY)
OVER = "expired unopened"


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SYDNEY).astimezone(UTC)


async def _told(company: Company, who: str) -> list[str]:
    """All reminders of this person, by the morning, as lines."""
    return [line for one in await digests(company, company.people[who]) for line in one]


async def _reminded(company: Company, request: str) -> list[tuple[str, datetime]]:
    """Which steps brought reminders to Tara, and when they may be told."""

    def look(store: Store) -> list[tuple[str, datetime]]:
        rows = store.session.query(Reminder).filter_by(matter_id=request, person_id=company.tara.person_id)
        return [(one.step, one.tell_at) for one in rows.order_by(Reminder.fell_at, Reminder.step)]

    return await company.database.read(look)


async def test_p8_four_two_and_one_working_day_before_on_the_day_and_each_day_after(company: Company) -> None:
    request = await a_request(company)
    await pass_until(company, at(7, 12))
    assert await _reminded(company, request) == [
        ("customer.remind", at(27, 9, month=11)), ("customer.remind", at(1, 9)), ("customer.remind", at(2, 9)),
        ("customer.due_today", at(3, 9)), ("customer.due_today", at(3, 16)),
        ("customer.overdue", at(4, 9)), ("customer.overdue", at(4, 9)), ("customer.overdue", at(7, 9)),
    ]  # fmt: skip


async def test_p8_from_the_last_working_day_before_the_head_is_asked_as_well(company: Company) -> None:
    request = await a_request(company)
    await pass_until(company, at(2, 8))
    assert await card_of(company, request, company.helena) is None
    await pass_until(company, at(2, 10))
    assert await card_of(company, request, company.helena) is not None
    [asked] = [one[4] for one in await audit(company, request) if one[4].get("asked") == [company.helena.person_id]]
    assert asked["reminded"] == [company.tara.person_id, company.cora.person_id, company.helena.person_id]
    await release(company, request, company.helena)
    assert (await stored(company, request)).state == "sending"


async def test_p8_a_day_that_passes_unanswered_is_an_entry_for_good(company: Company) -> None:
    request = await a_request(company)
    await pass_until(company, DUE)
    assert (await stored(company, request)).missed_at is None
    await pass_until(company, DUE + timedelta(seconds=1))
    assert (await stored(company, request)).missed_at == DUE
    await pass_until(company, at(10, 12))
    await release(company, request)
    await accepted(company)
    row = await stored(company, request)
    assert (row.state, row.missed_at) == ("answered", DUE)
    missed = [
        one[4]["missed"] for one in await audit(company, request) if one[1] == "customer.overdue" and "missed" in one[4]
    ]
    assert missed == [DUE.astimezone(UTC).isoformat()]


async def test_p8_at_the_last_second_it_is_in_time(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await pass_until(company, DUE)
    await accepted(company)
    await pass_until(company, at(4, 12))
    row = await stored(company, request)
    assert (row.answered_at, row.missed_at) == (DUE, None)


@pytest.mark.by_hand
async def test_p8_what_no_one_may_release_reminds_no_one_and_is_missed_all_the_same(company: Company) -> None:
    def everybody_leaves(store: Store) -> None:
        for name in ("tara", "cora", "deven", "helena", "henrik", "ruth"):
            store.people.get(company.people[name].person_id or 0).standing = "deactivated"

    await company.database.write(everybody_leaves)
    request = await a_request(company)
    assert (await stored(company, request)).state == "stuck"
    await pass_until(company, at(4, 12))
    assert await _reminded(company, request) == []
    assert (await stored(company, request)).missed_at == DUE


async def test_p8_once_it_is_answered_nothing_falls_any_more(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    for wanted in (filing.remind_releasers, filing.remind_on_the_day, filing.remind_once_late):
        await company.door.enter(wanted(request), CLOCK)
    await pass_until(company, at(10, 12))
    assert {step for step, _ in await _reminded(company, request)} == {steps.end_expired_links.action}


async def _steps(company: Company, request: str, who: Actor) -> list[str]:
    """The steps that people are told of, in order."""

    def look(store: Store) -> list[str]:
        rows = store.session.query(Reminder).filter_by(matter_id=request, person_id=who.person_id)
        return [one.step.partition(".")[2] for one in rows.order_by(Reminder.fell_at, Reminder.step)]

    return await company.database.read(look)


async def _reminders_of(company: Company, who: Actor) -> list[str]:
    return [line.partition(" (")[0] for one in await digests(company, who) for line in one]


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        ({"check": "none"}, "the customer still has to be identified"),
        ({"address": ""}, "the customer still has to give an e-mail address"),
        ({"recordings": []}, "no call is named yet"),
        (
            {"check": "none", "address": "", "recordings": []},
            "the customer still has to be identified and to give an e-mail address and no call is named yet",
        ),
    ],
)
async def test_p8_the_filer_hears_what_is_missing(company: Company, lacks: dict[str, Any], words: str) -> None:
    request = await a_request(company, **lacks)
    await delivered(company)
    await pass_until(company, at(1, 12))
    assert (
        await _reminders_of(company, company.anna) == [f"A customer’s request couldn’t be answered yet: {words}."] * 2
    )
    assert await _steps(company, request, company.tara) == []


async def test_p8_the_head_hears_of_it_from_the_last_working_day_and_all_from_the_due_day(company: Company) -> None:
    request = await a_request(company, check="none")
    await delivered(company)
    await pass_until(company, at(2, 12))
    assert await _steps(company, request, company.helena) == ["remind"]
    await pass_until(company, at(7, 8))
    late = ["due_today", "due_today", "overdue", "overdue"]
    assert await _steps(company, request, company.tara) == late
    assert await _steps(company, request, company.helena) == ["remind", *late]
    assert await _steps(company, request, company.anna) == ["remind"] * 3 + late
    told = await _reminders_of(company, company.anna)
    still = "couldn’t be answered yet: the customer still has to be identified."
    assert told[3] == f"A customer’s request that is due today {still}"
    assert told[-1] == f"A customer’s overdue request {still}"


async def test_p8_once_nothing_is_missing_it_waits_for_the_releaser(company: Company) -> None:
    request = await a_request(company, check="none")
    await delivered(company)
    await pass_until(company, at(27, 12, month=11))
    await identify(company, request, company.anna)
    await delivered(company)
    await pass_until(company, at(1, 12))
    assert await _steps(company, request, company.tara) == ["remind"]
    assert await _reminders_of(company, company.anna) == []
    assert "Reminder: answer a customer’s request." in (await _reminders_of(company, company.tara))[0]


@pytest.mark.by_hand
async def test_p8_where_the_filer_left_those_who_release_it_hear_what_is_missing(company: Company) -> None:
    request = await a_request(company, check="none")
    await delivered(company)

    def leaves(store: Store) -> None:
        store.session.get_one(Person, company.anna.person_id).standing = "deactivated"

    await company.database.write(leaves)
    await pass_until(company, at(27, 12, month=11))
    assert await _steps(company, request, company.anna) == []
    assert "couldn’t be released yet" in (await _reminders_of(company, company.tara))[0]


async def _missed(company: Company, request: str) -> tuple[datetime | None, int]:
    """When it was missed, once the clock has run too, and how many log entries say so."""
    await fall(company)
    entries = [one[1] for one in await audit(company, request) if "missed" in one[4]]
    return (await stored(company, request)).missed_at, len(entries)


async def test_p8_a_mail_that_is_accepted_late_was_late(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    company.clock.now = DUE + timedelta(minutes=1)
    await accepted(company)
    assert (await logged(company, request, "accepted"))["missed"]
    assert await _missed(company, request) == (DUE, 1)


async def test_p8_withdrawn_after_its_day_it_was_late_all_the_same(company: Company) -> None:
    request = await a_request(company)
    company.clock.now = DUE + timedelta(minutes=1)
    await company.door.enter(withdrawing(request, "2026-12-03"), company.anna)
    assert await _missed(company, request) == (DUE, 1)


async def _mornings(company: Company, who: str) -> list[datetime]:
    """When people were told that a link has ended."""
    rows = [one for one in await ledger(company, company.people[who]) if one.kind == "digest"]
    return [
        row.queued_at
        for row, told in zip(rows, await digests(company, company.people[who]), strict=True)
        if OVER in "".join(told)
    ]


async def _sent(company: Company) -> tuple[str, str]:
    """A request whose link has gone out, and the link's code."""
    request = await a_request(company)
    await release(company, request)
    return request, (await accepted(company)).written.link.partition("#")[2]


async def test_p8_the_links_days_end(company: Company) -> None:
    request, _ = await _sent(company)
    await pass_until(company, NOW + timedelta(days=14))
    assert (await mails(company, request))[0].link == "ended"
    assert (await stored(company, request)).state == "answered"
    await company.door.enter(steps.end_expired_links(request), CLOCK)
    assert [one[1] for one in await audit(company, request)].count("customer.link_ends") == 1


async def test_p8_a_link_that_no_one_opened_is_told_once_to_filer_and_releaser(company: Company) -> None:
    """Released on Friday evening, so that its days are over on a Friday evening, too."""
    company.clock.now = at(27, 20, 45, month=11)
    request, _ = await _sent(company)
    await delivered(company)
    before = len(await tells(company, company.anna))
    await pass_until(company, at(14, 8))
    assert not [one for who in ("anna", "tara") for one in await _told(company, who) if OVER in one]
    await pass_until(company, at(18, 18))
    [filed] = [one for one in await _told(company, "anna") if OVER in one]
    [released] = [one for one in await _told(company, "tara") if OVER in one]
    assert (await stored(company, request)).state == "answered"
    assert "They can ask again." in filed
    assert "They can ask again." not in released
    assert await _mornings(company, "anna") == await _mornings(company, "tara") == [at(14, 9)]
    assert len(await tells(company, company.anna)) == before


async def test_p8_a_link_that_expires_during_the_day_is_told_with_the_next_mornings_message(company: Company) -> None:
    await _sent(company)
    await pass_until(company, NOW + timedelta(days=16))
    assert await _mornings(company, "tara") == [at(9, 9)]


async def test_p8_of_one_that_was_opened_nothing_is_said(company: Company) -> None:
    request, code = await _sent(company)
    digits = (await passcode(company, request)).passcode
    await company.door.enter(customers_links.open_link(code, digits), WEB)
    await pass_until(company, NOW + timedelta(days=14))
    assert (await mails(company, request))[0].link == "ended"
    assert not [one for who in ("anna", "tara") for one in await _told(company, who) if OVER in one]


@pytest.mark.soak
async def test_p8_where_no_one_ever_learned_whether_it_arrived_it_is_open_again(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    await pass_until(company, NOW + timedelta(days=14))
    row, [letter] = await stored(company, request), await mails(company, request)
    assert (row.state, letter.state) == ("waiting", "dropped")
    assert (await mails(company, request))[0].link == "ended"
    await release(company, request)
    await accepted(company)
    assert (await stored(company, request)).state == "answered"
