"""What every chat platform promises: the one in memory, and Slack and Teams through strict stand-ins."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer, unused_port

from bot.ports import Absent, Posted, Profile, Unavailable, Unreachable
from handlers.cards import Card, Line, Sign, Title
from tests.bot.chat_benches import SYDNEY, TARA, Bench, FakeBench, SlackBench, TeamsBench, Trouble, on_server
from tests.each import each

CARD = Card((Title(Sign.WAITING, "Access request", "waiting for you"), Line("Please decide.")), "A card.")
OTHER = Card((Title(Sign.APPROVED, "Access request", "approved by you"), Line("All is done.")), "Another card.")


@pytest_asyncio.fixture(params=["memory", "slack", "teams"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "memory":
        yield FakeBench()
        return
    port = unused_port()
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        made, routes = on_server(request.param, f"http://127.0.0.1:{port}", session)
        app = web.Application()
        app.add_routes(routes)
        async with TestServer(app, port=port):
            yield made
            assert isinstance(made, SlackBench | TeamsBench)
            await (made.workspace if isinstance(made, SlackBench) else made.tenant).close()


async def test_an_account_is_described_as_the_platform_knows_it(bench: Bench) -> None:
    tara = bench.to("UTARA")
    told = Profile(tara.account_id, TARA, "Tara Lindqvist", SYDNEY, "member")
    assert await bench.chat.profile(tara) == told


async def test_an_account_of_another_standing_says_so(bench: Bench) -> None:
    for uid, standing in bench.standings.items():
        assert (await bench.chat.profile(bench.to(uid))).standing == standing
        assert (await bench.chat.knock(bench.to(uid))).standing == standing


async def test_an_account_that_is_not_there_is_out_of_reach(bench: Bench) -> None:
    for uid, code in bench.unknown.items():
        for ask in (bench.chat.profile, bench.chat.knock):
            with pytest.raises(Unreachable) as unknown:
                await ask(bench.to(uid))
            assert unknown.value.code == code


async def test_knocking_says_who_is_there_and_sends_nothing(bench: Bench) -> None:
    tara = bench.to("UTARA")
    assert await bench.chat.knock(tara) == await bench.chat.profile(tara)
    assert (bench.cards("UTARA"), bench.whispers("UTARA")) == ([], [])


async def test_an_address_leads_to_its_account_in_any_case_or_to_no_one(bench: Bench) -> None:
    for email, whose in bench.addresses.items():
        assert await _whose(bench, email) == whose


async def _whose(bench: Bench, email: str) -> str:
    try:
        return (await bench.chat.find(email)).account_id
    except Unreachable as error:
        return error.code


async def test_a_card_is_posted_and_redrawn_in_its_message(bench: Bench) -> None:
    first = await bench.chat.post(bench.to("UTARA"), CARD, "Australia/Sydney")
    second = await bench.chat.post(bench.to("UTARA"), CARD, "Australia/Sydney")
    assert first.conversation == second.conversation
    assert first.message != second.message
    await bench.chat.redraw(bench.to("UTARA"), first, OTHER, "Australia/Sydney")
    shown = bench.cards("UTARA")
    assert ["approved by you" in one for one in shown] == [True, False]
    assert ["waiting for you" in one for one in shown] == [False, True]


async def test_p7_what_is_posted_under_a_card_is_seen_whether_the_card_is_there_or_not(bench: Bench) -> None:
    posted = await bench.chat.post(bench.to("UTARA"), CARD, "UTC")
    for under in (posted, Posted(posted.conversation, "1.000001")):
        answer = await bench.chat.post(bench.to("UTARA"), OTHER, "UTC", under)
        assert answer.conversation == posted.conversation
    assert ["All is done." in one for one in bench.cards("UTARA")] == [False, True, True]


async def test_a_card_that_is_gone_is_absent(bench: Bench) -> None:
    posted = await bench.chat.post(bench.to("UTARA"), CARD, "UTC")
    with pytest.raises(Absent):
        await bench.chat.redraw(bench.to("UTARA"), Posted(posted.conversation, "1.000001"), OTHER, "UTC")


async def test_who_cannot_be_written_to_is_out_of_reach(bench: Bench) -> None:
    for uid in bench.strangers:
        with pytest.raises(Unreachable):
            await bench.chat.post(bench.to(uid), CARD, "UTC")
        with pytest.raises(Unreachable):
            await bench.chat.whisper(bench.to(uid), "Already approved.")


async def test_a_person_who_left_cannot_be_whispered_to(bench: Bench) -> None:
    uid, code = bench.lost
    with pytest.raises(Unreachable) as gone:
        await bench.chat.whisper(bench.to(uid), "Already approved.")
    assert gone.value.code == code


async def test_a_whisper_is_for_one_person_and_no_card(bench: Bench) -> None:
    await bench.chat.whisper(bench.to("UTARA"), "Already approved.")
    assert bench.whispers("UTARA") == ["Already approved."]
    assert bench.cards("UTARA") == []


async def test_a_home_that_is_a_message_is_changed_in_it(bench: Bench) -> None:
    to = bench.to("UTARA")
    posted = await bench.chat.home(to, CARD, "Australia/Sydney")
    assert await bench.chat.home(to, OTHER, "Australia/Sydney", posted) == posted
    assert ("approved by you" in bench.home("UTARA"), len(bench.cards("UTARA")) <= 1) == (True, True)


async def test_a_home_of_no_one_is_not_shown(bench: Bench) -> None:
    with pytest.raises((Unreachable, Unavailable)) as refused:
        await bench.chat.home(bench.to("UNOBODY"), CARD, "UTC")
    assert not getattr(refused.value, "outage", False)


async def _call(bench: Bench, method: str, posted: Posted | None = None) -> None:
    if method == "redraw" and posted is None:
        posted = await bench.chat.post(bench.to("UTARA"), CARD, "UTC")
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "profile": lambda: bench.chat.profile(bench.to("UTARA")),
        "find": lambda: bench.chat.find(TARA),
        "post": lambda: bench.chat.post(bench.to("UTARA"), CARD, "UTC"),
        "redraw": lambda: bench.chat.redraw(bench.to("UTARA"), posted or Posted("", ""), OTHER, "UTC"),
        "whisper": lambda: bench.chat.whisper(bench.to("UTARA"), "A word."),
        "home": lambda: bench.chat.home(bench.to("UTARA"), CARD, "Australia/Sydney"),
    }
    await calls[method]()


@each("kind", ["outage", "limited", "failing", "lost", "strange"])
async def test_trouble_is_told_apart(bench: Bench, kind: Trouble) -> None:
    """A revoked token is an outage for everyone and no one's fault; a pause has a length; the rest may work again."""
    for method in bench.methods:
        bench.trouble(kind, method)
        with pytest.raises(Unavailable) as told:
            await _call(bench, method)
        expected = (bench.codes[kind], kind == "outage", 7 if kind == "limited" else None)
        assert (told.value.code, told.value.outage, told.value.retry_after) == expected
        bench.seconds.now += 7
        await _call(bench, method)


@pytest.mark.parametrize(("kind", "number"), [("lost", 2), ("failing", 1), ("limited", 1), ("outage", 1)])
async def test_only_what_was_lost_may_have_been_done(bench: Bench, kind: Trouble, number: int) -> None:
    bench.trouble(kind, "post")
    with pytest.raises(Unavailable):
        await bench.chat.post(bench.to("UTARA"), CARD, "UTC")
    bench.seconds.now += 7
    await bench.chat.post(bench.to("UTARA"), CARD, "UTC")
    assert len(bench.cards("UTARA")) == number


async def test_nothing_is_posted_into_the_conversation_inside_a_pause(bench: Bench) -> None:
    """A10: in the trial 25 sends went out inside it. In Teams posts and changes of posts share a limit."""
    if isinstance(bench, FakeBench):
        return  # it never asks for a pause
    first = await bench.chat.post(bench.to("UTARA"), CARD, "UTC")
    bench.trouble("limited", "post")
    with pytest.raises(Unavailable) as told:
        await _call(bench, "post")
    assert told.value.tried
    asked, methods = bench.posts(), ["post", "redraw"] if isinstance(bench, TeamsBench) else ["post"]
    for rest in range(6, 0, -1):
        bench.seconds.now += 1
        for method in methods:
            with pytest.raises(Unavailable) as told:
                await _call(bench, method, first)
            assert (told.value.code, told.value.tried, told.value.retry_after) == ("ratelimited", False, rest)
    assert bench.posts() == asked
    await bench.chat.post(bench.to("UGUEST"), CARD, "UTC")
    bench.seconds.now += 1
    await _call(bench, "post")
    assert bench.posts() == asked + 2
