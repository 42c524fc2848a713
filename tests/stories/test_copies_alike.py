"""P8: whoever asks for somebody else's call, for one that is erased or for none reads the same letter, but for the day."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.words import day_words
from tests.stories import places
from tests.stories.errands import card
from tests.stories.house import TARA
from tests.stories.mailed import Mail, Mailed, a_mailed_town, asked, file, here, mail
from tests.stories.somebody import Answers
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
GROUNDS = {"slack": places.SLACK, "teams": places.TEAMS}
BY_NATURE = ("Date", "Message-ID", "Content-Type")
"""What differs between any two letters: when it was sent, its own name, and where its parts end."""
DAY = re.compile(r"\w{3} \d{1,2} \w{3} \d{4}")
WHEN = "When did they first ask anybody here?"


@pytest_asyncio.fixture(params=GROUNDS)
async def company(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Mailed]:
    place = GROUNDS[request.param]
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", place) as opened:
        yield opened


async def refused(company: Mailed, answers: Answers, why: str, number: int) -> tuple[str, Mail]:
    """File a request and refuse it: what was read beforehand, and the letter that came."""
    town = company.town
    me, request = town.somebody(TARA), await file(town, answers)
    form = await me.open(card(town, TARA, request), "Refuse", "To: ")
    await me.fill(form, {"Why?": why})
    letter = await mail(company.office, number)
    await until(lambda: "refused, and the customer told" in card(town, TARA, request).words, "the card says so")
    return form.words, letter


def headers(message: EmailMessage) -> list[tuple[str, str]]:
    return [(name, value) for name, value in message.items() if name not in BY_NATURE]


def without_days(letter: Mail) -> tuple[str, str]:
    return DAY.sub("THE DAY", letter.plain), DAY.sub("THE DAY", letter.html)


@pytest.mark.parametrize("why", ["no_call", "erased"])
async def test_p8_somebody_elses_call_and_none_are_one_letter(company: Mailed, why: str) -> None:
    today = here().date()
    before = today - timedelta(days=1)
    others = asked("CS-10442")
    none, earlier = asked(""), asked("", {WHEN: before.isoformat()})
    [(preview, his), (_, nobodys), (_, yesterdays)] = [
        await refused(company, answers, why, number) for number, answers in enumerate((others, none, earlier), 1)
    ]
    assert (his.plain, his.html) == (nobodys.plain, nobodys.html)
    assert headers(his.message) == headers(nobodys.message) == headers(yesterdays.message)
    assert len(_without_names(his)) == len(_without_names(nobodys))
    assert (day_words(today, None) in his.plain, day_words(before, None) in yesterdays.plain) == (True, True)
    assert without_days(his) == without_days(yesterdays)
    assert not re.search(r"10442|412|Bram|/copy|one call|your call", his.plain.replace("a call of yours", ""))
    assert ("Calls before" in his.plain) == (why == "erased")
    assert next(one for one in his.plain.split("\n\n") if one.startswith("On ")) in preview


def _without_names(letter: Mail) -> bytes:
    """The whole message as it went over the wire, without what no two letters have in common."""
    raw = letter.message.as_bytes()
    boundary = letter.message.get_boundary()
    assert boundary
    for name in (boundary, str(letter.message["Message-ID"]), str(letter.message["Date"])):
        raw = raw.replace(name.encode(), b"")
    return raw
