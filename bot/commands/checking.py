"""`recording-steward check`: settings, scopes, roles, recorder and database are tried, one line each."""

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
from bot.commands.checking_database import MOST_NOTES, Finding, of_database, of_key, try_and_tell
from bot.commands.looking import missing_file
from bot.mail import open_mailer
from bot.ports import LetterRefused, Mailer, Problem, Sighting, Unavailable, Unreachable
from bot.retention.recording_sync import CallsInMemory, odd_operator, refuse_future_start
from bot.settings.config import MailSettings, Misconfigured, Settings, TeamsSettings, read_policy, read_settings
from bot.slack.chat import SlackChat
from bot.teams.connector import TokenSource
from bot.teams.tokens import Keys, issuer_of
from handlers.policy import Policy
from handlers.policy.terms import Roles
from handlers.rules import draw_file, random_review, retention
from storage.database.files import open_to_others
from storage.database.store import Database, DatabaseDown, SQLAlchemyError

DOTENV = Path(".env")
PROXY = (
    "is not set, and PUBLIC_URL is https, so limits by address count for everyone behind the proxy together, and ten reports an hour "
    "close /report for all. Set it to the proxy's address, such as TRUSTED_PROXIES=127.0.0.1."
)
OFF = "mail is off: customers' copies can't be sent. Set SMTP_URL and MAIL_FROM."
REMEDIES = {
    "no_connection": "Nothing answers there. Check SMTP_URL, and whether a firewall is in the way.",
    "no_such_host": "There is no server with that name. Check SMTP_URL.",
    "timeout": "It does not answer in time. Check SMTP_URL: a port that speaks TLS from the first byte needs smtps://.",
    "no_tls": "It offers no TLS, so nothing is sent: others could read it. Look at SMTP_URL: smtps:// is for a port with TLS.",
    "bad_certificate": (
        "This machine does not trust its certificate, or that is for another name. Write the name that the certificate has; "
        "an authority of your own goes into the file that SSL_CERT_FILE names."
    ),
    "login_refused": "It refuses the name or the password in SMTP_URL.",
    "sender_refused": "It refuses the address in MAIL_FROM. Check it, and whether the login may send as that address.",
    "no_login": "It offers no way to log in that I know. Leave name and password out of SMTP_URL, or use smtps://.",
    "unreadable_answer": "It doesn’t speak SMTP. Check the port in SMTP_URL.",
    **dict.fromkeys(("smtp_530", "smtp_538"), "It wants a login. Write name:password@ before the host in SMTP_URL."),
}
"""By what keeps us from the server: what it means, and what to do."""


def check_everything() -> int:
    """Print one line for each thing that was tried; 1 if any does not work."""
    # What goes wrong has a line of its own already.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(_print_all())


async def _print_all() -> int:
    failed = 0
    async for finding in _all_findings():
        word = "note" if finding.note else "ok  " if finding.works else "FAIL"
        print(f"{word}  {finding.what:<22}  {finding.sentence}")
        failed += not finding.works
    print("Everything works." if not failed else f"{failed} to fix.")
    return int(failed > 0)


async def _all_findings() -> AsyncIterator[Finding]:
    """Yield all findings. One wrong setting hides no other; what needs them is tried once they are right."""
    try:
        found = read_settings()
    except Misconfigured as error:
        for row in str(error).splitlines():
            name = row.split(maxsplit=1)[0].rstrip(":")
            yield Finding(name, False, row.removeprefix(f"{name}: "))
        return
    yield Finding("settings", True, f"read; people reach the pages at {found.public_url}")
    async for finding in of_place(found):
        yield finding
    rules: Policy | None = None
    try:
        rules = read_policy(found.policy_file, datetime.now(UTC))
        yield Finding("policy", True, f"{found.policy_file}: {len(rules.reasons)} reasons, {len(rules.lines)} lines")
        for words in random_review.few_reviewers(rules):
            yield Finding("policy", True, words, note=True)
    except Misconfigured as error:
        for row in str(error).splitlines():
            yield Finding("policy", False, row.strip())
    yield await of_key(found)
    clock = await clock_since(found.database_url)
    of_stored = of_database(found.database_url, rules)
    parts = (
        of_stored,
        _check_storage(found),
        _check_recordings(found, rules, clock),
        _check_beacon(found, rules),
        of_mail(found),
    )
    for part in (*parts, of_chats(found, rules, clock)):
        async for finding in part:
            yield finding
    yield of_clock(clock)


async def of_place(found: Settings) -> AsyncIterator[Finding]:
    """Tell whether the host is this machine's, and whether others can read the secrets or sit behind an unnamed proxy."""
    if open_to_others(DOTENV):
        words = f"others on this machine can read the secrets in {DOTENV}. Fix that with: chmod 600 {DOTENV}"
        yield Finding("settings", False, words)
    yield await try_and_tell("HOST", _check_host(found))
    if found.public_url.startswith("https://") and not found.trusted_proxies:
        yield Finding("TRUSTED_PROXIES", True, PROXY, note=True)


async def _check_host(found: Settings) -> str:
    """Check that we can listen on this host, on any free port, since the bot may be running on its own."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, found.host, 0)
    except (OSError, UnicodeError) as error:
        raise Misconfigured(serving.not_this_machine(found.host, error) or str(error)) from error
    server.close()
    return f"{found.host} is this machine's"


async def _check_storage(found: Settings) -> AsyncIterator[Finding]:
    yield await try_and_tell("journal", _check_journal(found))
    if found.journal_beside_data:
        words = "it lies beside the data, so anyone who changes one can change the other. Name a folder elsewhere in JOURNAL_URL."
        yield Finding("journal", True, words, note=True)


async def _check_recordings(found: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    yield await try_and_tell("recorder", _check_recorder(found, rules, clock))
    async for finding in unusable_recordings(found, rules):
        yield finding


async def _check_beacon(found: Settings, rules: Policy | None) -> AsyncIterator[Finding]:
    if rules is None:
        return
    source = draw_file.Source(**rules.random_review.beacon.model_dump())
    number = draw_file.round_after(source, datetime.now(UTC) - draw_file.AHEAD - timedelta(minutes=1))
    try:
        await Beacon(found.beacon_url).signature(source, number)
    except NoRound as none:
        words = f"no valid round: {SENTENCES[none.trouble]}. Look at BEACON_URL; without a beacon the Head has to draw each month's calls."
        yield Finding("beacon", True, words, note=True)
    else:
        yield Finding("beacon", True, f"round {number} is signed by the beacon of {found.policy_file}")


async def _check_journal(found: Settings) -> str:
    if found.journal_url is None and not found.journal.exists():
        return f"{found.journal}: is made when the first line is written"
    if not found.journal.is_dir():
        raise Misconfigured(
            f"there is no folder {found.journal}. Make it, or mount it, or name another in JOURNAL_URL."
        )
    if not os.access(found.journal, os.W_OK | os.X_OK):
        raise Misconfigured(f"{found.journal} can't be written to. Let this program's user add files there.")
    return f"{found.journal}: can be written to"


async def _check_recorder(found: Settings, rules: Policy | None, clock: TrustedClock) -> str:
    recorder = recorders.open_recorder(found.recordings_url, clock.hear_storage)
    told, days = await recorder.check(), recorder.capabilities().days
    now = datetime.now(UTC)
    if rules and now + timedelta(days=days) > retention.erase_at(now, "UTC", rules.retention.months):
        wrong = f"whatever is stored there is kept for {days:,} days, and the policy's {rules.retention.months} months end before"
        raise Misconfigured(f"{wrong}. Shorten the default retention there, so that calls can be erased in time.")
    return told


async def unusable_recordings(found: Settings, rules: Policy | None) -> AsyncIterator[Finding]:
    """Tell which of the first twenty recordings can't be registered, or have no operator we know, and how to fix each."""
    shown = 0
    with suppress(Unavailable, ValueError):
        async for told in recorders.open_recorder(found.recordings_url).changes(CallsInMemory()):
            one = refuse_future_start(told, datetime.now(UTC))
            wrong = one.sentence if isinstance(one, Problem) else ""
            if rules and isinstance(one, Sighting):
                wrong = odd_operator(rules, one)
            if wrong and shown == MOST_NOTES:
                yield Finding("recording", True, "There are more. Fix these first, then ask again.", note=True)
                return
            if wrong:
                yield Finding("recording", True, wrong, note=True)
                shown += 1


async def of_mail(found: Settings) -> AsyncIterator[Finding]:
    """Yield a line for the mail server, or one that says that mail is off."""
    mailer = open_mailer(found.mail, lambda: datetime.now(UTC))
    if found.mail is None or mailer is None:
        yield Finding("mail", True, OFF, note=True)
    else:
        yield await try_and_tell("mail", _check_mail_server(found.mail, mailer))


async def _check_mail_server(mail: MailSettings, mailer: Mailer) -> str:
    place, sender = mail.server.place, mail.sender.address
    try:
        await mailer.examine()
    except LetterRefused as error:
        raise Misconfigured(
            f"{place} takes nothing from {sender}. Look at MAIL_FROM.{_server_words(error.answer)}"
        ) from error
    except Unavailable as error:
        remedy = REMEDIES.get(error.code, "It isn't accepting mail now.")
        raise Misconfigured(f"{place}: {remedy}{_server_words(error.answer)}") from error
    return f"{place} takes letters from {sender}"


def _server_words(answer: str) -> str:
    return f" It says: {answer}" if answer else ""


async def clock_since(url: str) -> TrustedClock:
    """Start a clock from the newest entry of this database's log; of one that can't tell, the line of the database says so."""
    clock, newest = TrustedClock(lambda: datetime.now(UTC)), None
    if url and not missing_file(url):
        database = Database(url)
        with suppress(DatabaseDown, SQLAlchemyError, OSError):
            newest = await database.read(lambda store: store.audit.newest_moment())
        await database.close()
    clock.begin(newest)
    return clock


def of_clock(clock: TrustedClock) -> Finding:
    """Say whether the clock agrees with the chats; call it after they were asked."""
    doubt = clock.doubt()
    if doubt is None:
        return Finding("clock", True, "agrees with the services that answered")
    if doubt.why == "unconfirmed":
        return Finding("clock", True, f"{doubt.words} {readiness.WAITING}", note=True)
    return Finding("clock", False, f"{doubt.words} {readiness.WAITING} Set this machine's clock right, best by NTP.")


SCOPES = ("commands", "chat:write", "im:write", "users:read", "users:read.email")

# The login service's words: which setting they are about.
REFUSED = {
    "invalid_client": "Look at MICROSOFT_APP_PASSWORD: a secret ends on a day that the app registration names.",
    "unauthorized_client": "Look at MICROSOFT_APP_ID, and whether MICROSOFT_APP_TENANT_ID is the tenant that it is in.",
    "invalid_request": "Look at MICROSOFT_APP_TENANT_ID.",
}


async def of_chats(found: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    """Try each chat that is configured; `clock` hears what their answers say of the time."""
    for part in (_check_slack(found, rules, clock), _check_teams(found.teams, clock)):
        async for finding in part:
            yield finding


async def _check_slack(found: Settings, rules: Policy | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    if found.slack_bot_token is None:
        yield _no_slack(found)
        return
    async with ClientSession(timeout=ClientTimeout(total=10), trace_configs=[clock.listener()]) as http:
        if found.slack_app_token is not None:
            yield await try_and_tell("Socket Mode", _check_socket(_open_slack(found, found.slack_app_token, http)))
        chat = _open_slack(found, found.slack_bot_token, http)
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
        for name, email, title in _everyone_named(rules.roles) if rules else ():
            yield await try_and_tell(f"role {name}", _find_person(chat, email, title))


def _open_slack(found: Settings, token: SecretStr, http: ClientSession) -> SlackChat:
    return SlackChat.by_token(token.get_secret_value(), found.slack_api_url, http)


async def _check_socket(app: SlackChat) -> str:
    try:
        await app.socket_address()
    except (Unavailable, Unreachable) as error:
        raise Misconfigured(
            f"apps.connections.open says {error}. Look at SLACK_APP_TOKEN and SLACK_API_URL."
        ) from error
    return "the app may connect"


def _everyone_named(roles: Roles) -> Iterator[tuple[str, str, str]]:
    """Yield everyone to whom the policy gives something to do: the role's name, the address, and as what."""
    for name, role in roles.held().items():
        yield name, role.holder, role.title
        yield from ((name, deputy, f"deputy of the {role.title}") for deputy in role.deputies)
    yield from (("reviewers", holder, roles.reviewers.title) for holder in roles.reviewers.holders)


async def _find_person(chat: SlackChat, email: str, title: str) -> str:
    try:
        profile = await chat.find(email)
    except Unreachable as error:
        raise Misconfigured(
            f"{email} can't be reached ({error.code}). Fix the address in policy.yaml or the account."
        ) from error
    return f"{profile.name} <{email}>, {title}"


def _no_slack(found: Settings) -> Finding:
    try:
        found.need_a_chat()
    except Misconfigured as error:
        return Finding("chat", False, str(error))
    return Finding("Slack", True, "off: SLACK_BOT_TOKEN is not set", note=True)


async def _check_teams(teams: TeamsSettings | None, clock: TrustedClock) -> AsyncIterator[Finding]:
    if teams is None:
        return
    if teams.open:
        words = (
            "TEAMS_ALLOW_UNAUTHENTICATED lets anyone on this machine in as anyone, for Microsoft's Agents Playground. "
            "Leave it out for a company. There is nothing more to try."
        )
        yield Finding("Teams", True, words, note=True)
        return
    async with ClientSession(
        timeout=ClientTimeout(total=10), cookie_jar=DummyCookieJar(), trace_configs=[clock.listener()]
    ) as http:
        yield await try_and_tell("Teams token", _check_token(teams, http))
        yield await try_and_tell("Teams signing keys", _check_signing_keys(teams, http))


async def _check_token(teams: TeamsSettings, http: ClientSession) -> str:
    scope = f"{issuer_of(teams.metadata_url)}/.default"
    try:
        await TokenSource(http, teams.tenant, teams.app_id, teams.password, teams.login_url, scope).token()
    except Unavailable as error:
        remedy = REFUSED.get(error.code, f"Look at MICROSOFT_LOGIN_URL: it is {teams.login_url}.")
        raise Misconfigured(f"the login service gave none ({error.code}). {remedy}") from error
    return f"the login service gave one to {teams.app_id}"


async def _check_signing_keys(teams: TeamsSettings, http: ClientSession) -> str:
    try:
        return f"{await Keys(teams.metadata_url, http).load()} found"
    except Unavailable as error:
        remedy = f"Look at MICROSOFT_OPENID_METADATA_URL: it is {teams.metadata_url}."
        raise Misconfigured(f"none found ({error.code}). {remedy}") from error
