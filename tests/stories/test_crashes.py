"""The bot is killed at every boundary, one after another; nothing that it said yes to is lost, and nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest
from aiohttp import ClientError, ClientSession, DummyCookieJar
from sqlalchemy import select

from bot.rehearsal.slack import Outcome
from handlers.cards import HINT
from storage.database.store import Store
from storage.records import Grant, Outgoing, Request
from tests.databases import Server
from tests.moments import moment
from tests.stories.crashes import Scene, a_scene
from tests.stories.errands import card, exchange, requests
from tests.stories.house import ANNA, TARA, sample_calls
from tests.stories.on_slack import clear, is_card
from tests.stories.somebody import Seen

pytestmark = pytest.mark.story
AT_A_TIME = 3
Fresh = Callable[[int], str]


async def the_form(scene: Scene, uid: str, request: str, button: str, title: str) -> None:
    """Press a button until the form behind it stands there."""
    me, seen = scene.person(uid), card(scene, uid, request)
    await clear(me)

    def open_() -> bool:
        return bool(me.modal) and title in str(me.modal)

    await scene.insist(lambda: me.press(seen.place, button), open_, binding=False)


async def say(scene: Scene, uid: str, request: str, button: str, title: str, words: str) -> None:
    await the_form(scene, uid, request, button, title)
    me, reader = scene.person(uid), TARA if uid == ANNA else ANNA
    await scene.insist(
        lambda: me.submit({"words": words}), lambda: words in shown(scene, reader, request), binding=True
    )


def shown(scene: Scene, uid: str, request: str) -> str:
    return card(scene, uid, request).words


async def file(scene: Scene) -> str:
    """Anna asks for her newest call; what she typed stays in the form until it is taken."""
    anna = scene.person(ANNA)
    await scene.insist(lambda: anna.command("/recording-request"), lambda: anna.modal, binding=False)

    async def submit() -> Outcome:
        offered = await anna.options("Which calls?")
        if not offered or offered[0]["value"] == HINT:
            return Outcome(False, "no calls are offered")
        answers = {"reason": "complaint", "recordings": [offered[0]["value"]], "crm": "CS-1", "purpose": "A complaint."}
        return await anna.submit(answers)

    def both() -> bool:
        return bool(requests(scene, ANNA) and requests(scene, TARA))

    await scene.insist(submit, both, binding=True)
    [request] = requests(scene, ANNA)
    return request


async def decide(scene: Scene, uid: str, request: str, button: str, outcome: str) -> None:
    """Press a button of the card as it stood on the screen, until the card says the outcome."""
    me, seen = scene.person(uid), card(scene, uid, request)
    await scene.insist(
        lambda: me.press(seen.place, button), lambda: outcome in shown(scene, uid, request), binding=True
    )


async def listen(scene: Scene, request: str) -> None:
    """Press Listen until the player is open and plays."""
    anna = scene.person(ANNA)

    async def play() -> Outcome:
        await clear(anna)
        await anna.press(card(scene, ANNA, request).place, "Listen")
        await scene.settled()
        if "Open the player" not in str(anna.modal):
            return Outcome(False, "no link")
        return Outcome(await plays(anna.link("modal", "Open the player")))

    await scene.insist(play, lambda: True, binding=True)


async def plays(address: str) -> bool:
    """Whether the page opens with this address, plays, and tells what was heard."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        try:
            answer = await exchange(http, address)
            if answer.status != 200:
                return False
            grant = f"{address.partition('#')[0]}/{(await answer.json())['grant']}"
            cookie = {"Cookie": f"listening={answer.cookies['listening'].value}"}
            async with http.get(f"{grant}/access", headers=cookie) as access:
                here = f"{grant}/{(await access.json())['recordings'][0]['id']}"
            async with http.get(f"{here}/audio", headers={**cookie, "Range": "bytes=0-99"}) as part:
                heard = await part.read() if part.status == 206 else b""
            async with http.post(f"{here}/heard", json={"from": 0, "to": 3}, headers=cookie) as told:
                return len(heard) == 100 and told.status == 200
        except ClientError:
            return False


async def from_request_to_hearing(scene: Scene) -> str:
    await scene.arm()
    request = await file(scene)
    await decide(scene, TARA, request, "Approve", "approved by you")
    await listen(scene, request)
    return request


async def from_question_to_denial(scene: Scene) -> str:
    request = await file(scene)
    await scene.arm()
    await say(scene, TARA, request, "Ask a question", "Ask the requester", "Which invoice?")
    await say(scene, ANNA, request, "Answer", "Answer the question", "That of March.")
    await say(scene, TARA, request, "Deny", "Deny this request", "Another call.")
    return request


async def from_hearing_to_withdrawal(scene: Scene) -> str:
    request = await file(scene)
    await decide(scene, TARA, request, "Approve", "approved by you")
    await scene.arm()
    await decide(scene, ANNA, request, "Withdraw", "access withdrawn")
    return request


@dataclass(frozen=True, slots=True)
class Story:
    """What happens, and how it must have ended: what was done how often, and what can still be pressed."""

    play: Callable[[Scene], Awaitable[str]]
    state: str
    done: dict[str, int]
    grants: int
    left: tuple[list[str], list[str]]


STORIES = {
    "approve": Story(
        from_request_to_hearing, "approved", {"access.file": 1, "access.approve": 1}, 1, (["Listen", "More time", "Withdraw"], [])
    ),
    "deny": Story(
        from_question_to_denial, "denied",
        {"access.file": 1, "access.question": 1, "access.answer": 1, "access.deny": 1}, 0, (["Ask again"], []),
    ),
    "withdraw": Story(
        from_hearing_to_withdrawal, "approved", {"access.file": 1, "access.approve": 1, "access.withdraw": 1}, 1,
        (["Ask again"], []),
    ),
}  # fmt: skip


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_url: str) -> Fresh:
    """A fresh database for each time that a story is played."""

    def fresh(number: int) -> str:
        copyfile(sqlite_url.removeprefix("sqlite:///"), tmp_path / f"life-{number}.db")
        return f"sqlite:///{tmp_path / f'life-{number}.db'}"

    return fresh


async def test_p7_a_crash_in_the_middle_loses_nothing(tmp_path: Path, on_sqlite: Fresh) -> None:
    await with_deaths(tmp_path, on_sqlite, STORIES["approve"], lambda reached: range(reached // 2, reached // 2 + 1))


@pytest.mark.soak
@pytest.mark.parametrize("name", STORIES)
async def test_p7_a_crash_at_any_boundary_loses_nothing(tmp_path: Path, on_sqlite: Fresh, name: str) -> None:
    """P7, P9: every commit, before and after, and every word to Slack, before and after Slack took it."""
    await with_deaths(tmp_path, on_sqlite, STORIES[name], every_boundary)


@pytest.mark.soak
@pytest.mark.parametrize("name", STORIES)
async def test_p7_the_same_on_postgresql(
    tmp_path: Path, postgresql: Server, _postgresql_template: str, name: str
) -> None:
    await with_deaths(tmp_path, lambda _: postgresql.fresh(_postgresql_template), STORIES[name], every_boundary)


def every_boundary(reached: int) -> range:
    return range(1, reached + 2)


async def with_deaths(folder: Path, fresh: Fresh, story: Story, where: Callable[[int], range]) -> None:
    """Play the story once without a death, then once with a death at each of these boundaries that it has."""
    sample_calls(folder / "calls", moment())
    whole = await played(folder, await asyncio.to_thread(fresh, 0), story, 0)
    deaths = where(len(whole))
    for first in deaths[::AT_A_TIME]:
        together = range(first, min(first + AT_A_TIME, deaths[-1] + 1))
        urls = [await asyncio.to_thread(fresh, number) for number in together]
        async with asyncio.TaskGroup() as group:
            lives = [
                group.create_task(played(folder, url, story, number))
                for url, number in zip(urls, together, strict=True)
            ]
        for number, life in zip(together, lives, strict=True):
            assert life.result() == whole[:number], "each life goes the same way up to its end"


async def played(folder: Path, database_url: str, story: Story, die_at: int) -> list[str]:
    """One story with at most one death; returns the boundaries that its first life reached."""
    trace = folder / f"trace-{die_at}"
    async with a_scene(folder, database_url, trace, die_at) as scene:
        request = await story.play(scene)
        reached = trace.read_text().splitlines()
        assert scene.deaths == (die_at == len(reached)), "it died there and nowhere else, or reached the end"
        try:
            await ended_well(scene, story, request)
        except AssertionError as wrong:
            raise AssertionError(f"death {die_at}, {reached[-1]}: {wrong}") from wrong
        return reached


async def ended_well(scene: Scene, story: Story, request: str) -> None:
    """Nothing lost, nothing twice, every copy in its right state."""
    end = await scene.database.read(lambda store: how_it_ended(store, request))
    assert end == End(story.state, story.done, story.grants, set(), "")
    twice = 0
    for uid, left in zip((ANNA, TARA), story.left, strict=True):
        known = await the_known_copy(scene, uid, request)
        assert known.offers == left
        twice += sum(one.place.ts != known.place.ts for one in scene.somebody(uid).cards(request))
        words = [one.text for one in scene.workspace.dm(uid) if not is_card(one)]
        twice += len(words) - len(set(words))
    assert twice <= scene.deaths
    assert scene.workspace.problems == []


async def the_known_copy(scene: Scene, uid: str, request: str) -> Seen:
    """The copy of the card that the bot knows of."""

    def look(store: Store) -> str:
        account = store.people.account("slack", uid)
        copy = store.outbox.copy(request, (account and account.person_id) or 0)
        return copy.message if copy else ""

    ts = await scene.database.read(look)
    [known] = [one for one in scene.somebody(uid).cards(request) if one.place.ts == ts]
    return known


@dataclass(frozen=True, slots=True)
class End:
    """What the store holds in the end; `undone` has the states of effects that never happened."""

    state: str
    done: dict[str, int]
    grants: int
    undone: set[str]
    fault: str


def how_it_ended(store: Store, request: str) -> End:
    session = store.audit.session
    [found] = session.scalars(select(Request)).all()
    assert found.id == request
    done: dict[str, int] = {}
    for entry in store.audit.about(request):
        if entry.action.startswith("access.") and entry.outcome == "done":
            done[entry.action] = done.get(entry.action, 0) + 1
    grants = len(session.scalars(select(Grant)).all())
    undone = set(session.scalars(select(Outgoing.state))) - {"sent", "updated", "superseded"}
    return End(found.state, done, grants, undone, store.audit.verify().fault)
