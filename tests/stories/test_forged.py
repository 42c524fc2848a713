"""Forged, stale, replayed, malformed and oversized requests, thousands of them: none accepted twice, none 5xx."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector, web
from sqlalchemy import select

from bot.app import Steward
from bot.rehearsal.slack import payloads
from bot.slack.answers import NOT_OPENED
from bot.slack.platform import LARGEST
from storage.records import Grant, Pass, Request
from tests.stories.errands import ask, card
from tests.stories.forging import FORM, forged
from tests.stories.house import ANNA, BRAM, TARA, House, free_port
from tests.stories.posting import Json, Post, by, form_again, post, sealed, typed
from tests.stories.waiting import until

pytestmark = pytest.mark.story
FORGED = 2000
SHOWS = ("chat.postMessage", "views.open", "views.push")


@pytest_asyncio.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(limit=16)) as opened:
        yield opened


def sent(house: House) -> list[tuple[str, Json]]:
    """What the workspace has sent to the bot, with its kind."""
    assert house.workspace.http
    return [(one.kind, one.payload) for one in house.workspace.http.sent]


def last(house: House) -> Json:
    return sent(house)[-1][1]


async def a_click(house: House, request: str) -> Json:
    """Tara's click on her card, as the workspace sends it; what it opened is closed again."""
    tara = house.person(TARA)
    assert (await tara.press(card(house, TARA, request).place, "Ask a question")).ok
    payload = last(house)
    await until(lambda: tara.modal, "the form")
    await tara.close(everything=True)
    return payload


def meaning(click: Json, action: str, value: str) -> Json:
    """The same click, but on a button that its card never had."""
    return {**click, "actions": [{**click["actions"][0], "action_id": action, "value": value, "action_ts": "9.9"}]}


async def state(house: House, request: str) -> str:
    found = await house.steward.database.read(lambda store: store.matters.of_kind(Request, request))
    assert found
    return found.state


async def test_nothing_forged_or_stale_gets_past_the_wall(house: House, http: ClientSession) -> None:
    """Each of them would approve the request if it were believed."""
    request = await ask(house)
    click = meaning(await a_click(house, request), "approve", request)
    random, before = Random(7), (len(await house.audit()), len(house.workspace.calls))
    for _ in range(FORGED // 100):
        tries = [forged(post("interactive", click), random) for _ in range(100)]
        answers = await asyncio.gather(*(one.to(http, house.url) for one in tries))
        assert [(one, answer) for one, answer in zip(tries, answers, strict=True) if answer != (401, "")] == []
    assert (len(await house.audit()), len(house.workspace.calls)) == before
    assert await state(house, request) == "waiting"
    assert (await post("interactive", click).to(http, house.url))[0] == 200
    assert await state(house, request) == "approved"


@pytest.mark.soak
async def test_what_is_too_large_is_not_read_to_its_end(house: House, http: ClientSession) -> None:
    large = sealed(b"payload=" + b"x" * LARGEST, FORM)
    assert (await large.to(http, house.url))[0] == 413

    async def without_a_length() -> AsyncIterator[bytes]:
        for start in range(0, len(large.body), 65536):
            yield large.body[start : start + 65536]

    async with http.post(f"{house.url}/slack/events", data=without_a_length(), headers=large.headers) as answer:
        assert answer.status == 413


@asynccontextmanager
async def another_bot(house: House) -> AsyncIterator[str]:
    """A second bot on the same database, which has seen nothing of what the first one was sent; gives its address."""
    settings = house.steward.settings.model_copy(update={"port": free_port()})
    steward = Steward(settings, house.steward.policy, house.clock.now, seconds=house.clock.seconds)
    runner = web.AppRunner(steward.build(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port).start()
    await steward.start()
    yield f"http://127.0.0.1:{settings.port}"
    await runner.cleanup()
    await steward.stop()


@pytest.mark.soak
async def test_the_same_bytes_have_one_effect_however_often_they_come(house: House, http: ClientSession) -> None:
    """Replayed at once, later, and to a bot that has never seen them: filed, approved, asked and opened once."""
    anna, tara = house.person(ANNA), house.person(TARA)
    request, other = await ask(house), await ask(house, crm="CS-2")
    await tara.press(card(house, TARA, other).place, "Ask a question")
    await house.settled()
    await tara.submit({"words": "Which one?"})
    await tara.press(card(house, TARA, request).place, "Approve")
    await house.settled()
    await anna.press(card(house, ANNA, request).place, "Listen")
    await anna.open_home()
    await house.settled()
    before, entries = await everything(house), len(await house.audit())
    assert house.workspace.http
    replays = [Post(one.body, one.headers) for one in house.workspace.http.sent]
    async with another_bot(house) as url:
        for one in replays:
            for where in (house.url, url):
                answers = await asyncio.gather(*(one.to(http, where) for _ in range(10)))
                assert len({*answers}) == 1
                assert answers[0][0] == 200
        await house.settled()
    assert await everything(house) == before
    done = [one["action"] for one in (await house.audit())[entries:] if one["outcome"] == "done"]
    assert {one for one in done if not one.startswith(("people.", "delivery."))} == set()


async def everything(house: House) -> dict[str, int]:
    """How many of each thing there are, and how often Slack was asked to show something new."""
    tables = (Request, Grant, Pass)
    counts = await house.steward.database.read(
        lambda store: {one.__tablename__: len(store.audit.session.scalars(select(one)).all()) for one in tables}
    )
    shown = [call for call in house.workspace.calls if call.answer["ok"] and call.method in SHOWS]
    return {**counts, "shown": len(shown)}


@pytest.mark.soak
async def test_p7_a_button_that_names_another_persons_request_opens_nothing(house: House, http: ClientSession) -> None:
    """An edited value, a form of another person and an id that does not exist are refused in the same words."""
    request = await ask(house)
    click = await a_click(house, request)
    before = await everything(house)
    for value in (request, "R-AAAAAAAA", "", "x" * 2000):
        for action in ("approve", "withdraw", "deny", "question", "answer", "listen", "details", "nothing"):
            status, _ = await post("interactive", by(BRAM, meaning(click, action, value))).to(http, house.url)
            assert status == 200
            await house.settled()
            bram = house.person(BRAM)
            assert "Anna" not in str(bram.modal)
    assert await state(house, request) == "waiting"
    after = await everything(house)
    assert {**after, "shown": 0} == {**before, "shown": 0}
    words = {one.text for one in house.workspace.dm(BRAM)}
    # A click may be told of twice; what it would open is opened once.
    assert words - {NOT_OPENED} == {"I can't find this request."}


async def test_p7_a_form_of_another_person_or_about_another_matter_decides_nothing(
    house: House, http: ClientSession
) -> None:
    first, second = await ask(house), await ask(house, reason="crime")
    tara = house.person(TARA)
    await tara.press(card(house, TARA, first).place, "Deny")
    view = await until(lambda: house.workspace.modal(TARA), "the form")
    form = typed(payloads.submitted(house.workspace, TARA, view), "words", "No.")
    hidden, old = "I can't find this request.", "This form is out of date."
    tries = [
        (by(BRAM, form), hidden),
        (by(ANNA, form), "This is your own request"),
        (by("U0PIPLARKIN", form), "You are a guest here"),
        (by("U0NOBODY", form), "another organisation"),
        (about(form, second), hidden),
        (about(form, "R-AAAAAAAA"), hidden),
        (form_again(form, private_metadata=""), hidden),
        (form_again(form, callback_id="nothing"), old),
    ]
    for payload, words in tries:
        status, text = await post("interactive", payload).to(http, house.url)
        assert (status, words in text) == (200, True), text
    assert {await state(house, one) for one in (first, second)} == {"waiting"}
    assert await post("interactive", form).to(http, house.url) == (200, "")
    assert await state(house, first) == "denied"


def about(form: Json, request: str) -> Json:
    return form_again(form, private_metadata=json.dumps({"about": request}))
