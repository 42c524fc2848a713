"""What people do in several stories, on any platform: ask for a call, look at a card, listen in a browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import ClientResponse, ClientSession, DummyCookieJar

from tests.stories.house import ANNA
from tests.stories.somebody import Seen, Somebody
from tests.stories.waiting import until

REQUEST = re.compile(r"R-[2-9A-HJ-NP-Z]{8}")


class Company(Protocol):
    """Where a story takes place; people have their ids in the sample company."""

    def somebody(self, uid: str, platform: str = "") -> Somebody: ...

    async def settled(self) -> None: ...

    async def audit(self) -> list[dict[str, Any]]: ...


async def ask(
    company: Company, uid: str = ANNA, reason: str = "complaint", crm: str = "CS-10442", typed: str = "", **more: str
) -> str:  # fmt: skip
    """Ask for the newest call that `typed` finds, as a person does, and return the request's id; `more` answers by its
    fields' labels.
    """
    answers = {"CRM request reference": crm, "What is it for?": "The customer complains.", **more}
    before = requests(company, uid)
    await company.somebody(uid).ask(reason, answers, typed)
    await company.settled()
    [new] = await until(lambda: requests(company, uid) - before, f"the card of {uid}")
    return str(new)


async def send(company: Company, uid: str, request: str, button: str, words: str) -> None:
    """Press a button of the card that opens a form, and send some words."""
    await company.somebody(uid).send(card(company, uid, request), button, words)
    await company.settled()


async def press(company: Company, uid: str, request: str, button: str) -> None:
    """Press a button of the card that does something at once."""
    await company.somebody(uid).press(card(company, uid, request), button)
    await company.settled()


async def home(company: Company, uid: str) -> Seen:
    """Look at the home."""
    await company.somebody(uid).open_home()
    await company.settled()
    return company.somebody(uid).home()


async def press_at_home(company: Company, uid: str, button: str) -> Seen:
    """Press a button of the home as it is, and return what that opens."""
    me = company.somebody(uid)
    await me.press(me.home(), button)
    await company.settled()
    return me.front()


async def manage(company: Company, uid: str) -> Seen:
    """Open Home, and return what is behind Manage."""
    await home(company, uid)
    return await press_at_home(company, uid, "Manage")


async def press_in_manage(company: Company, uid: str, button: str) -> Seen:
    """Press a button behind Manage, and return what that opens."""
    me, seen = company.somebody(uid), await manage(company, uid)
    await me.press(seen, button)
    await company.settled()
    return me.front()


async def done(company: Company, subject: str) -> list[str]:
    """Return what the audit log says was done to this."""
    return [one["action"] for one in await company.audit() if one["subject"] == subject and one["outcome"] == "done"]


def requests(company: Company, uid: str) -> set[str]:
    """Return all requests that the person has a card of."""
    return {found for one in company.somebody(uid).cards() for found in REQUEST.findall(one.words)}


def card(company: Company, uid: str, request: str) -> Seen:
    """Return the person's newest card of a request, as it is now."""
    found = company.somebody(uid).cards(request)
    assert found, f"{uid} has no card of {request}"
    return found[-1]


@dataclass
class Ears:
    """A browser without a screen, on the listening page of one grant."""

    http: ClientSession
    base: str
    grant: str
    cookie: str

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


async def link(company: Company, request: str, uid: str = ANNA, seen: Seen | None = None) -> str:
    """Press Listen on the card, or on what was `seen`, and return the address behind the button that appears."""
    return await company.somebody(uid).link(seen or card(company, uid, request))


async def exchange(http: ClientSession, address: str) -> ClientResponse:
    """Post the code as the page does: the fragment goes by POST."""
    parts = urlsplit(address)
    return await http.post(f"{parts.scheme}://{parts.netloc}/listen/exchange", json={"code": parts.fragment})


@asynccontextmanager
async def ears(company: Company, request: str, uid: str = ANNA, seen: Seen | None = None) -> AsyncIterator[Ears]:
    """Press Listen and open the player."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        address = await link(company, request, uid, seen)
        answer = await exchange(http, address)
        assert answer.status == 200, await answer.text()
        parts, grant = urlsplit(address), (await answer.json())["grant"]
        base = f"{parts.scheme}://{parts.netloc}"
        yield Ears(http, base, grant, answer.cookies["listening"].value)


class Client:
    """A browser without scripts and without a screen."""

    def __init__(self, url: str, http: ClientSession) -> None:
        self.url, self.http, self.cookies = url, http, dict[str, str]()

    async def get(self, path: str) -> str:
        return await self._read(await self.http.get(self.url + path, cookies=self.cookies, allow_redirects=False))

    async def post(self, path: str, **told: str) -> str:
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        answer = await self.http.post(
            self.url + path, data=told, headers=headers, cookies=self.cookies, allow_redirects=False
        )
        return await self._read(answer)

    async def _read(self, answer: ClientResponse) -> str:
        self.cookies |= {name: one.value for name, one in answer.cookies.items()}
        if answer.status == 303:
            return await self.get(answer.headers["Location"].partition("#")[0])
        text = await answer.text()
        assert answer.status == 200, (answer.status, text)
        return text
