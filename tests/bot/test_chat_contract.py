"""What every chat platform promises: the one in memory, and Slack through a strict stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal, Protocol

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer, unused_port
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Absent, Chat, Posted, Profile, Unavailable, Unreachable
from bot.rehearsal.fake_chat import FakeChat
from bot.rehearsal.fake_chat import Fault as FakeFault
from bot.rehearsal.slack import Fault, Member, Rates, Workspace, routes
from bot.slack.chat import SlackChat
from handlers.cards import Card, Line, Sign, Title

TOKEN = "xoxb-contract"
Trouble = Literal["outage", "limited", "failing", "lost", "strange"]
CARD = Card((Title(Sign.WAITING, "Access request", "waiting for you"), Line("Please decide.")), "A card.")
OTHER = Card((Title(Sign.APPROVED, "Access request", "approved by you"), Line("All is done.")), "Another card.")
PEOPLE = (
    Member("UTARA", "Tara Lindqvist", "tara.lindqvist@fernhill.example", "", "Australia/Sydney"),
    Member("UGUEST", "Gus Visitor", "gus@visitor.example", standing="guest"),
    Member("UFAR", "Faye Elsewhere", "faye@elsewhere.example", standing="foreign"),
    Member("UGONE", "Glen Gone", "glen@fernhill.example", standing="deactivated"),
    Member("UBOT", "Reminder", "", standing="bot"),
)


class Bench(Protocol):
    """A chat, what its people see, and how to make it misbehave."""

    chat: Chat

    def trouble(self, kind: Trouble, method: str) -> None:
        """Let the next call of a method of the port fail in this way."""

    def cards(self, uid: str) -> list[str]:
        """What the person's conversation with the bot says, a text for each card."""

    def whispers(self, uid: str) -> list[str]:
        """What only this person was told."""

    def home(self, uid: str) -> str:
        """What the person's home says."""


class FakeBench:
    def __init__(self) -> None:
        self.fake = FakeChat(Profile(one.id, one.email, one.name, one.zone, one.standing) for one in PEOPLE)
        self.chat: Chat = self.fake

    def trouble(self, kind: Trouble, method: str) -> None:
        errors: dict[Trouble, Exception] = {
            "outage": Unavailable("invalid_auth", outage=True),
            "limited": Unavailable("ratelimited", retry_after=7),
            "failing": Unavailable("http_500"),
            "lost": Unavailable("no_connection"),
            "strange": Unavailable("fatal_error"),
        }
        self.fake.faults.append(FakeFault(errors[kind], method, done=kind == "lost"))

    def cards(self, uid: str) -> list[str]:
        return [str(one.parts) for one in self.fake.cards(uid)]

    def whispers(self, uid: str) -> list[str]:
        return [words for whom, words in self.fake.whispers if whom == uid]

    def home(self, uid: str) -> str:
        return str(self.fake.homes[uid].parts)


METHODS = {
    "profile": "users.info", "find": "users.lookupByEmail", "post": "chat.postMessage", "redraw": "chat.update",
    "whisper": "chat.postEphemeral", "home": "views.publish",
}  # fmt: skip


class SlackBench:
    def __init__(self, workspace: Workspace, session: ClientSession) -> None:
        self.workspace = workspace
        base = f"{workspace.public_url}/rehearsal/slack/api/"
        client = AsyncWebClient(TOKEN, base_url=base, session=session, timeout=5, retry_handlers=[])
        self.chat: Chat = SlackChat(client, workspace.team_id)

    def trouble(self, kind: Trouble, method: str) -> None:
        codes: dict[Trouble, str] = {
            "outage": "invalid_auth", "limited": "ratelimited", "failing": "http_500",
            "lost": "lost", "strange": "fatal_error",
        }  # fmt: skip
        self.workspace.faults.script([Fault(codes[kind], METHODS[method], retry_after=7)])

    def cards(self, uid: str) -> list[str]:
        return [str(one.blocks) for one in self.workspace.dm(uid) if not one.ephemeral]

    def whispers(self, uid: str) -> list[str]:
        return [one.text for one in self.workspace.dm(uid) if one.ephemeral]

    def home(self, uid: str) -> str:
        view = self.workspace.home(uid)
        assert view is not None
        return str(view.body)


@pytest_asyncio.fixture(params=["memory", "slack"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "memory":
        yield FakeBench()
        return
    port = unused_port()
    workspace = Workspace(
        people=PEOPLE, bot_token=TOKEN, signing_secret="secret", bot_url=None, rates=Rates.unlimited(),
        public_url=f"http://127.0.0.1:{port}", now=lambda: datetime(2026, 11, 24, 3, tzinfo=UTC),
    )  # fmt: skip
    app = web.Application()
    app.add_routes(routes(workspace))
    async with TestServer(app, port=port), ClientSession() as session:
        yield SlackBench(workspace, session)
        await workspace.close()


async def test_an_account_is_described_as_the_platform_knows_it(bench: Bench) -> None:
    tara = await bench.chat.profile("UTARA")
    assert tara == Profile("UTARA", "tara.lindqvist@fernhill.example", "Tara Lindqvist", "Australia/Sydney", "member")


@pytest.mark.parametrize(
    ("uid", "standing"), [("UGUEST", "guest"), ("UFAR", "foreign"), ("UGONE", "deactivated"), ("UBOT", "bot")]
)
async def test_an_account_of_another_standing_says_so(bench: Bench, uid: str, standing: str) -> None:
    assert (await bench.chat.profile(uid)).standing == standing


async def test_an_account_that_is_not_there_is_out_of_reach(bench: Bench) -> None:
    with pytest.raises(Unreachable) as unknown:
        await bench.chat.profile("UNOBODY")
    assert unknown.value.code == "user_not_found"


async def test_a_member_is_found_by_address_in_any_case(bench: Bench) -> None:
    for email in ("tara.lindqvist@fernhill.example", "Tara.Lindqvist@Fernhill.Example"):
        assert (await bench.chat.find(email)).platform_id == "UTARA"


@pytest.mark.parametrize(
    "email", ["gus@visitor.example", "faye@elsewhere.example", "glen@fernhill.example", "no@fernhill.example"]
)
async def test_nobody_else_is_found(bench: Bench, email: str) -> None:
    with pytest.raises(Unreachable):
        await bench.chat.find(email)


async def test_a_card_is_posted_and_redrawn_where_it_hangs(bench: Bench) -> None:
    first = await bench.chat.post("UTARA", CARD, "Australia/Sydney")
    second = await bench.chat.post("UTARA", CARD, "Australia/Sydney")
    assert first.conversation == second.conversation
    assert first.message != second.message
    await bench.chat.redraw(first, OTHER, "Australia/Sydney")
    shown = bench.cards("UTARA")
    assert ["approved by you" in one for one in shown] == [True, False]
    assert ["waiting for you" in one for one in shown] == [False, True]


async def test_a_card_that_is_gone_is_absent(bench: Bench) -> None:
    posted = await bench.chat.post("UTARA", CARD, "UTC")
    with pytest.raises(Absent):
        await bench.chat.redraw(Posted(posted.conversation, "1.000001"), OTHER, "UTC")


@pytest.mark.parametrize("uid", ["UNOBODY", "UFAR", "UBOT"])
async def test_who_can_not_be_written_to_is_out_of_reach(bench: Bench, uid: str) -> None:
    with pytest.raises(Unreachable):
        await bench.chat.post(uid, CARD, "UTC")
    with pytest.raises(Unreachable):
        await bench.chat.whisper(uid, "Already approved.")


async def test_whoever_has_left_can_not_be_whispered_to(bench: Bench) -> None:
    with pytest.raises(Unreachable) as gone:
        await bench.chat.whisper("UGONE", "Already approved.")
    assert gone.value.code == "user_disabled"


async def test_a_whisper_is_for_one_person_and_no_card(bench: Bench) -> None:
    await bench.chat.whisper("UTARA", "Already approved.")
    assert bench.whispers("UTARA") == ["Already approved."]
    assert bench.cards("UTARA") == []


async def test_the_home_is_shown_and_shown_anew(bench: Bench) -> None:
    for card, words in ((CARD, "waiting for you"), (OTHER, "approved by you")):
        await bench.chat.home("UTARA", card, "Australia/Sydney")
        assert words in bench.home("UTARA")


async def test_a_home_of_nobody_is_not_shown(bench: Bench) -> None:
    with pytest.raises((Unreachable, Unavailable)) as refused:
        await bench.chat.home("UNOBODY", CARD, "UTC")
    assert not getattr(refused.value, "outage", False)


async def _call(bench: Bench, method: str) -> None:
    posted = await bench.chat.post("UTARA", CARD, "UTC") if method == "redraw" else Posted("", "")
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "profile": lambda: bench.chat.profile("UTARA"), "find": lambda: bench.chat.find("tara.lindqvist@fernhill.example"),
        "post": lambda: bench.chat.post("UTARA", CARD, "UTC"), "redraw": lambda: bench.chat.redraw(posted, OTHER, "UTC"),
        "whisper": lambda: bench.chat.whisper("UTARA", "A word."), "home": lambda: bench.chat.home("UTARA", CARD, "UTC"),
    }  # fmt: skip
    await calls[method]()


@pytest.mark.parametrize(
    ("kind", "code", "outage", "retry_after"),
    [
        ("outage", "invalid_auth", True, None),
        ("limited", "ratelimited", False, 7),
        ("failing", "http_500", False, None),
        ("lost", "no_connection", False, None),
        ("strange", "fatal_error", False, None),
    ],
)
@pytest.mark.parametrize("method", METHODS)
async def test_trouble_is_told_apart(
    bench: Bench, method: str, kind: Trouble, code: str, outage: bool, retry_after: float | None
) -> None:
    """A revoked token is everybody's outage and nobody's fault; a pause has a length; the rest may work again."""
    bench.trouble(kind, method)
    with pytest.raises(Unavailable) as told:
        await _call(bench, method)
    assert (told.value.code, told.value.outage, told.value.retry_after) == (code, outage, retry_after)
    await _call(bench, method)


@pytest.mark.parametrize(("kind", "number"), [("lost", 2), ("failing", 1), ("limited", 1), ("outage", 1)])
async def test_only_what_was_lost_may_have_been_done(bench: Bench, kind: Trouble, number: int) -> None:
    bench.trouble(kind, "post")
    with pytest.raises(Unavailable):
        await bench.chat.post("UTARA", CARD, "UTC")
    await bench.chat.post("UTARA", CARD, "UTC")
    assert len(bench.cards("UTARA")) == number
