"""The real bot in a process that dies by SIGKILL at its n-th boundary: round each commit, round each word to Slack."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

import bot.delivery
import bot.directory
from bot.app import Steward, utc_now
from bot.config import Settings, policy
from bot.serving import quiet_logs

CHANGE = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


@dataclass(frozen=True, slots=True)
class Orders:
    """What one life of the bot is to be: its settings, how far ahead its clock is, and where it ends (0: nowhere)."""

    settings: Settings
    ahead: timedelta
    trace: Path
    die_at: int = 0
    alone: bool = True


class Boundaries:
    """Counts from the moment it is armed, writes down what it reaches, and kills its process at one of them."""

    def __init__(self, orders: Orders) -> None:
        self.die_at, self.armed, self.count = orders.die_at, False, 0
        self._trace = os.open(orders.trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._changed: set[str] = set()

    def reach(self, name: str) -> None:
        if not self.armed:
            return
        self.count += 1
        os.write(self._trace, f"{name}\n".encode())
        if self.count == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_commits(self, steward: Steward) -> None:
        """Only commits that change something count: a look into an empty outbox is none."""
        engine = steward.database.engine.sync_engine

        def on_execute(_c: Connection, _u: Any, statement: str, *_: Any) -> None:
            if found := CHANGE.match(statement):
                self._changed.add(found[1])

        def on_begin(_: Connection) -> None:
            self._changed.clear()

        def before(_: Connection) -> None:
            if self._changed:
                self.reach(f"before the commit of {self._what}")

        def after(_: Session) -> None:
            if self._changed:
                self.reach(f"after the commit of {self._what}")
            self._changed.clear()

        event.listen(engine, "before_cursor_execute", on_execute)
        event.listen(engine, "commit", before)
        event.listen(Session, "after_commit", after)
        event.listen(Session, "after_soft_rollback", lambda *_: self._changed.clear())

    @property
    def _what(self) -> str:
        return " ".join(sorted(self._changed))

    def watch_slack(self, steward: Steward) -> None:
        """Before a word goes to Slack, and after Slack has taken it and nobody here knows yet."""
        call = steward.chat._call

        async def counted(method: str, **arguments: Any) -> Any:
            self.reach(f"before {method}")
            answer = await call(method, **arguments)
            self.reach(f"after {method}")
            return answer

        vars(steward.chat)["_call"] = counted


def live(orders: Orders) -> None:
    """One life, until somebody kills it."""
    quiet_logs()
    asyncio.run(_live(orders))


async def _live(orders: Orders) -> None:
    bot.directory.DECIDING = 0.0  # always asks, so that each run reaches the same boundaries
    if orders.alone:
        bot.delivery.AT_ONCE = 1

    def now() -> datetime:
        return utc_now() + orders.ahead

    steward = Steward(orders.settings, policy(orders.settings.policy_file), now)
    boundaries = Boundaries(orders)
    boundaries.watch_commits(steward)
    app = steward.build()
    boundaries.watch_slack(steward)
    app.add_routes([web.post("/story/arm", _arm(boundaries)), web.get("/story/settled", _settled(steward))])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", orders.settings.port).start()
    await steward.start()
    await asyncio.Event().wait()
