"""A whole house for a story: the sample company's people in Slack and in Teams, the stand-ins for both, the real bot
over real HTTP, and a folder of recordings.
"""

import asyncio
import json
import os
import random
import socket
import wave
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bot.app import Steward
from bot.rehearsal import slack, teams
from bot.rehearsal.beacon import PATH as BEACON
from bot.rehearsal.beacon import SampleBeacon, with_sample_beacon
from bot.rehearsal.clock import ClockRoutes, MovableClock, send_its_date
from bot.rehearsal.company import PEOPLE, Employee
from bot.settings.config import Given, Settings, read_policy
from handlers import COMMANDS
from storage.inbox import Incoming
from tests.keys import KEY
from tests.patience import PATIENCE, unhurried
from tests.stories.on_slack import OnSlack
from tests.stories.on_teams import OnTeams
from tests.stories.somebody import Somebody

ANNA, BRAM, TARA, DEVEN, CORA, HELENA, HENRIK, RUTH, MILES, QUINN = (
    next(one.id for one in PEOPLE if one.name.startswith(name))
    for name in ("Anna", "Bram", "Tara", "Deven", "Cora", "Helena", "Henrik", "Ruth", "Miles", "Quinn")
)
DECIDE = frozenset({TARA, DEVEN, CORA, HELENA, HENRIK, RUTH, MILES})  # the people whom the policy names
TOKEN, SECRET = "xoxb-story", "story-secret"
APP, PASSWORD = "8a5e1f2c-0000-4000-8000-00000000beef", "story-password"


@dataclass(frozen=True, slots=True)
class Place:
    """The platforms of the deciders and of everyone else, the usual one first."""

    deciding: tuple[str, ...]
    asking: tuple[str, ...]

    @property
    def platforms(self) -> set[str]:
        return {*self.deciding, *self.asking}

    def of(self, uid: str) -> tuple[str, ...]:
        """Return this person's platforms; `uid` is an id of the sample company."""
        return self.deciding if uid in DECIDE else self.asking


SLACK, TEAMS = Place(("slack",), ("slack",)), Place(("teams",), ("teams",))
MIXED = Place(("teams",), ("slack",))
BOTH = Place(("slack", "teams"), ("slack", "teams"))


def object_id(uid: str) -> str:
    """Return the Entra object id of a person of the sample company."""
    number = next(place for place, one in enumerate(PEOPLE, 1) if one.id == uid)
    return f"{number:08d}-0000-4000-8000-00000000c0de"


def company(port: int, now: Callable[[], datetime], place: Place = SLACK) -> slack.Workspace:
    """The Slack workspace with its people."""
    here = f"http://127.0.0.1:{port}"
    members = [slack.Member(*_told(one.id, one)) for one in PEOPLE if "slack" in place.of(one.id)]
    everybody = tuple(one.id for one in members if one.standing == "member")
    return slack.Workspace(
        people=members, bot_token=TOKEN, signing_secret=SECRET, bot_url=f"{here}/slack/events",
        public_url=here, channels=[slack.Channel("C0GENERAL", "general", everybody)], rates=slack.Rates.unlimited(),
        commands=[slack.Command(f"/{word}", one.says, "") for word, one in COMMANDS.items()], now=now,
        retries=(0, 0, 0), ack_seconds=PATIENCE, trigger_seconds=PATIENCE,
    )  # fmt: skip


def tenancy(port: int, place: Place) -> teams.Tenant:
    """The Teams tenant with its people; its clock is the real one, as tokens are checked against that."""
    here = f"http://127.0.0.1:{port}"
    members = [teams.Member(*_told(object_id(one.id), one)) for one in PEOPLE if "teams" in place.of(one.id)]
    return teams.Tenant(
        people=members, app_id=APP, password=PASSWORD, bot_url=f"{here}/api/messages", public_url=here,
        rates=teams.Rates.unlimited(), invoke_seconds=PATIENCE, ack_seconds=PATIENCE,
    )  # fmt: skip


def slack_settings(workspace: slack.Workspace) -> dict[str, Any]:
    """Return the bot's settings for the workspace."""
    return {
        "slack_bot_token": SecretStr(TOKEN),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": f"{workspace.public_url}/rehearsal/slack/api/",
    }


def teams_settings(tenant: teams.Tenant) -> dict[str, Any]:
    """Return the bot's settings for the tenant."""
    return {
        "microsoft_app_id": APP,
        "microsoft_app_password": SecretStr(PASSWORD),
        "microsoft_app_tenant_id": tenant.tenant_id,
        "microsoft_openid_metadata_url": tenant.metadata_url,
        "microsoft_login_url": tenant.login_url,
    }


def _told(name: str, one: Employee) -> tuple[Any, ...]:
    return name, one.name, one.email, one.title, one.zone, one.standing


ROOT = Path(__file__).parents[2]
AU = "+61 2 8197 9000"


@dataclass
class People:
    """Everyone in a story, each on the platforms of the place."""

    place: Place
    workspace: slack.Workspace
    tenant: teams.Tenant
    _met: dict[tuple[str, str], OnSlack | OnTeams] = field(default_factory=dict, init=False)

    def somebody(self, uid: str, platform: str = "") -> Somebody:
        """Return a person where he or she usually is, or on the platform named; always the same one."""
        where = platform or self.place.of(uid)[0]
        if (uid, where) not in self._met:
            self._met[uid, where] = (
                OnSlack(self.workspace.person(uid)) if where == "slack" else OnTeams(self.tenant.person(object_id(uid)))
            )
        return self._met[uid, where]

    def on_slack(self, uid: str) -> OnSlack:
        """Return a person in Slack, with all that stories do there."""
        found = self.somebody(uid, "slack")
        assert isinstance(found, OnSlack)
        return found

    def person(self, uid: str) -> slack.Person:
        """Return a person in Slack, as the stand-in has them."""
        return self.workspace.person(uid)

    async def arrive(self, uids: Iterable[str]) -> None:
        """Do on every platform whatever lets the bot write to these people."""
        await asyncio.gather(*(self.somebody(uid, one).arrive() for uid in uids for one in self.place.of(uid)))

    def sound(self) -> None:
        """Check that no platform refused anything the bot did."""
        assert self.workspace.problems == self.tenant.problems == []


@dataclass
class House(People):
    """What a story needs: people who act, the bot, and the clock."""

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
                lambda store: store.outbox.next_due() is not None or store.has(Incoming.id > 0)
            )
            if not waiting and not self.steward.delivery._in_flight:
                return await self.steward.register.identify()
            await asyncio.sleep(0.01)
        raise AssertionError("the outbox never ran empty")

    async def audit(self) -> list[dict[str, Any]]:
        return await self.steward.database.read(lambda store: list(store.audit.exported()))


def sample_calls(
    folder: Path, now: datetime, number: int = 3, operator: str = "bram.tolliver@fernhill.example"
) -> None:
    """Lay a few short calls of yesterday and before."""
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


def another_call(folder: Path, name: str, started: datetime, **told: Any) -> None:
    """Lay one more call beside the sample ones, which is a copy of none; `started` is aware, `told` replaces other
    metadata.
    """
    audio, like = (folder / "call-0.wav").read_bytes(), json.loads((folder / "call-0.json").read_text())
    (folder / f"{name}.wav").write_bytes(audio[:44] + audio[:43:-1])
    (folder / f"{name}.json").write_text(json.dumps({**like, "started": started.isoformat(), **told}))
    os.utime(folder / f"{name}.wav", (started.timestamp(), started.timestamp()))


_PORTS = cycle(range(20_000, 30_000))
for _ in range(random.randrange(10_000)):  # other processes of the same run begin elsewhere
    next(_PORTS)


def free_port() -> int:
    """Return a port that is given to no one else between two lives of a program, neither by the system nor by us."""
    while True:
        port = next(_PORTS)
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def house_settings(folder: Path, port: int, database_url: str, chats: dict[str, Any]) -> Settings:
    """Return the bot's settings; `chats` has those of the chat platforms, and others. Each database has its own
    journal, as each bot has. The clock runs at the start, and then when a story says so: less often than any company's
    may.
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
    """Return the settings of the platforms that have people."""
    found = {"slack": slack_settings(workspace), "teams": teams_settings(tenant)}
    return {name: value for one in place.platforms for name, value in found[one].items()}


@asynccontextmanager
async def served(app: web.Application, port: int) -> AsyncIterator[None]:
    """Serve an application on this machine's loopback."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_house(
    folder: Path, database_url: str, place: Place = SLACK, more: Mapping[str, Any] | None = None, *, sockets: bool = False
) -> AsyncIterator[House]:  # fmt: skip
    """Open a house, with `more` settings, and close it again; the deciders and Anna have the bot in their chats. With
    `sockets` Slack reaches the bot only by Socket Mode, and refuses its first handshake.
    """
    port, clock = free_port(), MovableClock()
    sample_calls(folder / "calls", clock.now())
    workspace, tenant = company(port, clock.now, place), tenancy(port, place)
    chats = chat_settings(place, workspace, tenant)
    if sockets:
        workspace = replace(workspace, bot_url=None)
        workspace.sockets.refusing = 1
        chats |= {"slack_signing_secret": None, "slack_app_token": SecretStr(workspace.app_token)}
    settings = house_settings(folder, port, database_url, {**chats, **(more or {})})
    rules, beacon = with_sample_beacon(read_policy(settings.policy_file)), SampleBeacon(clock.now)
    steward = Steward(settings, rules, clock.now, seconds=clock.seconds)
    app = steward.build()
    send_its_date(app, clock)
    moving = ClockRoutes(clock, steward.database, steward.policy, steward.tick, lambda: None, steward.door.keys)
    app.add_routes([*slack.routes(workspace), *teams.routes(tenant), *moving.routes(), *beacon.routes()])
    try:
        async with served(app, port):
            await steward.start()
            house = House(place, workspace, tenant, steward, clock, moving, f"http://127.0.0.1:{port}", beacon)
            try:
                with unhurried():
                    await house.arrive([*DECIDE, ANNA])
                    yield house
            finally:
                await workspace.close()
                await tenant.close()
    finally:
        await steward.stop()
