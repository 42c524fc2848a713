"""What people do in more than one story: ask for a call, look at a card, listen in a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import ClientResponse, ClientSession, DummyCookieJar

from bot.rehearsal.slack import Message, Person, Workspace
from bot.rehearsal.slack.blockkit import elements_of
from tests.stories.house import ANNA
from tests.stories.waiting import until

REQUEST = re.compile(r"R-[2-9A-HJ-NP-Z]{8}")
INVESTIGATION = {"Matter": "Claim 77", "Legal basis or reference": "Police ref 4", "Who else will hear it?": "nobody"}


class Company(Protocol):
    """Where a story plays."""

    @property
    def workspace(self) -> Workspace: ...

    def person(self, uid: str) -> Person: ...

    async def settled(self) -> None: ...

    async def audit(self) -> list[dict[str, Any]]: ...


async def at_a_clear_screen(company: Company, uid: str) -> Person:
    """Close what still stands open from before."""
    me = company.person(uid)
    if me.modal:
        await me.close(everything=True)
    return me


async def open_form(company: Company, uid: str = ANNA) -> Person:
    """Type the command and wait for the form."""
    me = await at_a_clear_screen(company, uid)
    outcome = await me.command("/recording-request")
    assert outcome.ok, outcome
    await until(lambda: me.modal, f"the form opens for {uid}")
    return me


async def ask(
    company: Company, uid: str = ANNA, reason: str = "complaint", crm: str = "CS-10442", typed: str = "",
    more: Mapping[str, str] = INVESTIGATION,
) -> str:  # fmt: skip
    """Ask for the newest call that `typed` finds, as a person does, and return the request's id."""
    me = await open_form(company, uid)
    answers: dict[str, object] = {"Why do you need it?": reason, "CRM request reference": crm}
    if reason in ("crime", "legal_claim"):
        await me.press("modal", "redraw", reason)
        await until(lambda: "Matter" in str(me.modal), "the form asks for the matter")
        answers |= more
    offered = await me.options("Which calls?", typed)
    before = requests(company.workspace, uid)
    outcome = await me.submit(
        {**answers, "Which calls?": [offered[0]["value"]], "What is it for?": "The customer complains."}
    )
    assert outcome.ok, outcome
    await company.settled()
    [new] = await until(lambda: requests(company.workspace, uid) - before, f"the card of {uid}")
    return str(new)


async def send(company: Company, uid: str, request: str, button: str, words: str) -> None:
    """Press a button of the card that opens a form, and send some words."""
    me = company.person(uid)
    assert (await me.press(card(company, uid, request), button)).ok
    await until(lambda: me.modal, f"the form behind {button}")
    outcome = await me.submit({"words": words})
    assert outcome.ok, outcome
    await company.settled()


async def press(company: Company, uid: str, request: str, button: str) -> None:
    """Press a button of the card that does something at once."""
    assert (await company.person(uid).press(card(company, uid, request), button)).ok
    await company.settled()


async def done(company: Company, subject: str) -> list[str]:
    """What the audit log says was done to this."""
    return [one["action"] for one in await company.audit() if one["subject"] == subject and one["outcome"] == "done"]


def requests(workspace: Workspace, uid: str) -> set[str]:
    """All requests that the person has a card of."""
    return {found for one in workspace.dm(uid) if is_card(one) for found in REQUEST.findall(str(one.blocks))}


def is_card(message: Message) -> bool:
    return len(message.blocks or []) > 2


def cards(workspace: Workspace, uid: str, request: str) -> list[Message]:
    """All messages to the person that are cards of this request, oldest first."""
    return [one for one in workspace.dm(uid) if is_card(one) and request in str(one.blocks)]


def card(company: Company, uid: str, request: str) -> Message:
    """The person's newest card of a request, as it stands."""
    found = cards(company.workspace, uid, request)
    assert found, f"{uid} has no card of {request}"
    return found[-1]


def buttons(blocks: list[Any] | None) -> list[str]:
    """What can be pressed, by what it says."""
    return [part["text"]["text"] for block in blocks or [] for part in elements_of(block) if part["type"] == "button"]


def whispers(workspace: Workspace, uid: str) -> list[str]:
    """What was said to this person alone."""
    return [str(one.blocks) for one in workspace.dm(uid) if one.ephemeral]


@dataclass
class Ears:
    """A browser without a screen, on the listening page of one grant."""

    http: ClientSession
    base: str
    grant: str
    cookie: str
    set_cookie: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"listening={self.cookie}"}

    def address(self, tail: str) -> str:
        return f"{self.base}/listen/{self.grant}/{tail}"

    @asynccontextmanager
    async def get(self, tail: str, **headers: str) -> AsyncIterator[ClientResponse]:
        async with self.http.get(self.address(tail), headers=self.headers | headers) as answer:
            yield answer

    async def status(self, tail: str, **headers: str) -> int:
        async with self.get(tail, **headers) as answer:
            return answer.status

    async def told(self, tail: str) -> dict[str, Any]:
        async with self.get(tail) as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def heard(self, recording: str, start: float, end: float) -> tuple[int, dict[str, Any]]:
        told = {"from": start, "to": end}
        async with self.http.post(self.address(f"{recording}/heard"), json=told, headers=self.headers) as answer:
            return answer.status, await answer.json()


async def link(company: Company, request: str, uid: str = ANNA) -> str:
    """Press Listen on the card, and read the address behind the button of the dialog."""
    me = await at_a_clear_screen(company, uid)
    outcome = await me.press(card(company, uid, request), "Listen")
    assert outcome.ok, outcome
    await until(lambda: me.modal and "Open the player" in str(me.modal), "the link to the player")
    return me.link("modal", "Open the player")


async def exchange(http: ClientSession, address: str) -> ClientResponse:
    """What the page does with its code: the fragment goes by POST."""
    parts = urlsplit(address)
    return await http.post(f"{parts.scheme}://{parts.netloc}/listen/exchange", json={"code": parts.fragment})


@asynccontextmanager
async def ears(company: Company, request: str, uid: str = ANNA) -> AsyncIterator[Ears]:
    """Press Listen and open the player."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        address = await link(company, request, uid)
        answer = await exchange(http, address)
        assert answer.status == 200, await answer.text()
        parts, grant = urlsplit(address), (await answer.json())["grant"]
        base = f"{parts.scheme}://{parts.netloc}"
        yield Ears(http, base, grant, answer.cookies["listening"].value, answer.headers["Set-Cookie"])
