"""`recording-steward check`: every setting, scope, role, recorder and database is tried, one line each."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from pydantic import SecretStr

from bot.beacon import SENTENCES, Beacon, NoRound
from bot.clockwork.trusted_clock import TrustedClock
from bot.commands.checking_absences import of_absences
from bot.commands.checking_clock import clock_since, of_clock
from bot.commands.checking_database import known_files, of_database, of_policy
from bot.commands.checking_keys import of_keys
from bot.commands.checking_mail import of_mail
from bot.commands.checking_reach import of_reach
from bot.commands.checking_settings import Read, as_far_as_right, of_settings
from bot.commands.findings import MOST_NOTES, Finding, tried
from bot.ports import Problem, Sighting, Unavailable, Unreachable
from bot.recorders import open_recorder
from bot.retention.recording_sync import AtHand, Told, odd_operator, timely
from bot.settings.config import Misconfigured, Settings, TeamsSettings, policy
from bot.slack.chat import SlackChat
from bot.teams.connector import TokenSource
from bot.teams.keys import Keys, issuer_of
from handlers.policy import Policy
from handlers.policy.terms import Roles
from handlers.policy.unkept import unkept
from handlers.rules.beacon import AHEAD, round_after
from handlers.rules.random_review import few_reviewers
from handlers.rules.retention import erase_at
from handlers.rules.samples import Source

OF_CHATS = tuple(name.upper() for name in Settings.model_fields if name.startswith(("slack_", "microsoft_", "teams_")))
SCOPES = ("commands", "chat:write", "im:write", "users:read", "users:read.email")

# The login service's words: which setting they are about.
REFUSED = {
    "invalid_client": "Look at MICROSOFT_APP_PASSWORD: a secret ends on a day that the app registration names.",
    "unauthorized_client": "Look at MICROSOFT_APP_ID, and whether MICROSOFT_APP_TENANT_ID is the tenant that it is in.",
    "invalid_request": "Look at MICROSOFT_APP_TENANT_ID.",
}


def check() -> int:
    """Print one line for each thing that was tried; 1 if any does not work."""
    # What goes wrong stands on a line of its own already.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(_print_all())


async def _print_all() -> int:
    failed = 0
    async for finding in _everything():
        word = "note" if finding.note else "ok  " if finding.works else "FAIL"
        print(f"{word}  {finding.what:<22}  {finding.sentence}")
        failed += not finding.works
    print("Everything works." if not failed else f"{failed} to mend.")
    return int(failed > 0)


async def _everything() -> AsyncIterator[Finding]:
    read = as_far_as_right()
    found = read.found
    async for finding in of_settings(read):
        yield finding
    rules: Policy | None = None
    try:
        rules = policy(found.policy_file, datetime.now(UTC))
        yield Finding("policy", True, f"{found.policy_file}: {len(rules.reasons)} reasons, {len(rules.lines)} lines")
        for words in (*unkept(), *few_reviewers(rules)):
            yield Finding("policy", True, words, note=True)
    except Misconfigured as error:
        for row in str(error).splitlines():
            yield Finding("policy", False, row.strip())
    async for finding in _stored(read, rules):  # first, since opening a database closes it to others
        yield finding
    clock = await clock_since(found.database_url if read.right("DATABASE_URL") else "")
    for part in (
        _kept(read),
        _recorded(found, rules, clock),
        _beacon(read, rules),
        _mailed(read),
        _chats(read, rules, clock),
    ):
        async for finding in part:
            yield finding
    yield of_clock(clock)


async def _stored(read: Read, rules: Policy | None) -> AsyncIterator[Finding]:
    if not read.right("DATABASE_URL"):
        return
    found, now = read.found, datetime.now(UTC)
    url = found.database_url
    parts = [of_database(url), of_policy(url, rules), of_absences(url, rules, now), of_reach(url, rules, now)]
    if read.right("SECRET_KEY_PREVIOUS"):
        parts.insert(1, of_keys(found))
    for findings in parts:
        async for finding in findings:
            yield finding


async def _mailed(read: Read) -> AsyncIterator[Finding]:
    if read.right("SMTP_URL", "MAIL_FROM"):
        async for finding in of_mail(read.found):
            yield finding


async def _kept(read: Read) -> AsyncIterator[Finding]:
    """The journal, which lies beside the database where no place is named for it."""
    found = read.found
    if not read.right("JOURNAL_URL") or (found.journal_url is None and not read.right("DATABASE_URL")):
        return
    yield await tried("journal", _journal(found))
    if found.journal_beside_data:
        words = "it lies beside the data, so whoever changes one can change the other. Name a folder elsewhere in JOURNAL_URL."
        yield Finding("journal", True, words, note=True)


async def _recorded(found: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    yield await tried("recorder", _recorder(found, rules, clock))
    async for finding in unreadable(found):
        yield finding


async def _beacon(read: Read, rules: Policy | None) -> AsyncIterator[Finding]:
    if rules is None or not read.right("BEACON_URL"):
        return
    source = Source(**rules.random_review.beacon.model_dump())
    number = round_after(source, datetime.now(UTC) - AHEAD - timedelta(minutes=1))
    try:
        await Beacon(read.found.beacon_url).signature(source, number)
    except NoRound as none:
        words = f"no valid round: {SENTENCES[none.trouble]}. Look at BEACON_URL; without a beacon the Head has to draw each month's calls."
        yield Finding("beacon", True, words, note=True)
    else:
        yield Finding("beacon", True, f"round {number} is signed by the beacon of {read.found.policy_file}")


async def _chats(read: Read, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    found = read.found
    if read.right("SLACK_API_URL") and (found.slack_bot_token or read.right(*OF_CHATS)):
        async for finding in _slack(found, rules, clock):
            yield finding
    if read.right("MICROSOFT_LOGIN_URL", "MICROSOFT_OPENID_METADATA_URL", "TEAMS_ALLOW_UNAUTHENTICATED"):
        async for finding in _teams(found.teams, clock):
            yield finding


async def _journal(found: Settings) -> str:
    if found.journal_url is None and not found.journal.exists():
        return f"{found.journal}: is made when the first checkpoint is written"
    if not found.journal.is_dir():
        raise Misconfigured(
            f"there is no folder {found.journal}. Make it, or mount it, or name another in JOURNAL_URL."
        )
    if not os.access(found.journal, os.W_OK | os.X_OK):
        raise Misconfigured(f"{found.journal} can't be written to. Let this program's user add files there.")
    return f"{found.journal}: can be written to"


async def _recorder(found: Settings, rules: Policy | None, clock: TrustedClock) -> str:
    recorder = open_recorder(found.recordings_url, clock.hear_storage)
    told, days = await recorder.check(), recorder.capabilities().days
    now = datetime.now(UTC)
    if rules and now + timedelta(days=days) > erase_at(now, "UTC", rules.retention.months):
        wrong = f"whatever is stored there is kept for {days:,} days, and the policy's {rules.retention.months} months end before"
        raise Misconfigured(f"{wrong}. Shorten the default retention there, so that calls can be erased in time.")
    return told


async def unreadable(found: Settings) -> AsyncIterator[Finding]:
    """Recordings that can't be registered, or whose operator can't be told: which file, what is wrong, how to mend it; the first twenty."""
    shown, known = 0, await known_files(found)
    with suppress(Unavailable, ValueError):
        async for told in open_recorder(found.recordings_url).changes(AtHand()):
            name, wrong = _wrong(timely(told, datetime.now(UTC)))
            if wrong:
                if shown == MOST_NOTES:
                    yield Finding("recording", True, "There are more. Mend these first, then ask again.", note=True)
                    return
                file = known.get(name)
                yield Finding(f"file {file.id}" if file else "recording", True, wrong, note=True)
                shown += 1


def _wrong(told: Told) -> tuple[str, str]:
    """A recording's name, and what there is to fix about it; twice nothing where there is nothing."""
    match told:
        case Problem():
            return told.native_id, told.sentence
        case Sighting():
            return told.native_id, odd_operator(told)
        case _:
            return "", ""


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
