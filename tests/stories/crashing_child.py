"""The real bot in a process that dies by SIGKILL at its n-th boundary: round each commit, round each word to Slack."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from aiohttp import web
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

import bot.delivery.worker
import bot.directory
from bot.app import Steward, utc_now
from bot.config import Settings, policy
from bot.serving import quiet_logs
from bot.slack.chat import SlackChat
from tests.stories.house import ROOT
from tests.stories.waiting import until

POLICY = policy(ROOT / "policy.yaml")  # read once, before a life is forked off
CHANGE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


@dataclass(frozen=True, slots=True)
class Orders:
    """What one life of the bot is to be: its settings, how far ahead its clock is, and where it ends (0: nowhere)."""

    settings: Settings
    ahead: timedelta
    trace: Path
    die_at: int = 0


class Boundaries:
    """Counts from the moment it is armed, writes down what it reaches, and kills its process at one of them."""

    def __init__(self, orders: Orders) -> None:
        self.die_at, self.armed, self.count = orders.die_at, False, 0
        self._trace = os.open(orders.trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._committing: set[str] = set()

    def reach(self, name: str) -> None:
        if not self.armed:
            return
        self.count += 1
        os.write(self._trace, f"{name}\n".encode())
        if self.count == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_commits(self, steward: Steward) -> None:
        """Only commits that change something count: a look into an empty outbox is none."""
        engine = steward.database.sessions.engine

        def on_execute(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
            if (found := CHANGE.match(statement)) and cursor.rowcount:
                connection.info.setdefault("changed", set()).add(found[1])

        def before(connection: Connection) -> None:
            self._committing = connection.info.pop("changed", set())
            self._commit("before")

        def after(_: Session) -> None:
            self._commit("after")

        event.listen(engine, "after_cursor_execute", on_execute)
        event.listen(engine, "rollback", lambda connection: connection.info.pop("changed", None))
        event.listen(engine, "commit", before)
        event.listen(Session, "after_commit", after)

    def _commit(self, when: str) -> None:
        if self._committing:
            self.reach(f"{when} the commit of {' '.join(sorted(self._committing))}")

    def watch_slack(self, steward: Steward) -> None:
        """Before a word goes to Slack, and after Slack has taken it and nobody here knows yet."""
        chat = cast("SlackChat", steward.directories["slack"].chat)
        call = chat._call

        async def counted(method: str, **arguments: Any) -> Any:
            self.reach(f"before {method}")
            answer = await call(method, **arguments)
            self.reach(f"after {method}")
            return answer

        vars(chat)["_call"] = counted


def live(orders: Orders) -> None:
    """One life, until somebody kills it."""
    quiet_logs()
    asyncio.run(_live(orders))


async def _live(orders: Orders) -> None:
    # One thing at a time and nothing by chance, so that each life reaches the same boundaries.
    bot.directory.DECIDING = 0.0
    bot.delivery.worker.AT_ONCE = 1

    def now() -> datetime:
        return utc_now() + orders.ahead

    steward = Steward(orders.settings, POLICY, now)
    vars(steward.watch)["wake"] = lambda: None  # calls are read when the story asks, and beside nothing else
    boundaries = Boundaries(orders)
    boundaries.watch_commits(steward)
    app = steward.build()
    boundaries.watch_slack(steward)
    _look_before_playing(steward)
    app.add_routes(_story(steward, boundaries))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", orders.settings.port).start()
    await steward.start()
    await asyncio.Event().wait()


def _look_before_playing(steward: Steward) -> None:
    """Whoever listens is looked at beside the audio; here one comes after the other."""
    listeners = steward.pages.listeners
    check = listeners.check

    async def checked(person_id: int) -> None:
        await check(person_id)
        if looking := listeners._known[person_id].looking:
            await asyncio.wait({looking})

    vars(listeners)["check"] = checked


def _story(steward: Steward, boundaries: Boundaries) -> list[web.RouteDef]:
    """What the story's own process asks of this one: to count from now on, and whether all is done."""

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
    waiting = await steward.database.read(lambda store: store.outbox.next_due() is not None or store.inbox.has_any())
    greeted = all(task.done() for task in steward._running[1:])  # the first is the delivery, which never ends
    lined_up = steward.delivery._line_up_at > steward.delivery.seconds()
    return greeted and lined_up and not waiting and not steward.delivery._in_hand
