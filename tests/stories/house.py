"""A whole house for a story: the stand-in workspace, the real bot over real HTTP, and a folder of recordings."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import wave
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bot.app import Steward
from bot.config import Settings, policy
from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.company import PEOPLE
from bot.rehearsal.slack import Channel, Command, Member, Message, Person, Rates, Workspace, routes
from handlers import COMMANDS

ROOT = Path(__file__).parents[2]
ANNA, BRAM, TARA, DEVEN, HELENA, HENRIK, RUTH = (
    next(one.id for one in PEOPLE if one.name.startswith(name))
    for name in ("Anna", "Bram", "Tara", "Deven", "Helena", "Henrik", "Ruth")
)
AU = "+61 2 8197 9000"


@dataclass
class House:
    """What a story needs: people who act, the bot, and the moment."""

    workspace: Workspace
    steward: Steward
    clock: MovableClock
    moving: ClockRoutes
    url: str

    def person(self, uid: str) -> Person:
        return self.workspace.person(uid)

    async def settled(self) -> None:
        """Wait until the bot has nothing left to do."""
        for _ in range(400):
            await self.steward.slack.finish()
            queued = await self.steward.database.read(lambda store: store.outbox.next_due())
            if queued is None and not self.steward.delivery._jobs:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the outbox never ran empty")

    async def audit(self) -> list[dict[str, Any]]:
        return await self.steward.database.read(lambda store: list(store.audit.rows()))

    async def file(
        self, uid: str = ANNA, reason: str = "complaint", typed: str = "", crm: str = "CS-10442", **more: str
    ) -> str:
        """Fill in the form as a person does, and return the request's id."""
        me = self.person(uid)
        before = {entry["subject"] for entry in await self.audit() if entry["action"] == "access.file"}
        assert (await me.command("/recording-request")).ok
        await self.settled()
        if more:
            await me.press("modal", "redraw", reason)
            await self.settled()
        offered = await me.options("Which calls?", typed)
        answers = {
            "Why do you need it?": reason,
            "Which calls?": [offered[0]["value"]],
            "CRM request reference": crm,
            "What is it for?": "The customer complains.",
        }
        outcome = await me.submit({**answers, **more})
        assert outcome.ok, outcome
        await self.settled()
        after = {
            entry["subject"]
            for entry in await self.audit()
            if entry["action"] == "access.file" and entry["outcome"] == "done"
        }
        [new] = after - before
        return str(new)

    def card(self, uid: str, request: str) -> Message:
        """The person's card of a request, as it stands."""
        found = [
            one
            for one in self.workspace.dm(uid)
            if request in json.dumps(one.blocks) and one.blocks and len(one.blocks) > 2
        ]
        assert found, f"{uid} has no card of {request}"
        return found[-1]


def sample_calls(
    folder: Path, now: datetime, number: int = 3, operator: str = "bram.tolliver@fernhill.example"
) -> None:
    """A few short calls of yesterday and before."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in range(number):
        with wave.open(str(folder / f"call-{one}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(range(256)) * 63 * 20)
        started = now.replace(hour=2, minute=15) - timedelta(days=one + 1)
        told = {
            "line": AU, "direction": "incoming", "caller": f"+61 412 345 {600 + one}",
            "operator": {"name": operator.split("@", maxsplit=1)[0].replace(".", " ").title(), "email": operator},
            "department": "customer_success", "started": started.isoformat(), "duration": 20.0, "crm": f"CS-{10442 + one}",
        }  # fmt: skip
        (folder / f"call-{one}.json").write_text(json.dumps(told))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def house_settings(folder: Path, port: int, database_url: str) -> Settings:
    return Settings(
        _env_file=None, slack_bot_token=SecretStr("xoxb-story"), slack_app_token=None,
        slack_signing_secret=SecretStr("story-secret"), slack_api_url=f"http://127.0.0.1:{port}/rehearsal/slack/api/",
        database_url=database_url, recordings_url=f"file://{folder / 'calls'}",
        secret_key=SecretStr(base64.b64encode(bytes(32)).decode()), secret_key_file=None, public_url=f"http://127.0.0.1:{port}",
        host="127.0.0.1", port=port, policy_file=ROOT / "policy.yaml", tick_seconds=3600,
    )  # fmt: skip


def company(port: int, now: Callable[[], datetime], people: Iterable[Member] = ()) -> Workspace:
    here = f"http://127.0.0.1:{port}"
    members = [Member(one.id, one.name, one.email, one.title, one.zone, one.standing) for one in PEOPLE]
    everybody = tuple(one.id for one in members if one.standing == "member")
    return Workspace(
        people=[*members, *people], bot_token="xoxb-story", signing_secret="story-secret", bot_url=f"{here}/slack/events",
        public_url=here, channels=[Channel("C0GENERAL", "general", everybody)], rates=Rates.unlimited(),
        commands=[Command(name, about, "") for name, about in COMMANDS.items()], now=now,
        retries=(0, 0, 0),
    )  # fmt: skip


@asynccontextmanager
async def a_house(
    folder: Path, database_url: str, people: Iterable[Member] = (), page: Path | None = None
) -> AsyncIterator[House]:
    """Open a house and close it again."""
    port, clock = free_port(), MovableClock()
    sample_calls(folder / "calls", datetime.now(UTC))
    settings = house_settings(folder, port, database_url)
    steward = Steward(settings, policy(settings.policy_file), clock.now)
    app = steward.build()
    workspace = company(port, clock.now, people)
    app.add_routes(routes(workspace, page))
    moving = ClockRoutes(clock, steward.database, steward.tick, lambda: None)
    app.add_routes(moving.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await steward.start()
    try:
        yield House(workspace, steward, clock, moving, f"http://127.0.0.1:{port}")
    finally:
        await runner.cleanup()
        await steward.stop()
