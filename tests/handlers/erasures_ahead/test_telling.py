"""P12: a message of its own only for what needs a person: a call that vanished or was changed, and one that is asked for and ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.acting import CLOCK, DELIVERY
from handlers.erasures_ahead.intents import Draw
from handlers.late_words import trouble
from handlers.people import Gone
from handlers.recordings import Register
from tests.each import each
from tests.erasing import newest_erasure
from tests.handlers.builders import UK, Company, ask, audit, call, claim_about, email, register, words_for
from tests.handlers.erasures_ahead.test_card import DAY, MORNING
from tests.moments import NOW

pytestmark = pytest.mark.soak

SOON = NOW.replace(year=2025)  # a year before NOW: what began then ends at NOW


@pytest_asyncio.fixture
async def calls(company: Company) -> list[int]:
    """One ends in three days, one in six, one in ten."""
    told = [call(4 + place, started=SOON + days * DAY) for place, days in enumerate((3, 6, 10))]
    return await register(company.door, *told)


async def _vanished(company: Company) -> list[str]:
    return [one for one in await words_for(company, company.helena) if "vanished" in one]


async def test_p12_a_call_that_vanishes_before_its_moment_is_told_to_the_head(company: Company) -> None:
    await company.door.enter(Register("file", (), ["call-1", "call-2"]), CLOCK)
    [told] = await _vanished(company)
    assert told.startswith(
        f"2 calls vanished from the recording system before the time to erase them had come: call {company.calls[0]} of "
        f"Mon 23 Nov, 14:00 Sydney, Australia and New Zealand; call {company.calls[1]} of Sun 22 Nov, 14:00 Sydney, Australia and"
        " New Zealand. I did not erase them,"
    )
    [entry] = [one for one in await audit(company, "file") if "vanished" in one[4]]
    assert entry[4]["vanished"] == company.calls[:2]
    # Once an hour, however many follow.
    await company.door.enter(Register("file", (), ["call-3"]), CLOCK)
    await company.door.enter(Register("file", (), ["call-3"]), CLOCK)
    assert len(await _vanished(company)) == 1
    assert await company.database.read(lambda store: newest_erasure(store, company.calls[0])) is None


async def test_p12_one_call_is_told_of_as_one(company: Company) -> None:
    await company.door.enter(Register("file", (), ["call-1"]), CLOCK)
    [told] = await _vanished(company)
    assert told.startswith("1 call vanished from the recording system before the time to erase it had come: call ")
    assert "I did not erase it, so there" in told
    await register(company.door, call(2, started=NOW - timedelta(hours=3)), call(3, started=NOW - timedelta(hours=3)))
    [told] = [one for one in await words_for(company, company.helena) if "now tells another" in one]
    assert "They are erased when they were to be" in told
    company.clock.pass_(hours=2)
    await register(company.door, call(2, started=NOW - timedelta(hours=4)))
    *_, told = [one for one in await words_for(company, company.helena) if "now tells another" in one]
    assert "of 1 call: call " in told
    assert "It is erased when it was to be" in told


@each(
    ("why", "one", "more"),
    [
        ("", "it is next in turn", "they are next in turn"),
        ("held", "the recording system keeps its own hold on it", "the recording system keeps its own hold on them"),
        (
            "retained",
            "set when it was stored, and nobody can end that sooner",
            "set when they were stored, and nobody can end that sooner",
        ),
        ("changed", "has taken its place, so nothing was deleted", "has taken their place, so nothing was deleted"),
        ("left", "still found after it had been deleted", "still found after they had been deleted"),
        ("new", "new", "new"),
    ],
)
def test_p12_why_an_erasure_is_late_is_told_of_one_as_of_several(why: str, one: str, more: str) -> None:
    assert trouble(why, 1).endswith(one)
    assert trouble(why, 2).endswith(more)


async def test_p12_other_audio_in_its_place_is_a_call_that_vanished(company: Company) -> None:
    await register(company.door, call(1, stamp="2", size=9, started=NOW - timedelta(hours=3)))
    assert len(await _vanished(company)) == 1


async def test_p12_more_than_five_are_counted(company: Company) -> None:
    numbers = range(4, 10)
    await register(company.door, *(call(one) for one in numbers))
    await company.door.enter(Register("file", (), [f"call-{one}" for one in numbers]), CLOCK)
    assert "; and 1 more. I did" in (await _vanished(company))[0]


async def test_p12_what_goes_after_its_moment_is_no_news(company: Company, calls: list[int]) -> None:
    company.clock.now = NOW + 4 * DAY
    await company.door.enter(Register("file", (), ["call-4"]), CLOCK)
    assert await _vanished(company) == []


async def test_p12_another_start_line_or_operator_is_told_and_moves_no_moment(company: Company) -> None:
    changed: tuple[dict[str, Any], ...] = (
        {"started": NOW - timedelta(days=9)},
        {"line": UK},
        {"operator_key": email("Anna Quill")},
    )
    before = await company.database.read(lambda store: [store.recordings.get(one) for one in company.calls])
    for hour, facts in enumerate(changed):
        company.clock.now = NOW + timedelta(hours=hour)
        await register(company.door, call(hour + 1, stamp="2", **facts))
    after = await company.database.read(lambda store: [store.recordings.get(one) for one in company.calls])
    assert [one and one.erase_at for one in after] == [one and one.erase_at for one in before]
    told = await words_for(company, company.helena)
    assert [one.partition(" of 1 call: call ")[2][:1] for one in told] == [str(one) for one in company.calls]
    await register(company.door, call(2, stamp="3", line=UK, crm="CS-1"))
    assert len(await words_for(company, company.helena)) == 3


async def test_p12_whoever_decides_and_the_head_hear_once_of_a_call_that_is_asked_for_and_ends_within_a_week(
    company: Company, calls: list[int]
) -> None:
    one, two = [await ask(company, company.anna, calls=some) for some in (calls[:1], calls[1:])]
    company.clock.now = NOW + timedelta(hours=20)
    for _ in range(2):
        await company.door.enter(Draw(), CLOCK)
    rest = "Please see that it is decided before. If it is still open then, the audio stays for this request alone, 20 working days at most. Press Details to read more."
    told = [
        f"Request {one} names a call that is closed to everybody Fri 27 Nov, 14:00 Sydney. {rest}",
        f"Request {two} names a call that is closed to everybody Mon 30 Nov, 14:00 Sydney. {rest}",
    ]
    assert await words_for(company, company.tara) == told
    assert await words_for(company, company.helena) == told
    company.clock.now = NOW + timedelta(hours=20, days=1)
    await company.door.enter(Draw(), CLOCK)
    assert await words_for(company, company.helena) == told


async def test_p9_nobody_hears_of_an_investigation_that_concerns_him_or_her(company: Company, calls: list[int]) -> None:
    await ask(company, company.anna, calls=calls[:2], **claim_about("helena"))
    company.clock.now = NOW + timedelta(hours=20)
    await company.door.enter(Draw(), CLOCK)
    [told] = [one for one in await words_for(company, company.ruth) if "names" in one]
    assert "names 2 calls that are closed to everybody from Fri 27 Nov, 14:00 Sydney" in told
    for who in (company.helena, company.tara):
        assert await words_for(company, who) == []


async def test_p12_what_nobody_asks_for_is_on_the_card_alone(company: Company, calls: list[int]) -> None:
    company.clock.now = MORNING
    await company.door.enter(Draw(), CLOCK)
    assert await words_for(company, company.helena) == []


async def test_p12_with_nobody_there_in_one_role_the_next_hears_and_with_nobody_left_nobody(company: Company) -> None:
    for name in ("UHELENA", "UHENRIK", "URUTH"):
        await company.door.enter(Gone("slack", name), DELIVERY)
    await company.door.enter(Register("file", (), ["call-1"]), CLOCK)
    assert len([one for one in await words_for(company, company.miles) if "1 call vanished" in one]) == 1
    await company.door.enter(Gone("slack", "UMILES"), DELIVERY)
    company.clock.pass_(hours=2)
    await company.door.enter(Register("file", (), ["call-2"]), CLOCK)
    assert len([one for one in await words_for(company, company.miles) if "1 call vanished" in one]) == 1
