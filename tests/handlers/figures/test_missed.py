"""What was missed, late or undone in a month, each with its reason, and what reviewers and owners of notices did."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.customers import serving
from handlers.random_review import reviews
from handlers.retention import closing, erasing
from tests.erasing import newest_erasure
from tests.handlers.builders import Company, ask, call, register
from tests.handlers.customers import acts, releasing
from tests.handlers.customers.builders import do, sent
from tests.handlers.figures.test_month import hers, rows
from tests.handlers.holds.acts import OLD, asked_to_delete, certified, close, old_call
from tests.handlers.notices.acts import answer, begun, confirmed
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import MONTH, all_drawn, heard, reviewed, reviews_of

pytestmark = pytest.mark.long


@pytest.mark.soak
async def test_p8_a_customer_who_waited_too_long_stands_there_with_day_and_reason(company: Company) -> None:
    request = await acts.a_request(company)
    late = await acts.a_request(
        company, person="Ines Vale", address="ines@customer.example", recordings=[f"{company.calls[1]}"]
    )
    good = await acts.a_request(
        company, person="Olu Bay", address="olu@customer.example", recordings=[f"{company.calls[2]}"]
    )
    await releasing.release(company, good)
    await releasing.accepted(company)
    await pass_until(company, datetime(2026, 12, 7, tzinfo=UTC))
    await releasing.release(company, late)
    await releasing.accepted(company)
    december = await hers(company, company.ruth, "2026-12")
    assert rows(december, "deadlines")[0] == ("Customers answered within 7 working days (P8)", 1, 2, 0)
    due = "Thu 3 Dec 2026, 17:00 Sydney"
    assert sorted(rows(december, "missed")) == sorted([
        ("Customer’s request", request, due, "no one has decided it yet"),
        ("Customer’s request", late, due, "decided after the deadline"),
    ])  # fmt: skip
    assert rows(december, "requests")[0][:4] == ("Customers’ requests", 0, 1, 0)
    assert rows(await hers(company, company.ruth), "requests")[0][:7] == ("Customers’ requests", 3, 1, 0, 0, None, 2)


async def test_p7_what_lapsed_is_missed(company: Company) -> None:
    request = await ask(company, company.anna)
    await pass_until(company, datetime(2026, 12, 12, tzinfo=UTC))
    december = await hers(company, company.ruth, "2026-12")
    [row] = rows(december, "missed")
    assert (row[0], row[1], row[3]) == ("Staff request", request, "no one decided it before it lapsed")
    assert rows(december, "deadlines")[1] == ("Staff requests decided before they lapse (P7)", 0, 1, 0)


async def test_p12_erasures_that_are_late_say_why_also_where_nothing_closed_the_call(company: Company) -> None:
    found = await register(
        company.door, *(call(1, native_id=f"o-{one}", started=OLD + timedelta(hours=one)) for one in range(3))
    )
    stuck, slow, forgotten = found
    name = await close(company, stuck)
    await company.door.enter(erasing.note_failure(name, "unavailable", 0), CLOCK)
    company.clock.pass_(hours=1)
    other = await close(company, slow)
    await company.door.enter(erasing.note_failure(other, "left", 1), CLOCK)
    company.clock.pass_(hours=2)
    assert await asked_to_delete(company, other)
    await certified(company, other)
    told = {row[1]: row[3] for row in rows(await hers(company, company.ruth), "missed")}
    assert told == {
        name: "the recording system did not answer; still tried", other: "it took 2 tries",
        f"call {forgotten}": "nothing closed it yet",
    }  # fmt: skip
    table = rows(await hers(company, company.ruth), "erasures")
    assert table == [("Twelve months were over", 0, 0, 0, 3, 0, 0)]


async def test_p12_what_is_yet_to_come_is_not_missed_and_what_the_bot_came_to_late_is(company: Company) -> None:
    old = await old_call(company)
    assert rows(await hers(company, company.ruth), "erasures") == [("Twelve months were over", 0, 0, 0, 0, 0, 1)]
    company.clock.now = OLD + timedelta(days=366, hours=9)
    await company.door.enter(closing.close_call(old), CLOCK)
    erasure = await company.database.read(lambda store: newest_erasure(store, old))
    assert erasure is not None
    assert [row[3] for row in rows(await hers(company, company.ruth), "missed")] == ["still in turn"]
    assert await asked_to_delete(company, erasure.id)
    await certified(company, erasure.id)
    assert [row[3] for row in rows(await hers(company, company.ruth), "missed")] == ["the bot came to it late"]


async def test_p10_reviews_stand_by_department_and_those_not_in_time_by_name(company: Company) -> None:
    draw = await all_drawn(company)
    for one in await reviews_of(company, draw):
        await company.door.enter(reviews.give_access(one.id), CLOCK)
    first, second, third = await reviews_of(company, draw)
    await reviewed(company, first)
    await heard(company, second)
    december = await hers(company, company.ruth, "2026-12")
    assert rows(december, "reviews")[1] == ("Customer Success", draw, 3, 3, 2, 1, 0, 2)
    await pass_until(company, datetime(2026, 12, 31, tzinfo=UTC))
    december = await hers(company, company.ruth, "2026-12")
    assert {row[1]: row[3] for row in rows(december, "missed")} == {
        second.id: "heard, and not reviewed", third.id: "no one heard it",
    }  # fmt: skip
    assert rows(december, "deadlines")[3] == ("Drawn calls reviewed in time (P10)", 1, 2, 0)
    assert rows(december, "listening") == [("Drawn at random for review (P10)", 2, 2, 0.0)] or rows(
        december, "listening"
    )
    assert rows(await hers(company, company.ruth, MONTH), "reviews") == []


async def test_p3_notices_are_told_with_the_role_that_confirmed_them(company: Company) -> None:
    waiting = await begun(company)
    await confirmed(company, waiting["website"], company.helena)
    await answer(company, waiting["outgoing"], company.helena, answer="no")
    told = {row[0]: row[1:4] for row in rows(await hers(company, company.ruth), "notices")}
    assert told["Notice on the website"] == ("Confirmed", "Wed 25 Nov 2026, 09:00 Sydney", "Head of Customer Success")
    assert told["Start of an outgoing call"][0] == "Answered no"
    assert told["Phone announcement"] == ("Not confirmed yet", None, None)


@pytest.mark.by_hand
async def test_p8_what_customers_had_stands_by_itself_and_only_what_was_played_has_minutes(company: Company) -> None:
    one = await (await sent(company)).let_in()
    await do(one, serving.note_played, company.calls[0], 0.0, 30.0)
    await do(one, serving.note_downloaded, (company.calls[0],))
    assert rows(await hers(company, company.ruth), "listening") == [("By customers: their own calls (P8)", 1, 1, 0.5)]
