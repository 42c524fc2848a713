"""P8: nobody forgets a customer: reminders, the due day, and a missed one on record for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.acting import CLOCK
from handlers.customers.intents import DueToday, LinkEnds, Overdue, Remind
from storage.database.store import Store
from storage.deadlines import Deadline
from storage.reminders import Reminder
from tests.handlers.builders import Company, audit
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import (
    accepted,
    not_known,
    release,
)
from tests.handlers.passing_time import delivered, digests, fall, pass_until
from tests.handlers.reading import card_of

pytestmark = pytest.mark.long

SYDNEY = ZoneInfo("Australia/Sydney")
DUE = datetime(2026, 12, 3, 17, tzinfo=SYDNEY)


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SYDNEY).astimezone(UTC)


async def _told(company: Company, who: str) -> list[str]:
    """All reminders of somebody, by the morning, as lines."""
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


async def test_p8_what_falls_on_one_morning_comes_in_one_message(company: Company) -> None:
    first, second = await a_request(company), await a_request(company, recordings=[str(company.calls[1])])
    await delivered(company)
    await pass_until(company, at(27, 10, month=11))
    [message] = await digests(company, company.tara)
    assert message[0] == "# 2 things need your attention"
    assert {first, second} == {one.split("request ")[1].split(" ")[0] for one in message[1:]}


async def test_p8_a_reminder_says_what_is_due_and_when(company: Company) -> None:
    request = await a_request(company)
    await delivered(company)
    await pass_until(company, at(27, 10, month=11))
    [line] = await _told(company, "tara")
    assert line == (
        f"Customer’s request {request} is not answered yet. The customer is to have an answer in time. "
        "(Call of <23 Nov 03:00 Australia/Sydney> · ••• 671 · due <03 Dec 06:00 Australia/Sydney>) [Details]"
    ).replace("••• 671", line.partition("· ")[2].partition(" · due")[0])


async def test_p8_without_a_call_it_says_so(company: Company) -> None:
    await a_request(company, recordings=[])
    await delivered(company)
    await pass_until(company, at(27, 10, month=11))
    assert "no call is named · due" in (await _told(company, "anna"))[0]


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


async def test_p8_a_relatives_has_nobody_beyond_the_head(company: Company) -> None:
    request = await a_request(company, asker="relative")
    await pass_until(company, at(4, 12))
    assert await card_of(company, request, company.ruth) is None


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


async def test_p8_what_waits_there_for_long_does_and_is_missed_all_the_same(company: Company) -> None:
    """Also where mail was turned off meanwhile, so that nothing is ever put off."""
    request = await a_request(company)
    await release(company, request)
    await pass_until(company, at(4, 12))
    assert [step for step, _ in await _reminded(company, request)][-2:] == ["customer.overdue", "customer.overdue"]
    assert (await stored(company, request)).missed_at == DUE
    assert any("is overdue, and the customer has no answer yet" in one for one in await _told(company, "tara"))


async def test_p8_what_nobody_may_release_reminds_nobody_and_is_missed_all_the_same(company: Company) -> None:
    def everybody_leaves(store: Store) -> None:
        for name in ("tara", "cora", "deven", "helena", "henrik", "ruth"):
            store.people.get(company.people[name].person_id or 0).standing = "deactivated"

    await company.database.write(everybody_leaves)
    request = await a_request(company)
    assert (await stored(company, request)).state == "stuck"
    await pass_until(company, at(4, 12))
    assert await _reminded(company, request) == []
    assert (await stored(company, request)).missed_at == DUE


async def test_p8_of_what_nobody_knows_whoever_releases_it_is_reminded(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    await pass_until(company, at(27, 10, month=11))
    assert [step for step, _ in await _reminded(company, request)] == ["customer.remind"]
    assert await card_of(company, request, company.helena) is None


async def test_p8_once_it_is_answered_nothing_falls_any_more(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    for wanted in (Remind, DueToday, Overdue):
        await company.door.enter(wanted(request), CLOCK)
    await pass_until(company, at(10, 12))
    assert {step for step, _ in await _reminded(company, request)} == {LinkEnds.action}


async def test_p8_what_comes_late_after_an_outage_is_marked_in_the_log(company: Company) -> None:
    request = await a_request(company)
    company.clock.now = at(27, 12, month=11)
    await fall(company)
    [detail] = [one[4] for one in await audit(company, request) if one[1] == "customer.remind"]
    assert detail["late_seconds"] == 3 * 3600


async def test_p8_a_step_that_nobody_asked_for_says_nothing(company: Company) -> None:
    request = await a_request(company)

    def forget(store: Store) -> None:
        store.session.delete(store.session.get_one(Deadline, f"{Remind.action}:{request}"))

    await company.database.write(forget)
    await company.door.enter(Remind(request), CLOCK)
    assert await _reminded(company, request) == []
