"""A whole house for a story: the stand-ins for the chats, the real bot over real HTTP, and a folder of recordings."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import wave
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.app import Steward
from bot.rehearsal import slack, teams
from bot.rehearsal.beacon import PATH as BEACON
from bot.rehearsal.beacon import SampleBeacon, with_sample_beacon
from bot.rehearsal.clock import ClockRoutes, MovableClock, send_its_date
from bot.settings.config import Given, Settings, read_policy
from handlers.rules.retention import erase_at
from tests.keys import KEY
from tests.patience import unhurried
from tests.stories.on_slack import OnSlack
from tests.stories.on_teams import OnTeams
from tests.stories.places import (
    ANNA,
    BRAM,
    CORA,
    DECIDE,
    DEVEN,
    FOREIGNER,
    GUEST,
    HELENA,
    HENRIK,
    RUTH,
    SLACK,
    TARA,
    Place,
    company,
    object_id,
    slack_settings,
    teams_settings,
    tenancy,
)
from tests.stories.somebody import Somebody

__all__ = [
    "ANNA", "AU", "BRAM", "CORA", "DEVEN", "FOREIGNER", "GUEST", "HELENA", "HENRIK", "ROOT", "RUTH", "TARA",
    "House", "People", "a_house", "another_call", "began_a_year_before", "company", "free_port", "house_settings", "sample_calls",
]  # fmt: skip
ROOT = Path(__file__).parents[2]
AU = "+61 2 8197 9000"


@dataclass
class People:
    """Everybody of a story, each on the platforms that the place says."""

    place: Place
    workspace: slack.Workspace
    tenant: teams.Tenant
    _met: dict[tuple[str, str], OnSlack | OnTeams] = field(default_factory=dict, init=False)

    def somebody(self, uid: str, platform: str = "") -> Somebody:
        """A person where he or she usually is, or on the platform that is named; always the same one."""
        where = platform or self.place.of(uid)[0]
        if (uid, where) not in self._met:
            self._met[uid, where] = (
                OnSlack(self.workspace.person(uid)) if where == "slack" else OnTeams(self.tenant.person(object_id(uid)))
            )
        return self._met[uid, where]

    def person(self, uid: str) -> slack.Person:
        """A person in Slack, for what only Slack has."""
        return self.workspace.person(uid)

    async def arrive(self, uids: Iterable[str]) -> None:
        """Do on every platform what it takes until the bot may write to these people."""
        await asyncio.gather(*(self.somebody(uid, one).arrive() for uid in uids for one in self.place.of(uid)))

    def sound(self) -> None:
        """Nothing that the bot did was refused by a platform."""
        assert self.workspace.problems == self.tenant.problems == []


@dataclass
class House(People):
    """What a story needs: people who act, the bot, and the moment."""

    steward: Steward
    clock: MovableClock
    moving: ClockRoutes
    url: str
    beacon: SampleBeacon

    async def settled(self) -> None:
        """Wait until the bot has nothing left to do."""
        for _ in range(400):
            await self.steward.finish()
            waiting = await self.steward.database.read(
                lambda store: store.outbox.next_due() is not None or store.inbox.has_any()
            )
            if not waiting and not self.steward.delivery._in_hand:
                return await self.steward.register.identify()
            await asyncio.sleep(0.01)
        raise AssertionError("the outbox never ran empty")

    async def audit(self) -> list[dict[str, Any]]:
        return await self.steward.database.read(lambda store: list(store.audit.rows()))


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
            file.writeframes(
                bytes((sample + one) % 256 for sample in range(256)) * 63 * 20
            )  # no call sounds like another
        started = now.replace(hour=2, minute=15) - timedelta(days=one + 1)
        told = {
            "line": AU, "direction": "incoming", "caller": f"+61 412 345 {600 + one}",
            "operator": {"name": operator.split("@", maxsplit=1)[0].replace(".", " ").title(), "email": operator},
            "department": "customer_success", "started": started.isoformat(), "duration": 20.0, "crm": f"CS-{10442 + one}",
        }  # fmt: skip
        (folder / f"call-{one}.json").write_text(json.dumps(told))


def another_call(folder: Path, name: str, started: datetime, **told: str) -> None:
    """One more call beside the sample ones, which is no copy of any; `started` is aware, `told` replaces what else its metadata say."""
    audio, like = (folder / "call-0.wav").read_bytes(), json.loads((folder / "call-0.json").read_text())
    (folder / f"{name}.wav").write_bytes(audio[:44] + audio[:43:-1])
    (folder / f"{name}.json").write_text(json.dumps({**like, "started": started.isoformat(), **told}))
    os.utime(folder / f"{name}.wav", (started.timestamp(), started.timestamp()))


def began_a_year_before(goes: datetime) -> datetime:
    """When a call of the Australian line began whose twelve months are over at this moment (aware).

    Skips the test where there is none: on a 29th of February, and in the hour that comes twice when daylight saving ends.
    """
    local = goes.astimezone(ZoneInfo("Australia/Sydney"))
    began = local.replace(year=local.year - 1, day=28 if (local.month, local.day) == (2, 29) else local.day)
    if erase_at(began, "Australia/Sydney", 12) != goes:
        pytest.skip(f"no call's twelve months are over at {local}")
    return began


_PORTS = cycle(range(20_000, 30_000))
for _ in range(random.randrange(10_000)):  # other processes of the same run begin elsewhere
    next(_PORTS)


def free_port() -> int:
    """A port that nobody else is given while a program is between two lives: not by the system, and not by us."""
    while True:
        port = next(_PORTS)
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def house_settings(folder: Path, port: int, database_url: str, chats: dict[str, Any]) -> Settings:
    """`chats` are the settings of the chat platforms, and others. Each database has a journal of its own, as each bot has.

    The clock asks at the start, and then when a story says so: more rarely than any company's may.
    """
    journal = folder / f"journal-{sha256(database_url.encode()).hexdigest()[:8]}"
    journal.mkdir(exist_ok=True)
    told: dict[str, Any] = {
        "journal_url": f"file://{journal}", "database_url": database_url, "recordings_url": f"file://{folder / 'calls'}",
        "secret_key": SecretStr(KEY), "public_url": f"http://127.0.0.1:{port}", "host": "127.0.0.1", "port": port,
        "policy_file": ROOT / "policy.yaml", "beacon_url": (f"http://127.0.0.1:{port}{BEACON}",),
    }  # fmt: skip
    return Given(**{**told, **chats}).model_copy(update={"tick_seconds": 3600})


def chat_settings(place: Place, workspace: slack.Workspace, tenant: teams.Tenant) -> dict[str, Any]:
    """The settings of the platforms where anybody is."""
    found = {"slack": slack_settings(workspace), "teams": teams_settings(tenant)}
    return {name: value for one in place.platforms for name, value in found[one].items()}


@asynccontextmanager
async def a_house(
    folder: Path, database_url: str, people: Iterable[slack.Member] = (), place: Place = SLACK,
    chats: Iterable[teams.Chat] = (), more: Mapping[str, Any] | None = None,
) -> AsyncIterator[House]:  # fmt: skip
    """Open a house, with `more` settings, and close it again; the deciders and Anna have the bot in their chats."""
    port, clock = free_port(), MovableClock()
    sample_calls(folder / "calls", clock.now())
    workspace, tenant = company(port, clock.now, people, place), tenancy(port, place, chats)
    settings = house_settings(folder, port, database_url, {**chat_settings(place, workspace, tenant), **(more or {})})
    rules, beacon = with_sample_beacon(read_policy(settings.policy_file)), SampleBeacon(clock.now)
    steward = Steward(settings, rules, clock.now, seconds=clock.seconds)
    app = steward.build()
    send_its_date(app, clock)
    moving = ClockRoutes(clock, steward.database, steward.policy, steward.tick, lambda: None, steward.door.keys)
    app.add_routes([*slack.routes(workspace), *teams.routes(tenant), *moving.routes(), *beacon.routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await steward.start()
    house = House(place, workspace, tenant, steward, clock, moving, f"http://127.0.0.1:{port}", beacon)
    try:
        with unhurried():
            await house.arrive([*DECIDE, ANNA])
            yield house
    finally:
        await workspace.close()
        await tenant.close()
        await runner.cleanup()
        await steward.stop()
