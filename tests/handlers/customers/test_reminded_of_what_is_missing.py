"""P8: what waits for the customer waits for whoever filed it, who hears what is missing; whoever releases it is not told to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.acting import Visitor
from handlers.customers.intents import WrongAddress
from storage.database.store import Store
from storage.records import Person
from storage.reminders import Reminder
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, addressing, identify
from tests.handlers.customers.releasing import accepted, release
from tests.handlers.passing_time import delivered, digests, pass_until

pytestmark = pytest.mark.long

SYDNEY = ZoneInfo("Australia/Sydney")


def at(day: int, hour: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SYDNEY).astimezone(UTC)


async def _steps(company: Company, request: str, who: Visitor) -> list[str]:
    """The steps of which somebody is to be told, in their order."""

    def look(store: Store) -> list[str]:
        rows = store.session.query(Reminder).filter_by(matter_id=request, person_id=who.person_id)
        return [one.step.partition(".")[2] for one in rows.order_by(Reminder.fell_at, Reminder.step)]

    return await company.database.read(look)


async def _told(company: Company, who: Visitor) -> list[str]:
    return [line.partition(" (")[0] for one in await digests(company, who) for line in one]


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        ({"check": "none"}, "the customer has yet to be identified"),
        ({"address": ""}, "the customer has yet to name an e-mail address"),
        ({"recordings": []}, "no call is named yet"),
        (
            {"check": "none", "address": "", "recordings": []},
            "the customer has yet to be identified and to name an e-mail address and no call is named yet",
        ),
    ],
)
async def test_p8_whoever_filed_it_hears_what_is_missing(company: Company, lacks: dict[str, Any], words: str) -> None:
    request = await a_request(company, **lacks)
    await delivered(company)
    await pass_until(company, at(1, 12))
    assert (
        await _told(company, company.anna)
        == [f"Customer’s request {request} can’t be answered yet, since {words}. Please see to it: the clock goes on."]
        * 2
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
    told = await _told(company, company.anna)
    missing = "can’t be answered yet, since the customer has yet to be identified."
    assert told[3] == f"Customer’s request {request} is due today, and {missing}"
    assert told[-1] == f"Customer’s request {request} is overdue and {missing} Please see to it now."


async def test_p8_a_relatives_goes_to_the_head_who_is_not_told_before_the_last_working_day(company: Company) -> None:
    request = await a_request(company, asker="relative", check="none")
    await delivered(company)
    await pass_until(company, at(1, 12))
    assert await _steps(company, request, company.helena) == []
    await pass_until(company, at(2, 12))
    [told] = await _told(company, company.helena)
    assert told.startswith(
        f"Customer’s request {request} can’t be released yet, since the customer has yet to be identified."
    )


async def test_p8_once_nothing_is_missing_it_waits_for_whoever_releases_it(company: Company) -> None:
    request = await a_request(company, check="none")
    await delivered(company)
    await pass_until(company, at(27, 12, month=11))
    await identify(company, request, company.anna)
    await delivered(company)
    await pass_until(company, at(1, 12))
    assert await _steps(company, request, company.tara) == ["remind"]
    assert await _told(company, company.anna) == []
    assert "is not answered yet" in (await _told(company, company.tara))[0]


async def test_p8_whoever_filed_it_again_hears_it_too(company: Company) -> None:
    request = await a_request(company, check="none")
    await a_request(company, company.deven, check="none")
    await pass_until(company, at(27, 12, month=11))
    assert await _steps(company, request, company.anna) == ["remind"]
    assert await _steps(company, request, company.deven) == ["remind"]


async def test_p8_where_whoever_filed_it_left_those_who_release_it_hear_what_is_missing(company: Company) -> None:
    request = await a_request(company, check="none")
    await delivered(company)

    def leaves(store: Store) -> None:
        store.session.get_one(Person, company.anna.person_id).standing = "deactivated"

    await company.database.write(leaves)
    await pass_until(company, at(27, 12, month=11))
    assert await _steps(company, request, company.anna) == []
    assert "can’t be released yet" in (await _told(company, company.tara))[0]


async def test_p8_after_a_wrong_address_whoever_filed_it_is_to_find_the_right_one(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await accepted(company)
    await company.door.enter(WrongAddress(request), company.tara)
    await pass_until(company, at(27, 12, month=11))
    assert await _steps(company, request, company.anna) == ["remind"]
    assert await _steps(company, request, company.tara) == []
    await company.door.enter(addressing(request, "mara@customer.example"), company.anna)
    await pass_until(company, at(1, 12))
    assert await _steps(company, request, company.tara) == ["remind"]
