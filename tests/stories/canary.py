"""A customer's request with a canary in every field that names a person or holds a person's words, from its filing to its end (P8)."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import MetaData

from storage.database.store import Database
from tests.stories.errands import card
from tests.stories.house import ANNA, TARA
from tests.stories.mailed import Mails, another_number, asked, file, mail, passcode, release, today
from tests.stories.somebody import Answers
from tests.stories.waiting import until

MARK = "k4nari"
NAME, LETTER = f"Mrs {MARK}name", f"Power of attorney {MARK}letter"
ADDRESS, OTHER = f"{MARK}one@customer.example", f"{MARK}two@customer.example"
NUMBER, WHY = "+61 491 570 006", f"The CRM has it. {MARK}number"
QUESTION, ANSWER, WEIGHED, HOW, TOLD = (
    f"{one}? {MARK}{one}" for one in ("question", "answer", "weighed", "withdrawn", "told")
)  # fmt: skip


def by_name(other: Answers, crm: str = "CS-10442") -> Answers:
    """A canary in each field of the form."""
    who: Answers = {"Their name": NAME, "Their e-mail address": ADDRESS}
    return asked(crm, {**who, **other})


async def filled(company: Mails, uid: str, request: str, button: str, answers: Answers) -> None:
    """Press a button of the card, or of its Details, and fill in the form behind it."""
    town, me = company.town, company.town.somebody(uid)
    await town.settled()  # a card that is still to be redrawn has not all of its buttons
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


async def whole_life(company: Mails) -> str:
    """Filed by a person with authority, asked about and answered, told that it is late, released, bounced, sent again, withdrawn."""
    company.office.script = {"text": f"250 2.0.0 {NAME} reads it at {MARK}one, customer.example: queued as 4XyZ1"}
    town = company.town
    request = await file(town, by_name({
        "Who asks?": "authority", "Which letter gives them authority, and what is its date?": LETTER,
    }))  # fmt: skip
    await filled(company, TARA, request, "Ask a question", {"Your question": QUESTION})
    await until(lambda: "Answer" in card(town, ANNA, request).buttons, "Anna is asked")
    await filled(company, ANNA, request, "Answer", {"Your answer": ANSWER})
    await until(lambda: ANSWER in card(town, TARA, request).words, "Tara reads the answer")
    await release(town, request, voices="may_hear", more={"Why may the customer hear it?": WEIGHED})
    letter = await mail(company.office)
    await another_number(town, request, NUMBER, WHY)
    await opened(company, letter.link, await passcode(town, request))
    await town.somebody(TARA).press(card(town, TARA, request), "It bounced")
    await until(lambda: "Release" in card(town, TARA, request).buttons, "it is open again")
    await filled(
        company,
        ANNA,
        request,
        "Another address",
        {"Their e-mail address": OTHER},
    )
    await release(town, request, voices="may_hear", more={"Why may the customer hear it?": WEIGHED})
    await mail(company.office, 2)
    await passcode(town, request)
    await filled(company, ANNA, request, "Withdraw", {"When did they say so?": today(), "How did they say so?": HOW})
    await until(lambda: "withdrawn" in card(town, TARA, request).words, "it is withdrawn")
    return request


async def other_ends(company: Mails) -> None:
    """One was refused by word of mouth."""
    town = company.town
    late = await file(town, by_name({"Their e-mail address": ""}, ""))
    await filled(
        company, TARA, late, "Refuse", {"Why?": "no_call", "If no mail can go: how were they told, and when?": TOLD}
    )
    await until(lambda: "refused, and the customer told" in card(town, TARA, late).words, "it is refused")
    await town.settled()


async def opened(company: Mails, link: str, digits: str) -> None:
    """The customer comes in with it, and a guesser does not."""
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
