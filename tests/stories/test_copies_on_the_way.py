"""P8: a letter on its way to a customer: refused, put off, lost before and after its text, and never sent in the open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.mail.smtp import SmtpMailer
from bot.settings.mail_server import sender_of
from tests.bot.mail.benches import SHORT, far
from tests.bot.mail.post_office import LOST, SILENT
from tests.stories import places
from tests.stories.browser import a_browser
from tests.stories.customer import come_in
from tests.stories.errands import card
from tests.stories.house import ANNA, TARA
from tests.stories.mailed import (
    ADDRESS,
    MAIL_FROM,
    Mailed,
    a_mailed_house,
    a_mailed_town,
    asked,
    done,
    file,
    mail,
    passcode,
    release,
)
from tests.stories.test_wrong_clock import stepping
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
GROUNDS = {"slack": places.SLACK, "teams": places.TEAMS}
OTHER = "p.pemberly@customer.example"
SENT = "sent to the customer"
A_QUARTER = timedelta(minutes=15, seconds=1)


@pytest.fixture(params=GROUNDS)
def place(request: pytest.FixtureRequest) -> places.Place:
    return GROUNDS[request.param]


@pytest_asyncio.fixture
async def company(tmp_path: Path, place: places.Place) -> AsyncIterator[Mailed]:
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", place) as opened:
        yield opened


async def says(company: Mailed, request: str, words: str, uid: str = TARA) -> None:
    await until(lambda: words in card(company.town, uid, request).words, f"the card says “{words}”")


def due(company: Mailed, request: str) -> str:
    """What the card says of the day that was promised, without how long that still is."""
    words = card(company.town, TARA, request).words.replace("*", "")
    return words.partition("Due\n")[2].partition(" (in")[0].partition("\n")[0]


async def told(company: Mailed, uid: str, words: str) -> str:
    """A line that came to somebody."""
    found = await until(lambda: [one.words for one in company.town.somebody(uid).lines() if words in one.words], words)
    return str(found[-1])


async def codes(company: Mailed, request: str, action: str) -> list[str]:
    entries = await company.town.audit()
    return [str(one["detail"]["code"]) for one in entries if (one["action"], one["subject"]) == (action, request)]


async def test_p8_a_refused_letter_opens_the_request_again_with_its_day(company: Mailed) -> None:
    town, office = company.town, company.office
    office.script = {"RCPT": f"550 5.1.1 <{ADDRESS}>: there is no such mailbox"}
    request = await file(town)
    promised = due(company, request)
    await release(town, request)
    for uid in (TARA, ANNA):
        assert request in await told(company, uid, "was not taken (smtp_550)")
    await until(lambda: "Release" in card(town, TARA, request).buttons, "it is open again")
    assert (due(company, request), office.arrived) == (promised, [])
    assert SENT not in card(town, TARA, request).words
    assert await codes(company, request, "customer.not_taken") == ["smtp_550"]
    assert ADDRESS not in str(await town.audit())
    office.script = {}
    me = town.somebody(ANNA)
    form = await me.open(card(town, ANNA, request), "Another address")
    await me.fill(form, {"E-mail address that they name": OTHER, "The same address again": OTHER})
    await town.settled()
    await release(town, request)
    letter = await mail(office)
    await says(company, request, SENT)
    assert letter.message["To"] == OTHER


@pytest.mark.browser
async def test_p8_a_connection_that_is_lost_after_the_text_is_not_known_and_goes_again_when_somebody_says_so(
    company: Mailed,
) -> None:
    """Nothing twice without saying so, nothing honoured that was not accepted, and the same link in both letters."""
    town, office = company.town, company.office
    office.script = {"text": LOST}
    request = await file(town)
    await release(town, request)
    first = await mail(office)
    await says(company, request, "nobody knows whether it arrived")
    assert request in await told(company, TARA, "Nobody knows whether the mail")
    entries = done(await town.audit(), request)
    assert (entries[-1], "customer.accepted" in entries) == ("customer.not_known", False)
    office.script = {}
    before = len(office.heard)
    await release(town, await file(town, asked("CS-10443")))
    await mail(office, 2)  # another letter has come and gone meanwhile
    assert len([one for one in office.heard[before:] if one.startswith("DATA")]) == 1
    await town.somebody(TARA).press(card(town, TARA, request), "Send again")
    second = await mail(office, 3)
    await says(company, request, SENT)
    assert (second.message["Message-ID"], second.link) == (first.message["Message-ID"], first.link)
    async with a_browser() as browser:
        page = await browser.new_page()
        await come_in(page, first, await passcode(town, request))


async def test_p8_after_a_death_in_the_middle_somebody_is_asked_when_it_is_surely_over(tmp_path: Path) -> None:
    """Nobody knows what the server would have said: after a quarter of an hour it is asked, and goes once more by a press alone."""
    wrong_by = tmp_path / "wrong_by"
    await asyncio.to_thread(wrong_by.write_text, "0")
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", command=stepping(wrong_by)) as company:
        town, office = company.town, company.office
        office.script = {"text": SILENT}
        request = await file(town)
        await release(town, request)
        first = await mail(office)
        bot = town.bots.pop()
        bot.process.kill()
        await bot.process.wait()
        office.script = {}
        await town.open_bots(1)
        await says(company, request, "being sent")
        town.clock.offset += A_QUARTER
        await asyncio.to_thread(wrong_by.write_text, str(A_QUARTER.total_seconds()))
        await says(company, request, "nobody knows whether it arrived")
        assert request in await told(company, TARA, "Nobody knows whether the mail")
        assert len(office.arrived) == 1
        await town.somebody(TARA).press(card(town, TARA, request), "Send again")
        second = await mail(office, 2)
        await says(company, request, SENT)
        assert (second.message["Message-ID"], second.link) == (first.message["Message-ID"], first.link)


@pytest.mark.parametrize("where", GROUNDS)
async def test_p8_without_tls_nothing_leaves_and_somebody_hears_of_it(
    tmp_path: Path, sqlite_url: str, where: str
) -> None:
    async with a_mailed_house(tmp_path, sqlite_url, GROUNDS[where]) as company:
        house, office = company.town, company.office
        house.steward.letters.mailer = SmtpMailer(far(office), sender_of(MAIL_FROM), house.clock.now, SHORT)
        request = await file(house)
        await release(house, request)
        await until(lambda: office.heard, "it was tried")
        await house.moving.move_to(house.clock.now() + timedelta(hours=2))
        await house.steward.letters.drain()
        await house.settled()
        lines = [one.words for one in house.somebody(TARA).lines()]
        assert any("has not gone out yet (no_tls)" in one for one in lines), lines
        assert {one.split()[0] for one in office.heard} <= {"EHLO", "QUIT"}
        assert office.arrived == []
        assert "being sent" in card(house, TARA, request).words
