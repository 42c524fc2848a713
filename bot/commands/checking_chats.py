"""What `recording-steward check` tries of Slack and Teams: tokens, scopes, signing keys, and whom the policy names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from pydantic import SecretStr

from bot.clockwork.trusted_clock import TrustedClock
from bot.commands.checking_settings import Finding, Read, tried
from bot.ports import Unavailable, Unreachable
from bot.settings.config import Misconfigured, Settings, TeamsSettings
from bot.slack.chat import SlackChat
from bot.teams.connector import TokenSource
from bot.teams.keys import Keys, issuer_of
from handlers.policy import Policy
from handlers.policy.terms import Roles

OF_CHATS = tuple(name.upper() for name in Settings.model_fields if name.startswith(("slack_", "microsoft_", "teams_")))
SCOPES = ("commands", "chat:write", "im:write", "users:read", "users:read.email")

# The login service's words: which setting they are about.
REFUSED = {
    "invalid_client": "Look at MICROSOFT_APP_PASSWORD: a secret ends on a day that the app registration names.",
    "unauthorized_client": "Look at MICROSOFT_APP_ID, and whether MICROSOFT_APP_TENANT_ID is the tenant that it is in.",
    "invalid_request": "Look at MICROSOFT_APP_TENANT_ID.",
}


async def of_chats(read: Read, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    """Each chat that is configured; `clock` hears what their answers say of the time."""
    found = read.found
    if read.right("SLACK_API_URL") and (found.slack_bot_token or read.right(*OF_CHATS)):
        async for finding in _slack(found, rules, clock):
            yield finding
    if read.right("MICROSOFT_LOGIN_URL", "MICROSOFT_OPENID_METADATA_URL", "TEAMS_ALLOW_UNAUTHENTICATED"):
        async for finding in _teams(found.teams, clock):
            yield finding


async def _slack(found: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    if found.slack_bot_token is None:
        yield _no_slack(found)
        return
    async with ClientSession(timeout=ClientTimeout(total=10), trace_configs=[clock.listener()]) as http:
        if found.slack_app_token is not None:
            yield await tried("Socket Mode", _socket(_chat(found, found.slack_app_token, http)))
        chat = _chat(found, found.slack_bot_token, http)
        try:
            team, bot, scopes = await chat.whoami()
        except (Unavailable, Unreachable) as error:
            yield Finding("Slack", False, f"auth.test says {error}. Look at SLACK_BOT_TOKEN and SLACK_API_URL.")
            return
        yield Finding("Slack", True, f"workspace {team}, bot {bot}")
        for scope in SCOPES:
            yield Finding(
                f"scope {scope}",
                scope in scopes,
                "given" if scope in scopes else "missing: reinstall the app with manifest.yaml",
            )
        for name, email, title in _everybody(rules.roles) if rules else ():
            yield await tried(f"role {name}", _found(chat, email, title))


def _chat(found: Settings, token: SecretStr, http: ClientSession) -> SlackChat:
    return SlackChat.by_token(token.get_secret_value(), found.slack_api_url, http)


async def _socket(app: SlackChat) -> str:
    try:
        await app.socket_address()
    except (Unavailable, Unreachable) as error:
        raise Misconfigured(
            f"apps.connections.open says {error}. Look at SLACK_APP_TOKEN and SLACK_API_URL."
        ) from error
    return "the app may connect"


def _everybody(roles: Roles) -> Iterator[tuple[str, str, str]]:
    """Whoever the policy gives something to do: the role's name, the address, and as what."""
    for name, role in roles.held().items():
        yield name, role.holder, role.title
        yield from ((name, deputy, f"deputy of the {role.title}") for deputy in role.deputies)
    yield from (("reviewers", holder, roles.reviewers.title) for holder in roles.reviewers.holders)


async def _found(chat: SlackChat, email: str, title: str) -> str:
    try:
        profile = await chat.find(email)
    except Unreachable as error:
        raise Misconfigured(
            f"{email} can't be reached ({error.code}). Mend the address in policy.yaml or the account."
        ) from error
    return f"{profile.name} <{email}>, {title}"


def _no_slack(found: Settings) -> Finding:
    try:
        found.need_a_chat()
    except Misconfigured as error:
        return Finding("chat", False, str(error))
    return Finding("Slack", True, "off: SLACK_BOT_TOKEN is not set", note=True)


async def _teams(teams: TeamsSettings | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    if teams is None:
        return
    if teams.open:
        words = (
            "TEAMS_ALLOW_UNAUTHENTICATED lets in whoever is on this machine, as anybody, for Microsoft's Agents Playground. "
            "Leave it out for a company. There is nothing more to try."
        )
        yield Finding("Teams", True, words, note=True)
        return
    async with ClientSession(
        timeout=ClientTimeout(total=10), cookie_jar=DummyCookieJar(), trace_configs=[clock.listener()]
    ) as http:
        yield await tried("Teams token", _token(teams, http))
        yield await tried("Teams signing keys", _keys(teams, http))


async def _token(teams: TeamsSettings, http: ClientSession) -> str:
    scope = f"{issuer_of(teams.metadata_url)}/.default"
    try:
        await TokenSource(http, teams.tenant, teams.app_id, teams.password, teams.login_url, scope).token()
    except Unavailable as error:
        remedy = REFUSED.get(error.code, f"Look at MICROSOFT_LOGIN_URL: it is {teams.login_url}.")
        raise Misconfigured(f"the login service gave none ({error.code}). {remedy}") from error
    return f"the login service gave one to {teams.app_id}"


async def _keys(teams: TeamsSettings, http: ClientSession) -> str:
    try:
        return f"{await Keys(teams.metadata_url, http).load()} found"
    except Unavailable as error:
        remedy = f"Look at MICROSOFT_OPENID_METADATA_URL: it is {teams.metadata_url}."
        raise Misconfigured(f"none found ({error.code}). {remedy}") from error
