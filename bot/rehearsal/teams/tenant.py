"""The stand-in tenant: its people, conversations, keys and clocks, and every call the bot made."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.rehearsal.faults import Faults
from bot.rehearsal.teams.chats import Chat, Chats, Message
from bot.rehearsal.teams.connector import LOGIN, METADATA
from bot.rehearsal.teams.keys import KeyRing
from bot.rehearsal.teams.login import Login
from bot.rehearsal.teams.methods import Call
from bot.rehearsal.teams.outbound import Reply, Unanswered, Wire
from bot.rehearsal.teams.people import Json, Member, Standing, pairwise
from bot.rehearsal.teams.person import Person
from bot.rehearsal.teams.rates import Rates, RateWindows


@dataclass(kw_only=True, eq=False, repr=False)
class Tenant:
    """A whole Teams tenant in memory, with one bot in it.

    `bot_url` is the bot's messaging endpoint (…/api/messages); `public_url` is where this stand-in is itself
    reached. `now` (aware) stamps what people see and the signed tokens, `monotonic` (seconds) drives rates and
    the bot's own tokens. An invoke may take `invoke_seconds`, anything else `ack_seconds` (real ones);
    `calls` has every call of the bot's in order, `problems` every answer of the bot that Teams would not show.
    """

    people: Sequence[Member]
    app_id: str
    password: str
    bot_url: str
    bot: str = "Recording Steward"
    tenant_id: str = "11111111-0000-4000-8000-0000f1e25111"
    chats: Sequence[Chat] = ()
    public_url: str = "http://127.0.0.1:3000"
    rates: Rates = field(default_factory=Rates)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    invoke_seconds: float = 5.0
    ack_seconds: float = 15.0

    def __post_init__(self) -> None:
        self.members = {one.object_id: one for one in self.people}
        self.talk = Chats(self.app_id, self.chats)
        self.keys, self.faults = KeyRing(), Faults()
        self.login = Login(self.tenant_id, self.app_id, self.password, self.monotonic)
        self.windows = RateWindows(self.rates, self.monotonic)
        self.wire = Wire(self.bot_url, self.app_id, self.keys, self.now)
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self._persons: dict[str, Person] = {}
        self._mris = {self.mri(one): one for one in self.members}
        self._last = 0

    @property
    def service_url(self) -> str:
        """The serviceUrl of activities, with its slash at the end."""
        return f"{self.public_url}/teams/connector/"

    @property
    def login_url(self) -> str:
        """For MICROSOFT_LOGIN_URL."""
        return self.public_url + LOGIN

    @property
    def metadata_url(self) -> str:
        """For MICROSOFT_OPENID_METADATA_URL."""
        return self.public_url + METADATA

    @property
    def bot_id(self) -> str:
        return f"28:{self.app_id}"

    def mri(self, object_id: str) -> str:
        """Return the person's 29: id, valid for this bot only."""
        return pairwise("29:1", self.app_id, object_id)

    def member(self, object_id: str) -> Member:
        """Raises LookupError."""
        if object_id not in self.members:
            raise LookupError(f"no one has the object id {object_id!r}")
        return self.members[object_id]

    def known(self, name: str) -> Member | None:
        """Return the person with this 29: id or object id."""
        return self.members.get(self._mris.get(name, name))

    def person(self, object_id: str) -> Person:
        """Return a person for a test to act as; always the same one, with the dialog that is open."""
        self.member(object_id)
        return self._persons.setdefault(object_id, Person(self, object_id))

    def chat(self, object_id: str) -> list[Message]:
        """Return what the person sees now in the chat with the bot, oldest first (copies)."""
        return self.talk.shown(object_id)

    def seen(self, object_id: str, conversation: str) -> list[Message]:
        """Return what the person sees now in a conversation (copies). Raises LookupError for a person who isn't in it."""
        chat = self.talk.find(conversation)
        if object_id not in chat.people:
            raise LookupError(f"{object_id} is not in {conversation}")
        return [one.seen_by(object_id) for one in chat.messages]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def change(self, object_id: str, standing: Standing) -> None:
        """Deactivate, demote or revive an account; Teams tells the bot nothing."""
        self.members[object_id] = replace(self.member(object_id), standing=standing)

    def next_id(self) -> str:
        """Return an activity id: milliseconds, never the same twice."""
        self._last = max(self._last + 1, int(self.now().timestamp() * 1000))
        return str(self._last)

    def post(self, chat: Chat, author: str, text: str, name: str) -> None:
        """Put what a person said into a conversation."""
        chat.messages.append(Message(chat.id, name, author, text, self.now()))

    async def tell(self, activity: Json) -> bool:
        """Send an activity that wants no answer to the bot; what goes wrong is noted in `problems`."""
        what = str(activity["type"])
        try:
            reply = await self.wire.send(activity, self.ack_seconds)
        except Unanswered as why:
            self.problems.append(f"{what}: {why}")
            return False
        if not reply.ok:
            self.problems.append(f"{what}: the bot answered {reply.status}")
        return reply.ok

    async def ask(self, activity: Json, tries: int = 1) -> Reply:
        """Send an invoke to the bot. Raises Unanswered after so many tries."""
        for _ in range(tries - 1):
            try:
                return await self.wire.send(activity, self.invoke_seconds)
            except Unanswered:
                continue
        return await self.wire.send(activity, self.invoke_seconds)

    async def close(self) -> None:
        """End open connections; the tenant isn't used afterwards."""
        await self.wire.close()
