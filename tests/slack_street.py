"""A company whose people are in the stand-in Slack workspace, with our adapter, on one loopback server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer, unused_port
from slack_sdk.web.async_client import AsyncWebClient

from bot.chats.desk import Desk
from bot.chats.directory import Directory
from bot.chats.inbox import Inbox
from bot.delivery.worker import Delivery
from bot.rehearsal.slack import Command, Member, Message, Person, Rates, Standing, Workspace, payloads, routes
from bot.slack.chat import SlackChat
from bot.slack.platform import SignatureCheck, SlackAdapter
from handlers import COMMANDS
from storage.database.store import Database
from tests.handlers.builders import NAMES, Clock, Company, a_company, ask, email, stored
from tests.patience import PATIENCE

TOKEN, SECRET = "xoxb-street", "street-secret"
PEOPLE = (
    *(Member(f"U{short.upper()}", name, email(name), "", "Australia/Sydney") for short, name in NAMES.items()),
    Member("UFAR", "Faye Elsewhere", "faye@elsewhere.example", standing="foreign"),
)


@dataclass
class Street:
    """The company, its workspace, and the parts of the bot between the two."""

    company: Company
    workspace: Workspace
    chat: SlackChat
    directory: Directory
    adapter: SlackAdapter
    delivery: Delivery
    inbox: Inbox

    @property
    def anna(self) -> Person:
        return self.workspace.person("UANNA")

    @property
    def tara(self) -> Person:
        return self.workspace.person("UTARA")

    async def settled(self) -> None:
        """Wait until the bot has nothing left to do that is due."""
        await self.adapter.after.finish()
        while await self.inbox.drain() + await self.delivery.drain():
            await self.adapter.after.finish()

    async def asked(self) -> str:
        """File a request of Anna's; its approver has the card."""
        request = await ask(self.company, self.company.anna)
        await self.settled()
        return request

    def card(self, uid: str, request: str) -> Message:
        """Return the person's card of a request, as it is now."""
        cards = [one for one in self.workspace.dm(uid) if len(one.blocks or ()) > 2 and request in str(one.blocks)]
        return cards[-1]

    async def state(self, request: str) -> str:
        return (await stored(self.company, request)).state

    def turn(self, uid: str, standing: Standing) -> None:
        """Change an account without telling the bot."""
        self.workspace.members[uid] = replace(self.workspace.member(uid), standing=standing)

    async def click(self, uid: str, message: Message, action: str) -> None:
        """Send a signed press of a button, whether it may still be pressed or not."""
        blocks = [one for one in message.blocks or [] if one["type"] == "actions"]
        found = [(part, one["block_id"]) for one in blocks for part in one["elements"] if part["action_id"] == action]
        [(element, block)] = found
        pressed = payloads.action(self.workspace, element, block, {"type": "button"})
        await self.workspace.sender.ask("interactive", payloads.pressed_message(self.workspace, uid, message, pressed))
        await self.adapter.after.finish()

    def said(self, uid: str) -> list[str]:
        """Return what was said to this person alone."""
        return [one.text for one in self.workspace.dm(uid) if one.ephemeral]


@asynccontextmanager
async def a_street(database: Database) -> AsyncIterator[Street]:
    """Open a street and close it again."""
    port, company = unused_port(), await a_company(database, Clock())
    here = f"http://127.0.0.1:{port}"
    workspace = Workspace(
        people=PEOPLE, bot_token=TOKEN, signing_secret=SECRET, bot_url=f"{here}/slack/events", public_url=here,
        rates=Rates.unlimited(), now=company.clock, retries=(), ack_seconds=PATIENCE, trigger_seconds=PATIENCE,
        commands=[Command(f"/{word}", one.says, "") for word, one in COMMANDS.items()] + [Command("/old", "", "")],
    )  # fmt: skip
    async with ClientSession() as session:
        api = f"{here}/rehearsal/slack/api/"
        client = AsyncWebClient(TOKEN, base_url=api, session=session, timeout=int(PATIENCE), retry_handlers=[])
        street = _street(company, workspace, SlackChat(client, workspace.team_id, company.seconds), here)
        app = web.Application()
        app.add_routes(
            [*routes(workspace), web.post("/slack/events", SignatureCheck(SECRET, street.adapter.answer).handle)]
        )
        async with TestServer(app, port=port):
            yield street
            await street.adapter.after.finish()
            await workspace.close()


def _street(company: Company, workspace: Workspace, chat: SlackChat, url: str) -> Street:
    directory = Directory(chat, company.door, company.door.policy, company.seconds)
    desk = Desk(company.door, directory, url)
    adapter, delivery = SlackAdapter(chat, desk), Delivery(company.door, [directory])
    return Street(company, workspace, chat, directory, adapter, delivery, Inbox(company.door, {"slack": desk}))
