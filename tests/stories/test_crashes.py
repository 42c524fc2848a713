"""The bot is killed at every boundary, one after another; nothing that it said yes to is lost, and nothing is done twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, DummyCookieJar, web
from sqlalchemy import func, select

from bot.rehearsal.clock import MovableClock, send_its_date
from bot.rehearsal.slack import Outcome, Person, Workspace, routes
from handlers.cards import HINT
from storage.database.store import Database, Store
from storage.records import Grant, Outgoing
from storage.tables.log import AuditEntry
from tests.databases import Server
from tests.ledgers import verdict_of
from tests.moments import moment
from tests.stories.at_moment import booted_at
from tests.stories.crashing_child import Orders, live
from tests.stories.errands import card, exchange, requests
from tests.stories.house import ANNA, TARA, company, free_port, house_settings, sample_calls, served, slack_settings
from tests.stories.on_slack import OnSlack, clear, is_card
from tests.stories.process import PROCESSES
from tests.stories.somebody import Seen
from tests.stories.waiting import until

A_LEASE = timedelta(seconds=30)


@dataclass
class Scene:
    """The workspace, and the bot in its first life or, after its death, in its second."""

    workspace: Workspace
    database: Database
    clock: MovableClock
    orders: Orders
    http: ClientSession
    life: ForkServerProcess = field(init=False)
    deaths: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.orders.settings.port}"

    def person(self, uid: str) -> Person:
        return self.workspace.person(uid)

    def somebody(self, uid: str, platform: str = "") -> OnSlack:
        return OnSlack(self.person(uid))

    async def audit(self) -> list[dict[str, Any]]:
        return await self.database.read(lambda store: list(store.audit.exported()))

    async def begin(self) -> None:
        """Starts a life and waits until it takes work."""
        self.life = PROCESSES.Process(target=live, args=(self.orders, booted_at()), daemon=True)
        self.life.start()
        await until(self._ready, "the bot is ready", pause=0.01)

    async def settled(self) -> None:
        """Waits until all is done; where the bot died, it is started again after the lease of what it had in hand."""
        while not await self._told("settled"):
            self.deaths += 1
            await until(lambda: not self.life.is_alive(), "the bot is dead")
            self.clock.offset += A_LEASE
            self.orders = replace(self.orders, die_at=0, ahead=self.clock.offset)
            await self.begin()

    async def arm(self) -> None:
        assert await self._told("arm")

    def end(self) -> None:
        self.life.kill()
        self.life.join()
        self.life.close()

    async def insist(self, ctx: Callable[[], Awaitable[Outcome]], seen: Callable[[], object], *, binding: bool) -> None:
        """Do something until it went well and shows, as people do; what is `binding` shows as soon as it went well."""
        for _ in range(4):
            outcome = await ctx()
            await self.settled()
            if outcome.ok and seen():
                return
            assert not (outcome.ok and binding), "it was acknowledged, and it is lost"
        raise AssertionError(f"it never went well: {outcome}")

    async def _told(self, what: str) -> bool:
        try:
            async with self.http.post(f"{self.url}/story/{what}") as answer:
                return answer.status == 200
        except ClientError:
            return False

    async def _ready(self) -> bool:
        assert self.life.is_alive(), "the bot died while it started"
        try:
            async with self.http.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except ClientError:
            return False


@asynccontextmanager
async def a_scene(folder: Path, database_url: str, trace: Path, die_at: int) -> AsyncIterator[Scene]:
    """Opens a scene around the recordings of `folder`; its bot dies at boundary `die_at` (0: never)."""
    here, clock = free_port(), MovableClock()
    workspace = company(here, clock.now)
    settings = house_settings(folder, free_port(), database_url, slack_settings(workspace))
    assert workspace.http
    workspace.http.url = f"http://127.0.0.1:{settings.port}/slack/events"
    app = web.Application()
    app.add_routes(routes(workspace))
    send_its_date(app, clock)
    orders = Orders(settings, timedelta(0), trace, die_at)
    async with served(app, here), ClientSession() as http:
        scene = Scene(workspace, Database(database_url), clock, orders, http)
        await scene.begin()
        try:
            yield scene
        finally:
            scene.end()
            await workspace.close()
            await scene.database.close()


pytestmark = pytest.mark.story
AT_A_TIME = 3
DONE = {"access.file": 1, "access.approve": 1, "access.withdraw": 1}
Fresh = Callable[[int], str]


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

    await scene.insist(submit, lambda: requests(scene, ANNA) and requests(scene, TARA), binding=True)
    [request] = requests(scene, ANNA)
    return request


async def decide(scene: Scene, uid: str, request: str, button: str, outcome: str) -> None:
    """Press a button of the card as it stood on the screen, until the card says the outcome."""
    me, seen = scene.person(uid), card(scene, uid, request)
    await scene.insist(
        lambda: me.press(seen.place, button), lambda: outcome in card(scene, uid, request).words, binding=True
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


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_url: str) -> Fresh:
    """A fresh database for each time that the story is played."""

    def fresh(number: int) -> str:
        copyfile(sqlite_url.removeprefix("sqlite:///"), tmp_path / f"life-{number}.db")
        return f"sqlite:///{tmp_path / f'life-{number}.db'}"

    return fresh


async def test_p7_a_crash_in_the_middle_loses_nothing(tmp_path: Path, on_sqlite: Fresh) -> None:
    assert await with_deaths(tmp_path, on_sqlite, lambda reached: range(reached // 2, reached // 2 + 1)) == 1


@pytest.mark.soak
async def test_p7_a_crash_at_any_boundary_loses_nothing(tmp_path: Path, on_sqlite: Fresh) -> None:
    """Every commit, before and after, and every word to Slack, before and after Slack took it."""
    assert await with_deaths(tmp_path, on_sqlite, every_boundary) > 1


@pytest.mark.soak
async def test_p7_the_same_on_postgresql(tmp_path: Path, postgresql: Server, _postgresql_template: str) -> None:
    assert await with_deaths(tmp_path, lambda _: postgresql.fresh(_postgresql_template), every_boundary) > 1


def every_boundary(reached: int) -> range:
    return range(1, reached + 2)


async def with_deaths(folder: Path, fresh: Fresh, where: Callable[[int], range]) -> int:
    """Play the story once without a death, then once with a death at each of these boundaries; return how many."""
    sample_calls(folder / "calls", moment())
    whole = await played(folder, await asyncio.to_thread(fresh, 0), 0)
    deaths = where(len(whole))
    for first in deaths[::AT_A_TIME]:
        together = range(first, min(first + AT_A_TIME, deaths[-1] + 1))
        urls = [await asyncio.to_thread(fresh, number) for number in together]
        async with asyncio.TaskGroup() as group:
            lives = [group.create_task(played(folder, url, number)) for url, number in zip(urls, together, strict=True)]
        for number, life in zip(together, lives, strict=True):
            assert life.result() == whole[:number], "each life goes the same way up to its end"
    return len(deaths)


async def played(folder: Path, database_url: str, die_at: int) -> list[str]:
    """The story, asked, approved, heard and withdrawn, with at most one death; returns the boundaries that its first life reached."""
    trace = folder / f"trace-{die_at}"
    async with a_scene(folder, database_url, trace, die_at) as scene:
        await scene.arm()
        request = await file(scene)
        await decide(scene, TARA, request, "Approve", "You approved")
        await listen(scene, request)
        await decide(scene, ANNA, request, "Withdraw", "access withdrawn")
        reached = trace.read_text().splitlines()
        assert scene.deaths == (die_at == len(reached)), "it died there and nowhere else, or reached the end"
        try:
            await ended_well(scene, request)
        except AssertionError as wrong:
            raise AssertionError(f"death {die_at}, {reached[-1]}: {wrong}") from wrong
        return reached


async def ended_well(scene: Scene, request: str) -> None:
    """Nothing lost, nothing twice, every copy in its right state."""
    done, grants, undone, fault = await scene.database.read(lambda store: how_it_ended(store, request))
    assert (done, grants, undone, fault) == (DONE, 1, set(), "")
    twice = 0
    for uid, left in ((ANNA, ["Ask again"]), (TARA, [])):
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


def how_it_ended(store: Store, request: str) -> tuple[dict[str, int], int, set[str], str]:
    """How often each thing was done, the number of grants, the states of effects that never happened, and what is wrong with the log."""
    told = [
        one.action
        for one in store.rows(AuditEntry, AuditEntry.subject == request, by=(AuditEntry.seq,))
        if one.outcome == "done"
    ]
    done = Counter(one for one in told if one.startswith("access."))
    grants = store.session.scalar(select(func.count()).select_from(Grant)) or 0
    undone = set(store.session.scalars(select(Outgoing.state))) - {"sent", "updated", "superseded"}
    return done, grants, undone, verdict_of(store).fault
