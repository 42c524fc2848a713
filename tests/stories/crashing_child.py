"""The real bot in a process that dies by SIGKILL at its n-th boundary: around each commit, around each call to Slack."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from aiohttp import web
from sqlalchemy.orm import configure_mappers

import bot.chats.directory
import bot.delivery.worker
from bot.app import Steward
from bot.serving import quiet_logs
from bot.settings.config import Settings, read_policy
from bot.slack.chat import SlackChat
from handlers.breach import readers
from storage.inbox import Incoming
from tests.boundaries import Boundaries
from tests.moments import moment
from tests.patience import unhurried
from tests.stories.at_moment import clock_of
from tests.stories.house import ROOT
from tests.stories.waiting import until
from tests.unlasting import let_go

# Read once, before a life is forked off.
POLICY = read_policy(ROOT / "policy.yaml")
readers._load_policy_text(POLICY._text)
configure_mappers()


@dataclass(frozen=True, slots=True)
class Orders:
    """One life of the bot: its settings, how far ahead its clock is, and where it ends (0: nowhere)."""

    settings: Settings
    ahead: timedelta
    trace: Path
    die_at: int = 0


def watch_slack(boundaries: Boundaries, steward: Steward) -> None:
    """Die before a call goes to Slack, or after Slack has accepted it and the bot doesn't know yet."""
    chat = cast("SlackChat", steward.directories["slack"].chat)
    call = chat._call

    async def counted(method: str, **arguments: Any) -> Any:
        boundaries.reach(f"before {method}")
        answer = await call(method, **arguments)
        boundaries.reach(f"after {method}")
        return answer

    vars(chat)["_call"] = counted


def live(orders: Orders, booted: datetime) -> None:
    """Live one life by the clock on which the machine was booted at that moment (aware), until killed."""
    quiet_logs()
    let_go()
    with clock_of(booted), unhurried():
        asyncio.run(_live(orders))


async def _live(orders: Orders) -> None:
    # One thing at a time and nothing by chance, so that each life reaches the same boundaries.
    bot.chats.directory.DECIDING = 0.0
    bot.delivery.worker.AT_ONCE = 1

    def now() -> datetime:
        return moment() + orders.ahead

    steward = Steward(orders.settings, POLICY, now)
    vars(steward.watch)["wake"] = lambda: None  # calls are read when the story asks, and beside nothing else
    boundaries = Boundaries(orders.trace, orders.die_at)
    boundaries.watch_commits(steward.database)
    app = steward.build()
    watch_slack(boundaries, steward)
    _look_before_playing(steward)
    app.add_routes(_story(steward, boundaries))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", orders.settings.port).start()
    await steward.start()
    await asyncio.Event().wait()


def _look_before_playing(steward: Steward) -> None:
    """Look at listeners one after the other; the program does so while it sends audio."""
    listeners = steward.pages.listeners
    check = listeners.check

    async def checked(person_id: int) -> None:
        await check(person_id)
        if looking := listeners._known[person_id].looking:
            await asyncio.wait({looking})

    vars(listeners)["check"] = checked


def _story(steward: Steward, boundaries: Boundaries) -> list[web.RouteDef]:
    """Answer what the story's own process asks of this one: to count from now on, and whether all is done."""

    async def arm(_: web.Request) -> web.Response:
        await until(lambda: _idle(steward), "the bot has begun", pause=0.005)
        boundaries.armed = True
        return web.Response()

    async def settled(_: web.Request) -> web.Response:
        await until(lambda: _idle(steward), "the bot has nothing left to do", pause=0.005)
        await steward.register.identify()
        await until(lambda: _idle(steward), "the bot has nothing left to do", pause=0.005)
        return web.Response()

    return [web.post("/story/arm", arm), web.post("/story/settled", settled)]


async def _idle(steward: Steward) -> bool:
    await steward.finish()
    waiting = await steward.database.read(
        lambda store: store.outbox.next_due() is not None or store.has(Incoming.id > 0)
    )
    greeted = steward.greeted
    return greeted and not waiting and not steward.delivery._in_flight
