"""P12: certificates at home and as a page, what a listener reads past a call's moment, and what a verification can't read."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from handlers import BUTTONS, listening
from handlers.access import deciding
from handlers.acting import CLOCK, WEB, Context
from handlers.cards import Card
from handlers.door import Repeated
from handlers.listening import open_hearing
from handlers.retention import closing, erasing
from handlers.retention.closing import Shown
from handlers.room import Shows
from handlers.rules.refusal import Refused
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, Company, a_company, ask, audit
from tests.handlers.reading import lines, listed, looking
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long

MOMENT = NOW + timedelta(days=365)


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    return Archive(await a_company(database, Clock()))


async def _certificate(company: Company, erasure: str, who: str = "helena") -> list[str]:
    button = BUTTONS["certificate"]
    assert isinstance(button, Shows)
    page = await looking(company, getattr(company, who), lambda ctx: button.page(ctx, erasure))
    return lines(Card(page.parts, ""))


async def test_p12_who_answers_for_erasure_finds_the_certificate_at_home(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT)
    await archive.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    home = lines(await listed(company, company.helena))
    assert "# Erased in the last 30 days" in home
    assert "# Erased in the last 30 days" not in lines(await listed(company, company.anna))
    told = await _certificate(company, erasure.id)
    assert told[0] == f"✅ The audio of call {number} is erased for good."
    assert "A copy kept for an investigation, if there is one, is not listed here." in told
    assert f"By: {company.door.policy.company.name}, the policy in force" in str(told)
    assert "SHA-256" not in str(told)


async def test_p12_a_certificate_names_the_second_of_the_answer_whose_policy_it_was_and_the_text_s_digest(
    archive: Archive,
) -> None:
    company = archive.company
    text = await company.database.write(lambda store: store.policy_texts.keep("ab" * 32, "a: text", NOW).number)
    number = await archive.record("one")
    archive.until(MOMENT, seconds=4)
    await archive.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    assert erasure.policy_text == text
    told = str(await _certificate(company, erasure.id))
    assert f"To the second: {MOMENT + timedelta(seconds=4):%Y-%m-%d %H:%M:%S} UTC" in told
    assert f"By: {company.door.policy.company.name}, text {text} of its policy" in told
    assert f"The policy’s text by its SHA-256: {'ab' * 32}" in told


async def test_p12_nobody_else_opens_it_and_there_is_none_before_it_is_erased(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.lose("one")
    await archive.erasing.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    with pytest.raises(Refused, match="not erased yet"):
        await _certificate(company, erasure.id)
    with pytest.raises(Refused, match="can’t find"):
        await _certificate(company, erasure.id, "anna")


async def test_p12_of_two_calls_the_one_whose_time_is_over_is_heard_no_more(archive: Archive) -> None:
    company = archive.company
    old = await archive.record("old")
    archive.until(NOW, days=360)
    young = await archive.record("young", NOW + timedelta(days=359), audio=b"young")
    request = await ask(company, company.anna, calls=[old, young])
    await company.door.enter(deciding.approve_request(request), company.tara)
    opened = await company.door.enter(
        listening.exchange_code(await company.door.enter(listening.make_listen_code(request), company.anna)), WEB
    )
    archive.until(MOMENT)

    def heard(ctx: Context) -> tuple[int, str]:
        hearing = open_hearing(ctx, opened.grant, opened.secret)
        with pytest.raises(Refused, match="time is over") as refused:
            hearing.recording(old)
        return hearing.recording(young).id, refused.value.code

    assert await looking(company, company.anna, heard) == (young, "past_its_moment")
    await archive.tick()
    assert (
        await looking(company, company.anna, lambda ctx: open_hearing(ctx, opened.grant, opened.secret).allows)
        is not None
    )
    assert await findings(company.database) == []


async def test_p12_what_is_asked_for_twice_or_of_nothing_changes_nothing(archive: Archive) -> None:
    """Another replica was first, or a restore took away what was asked about."""
    company, number = archive.company, await archive.record("one")
    before = len(await audit(company))
    enter = company.door.enter
    await enter(erasing.warn_of_late(), CLOCK)
    await enter(closing.end_keep(number, "R-1"), CLOCK)
    await enter(closing.erase_returned({number: Shown("one", "2", 5)}), CLOCK)
    assert await enter(erasing.take_erasures(("E-NONE",)), CLOCK) == ()
    with pytest.raises(LookupError):
        await enter(erasing.note_failure("E-NONE", "held"), CLOCK)
    assert len(await audit(company)) == before
    archive.until(MOMENT)
    await archive.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    with pytest.raises(Repeated):
        await enter(erasing.note_vanished(erasure.id), CLOCK)
    for stamp in ("3", "4"):
        await enter(closing.erase_returned({number: Shown("one", stamp, 5)}), CLOCK)
    assert (await archive.by_id(number)).stamp == "4"
    assert len([one for one in await audit(company) if one[1:3] == ("retention.came_back", "done")]) == 1
