"""P8: whatever names a customer stays with those who see to the request: not in log, metrics, entries, plain columns or other chats."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from sqlalchemy import MetaData

from bot.rehearsal.company import PEOPLE
from storage.store import Database
from tests.stories import places
from tests.stories.errands import card
from tests.stories.house import ANNA, BRAM, CORA, HELENA, TARA
from tests.stories.mailed import Mailed, a_mailed_town, asked, file, here, mail, passcode, release, today
from tests.stories.somebody import Answers
from tests.stories.waiting import until

pytestmark = pytest.mark.story
GROUNDS = {
    "slack-sqlite": (places.SLACK, "sqlite"),
    "slack-postgresql": (places.SLACK, "postgresql"),
    "teams-sqlite": (places.TEAMS, "sqlite"),
}
MARK = "k4nari"
NAME, SAID, LETTER = f"Mrs {MARK}name", f"It beeps. {MARK}said", f"Power of attorney {MARK}letter"
ADDRESS, OTHER = f"{MARK}one@customer.example", f"{MARK}two@customer.example"
QUESTION, ANSWER, WEIGHED, HOW, LATE, WHY_LATE, TOLD, EARLY, SINCE = (
    f"{one}? {MARK}{one}" for one in ("question", "answer", "weighed", "withdrawn", "late", "entered", "told", "early", "since")
)  # fmt: skip
MAY_SEE = frozenset({ANNA, TARA, CORA, HELENA})  # who filed it, who is asked to release it, and the Head
METRICS = re.compile(r'"port": (\d+), "event": "metrics.served"')


@pytest.fixture(params=GROUNDS)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[places.Place, str]:
    """Where people are, and a database of each kind; a file stands where the other files of the bot are looked through."""
    place, kind = GROUNDS[request.param]
    return place, f"sqlite:///{tmp_path / 'steward.db'}" if kind == "sqlite" else request.getfixturevalue(
        "postgresql_url"
    )


@pytest_asyncio.fixture
async def company(ground: tuple[places.Place, str], tmp_path: Path) -> AsyncIterator[Mailed]:
    async with a_mailed_town(tmp_path, ground[1], ground[0]) as opened:
        await opened.town.arrive([BRAM])
        await opened.town.somebody(BRAM).open_home()
        yield opened


def by_name(other: Answers, crm: str = "CS-10442") -> Answers:
    """A canary in each field of both steps."""
    who: Answers = {
        "Their name": NAME, "What do they know about the call?": SAID, "E-mail address that they name": ADDRESS,
        "The same address again": ADDRESS,
    }  # fmt: skip
    return asked(crm, {**who, **other})


async def filled(company: Mailed, uid: str, request: str, button: str, answers: Answers) -> None:
    """Press a button of the card, or of its Details, and fill in the form behind it."""
    town, me = company.town, company.town.somebody(uid)
    await until(lambda: town.somebody(uid).cards(request), f"the card of {request}")
    seen = card(town, uid, request)
    if button not in seen.buttons:
        await me.open_home()
        await until(lambda: "Details" in me.home().buttons, "the request stands at home")
        await me.press(me.home(), "Details")
        await until(lambda: button in me.front().buttons, f"{button} in Details")
        seen = me.front()
    await me.fill(await me.open(seen, button), answers)
    await town.settled()


async def whole_life(company: Mailed) -> str:
    """Filed by somebody with authority, asked about and answered, told that it is late, released, bounced, sent anew, withdrawn."""
    town = company.town
    request = await file(town, by_name({
        "Who asks?": "authority", "Which letter gives them authority, and of what day?": LETTER,
    }))  # fmt: skip
    await filled(company, TARA, request, "Ask a question", {"Your question": QUESTION})
    await until(lambda: "Answer" in card(town, ANNA, request).buttons, "Anna is asked")
    await filled(company, ANNA, request, "Answer", {"Your answer": ANSWER})
    await until(lambda: ANSWER in card(town, TARA, request).words, "Tara reads the answer")
    await filled(company, TARA, request, "Tell the customer", {
        "Why is it late?": LATE, "By which day will it be answered?": (here().date() + timedelta(days=3)).isoformat(),
    })  # fmt: skip
    await mail(company.office)
    await filled(company, ANNA, request, "Correct the date", {
        "When did they first ask anybody here?": (here().date() - timedelta(days=1)).isoformat(),
        "At what time, if you know?": "23:00", "How do you know?": SINCE,
    })  # fmt: skip
    await release(town, request, voices="may_hear", more={"Why may the customer hear it?": WEIGHED})
    await opened(company, (await mail(company.office, 2)).link, await passcode(town, request))
    await town.somebody(TARA).press(card(town, TARA, request), "It bounced")
    await until(lambda: "Release" in card(town, TARA, request).buttons, "it is open again")
    await filled(
        company,
        ANNA,
        request,
        "Another address",
        {"E-mail address that they name": OTHER, "The same address again": OTHER},
    )
    await release(town, request, voices="may_hear", more={"Why may the customer hear it?": WEIGHED})
    await mail(company.office, 3)
    await passcode(town, request)
    await filled(company, ANNA, request, "Withdraw", {"When did they say so?": today(), "How did they say so?": HOW})
    await until(lambda: "withdrawn" in card(town, TARA, request).words, "it is withdrawn")
    return request


async def other_ends(company: Mailed) -> None:
    """One was written down late and refused by word of mouth; one wanted an erasure, and the Head did it."""
    town, long_ago = company.town, here().date() - timedelta(days=40)
    late = await file(town, by_name({
        "When did they first ask anybody here?": long_ago.isoformat(), "Why is it written down only now?": WHY_LATE,
        "E-mail address that they name": "", "The same address again": "",
    }, ""))  # fmt: skip
    await filled(
        company, TARA, late, "Refuse", {"Why?": "no_call", "If no mail can go: how were they told, and when?": TOLD}
    )
    await until(lambda: "refused, and the customer told" in card(town, TARA, late).words, "it is refused")
    early = await file(town, by_name({"What do they want?": "erasure"}, "CS-10444"))
    await filled(company, HELENA, early, "Erase", {"Why may it go before its time?": EARLY})
    await mail(company.office, 4)
    await until(lambda: "erased" in card(town, HELENA, early).words, "it is erased")
    await town.settled()


async def opened(company: Mailed, link: str, digits: str) -> None:
    """Somebody comes in with it, and somebody else does not."""
    async with ClientSession() as http:
        for told in (digits, "000000"):
            async with http.post(f"{company.url}/copy/open", data={"code": link, "passcode": told}) as answer:
                assert answer.status in (200, 403)


async def dump(database: Database) -> str:
    """Every row of every table, as it can be read without a key."""

    def rows(store: Any) -> str:
        found = MetaData()
        found.reflect(store.session.connection())
        told = {
            name: [list(map(_plain, row)) for row in store.session.execute(table.select())]
            for name, table in found.tables.items()
        }
        return json.dumps(told, default=str)

    return await database.read(rows)


def _plain(value: object) -> object:
    return value.decode("latin-1") if isinstance(value, bytes) else value


async def metrics(company: Mailed) -> str:
    found = METRICS.search(company.town.bots[0].said)
    assert found
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{found[1]}/metrics") as answer:
        return await answer.text()


def seen(company: Mailed, uid: str) -> str:
    """All that ever stood in somebody's chats with the bot, at home and in dialogs, as far as it is kept."""
    me: Any = company.town.somebody(uid)
    if me.platform == "slack":
        return str([me.me.dm, me.me.home, me.me.modal])
    return str([*me.me.own.messages, *me.me.chat])


async def test_p8_a_canary_in_every_field_stays_with_those_who_may_see_it(company: Mailed) -> None:
    request = await whole_life(company)
    await other_ends(company)
    town, bot = company.town, company.town.bots[0]
    told = {
        "log": bot.said, "metrics": await metrics(company), "entries": json.dumps(await town.audit()), "rows": await dump(town.database)
    }  # fmt: skip
    assert "steward_letters_total" in told["metrics"]
    assert request in told["rows"]
    assert [where for where, words in told.items() if MARK in words] == []
    people = [one.id for one in PEOPLE if one.standing == "member"]
    met = [uid for uid in people if uid in {*places.DECIDE, ANNA, BRAM}]
    assert {uid for uid in met if MARK in seen(company, uid)} <= MAY_SEE
    assert MARK in seen(company, ANNA)
    assert [one for uid in met for one in town.somebody(uid).news() if MARK in one] == []
    files = [one for one in town.folder.rglob("*") if one.is_file()]
    assert [str(one) for one in files if MARK.encode() in one.read_bytes()] == []
