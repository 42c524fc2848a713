"""A company that sends its customers e-mails: what is filed, released and read out in its chat, and what a post office
received (P8).
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from tests.bot.mail.post_office import PostOffice, bodies
from tests.stories.errands import card
from tests.stories.house import ANNA, TARA
from tests.stories.process import FORKED, Town, a_town
from tests.stories.somebody import Answers, Looked, Seen
from tests.stories.waiting import until

MAIL_FROM = "Fernhill Telecare <copies@fernhill.example>"
NAME, ADDRESS = "Mrs Pemberly", "pemberly@customer.example"
CUSTOMER = re.compile(r"C-[2-9A-HJ-NP-Z]{8}")
ASKED: Answers = {
    "Why do you need it?": "customer", "Who asks?": "customer", "Which calls?": Looked("CS-10442"), "Their name": NAME,
    "Their e-mail address": ADDRESS, "How did you check who they are?": "document",
}  # fmt: skip
"""What is filled in for an identified customer who wants a copy."""
_DIGITS = re.compile(r"read out:\n\W*([0-9]{3}) ([0-9]{3})\W*\n")
_LINK = re.compile(r"https?://\S+/copy#[A-Za-z0-9_-]+")


async def file(town: Town, answers: Answers = ASKED) -> str:
    """As Anna, type the command and fill in the form; return the request's id."""
    anna, before = town.on_slack(ANNA), customers(town, ANNA)
    await anna.begin()
    told = await anna.fill(answers)
    assert "The answer is due" in told.words, told.words
    await town.settled()
    [request] = await until(lambda: customers(town, ANNA) - before, "a card of the request")
    return str(request)


def customers(town: Town, uid: str) -> set[str]:
    """Return every customer's request that the person has a card of."""
    return {found for one in town.somebody(uid).cards("C-") for found in CUSTOMER.findall(one.words)}


async def release(town: Town, request: str) -> Seen:
    """As Tara, read what will be sent, say that no one else is heard, and send it; return what she read beforehand."""
    tara = town.on_slack(TARA)
    form = await tara.open(card(town, TARA, request), "Release", "To: ")
    await tara.fill({"Is anyone else heard or mentioned?": "nobody"})
    await town.settled()
    return form


async def passcode(town: Town, request: str) -> str:
    """Once the e-mail has gone out, choose as Tara the number to phone, and return six digits from the dialog."""
    tara = town.on_slack(TARA)
    await until(lambda: "Passcode" in card(town, TARA, request).buttons, "the mail has gone out")
    await tara.press(card(town, TARA, request), "Passcode")
    await until(lambda: "Which number will you phone?" in tara.front().words, "the numbers")
    await tara.press(tara.front(), "Show the passcode")
    await until(lambda: _DIGITS.search(tara.front().words), "the passcode")
    found = _DIGITS.search(tara.front().words)
    assert found
    return "".join(found.groups())


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as the customer has it."""

    message: EmailMessage

    @property
    def plain(self) -> str:
        return bodies(self.message)[0]

    @property
    def html(self) -> str:
        return bodies(self.message)[1]

    @property
    def link(self) -> str:
        """Where its button leads, in both versions."""
        [found] = set(_LINK.findall(self.plain))
        assert f'href="{found}"' in self.html
        return str(found)

    @property
    def code(self) -> str:
        return urlsplit(self.link).fragment


async def mail(office: PostOffice) -> Mail:
    """Return the first letter."""
    await until(lambda: office.arrived, "the letter")
    return Mail(office.messages[0])


@asynccontextmanager
async def a_mailed_town(folder: Path, command: Sequence[str] = FORKED) -> AsyncIterator[tuple[Town, PostOffice]]:
    """The real program in its own process, and a real SMTP server."""
    office = PostOffice()
    async with office.open():
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{office.port}", "MAIL_FROM": MAIL_FROM}
        async with a_town(folder, f"sqlite:///{folder / 'steward.db'}", 1, command, settings) as town:
            yield town, office
        town.sound()
