"""`recording-steward check`: tries settings, scopes, roles, recorder and database, with a line for each."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from pydantic import SecretStr

from bot import readiness, recorders, serving
from bot.beacon import SENTENCES, Beacon, NoRound
from bot.clockwork.trusted_clock import TrustedClock
from bot.commands.checking_database import MOST_NOTES, Finding, check_database, check_key, try_and_tell
from bot.commands.looking import missing_file
from bot.mail import open_mailer
from bot.ports import LetterRefused, Mailer, Problem, Sighting, Unavailable, Unreachable
from bot.retention.recording_sync import CallsInMemory, odd_operator, refuse_future_start
from bot.settings.config import MailSettings, Misconfigured, Settings, TeamsSettings, read_policy, read_settings
from bot.slack.chat import SlackChat
from bot.teams.connector import TokenSource
from bot.teams.tokens import Keys, issuer_of
from handlers.phrases import quantity_words
from handlers.policy import Policy
from handlers.policy.terms import Roles
from handlers.rules import draw_file, random_review, retention
from storage.database.files import open_to_others
from storage.database.store import Database, DatabaseDown, SQLAlchemyError

DOTENV = Path(".env")
PROXY = "not set, although PUBLIC_URL is https. Everyone then shares one limit: ten reports in an hour close /report to all. Set it to the proxy's address, such as TRUSTED_PROXIES=127.0.0.1."
OFF = "mail is off: I can't send customers their copies. Set SMTP_URL and MAIL_FROM."
REMEDIES = {
    "no_connection": "Nothing answers there. Check SMTP_URL, and any firewall in between.",
    "no_such_host": "No server has that name. Check SMTP_URL.",
    "timeout": "It doesn't answer in time. Check SMTP_URL: a port that uses TLS from the start needs smtps://.",
    "no_tls": "It offers no TLS, so I send nothing: others could read it. Check SMTP_URL: a port that uses TLS from the start needs smtps://.",
    "bad_certificate": (
        "Its certificate is for another name, or from an authority that this machine doesn't trust. Use the name in the certificate; if the authority is your own, add it to the file that SSL_CERT_FILE names."
    ),
    "login_refused": "It refuses the name or password in SMTP_URL.",
    "sender_refused": "It refuses the address in MAIL_FROM. Check it, and check that the login may send from it.",
    "no_login": "It offers no login method that I support. Leave the name and password out of SMTP_URL, or use smtps://.",
    "unreadable_answer": "It doesn't speak SMTP. Check the port in SMTP_URL.",
    **dict.fromkeys(("smtp_530", "smtp_538"), "It requires a login. Write name:password@ before the host in SMTP_URL."),
}
"""By error code: what keeps us from the mail server, and what to do."""


def check_everything() -> int:
    """Print a line for each thing that was tried; return 1 if any doesn't work."""
    # What goes wrong has a line of its own already.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(_print_all())


async def _print_all() -> int:
    """Print the findings as they come; return 1 if any failed."""
    failed = 0
    async for finding in _all_findings():
        word = "note" if finding.note else "ok  " if finding.works else "FAIL"
        print(f"{word}  {finding.what:<22}  {finding.sentence}")
        failed += not finding.works
    print("Everything works." if not failed else f"{quantity_words(failed, 'problem')} to fix.")
    return int(failed > 0)


async def _all_findings() -> AsyncIterator[Finding]:
    """Yield all findings. A wrong setting hides no other; what needs the settings is tried once all are right."""
    try:
        settings = read_settings()
    except Misconfigured as error:
        for row in str(error).splitlines():
            name = row.split(maxsplit=1)[0].rstrip(":")
            yield Finding(name, False, row.removeprefix(f"{name}: "))
        return
    yield Finding("settings", True, f"read; the web pages are at {settings.public_url}")
    async for finding in check_place(settings):
        yield finding
    rules: Policy | None = None
    try:
        rules = read_policy(settings.policy_file, datetime.now(UTC))
        yield Finding("policy", True, f"{settings.policy_file}: {len(rules.reasons)} reasons, {len(rules.lines)} lines")
        for words in random_review.few_reviewers(rules):
            yield Finding("policy", True, words, note=True)
    except Misconfigured as error:
        for row in str(error).splitlines():
            yield Finding("policy", False, row.strip())
    yield await check_key(settings)
    clock = await clock_since(settings.database_url)
    stored = check_database(settings.database_url, rules)
    parts = (
        stored,
        _check_storage(settings),
        _check_recordings(settings, rules, clock),
        _check_beacon(settings, rules),
        check_mail(settings),
    )
    for part in (*parts, check_chats(settings, rules, clock)):
        async for finding in part:
            yield finding
    yield check_clock(clock)


async def check_place(settings: Settings) -> AsyncIterator[Finding]:
    """Yield whether the host is this machine's, whether others can read the secrets, and whether a proxy isn't named."""
    if open_to_others(DOTENV):
        words = f"others on this machine can read the secrets in {DOTENV}. To fix it: chmod 600 {DOTENV}"
        yield Finding("settings", False, words)
    yield await try_and_tell("HOST", _check_host(settings))
    if settings.public_url.startswith("https://") and not settings.trusted_proxies:
        yield Finding("TRUSTED_PROXIES", True, PROXY, note=True)


async def _check_host(settings: Settings) -> str:
    """Return a sentence if we can listen on this host, at any free port, since the bot may be running. Raises `Misconfigured`."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, settings.host, 0)
    except (OSError, UnicodeError) as error:
        raise Misconfigured(serving.not_this_machine(settings.host, error) or str(error)) from error
    server.close()
    return f"{settings.host} is an address of this machine"


async def _check_storage(settings: Settings) -> AsyncIterator[Finding]:
    """Yield whether the journal can be written, and whether it's kept apart from the data."""
    yield await try_and_tell("journal", _check_journal(settings))
    if settings.journal_beside_data:
        words = "it is stored beside the data, so anyone who can change one can change the other. Set JOURNAL_URL to a folder elsewhere."
        yield Finding("journal", True, words, note=True)


async def _check_recordings(settings: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    """Yield whether the recording system works, and recordings that need attention."""
    yield await try_and_tell("recorder", _check_recorder(settings, rules, clock))
    async for finding in unusable_recordings(settings, rules):
        yield finding


async def _check_beacon(settings: Settings, rules: Policy | None) -> AsyncIterator[Finding]:
    """Yield whether the public source of random numbers publishes rounds that the policy's key has signed."""
    if rules is None:
        return
    source = draw_file.Source(**rules.random_review.beacon.model_dump())
    number = draw_file.round_after(source, datetime.now(UTC) - draw_file.AHEAD - timedelta(minutes=1))
    try:
        await Beacon(settings.beacon_url).signature(source, number)
    except NoRound as none:
        words = f"no valid round: {SENTENCES[none.trouble]}. Check BEACON_URL; without a beacon, the Head has to draw each month's calls."
        yield Finding("beacon", True, words, note=True)
    else:
        yield Finding("beacon", True, f"round {number} has a valid signature from the beacon in {settings.policy_file}")


async def _check_journal(settings: Settings) -> str:
    """Return a sentence if the journal's folder can be written to. Raises `Misconfigured`."""
    if settings.journal_url is None and not settings.journal.exists():
        return f"{settings.journal}: the bot creates it when it first writes there"
    if not settings.journal.is_dir():
        raise Misconfigured(
            f"there is no folder {settings.journal}. Create or mount it, or name another in JOURNAL_URL."
        )
    if not os.access(settings.journal, os.W_OK | os.X_OK):
        raise Misconfigured(f"I can't write to {settings.journal}. Let the bot's account write there.")
    return f"{settings.journal}: writable"


async def _check_recorder(settings: Settings, rules: Policy | None, clock: TrustedClock) -> str:
    """Return what the recording system holds; raises `Misconfigured` if it keeps calls longer than the policy allows."""
    recorder = recorders.open_recorder(settings.recordings_url, clock.hear_storage)
    words, days = await recorder.check(), recorder.capabilities().days
    now = datetime.now(UTC)
    if rules and now + timedelta(days=days) > retention.erase_at(now, "UTC", rules.retention.months):
        wrong = (
            f"it keeps everything for {days:,} days, which is longer than the policy's {rules.retention.months} months"
        )
        raise Misconfigured(f"{wrong}. Shorten its default retention, so that I can erase calls in time.")
    return words


async def unusable_recordings(settings: Settings, rules: Policy | None) -> AsyncIterator[Finding]:
    """Yield up to twenty recordings that can't be registered or whose operator is doubtful, and how to fix each."""
    shown = 0
    with suppress(Unavailable, ValueError):
        async for finding in recorders.open_recorder(settings.recordings_url).changes(CallsInMemory()):
            checked = refuse_future_start(finding, datetime.now(UTC))
            wrong = checked.sentence if isinstance(checked, Problem) else ""
            if rules and isinstance(checked, Sighting):
                wrong = odd_operator(rules, checked)
            if wrong and shown == MOST_NOTES:
                yield Finding("recording", True, "There are more. Fix these first, then run check again.", note=True)
                return
            if wrong:
                yield Finding("recording", True, wrong, note=True)
                shown += 1


async def check_mail(settings: Settings) -> AsyncIterator[Finding]:
    """Yield a line for the mail server, or one that says that mail is off."""
    mailer = open_mailer(settings.mail, lambda: datetime.now(UTC))
    if settings.mail is None or mailer is None:
        yield Finding("mail", True, OFF, note=True)
    else:
        yield await try_and_tell("mail", _check_mail_server(settings.mail, mailer))


async def _check_mail_server(mail: MailSettings, mailer: Mailer) -> str:
    """Return a sentence if the server accepts mail from us, without sending any. Raises `Misconfigured`."""
    place, sender = mail.server.place, mail.sender.address
    try:
        await mailer.examine()
    except LetterRefused as error:
        raise Misconfigured(
            f"{place} accepts no mail from {sender}. Check MAIL_FROM.{_server_words(error.answer)}"
        ) from error
    except Unavailable as error:
        remedy = REMEDIES.get(error.code, "It isn't accepting mail now.")
        raise Misconfigured(f"{place}: {remedy}{_server_words(error.answer)}") from error
    return f"{place} accepts mail from {sender}"


def _server_words(answer: str) -> str:
    return f" It says: {answer}" if answer else ""


async def clock_since(url: str) -> TrustedClock:
    """Return a clock started from the newest entry of this database's log; without one if the database can't be read."""
    clock, newest = TrustedClock(lambda: datetime.now(UTC)), None
    if url and not missing_file(url):
        database = Database(url)
        with suppress(DatabaseDown, SQLAlchemyError, OSError):
            newest = await database.read(lambda store: store.audit.newest_moment())
        await database.close()
    clock.begin(newest)
    return clock


def check_clock(clock: TrustedClock) -> Finding:
    """Return whether the clock agrees with the chats; they must have been asked before."""
    doubt = clock.doubt()
    if doubt is None:
        return Finding("clock", True, "agrees with the services that answered")
    if doubt.why == "unconfirmed":
        return Finding("clock", True, f"{doubt.words} {readiness.WAITING}", note=True)
    return Finding("clock", False, f"{doubt.words} {readiness.WAITING} Set this machine's clock, preferably by NTP.")


SCOPES = ("commands", "chat:write", "im:write", "users:read", "users:read.email")

# By the login service's error codes: which setting to look at.
REFUSED = {
    "invalid_client": "Check MICROSOFT_APP_PASSWORD: the app registration shows when a secret expires.",
    "unauthorized_client": "Check MICROSOFT_APP_ID, and that MICROSOFT_APP_TENANT_ID is its tenant.",
    "invalid_request": "Check MICROSOFT_APP_TENANT_ID.",
}


async def check_chats(settings: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    """Try each chat that is configured; `clock` hears the dates of their answers."""
    for part in (_check_slack(settings, rules, clock), _check_teams(settings.teams, clock)):
        async for finding in part:
            yield finding


async def _check_slack(settings: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    """Yield whether Slack lets us in, grants each scope, and knows everyone whom the policy names."""
    if settings.slack_bot_token is None:
        yield _no_slack(settings)
        return
    async with ClientSession(timeout=ClientTimeout(total=10), trace_configs=[clock.listener()]) as http:
        if settings.slack_app_token is not None:
            yield await try_and_tell(
                "Socket Mode", _check_socket(_open_slack(settings, settings.slack_app_token, http))
            )
        chat = _open_slack(settings, settings.slack_bot_token, http)
        try:
            team, bot, scopes = await chat.whoami()
        except (Unavailable, Unreachable) as error:
            yield Finding("Slack", False, f"auth.test says {error}. Check SLACK_BOT_TOKEN and SLACK_API_URL.")
            return
        yield Finding("Slack", True, f"workspace {team}, bot {bot}")
        for scope in SCOPES:
            yield Finding(
                f"scope {scope}",
                scope in scopes,
                "granted" if scope in scopes else "missing: reinstall the app from manifest.yaml",
            )
        for name, email, title in _everyone_named(rules.roles) if rules else ():
            yield await try_and_tell(f"role {name}", _find_person(chat, email, title))


def _open_slack(settings: Settings, token: SecretStr, http: ClientSession) -> SlackChat:
    return SlackChat.by_token(token.get_secret_value(), settings.slack_api_url, http)


async def _check_socket(app: SlackChat) -> str:
    """Return a sentence if Slack gives the app an address for Socket Mode. Raises `Misconfigured`."""
    try:
        await app.socket_address()
    except (Unavailable, Unreachable) as error:
        raise Misconfigured(f"apps.connections.open says {error}. Check SLACK_APP_TOKEN and SLACK_API_URL.") from error
    return "the app may connect"


def _everyone_named(roles: Roles) -> Iterator[tuple[str, str, str]]:
    """Yield everyone to whom the policy gives a task: the role's name, the e-mail address, and their title."""
    for name, role in roles.held().items():
        yield name, role.holder, role.title
        yield from ((name, deputy, f"deputy of the {role.title}") for deputy in role.deputies)
    yield from (("reviewers", holder, roles.reviewers.title) for holder in roles.reviewers.holders)


async def _find_person(chat: SlackChat, email: str, title: str) -> str:
    """Return a sentence that names the person with this address in Slack. Raises `Misconfigured` if there is none."""
    try:
        profile = await chat.find(email)
    except Unreachable as error:
        raise Misconfigured(
            f"I can't reach {email} ({error.code}). Correct the address in policy.yaml, or fix the account."
        ) from error
    return f"{profile.name} <{email}>, {title}"


def _no_slack(settings: Settings) -> Finding:
    """Return a note that Slack is off; a failure if no chat is set up at all."""
    try:
        settings.need_a_chat()
    except Misconfigured as error:
        return Finding("chat", False, str(error))
    return Finding("Slack", True, "off: SLACK_BOT_TOKEN is not set", note=True)


async def _check_teams(teams: TeamsSettings | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    """Yield whether Microsoft gives us a token and its signing keys; nothing if Teams isn't set up."""
    if teams is None:
        return
    if teams.open:
        words = "TEAMS_ALLOW_UNAUTHENTICATED lets anyone on this machine sign in as anyone. It is for Microsoft's Agents Playground only: leave it out for a real company. I didn't test the rest of Teams."
        yield Finding("Teams", True, words, note=True)
        return
    async with ClientSession(
        timeout=ClientTimeout(total=10), cookie_jar=DummyCookieJar(), trace_configs=[clock.listener()]
    ) as http:
        yield await try_and_tell("Teams token", _check_token(teams, http))
        yield await try_and_tell("Teams signing keys", _check_signing_keys(teams, http))


async def _check_token(teams: TeamsSettings, http: ClientSession) -> str:
    """Return a sentence if Microsoft's login service gives the bot a token. Raises `Misconfigured`."""
    scope = f"{issuer_of(teams.metadata_url)}/.default"
    try:
        await TokenSource(http, teams.tenant, teams.app_id, teams.password, teams.login_url, scope).token()
    except Unavailable as error:
        remedy = REFUSED.get(error.code, f"Check MICROSOFT_LOGIN_URL: it is {teams.login_url}.")
        raise Misconfigured(f"the login service issued none ({error.code}). {remedy}") from error
    return f"the login service issued one for {teams.app_id}"


async def _check_signing_keys(teams: TeamsSettings, http: ClientSession) -> str:
    """Return how many keys Microsoft signs its requests with. Raises `Misconfigured` if they can't be fetched."""
    try:
        return f"{await Keys(teams.metadata_url, http).load()} found"
    except Unavailable as error:
        remedy = f"Check MICROSOFT_OPENID_METADATA_URL: it is {teams.metadata_url}."
        raise Misconfigured(f"none found ({error.code}). {remedy}") from error
