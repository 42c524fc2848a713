"""The chats that the contract is tried on: each with its people, what they see, and how to make it misbehave."""

from datetime import UTC, datetime
from typing import Literal, Protocol

from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Address, Chat, Profile, Unavailable
from bot.rehearsal import slack, teams
from bot.rehearsal.fake_chat import FakeChat
from bot.rehearsal.fake_chat import Fault as FakeFault
from bot.slack.chat import SlackChat
from bot.teams.chat import TeamsChat
from bot.teams.connector import Connector, TokenSource
from bot.teams.tokens import LOOPBACK
from handlers.rules.identity import Standing
from tests.clocks import Seconds

Trouble = Literal["outage", "limited", "failing", "lost", "strange"]
TOKEN = "xoxb-contract"
TARA = "tara.lindqvist@fernhill.example"
SYDNEY = "Australia/Sydney"
PEOPLE = (
    slack.Member("UTARA", "Tara Lindqvist", TARA, "", SYDNEY),
    slack.Member("UGUEST", "Gus Visitor", "gus@visitor.example", standing="guest"),
    slack.Member("UFAR", "Faye Elsewhere", "faye@elsewhere.example", standing="foreign"),
    slack.Member("UGONE", "Glen Gone", "glen@fernhill.example", standing="deactivated"),
    slack.Member("UBOT", "Reminder", "", standing="bot"),
)


class Bench(Protocol):
    """A chat, what its people see, and how to make it misbehave. `standings`: how it describes each person. `unknown`:
    who it doesn't know, and its word for that. `strangers`: who can't be written to. `lost`: who can't be whispered to
    any more, and its word. `addresses`: what an address leads to, an account or its word for none. `methods`: those of
    the port that ask the platform. `codes`: its words for trouble.
    """

    chat: Chat
    seconds: Seconds
    standings: dict[str, Standing]
    unknown: dict[str, str]
    strangers: tuple[str, ...]
    lost: tuple[str, str]
    addresses: dict[str, str]
    methods: tuple[str, ...]
    codes: dict[Trouble, str]

    def to(self, uid: str) -> Address:
        """How a person is reached."""

    def trouble(self, kind: Trouble, method: str) -> None:
        """Let the next call of a method of the port fail in this way."""

    def posts(self) -> int:
        """Return how often the platform was asked to post something."""

    def cards(self, uid: str) -> list[str]:
        """Return what the person's conversation with the bot says, a text for each card."""

    def whispers(self, uid: str) -> list[str]:
        """Return what only this person was told."""

    def home(self, uid: str) -> str:
        """Return what the person's home says."""


class _LikeSlack:
    """What Slack and the chat in memory have in common."""

    standings: dict[str, Standing] = {"UGUEST": "guest", "UFAR": "foreign", "UGONE": "deactivated", "UBOT": "bot"}
    unknown = {"UNOBODY": "user_not_found"}
    strangers: tuple[str, ...] = ("UNOBODY", "UFAR", "UBOT")
    lost = ("UGONE", "user_disabled")
    addresses = {
        TARA: "UTARA",
        "Tara.Lindqvist@Fernhill.Example": "UTARA",
        "gus@visitor.example": "guest",
    } | dict.fromkeys(("faye@elsewhere.example", "glen@fernhill.example", "no@fernhill.example"), "users_not_found")
    methods: tuple[str, ...] = ("profile", "find", "post", "redraw", "whisper", "home")
    codes: dict[Trouble, str] = {
        "outage": "invalid_auth", "limited": "ratelimited", "failing": "http_500", "lost": "no_connection",
        "strange": "fatal_error",
    }  # fmt: skip

    def to(self, uid: str) -> Address:
        return Address(uid)


class FakeBench(_LikeSlack):
    def __init__(self) -> None:
        self.fake = FakeChat(Profile(one.id, one.email, one.name, one.zone, one.standing) for one in PEOPLE)
        self.chat: Chat = self.fake
        self.seconds = Seconds()

    def trouble(self, kind: Trouble, method: str) -> None:
        error = Unavailable(self.codes[kind], outage=kind == "outage", retry_after=7 if kind == "limited" else None)
        self.fake.faults.append(FakeFault(error, method, done=kind == "lost"))

    def posts(self) -> int:
        return len(self.fake.called("post"))

    def cards(self, uid: str) -> list[str]:
        return [str(one.parts) for one in self.fake.cards(uid)]

    def whispers(self, uid: str) -> list[str]:
        return [words for whom, words in self.fake.whispers if whom == uid]

    def home(self, uid: str) -> str:
        return str(self.fake.homes[uid].parts)


class SlackBench(_LikeSlack):
    calls = {
        "profile": "users.info", "find": "users.lookupByEmail", "post": "chat.postMessage", "redraw": "chat.update",
        "whisper": "chat.postEphemeral", "home": "views.publish",
    }  # fmt: skip

    def __init__(self, workspace: slack.Workspace, session: ClientSession) -> None:
        self.workspace = workspace
        base = f"{workspace.public_url}/rehearsal/slack/api/"
        client = AsyncWebClient(TOKEN, base_url=base, session=session, timeout=5, retry_handlers=[])
        self.seconds = Seconds()
        self.chat: Chat = SlackChat(client, workspace.team_id, self.seconds)

    def trouble(self, kind: Trouble, method: str) -> None:
        code = "lost" if kind == "lost" else self.codes[kind]
        self.workspace.faults.script([slack.Fault(code, self.calls[method], retry_after=7)])

    def posts(self) -> int:
        return len(self.workspace.called("chat.postMessage"))

    def cards(self, uid: str) -> list[str]:
        return [str(one.blocks) for one in self.workspace.dm(uid) if not one.ephemeral]

    def whispers(self, uid: str) -> list[str]:
        return [one.text for one in self.workspace.dm(uid) if one.ephemeral]

    def home(self, uid: str) -> str:
        view = self.workspace.home(uid)
        assert view is not None
        return str(view.body)


def object_id(uid: str) -> str:
    """Return the Entra object id of one of `PEOPLE`, or of a person who doesn't exist."""
    number = next((place for place, one in enumerate(PEOPLE, 1) if one.id == uid), 99)
    return f"{number:08d}-aaaa-4000-8000-000000000000"


MEMBERS = [
    teams.Member(object_id(one.id), one.name, one.email, "", one.zone or "UTC", one.standing)
    for one in PEOPLE
    if one.standing != "bot"
]


class TeamsBench:
    """Have the people to be reached add the app: Tara, Gus and Faye; Glen did, left the company and is blocked."""

    standings: dict[str, Standing] = {"UGUEST": "guest", "UFAR": "foreign"}
    unknown = {"UNOBODY": "not_installed", "UGONE": "MemberNotFoundInConversation"}
    strangers: tuple[str, ...] = ("UNOBODY", "UGONE", "UBOT")
    lost = ("UGONE", "MessageWritesBlocked")
    addresses = dict.fromkeys(
        (TARA, "gus@visitor.example", "faye@elsewhere.example", "no@fernhill.example"), "not_installed"
    )
    methods: tuple[str, ...] = ("profile", "post", "redraw", "whisper", "home")
    codes: dict[Trouble, str] = {
        "outage": "http_401", "limited": "ratelimited", "failing": "http_500", "lost": "no_connection",
        "strange": "BadArgument",
    }  # fmt: skip
    faults: dict[Trouble, str] = {
        "outage": "Unauthorized", "limited": "TooManyRequests", "failing": "http_500", "lost": "lost",
        "strange": "BadArgument",
    }  # fmt: skip

    def __init__(self, tenant: teams.Tenant, session: ClientSession) -> None:
        self.tenant = tenant
        tokens = TokenSource(session, tenant.tenant_id, tenant.app_id, tenant.password, tenant.login_url)
        self.seconds = Seconds()
        connector = Connector(session, tokens, LOOPBACK, clock=self.seconds)
        self.chat: Chat = TeamsChat(connector, tokens, tenant.tenant_id)
        for one in MEMBERS:
            tenant.talk.install(one, fresh=True)
        tenant.person(object_id("UGONE")).block()

    def to(self, uid: str) -> Address:
        account = object_id(uid)
        own = self.tenant.talk.own(account)
        if own is None:
            return Address(account)
        reference = {
            "service_url": self.tenant.service_url, "conversation": own.id, "user": self.tenant.mri(account),
            "bot": self.tenant.bot_id, "tenant": self.tenant.tenant_id, "scope": "personal",
            "zone": self.tenant.member(account).zone,
        }  # fmt: skip
        return Address(account, reference)

    def trouble(self, kind: Trouble, method: str) -> None:
        call = {"profile": "member", "redraw": "update"}.get(method, "send")
        # A token that is refused is asked for again; a connection that was lost while nothing was posted, as well.
        times = 2 if kind == "outage" or (kind == "lost" and call != "send") else 1
        self.tenant.faults.script([teams.Fault(self.faults[kind], call, retry_after=7, times=times)])

    def posts(self) -> int:
        return len(self.tenant.called("send"))

    def cards(self, uid: str) -> list[str]:
        return [str(one.cards) for one in self.tenant.chat(object_id(uid)) if one.cards]

    def whispers(self, uid: str) -> list[str]:
        return [one.text for one in self.tenant.chat(object_id(uid)) if not one.cards]

    def home(self, uid: str) -> str:
        return self.cards(uid)[-1]


def on_server(bench: str, here: str, session: ClientSession) -> tuple[Bench, list[web.RouteDef]]:
    """Slack's or Teams' bench for a server at `here`, and the routes that the server needs."""
    if bench == "slack":
        workspace = slack.Workspace(
            people=PEOPLE, bot_token=TOKEN, signing_secret="secret", bot_url=None, rates=slack.Rates.unlimited(),
            public_url=here, now=lambda: datetime(2026, 11, 24, 3, tzinfo=UTC),
        )  # fmt: skip
        return SlackBench(workspace, session), slack.routes(workspace)
    tenant = teams.Tenant(
        people=MEMBERS, app_id="22222222-0000-4000-8000-00000000b07b", password="contract",
        bot_url=f"{here}/api/messages", public_url=here, rates=teams.Rates.unlimited(),
    )  # fmt: skip
    return TeamsBench(tenant, session), teams.routes(tenant)
