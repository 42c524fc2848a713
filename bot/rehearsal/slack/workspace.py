"""The stand-in workspace: its people, conversations, views and clocks, and every call the bot made."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.rehearsal.slack import blockkit, payloads, tickets
from bot.rehearsal.slack.conversations import Channel, Conversations, Message, revised
from bot.rehearsal.slack.faults import Faults
from bot.rehearsal.slack.feed import Feed
from bot.rehearsal.slack.outbound import HttpWire, Sender
from bot.rehearsal.slack.people import Json, Member, Standing
from bot.rehearsal.slack.person import Person
from bot.rehearsal.slack.rates import Rates, RateWindows
from bot.rehearsal.slack.refusals import SlackError
from bot.rehearsal.slack.responses import Call
from bot.rehearsal.slack.sockets import SocketWire
from bot.rehearsal.slack.views import View, Views, dressed

SCOPES = frozenset({"commands", "chat:write", "im:write", "users:read", "users:read.email"})


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command of the app's manifest."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(kw_only=True, eq=False, repr=False)
class Workspace:
    """A whole Slack workspace in memory, with one app in it.

    `bot_url` takes the signed requests (None: Socket Mode); `public_url` is where this stand-in is
    itself reached, for response URLs. `now` (aware) stamps what people see, `monotonic` (seconds)
    drives triggers, response URLs and rates. An answer may take `ack_seconds`, and a trigger lives
    `trigger_seconds`; an event is repeated after each of the pauses `retries` (seconds), which `pause` waits. `calls` has every Web API call
    in order, `problems` every answer of the bot that Slack would not show. With `read_only`, as a manifest
    may have it, people can write nothing to the app. `mailbox` says what the page tells of a mailbox outside.
    """

    people: Sequence[Member]
    bot_token: str
    signing_secret: str
    bot_url: str | None
    team_id: str = "T0FERNHILL"
    name: str = "Fernhill Telecare"
    channels: Sequence[Channel] = ()
    commands: Sequence[Command] = ()
    app_token: str = "xapp-1-rehearsal"
    app_id: str = "A0STEWARD"
    bot_id: str = "B0STEWARD"
    verification_token: str = "rehearsal-verification"
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = frozenset({"app_home_opened", "user_change"})
    bot: Member = Member("U0STEWARD", "Recording Steward", standing="bot")
    public_url: str = "http://127.0.0.1:3000"
    hint: Sequence[str] = ()
    mailbox: Callable[[], Json] | None = None
    read_only: bool = False
    rates: Rates = field(default_factory=Rates)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    ack_seconds: float = 3.0
    trigger_seconds: float = tickets.TRIGGER_SECONDS
    retries: Sequence[float] = (0.0, 60.0, 300.0)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    def __post_init__(self) -> None:
        self.members = {member.id: member for member in [*self.people, self.bot]}
        self.slash = {command.command: command for command in self.commands}
        self.talk = Conversations(self.channels)
        self.views = Views(self._view_identity(), self.now)
        self.tickets = tickets.Tickets(self.monotonic, self.trigger_seconds)
        self.windows = RateWindows(self.rates, self.monotonic)
        self.faults, self.feed, self.sockets = Faults(), Feed(), SocketWire()
        self.http = HttpWire(self.bot_url, self.signing_secret) if self.bot_url else None
        self.sender = Sender(self.http or self.sockets, self.ack_seconds, self.retries, self.pause)
        self.calls: list[Call] = []
        self.problems: list[str] = []

    def member(self, uid: str) -> Member:
        """Raises SlackError user_not_found."""
        if uid not in self.members:
            raise SlackError("user_not_found")
        return self.members[uid]

    def person(self, uid: str) -> Person:
        """Return a person for a test to act as."""
        return Person(self, uid)

    def dm(self, uid: str) -> list[Message]:
        """Return what the person sees now in the direct messages with the app, oldest first (copies)."""
        return self.seen(uid, self.talk.dm_id(uid))

    def seen(self, uid: str, channel: str) -> list[Message]:
        return [deepcopy(message) for message in self.talk.seen_by(uid, channel)]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def change(self, uid: str, standing: Standing) -> None:
        """Deactivate, demote or revive an account, and tell the app (`user_change`)."""
        await self._changed(replace(self.member(uid), standing=standing))

    async def _changed(self, member: Member) -> None:
        self.members[member.id] = member
        self.feed.tell(None, "people")
        if "user_change" in self.events:
            await self.sender.event(payloads.user_change(self, member.id))

    def say(
        self,
        channel: str,
        author: str,
        text: str,
        blocks: list[Any] | None = None,
        *,
        only_for: str | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Message:
        """Put a message into a conversation and tell its readers."""
        now = self.now()
        message = Message(
            channel, self.talk.next_ts(now), author, text, now, dressed(blocks) if blocks else None,
            only_for, thread_ts=thread_ts, broadcast=broadcast,
        )  # fmt: skip
        self.talk.add(message)
        self._tell(message, "ephemeral" if only_for else "message")
        self._tell(message, "unread")
        return message

    def revise(self, message: Message, text: str, blocks: list[Any] | None, *, edited: bool) -> None:
        revised(message, text=text, blocks=dressed(blocks) if blocks else None)
        message.edited = message.edited or edited
        self._tell(message, "updated")

    def read(self, uid: str, channel: str) -> None:
        self.talk.unread.pop((uid, channel), None)
        self.feed.tell([uid], "unread", channel=channel)

    def show_modals(self, uid: str) -> None:
        self.feed.tell([uid], "modal")

    def modal(self, uid: str) -> View | None:
        """Return the topmost dialog in the browser that asks."""
        return self.views.top(uid, tickets.SEAT.get())

    def home(self, uid: str) -> View | None:
        return self.views.homes.get(uid)

    def response_address(self, token: str) -> str:
        return f"{self.public_url}/rehearsal/slack/response/{token}"

    async def close(self) -> None:
        """End open connections; the workspace isn't used afterwards."""
        self.feed.close()
        await self.sockets.close()
        await self.sender.close()
        if self.http:
            await self.http.close()

    def accept(self, answer: Any, *, what: str) -> Json | None:
        """Return an answer's message if Slack would show it; else None, with a note in `problems`."""
        try:
            if not isinstance(answer, dict):
                raise SlackError("invalid_payload")
            blockkit.check_message(answer.get("blocks") or [])
        except SlackError as refused:
            self.problems.append(f"{what}: {refused.code} {refused.messages}")
            return None
        return answer

    def _tell(self, message: Message, kind: str) -> None:
        only = message.only_for
        readers: Iterable[str] = [only] if only else self.talk.readers(message.channel)
        self.feed.tell(readers, kind, channel=message.channel, ts=message.ts)

    def _view_identity(self) -> Json:
        app = {"app_id": self.app_id, "bot_id": self.bot_id}
        return {"team_id": self.team_id, "app_installed_team_id": self.team_id, **app}
