"""A company that sends its customers mail: what is filed, released and read out in its chats, and what a post office got (P8)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tests.bot.mail.post_office import PostOffice, bodies
from tests.moments import moment
from tests.stories.errands import Company, card
from tests.stories.house import ANNA, HELENA, TARA
from tests.stories.places import SLACK, Place
from tests.stories.process import FORKED, Town, a_town
from tests.stories.somebody import Answers, Looked, Seen
from tests.stories.waiting import until

MAIL_FROM = "Fernhill Telecare <copies@fernhill.example>"
NAME, ADDRESS = "Mrs Pemberly", "pemberly@customer.example"
CUSTOMER = re.compile(r"C-[2-9A-HJ-NP-Z]{8}")
BACK = "Back to the card"  # where a page stands in the place of a card
VOICES = "Is anyone else heard or mentioned?"
_DIGITS = re.compile(r"read out:\n\W*([0-9]{3}) ([0-9]{3})\W*\n")
_LINK = re.compile(r"https?://\S+/copy#[A-Za-z0-9_-]+")


def here(at: datetime | None = None) -> datetime:
    """The moment in Sydney, where the line of the sample calls is."""
    return (at or moment()).astimezone(ZoneInfo("Australia/Sydney"))


def today(at: datetime | None = None) -> str:
    """The day there, as forms take it."""
    return here(at).date().isoformat()


def asked(crm: str = "CS-10442", other: Answers | None = None) -> Answers:
    """What is filled in for a customer who wants a copy, and was identified; `other` answers by their labels.

    Without a `crm` no call is found.
    """
    found: Answers = {"Which calls?": Looked(crm)} if crm else {}
    return {
        "Why do you need it?": "customer", "Who asks?": "customer", **found, "Their name": NAME, "Their e-mail address": ADDRESS,
        "How did you check who they are?": "document", **(other or {}),
    }  # fmt: skip


async def file(company: Company, answers: Answers | None = None, uid: str = ANNA) -> str:
    """Type the command and fill in the form; the id of the request."""
    me = company.somebody(uid)
    before = customers(company, uid)
    told = await me.fill(await me.begin(), answers or asked())
    assert "The answer is due" in told.words, told.words
    await company.settled()
    [request] = await until(lambda: customers(company, uid) - before, "a card of the request")
    return str(request)


def customers(company: Company, uid: str) -> set[str]:
    """Every customer's request that the person has a card of."""
    return {found for one in company.somebody(uid).cards("C-") for found in CUSTOMER.findall(one.words)}


async def release(
    company: Company, request: str, uid: str = TARA, voices: str = "nobody", more: Answers | None = None
) -> Seen:
    """Read what will be sent, say whether anybody else is heard, and send it; what was read beforehand."""
    me = company.somebody(uid)
    form = await me.open(card(company, uid, request), "Release", "To: ")
    await me.fill(form, {VOICES: voices, **(more or {})})
    await company.settled()
    return form


async def numbers(company: Company, request: str, uid: str = TARA) -> Seen:
    """Press Passcode, once the mail has gone out: the numbers that may be rung."""
    me = company.somebody(uid)
    if BACK in (seen := card(company, uid, request)).buttons:
        await me.press(seen, BACK)
    await until(lambda: "Passcode" in card(company, uid, request).buttons, "the mail has gone out")
    await me.press(card(company, uid, request), "Passcode")
    await until(lambda: "Which number will you phone?" in me.front().words, "the numbers")
    return me.front()


async def another_number(company: Company, request: str, number: str, why: str, uid: str = TARA) -> None:
    """Ask for another number, which Helena allows once she has read which and why."""
    me, helena = company.somebody(uid), company.somebody(HELENA)
    form = await me.open(await numbers(company, request, uid), "Another number")
    await me.fill(form, {"Which number?": number, "Why?": why})
    await company.settled()
    await until(lambda: why in card(company, HELENA, request).words, "Helena reads which and why")
    await helena.press(card(company, HELENA, request), "Allow this number")
    await company.settled()


async def passcode(company: Company, request: str, uid: str = TARA) -> str:
    """Choose the number that is rung, and read six digits from the dialog."""
    me = company.somebody(uid)
    await numbers(company, request, uid)
    await me.press(me.front(), "Show the passcode")
    await until(lambda: _DIGITS.search(me.front().words), "the passcode")
    found = _DIGITS.search(me.front().words)
    assert found
    if back := next(
        (one for one in me.front().buttons if one.startswith("Back")), ""
    ):  # in Teams it is in the card's place
        await me.press(me.front(), back)
    return "".join(found.groups())


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as a customer has it."""

    message: EmailMessage

    @property
    def plain(self) -> str:
        return bodies(self.message)[0]

    @property
    def html(self) -> str:
        return bodies(self.message)[1]

    @property
    def link(self) -> str:
        """Where its button leads, which stands in both forms."""
        [found] = set(_LINK.findall(self.plain))
        assert f'href="{found}"' in self.html
        return str(found)

    @property
    def code(self) -> str:
        return urlsplit(self.link).fragment


async def mail(office: PostOffice, number: int = 1) -> Mail:
    """The letter that comes as number so much, counted from 1."""
    await until(lambda: len(office.arrived) >= number, f"letter {number}")
    return Mail(office.messages[number - 1])


class Mails(Protocol):
    """A company, in its own process or in ours, and the post office that its letters go to."""

    @property
    def town(self) -> Company: ...

    @property
    def office(self) -> PostOffice: ...

    @property
    def url(self) -> str: ...


@dataclass
class Mailed:
    """A town whose bot sends its letters to a post office of ours."""

    town: Town
    office: PostOffice

    @property
    def url(self) -> str:
        return self.town.bots[0].url


def settings(office: PostOffice) -> dict[str, str]:
    """How a bot is set up for the post office."""
    return {"SMTP_URL": f"smtp://127.0.0.1:{office.port}", "MAIL_FROM": MAIL_FROM}


@asynccontextmanager
async def a_mailed_town(
    folder: Path, database_url: str, place: Place = SLACK, command: Sequence[str] = FORKED
) -> AsyncIterator[Mailed]:
    """The real program in a process of its own, and a real SMTP server."""
    office = PostOffice()
    async with office.open():
        async with a_town(folder, database_url, 1, place, command, settings(office)) as town:
            yield Mailed(town, office)
        town.sound()


def done(entries: Iterable[Mapping[str, object]], request: str) -> list[str]:
    """What the log says was done to a request, in its order."""
    return [str(one["action"]) for one in entries if one["subject"] == request and one["outcome"] == "done"]
