"""Where a story plays: who of the sample company sits in Slack, who in Teams, and the stand-ins for both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from bot.rehearsal import slack, teams
from bot.rehearsal.company import PEOPLE, Employee
from handlers import COMMANDS
from tests.patience import PATIENCE

ANNA, BRAM, TARA, DEVEN, CORA, HELENA, HENRIK, RUTH, MILES, QUINN, GUEST, FOREIGNER = (
    next(one.id for one in PEOPLE if one.name.startswith(name))
    for name in ("Anna", "Bram", "Tara", "Deven", "Cora", "Helena", "Henrik", "Ruth", "Miles", "Quinn", "Pip", "Otto")
)
DECIDE = frozenset({TARA, DEVEN, CORA, HELENA, HENRIK, RUTH, MILES})  # the people whom the policy names
TOKEN, SECRET = "xoxb-story", "story-secret"
APP, PASSWORD = "8a5e1f2c-0000-4000-8000-00000000beef", "story-password"


@dataclass(frozen=True, slots=True)
class Place:
    """The platforms of those who decide and of everybody else, the usual one first."""

    deciding: tuple[str, ...]
    asking: tuple[str, ...]

    @property
    def platforms(self) -> set[str]:
        return {*self.deciding, *self.asking}

    def of(self, uid: str) -> tuple[str, ...]:
        """Where this person is; `uid` is an id of the sample company."""
        return self.deciding if uid in DECIDE else self.asking


SLACK, TEAMS = Place(("slack",), ("slack",)), Place(("teams",), ("teams",))
MIXED = Place(("teams",), ("slack",))
BOTH = Place(("slack", "teams"), ("slack", "teams"))


def object_id(uid: str) -> str:
    """The Entra object id of a person of the sample company."""
    number = next(place for place, one in enumerate(PEOPLE, 1) if one.id == uid)
    return f"{number:08d}-0000-4000-8000-00000000c0de"


def company(
    port: int, now: Callable[[], datetime], people: Iterable[slack.Member] = (), place: Place = SLACK
) -> slack.Workspace:
    """The Slack workspace with its people, and with more `people`."""
    here = f"http://127.0.0.1:{port}"
    members = [slack.Member(*_told(one.id, one)) for one in PEOPLE if "slack" in place.of(one.id)]
    everybody = tuple(one.id for one in members if one.standing == "member")
    return slack.Workspace(
        people=[*members, *people], bot_token=TOKEN, signing_secret=SECRET, bot_url=f"{here}/slack/events",
        public_url=here, channels=[slack.Channel("C0GENERAL", "general", everybody)], rates=slack.Rates.unlimited(),
        commands=[slack.Command(f"/{word}", one.says, "") for word, one in COMMANDS.items()], now=now,
        retries=(0, 0, 0), ack_seconds=PATIENCE, trigger_seconds=PATIENCE,
    )  # fmt: skip


def tenancy(port: int, place: Place, chats: Iterable[teams.Chat] = ()) -> teams.Tenant:
    """The Teams tenant with its people; its clock is the real one, since tokens are checked against that."""
    here = f"http://127.0.0.1:{port}"
    members = [teams.Member(*_told(object_id(one.id), one)) for one in PEOPLE if "teams" in place.of(one.id)]
    return teams.Tenant(
        people=members, app_id=APP, password=PASSWORD, bot_url=f"{here}/api/messages", public_url=here,
        chats=list(chats), rates=teams.Rates.unlimited(), invoke_seconds=PATIENCE, ack_seconds=PATIENCE,
    )  # fmt: skip


def slack_settings(workspace: slack.Workspace) -> dict[str, Any]:
    """How the bot is set up for the workspace, by the settings' names."""
    return {
        "slack_bot_token": SecretStr(TOKEN),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": f"{workspace.public_url}/rehearsal/slack/api/",
    }


def teams_settings(tenant: teams.Tenant) -> dict[str, Any]:
    """How the bot is set up for the tenant, by the settings' names."""
    return {
        "microsoft_app_id": APP,
        "microsoft_app_password": SecretStr(PASSWORD),
        "microsoft_app_tenant_id": tenant.tenant_id,
        "microsoft_openid_metadata_url": tenant.metadata_url,
        "microsoft_login_url": tenant.login_url,
    }


def _told(name: str, one: Employee) -> tuple[Any, ...]:
    return name, one.name, one.email, one.title, one.zone, one.standing
