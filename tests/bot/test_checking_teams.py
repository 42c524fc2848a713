"""`recording-steward check` beside a strict tenant: what works in Teams, and which setting to look at where not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.commands.checking import _check_teams, _no_slack
from bot.commands.checking_database import Finding
from bot.rehearsal.teams import Fault, Member, Tenant, routes
from bot.settings.config import Settings, TeamsSettings
from tests.each import each
from tests.machines import Machine

APP, PASSWORD = "22222222-0000-4000-8000-00000000b07b", "rehearsal-password"
ANNA = Member("00000001-aaaa-4000-8000-000000000000", "Anna Quill", "anna.quill@fernhill.example")


@pytest_asyncio.fixture
async def tenant() -> AsyncIterator[Tenant]:
    port = unused_port()
    made = Tenant(
        people=(ANNA,),
        app_id=APP,
        password=PASSWORD,
        bot_url="http://127.0.0.1:1/",
        public_url=f"http://127.0.0.1:{port}",
    )
    app = web.Application()
    app.add_routes(routes(made))
    server = TestServer(app, port=port)
    await server.start_server()
    yield made
    await made.close()
    await server.close()


def right(tenant: Tenant) -> TeamsSettings:
    return TeamsSettings(APP, tenant.tenant_id, PASSWORD, tenant.metadata_url, tenant.login_url, open=False)


async def found(teams: TeamsSettings | None) -> list[Finding]:
    return [one async for one in _check_teams(teams, Machine().clock)]


async def test_a_token_and_the_keys_are_there(tenant: Tenant) -> None:
    assert await found(right(tenant)) == [
        Finding("Teams token", True, f"the login service gave one to {APP}"),
        Finding("Teams signing keys", True, "1 found"),
    ]


@each(
    ("changed", "setting"),
    [
        ({"password": "guess"}, "MICROSOFT_APP_PASSWORD"),
        ({"app_id": "another"}, "MICROSOFT_APP_ID"),
        ({"tenant": "another"}, "MICROSOFT_APP_TENANT_ID"),
        ({"login_url": "http://127.0.0.1:1"}, "MICROSOFT_LOGIN_URL"),
        ({"metadata_url": "http://127.0.0.1:1"}, "MICROSOFT_OPENID_METADATA_URL"),
    ],
)
async def test_what_is_wrong_names_its_setting_and_never_the_secret(
    tenant: Tenant, changed: dict[str, Any], setting: str
) -> None:
    (failed,) = [one for one in await found(replace(right(tenant), **changed)) if not one.works]
    assert f"Look at {setting}" in failed.sentence
    assert failed.what == ("Teams signing keys" if "METADATA" in setting else "Teams token")
    assert "guess" not in failed.sentence


async def test_microsoft_being_away_is_told_of_both(tenant: Tenant) -> None:
    tenant.faults.script([Fault("http_503", "token"), Fault("http_503", "openid")])
    assert ["http_503" in one.sentence and not one.works for one in await found(right(tenant))] == [True, True]


async def test_a_bot_for_the_local_client_asks_microsoft_nothing(tenant: Tenant) -> None:
    (note,) = await found(replace(right(tenant), open=True))
    assert (note.works, note.note) == (True, True)
    assert tenant.calls == []


async def test_without_teams_there_is_no_line() -> None:
    assert await found(None) == []


def without_slack(**more: object) -> Settings:
    """Whatever the environment holds."""
    chats = ("slack_bot_", "slack_app_", "slack_signing_", "microsoft_app_")
    nothing = dict.fromkeys(name for name in Settings.model_fields if name.startswith(chats))
    return Settings.model_validate({**nothing, "teams_allow_unauthenticated": False, **more})


WHOLE = {"microsoft_app_id": APP, "microsoft_app_password": PASSWORD, "microsoft_app_tenant_id": "t"}


def test_slack_may_be_off_where_teams_is_on() -> None:
    assert _no_slack(without_slack(**WHOLE)) == Finding("Slack", True, "off: SLACK_BOT_TOKEN is not set", note=True)
    alone = _no_slack(without_slack())
    assert (alone.what, alone.works) == ("chat", False)
    assert "MICROSOFT_APP_ID" in alone.sentence
