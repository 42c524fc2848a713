"""A company whose people are in the stand-in Teams tenant, with our adapter, on one loopback server."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer, unused_port

from bot.chats.desk import Desk
from bot.chats.directory import Directory
from bot.chats.inbox import Inbox
from bot.delivery.worker import Delivery
from bot.ports import Chat as ChatPort
from bot.rehearsal.teams import CARD_TYPE, Chat, Member, Message, Outcome, Person, Rates, Tenant, routes, words
from bot.rehearsal.teams.actions import inputs
from bot.rehearsal.teams.activities import invoke
from bot.rehearsal.teams.outbound import Reply
from bot.settings.config import TeamsSettings
from bot.teams.platform import TeamsPlatform
from storage.database.store import Database
from tests.handlers.builders import NAMES, Clock, Company, a_company, ask, email, stored
from tests.patience import PATIENCE

APP, PASSWORD = "22222222-0000-4000-8000-00000000b07b", "street-password"
IDS = {short: f"{number:08d}-aaaa-4000-8000-000000000000" for number, short in enumerate([*NAMES, "gus", "faye"], 1)}
PEOPLE = (
    *(Member(IDS[short], name, email(name), "", "Australia/Sydney") for short, name in NAMES.items()),
    Member(IDS["gus"], "Gus Visitor", "gus@visitor.example", standing="guest"),
    Member(IDS["faye"], "Faye Elsewhere", "faye@elsewhere.example", standing="foreign"),
)
GROUP, CHANNEL = "19:support@thread.v2", "19:calls@thread.tacv2"
ANSWERS = {"reason": "complaint", "crm": "CS-10442", "purpose": "The customer complains."}
CLAIM = {"reason": "legal_claim", "matter": "Claim 12", "basis": "Police ref 9", "audience": "nobody"}


@dataclass
class Street:
    """The company, its tenant, and the parts of the bot between the two."""

    company: Company
    tenant: Tenant
    front: TeamsPlatform
    directory: Directory
    delivery: Delivery
    inbox: Inbox

    def person(self, short: str) -> Person:
        return self.tenant.person(IDS[short])

    @property
    def anna(self) -> Person:
        return self.person("anna")

    @property
    def tara(self) -> Person:
        return self.person("tara")

    async def settled(self) -> None:
        """Wait until the bot has nothing left to do that is due."""
        await self.front.finish()
        while await self.inbox.drain() + await self.delivery.drain():
            await self.front.finish()

    async def moved_in(self, *shorts: str) -> None:
        """Have these people add the app, and forget what it told them."""
        for short in shorts:
            assert (await self.person(short).install()).ok
        await self.settled()

    async def asked(self) -> str:
        """File a request of Anna's; its approver has the card."""
        request = await ask(self.company, self.company.anna)
        await self.settled()
        return request

    async def say(self, short: str, text: str, conversation: str = "", *, mention: bool = False) -> list[str]:
        """Write as a person; return what the bot has said or shown there since."""
        person = self.person(short)
        before = len(self._seen(short, conversation))
        assert (await person.say(text, conversation, mention=mention)).ok
        await self.settled()
        return [told(one) for one in self._seen(short, conversation)[before + 1 :]]

    async def press(self, short: str, where: Message, title: str, values: Any = None, **more: Any) -> Outcome:
        outcome = await self.person(short).press(where, title, values, **more)
        await self.settled()
        return outcome

    async def blank(self, short: str = "anna") -> Message:
        """Return the form that the words open, as it is in the chat."""
        await self.say(short, "recording-request")
        return self.person(short).chat[-1]

    async def filled(self, form: Message, short: str = "anna", **more: Any) -> dict[str, Any]:
        """Return what Anna types into the form, with the newest call chosen."""
        offered = await self.person(short).search("recordings", "", form)
        return {**ANSWERS, "recordings": [offered[0]["value"]], **more}

    def card(self, short: str, request: str) -> Message:
        """Return the person's own message with the card of a request, as it is now."""
        found = [one for one in self.person(short).chat if len(one.cards) == 1 and request in json.dumps(one.cards)]
        return next(one for one in reversed(found) if re.search(" · |^[✅⛔⏳]", told(one).partition("\n")[0]))

    def form(self, short: str) -> Message:
        """Return the newest message with a form, filled in or not."""
        return next(one for one in reversed(self.person(short).chat) if inputs({"body": one.cards}))

    def home(self, short: str) -> Message:
        """Return the newest message with the person's home."""
        return next(one for one in reversed(self.person(short).chat) if "Call recordings ·" in told(one))

    def again(self, message: Message, short: str) -> Message:
        """Return the same message as it is now for this person."""
        return next(one for one in self.tenant.seen(IDS[short], message.conversation) if one.id == message.id)

    def said(self, short: str) -> list[str]:
        """Return the bot's plain messages in the person's chat."""
        return [one.text for one in self.person(short).chat if one.author == "bot" and not one.cards]

    async def state(self, request: str) -> str:
        return (await stored(self.company, request)).state

    async def invoke(self, short: str, name: str, value: Any, place: Chat | None = None, **more: Any) -> Reply:
        """Return a signed invoke with any value, whatever the cards carry; fields given as None are left out."""
        person = self.person(short)
        body = invoke(self.tenant, self.tenant.member(person.id), place or person.own, name, value)
        told_ = {name: one for name, one in {**body, **more}.items() if one is not None}
        reply = await self.tenant.wire.send(told_, PATIENCE)
        await self.settled()
        return reply

    async def execute(self, short: str, data: Any, place: Chat | None = None, **more: Any) -> Reply:
        value = {"action": {"type": "Action.Execute", "verb": "x", "data": data}, "trigger": "manual"}
        return await self.invoke(short, "adaptiveCard/action", value, place, **more)

    def _seen(self, short: str, conversation: str) -> list[Message]:
        return self.tenant.seen(IDS[short], conversation) if conversation else self.person(short).chat


def told(message: Message) -> str:
    """Return what a message says, with its cards."""
    return "\n".join([*filter(None, [message.text]), *(words(card) for card in message.cards)])


def shown(reply: Reply) -> str:
    """Return what the answer to a press says: its card's words, or its sentence."""
    assert reply.ok
    value = reply.json["value"]
    return words(value) if reply.json["type"] == CARD_TYPE else str(value)


def settings(tenant: Tenant, *, unproved: bool = False) -> TeamsSettings:
    return TeamsSettings(APP, tenant.tenant_id, PASSWORD, tenant.metadata_url, tenant.login_url, unproved)


@asynccontextmanager
async def a_street(database: Database, more: Iterable[Member] = ()) -> AsyncIterator[Street]:
    """Open a street where no one has the app yet, with so many more people, and close it again."""
    port, company = unused_port(), await a_company(database, Clock())
    here = f"http://127.0.0.1:{port}"
    everybody = tuple(IDS.values())
    tenant = Tenant(
        people=(*PEOPLE, *more), app_id=APP, password=PASSWORD, bot_url=f"{here}/api/messages", public_url=here,
        chats=[Chat(GROUP, everybody, name="Support"), Chat(CHANNEL, everybody, "channel", name="Calls")],
        rates=Rates.unlimited(), now=company.clock, monotonic=company.seconds, invoke_seconds=PATIENCE, ack_seconds=PATIENCE,
    )  # fmt: skip
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        street = _street(company, tenant, session, here)
        app = web.Application()
        app.add_routes([*routes(tenant), *street.front.routes()])
        async with TestServer(app, port=port):
            await street.front.start()
            yield street
            await street.front.stop()
            await tenant.close()


def _street(company: Company, tenant: Tenant, session: ClientSession, url: str) -> Street:
    directories: list[Directory] = []

    def desk(chat: ChatPort) -> Desk:
        directories.append(Directory(chat, company.door, company.door.policy, company.seconds))
        return Desk(company.door, directories[0], url)

    front = TeamsPlatform(settings(tenant), session, desk, "127.0.0.1")
    assert front.verifier is not None
    front.verifier.wall_clock = front.verifier.keys.clock = company.seconds
    front.chat.connector.pauses.seconds = company.seconds
    inbox = Inbox(company.door, {"teams": front.adapter.desk})
    return Street(company, tenant, front, directories[0], Delivery(company.door, directories), inbox)
