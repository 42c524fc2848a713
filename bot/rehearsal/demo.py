"""`recording-steward demo`: the sample company, its chat workspace and the real bot, in one process."""

import asyncio
import base64
import os
import secrets
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import SecretStr, ValidationError
from yarl import URL

from bot import serving, trouble
from bot.app import Steward
from bot.rehearsal import beacon
from bot.rehearsal.calls import lay_out
from bot.rehearsal.clock import ClockRoutes, MovableClock, send_its_date
from bot.rehearsal.company import COMPANY, PEOPLE, SYDNEY
from bot.rehearsal.live_call import LONGEST, OngoingCall
from bot.rehearsal.mailbox import Mailbox
from bot.rehearsal.slack import Channel, Command, Member, Workspace, routes
from bot.rehearsal.website import SampleWebsite
from bot.settings.config import SAMPLE_POLICY, Given, Misconfigured, Settings, read_policy, setting_flaws
from bot.settings.setting_values import LOOPBACK
from bot.web.health import Metrics
from handlers import COMMANDS
from storage.database.store import DatabaseDown

MOMENT = timedelta(minutes=1)  # how long a moment's messages may take
MIDNIGHT = timedelta(seconds=LONGEST)  # by then the first call of the demo's own is over, and may be yesterday's
LOOKS = 100  # whether all messages of a moment have come
PAGE = Path(__file__).parent / "page" / "dist"
BEGINS = f"The sample company {COMPANY} is starting; this takes a few seconds."
HINT = (
    "You are Anna. In #general, type /recording-request and ask to hear yesterday’s call.",
    "Switch to Tara, the team leader, and press Approve.",
    "Switch back to Anna and press Listen.",
)


def demo(port: int, data: Path | None, *, browser: bool) -> int:
    """Run the sample company until it is stopped. Raises `Misconfigured` if that isn't possible."""
    serving.quiet_logs(30)
    with tempfile.TemporaryDirectory(prefix="fernhill-") as fresh:
        asyncio.run(_demo(port, (data or Path(fresh)).resolve(), browser=browser))
    return 0


METRICS = ("metrics_host", "metrics_port")
"""The settings that the sample company takes from the environment."""


def company_settings(folder: Path, port: int) -> Settings:
    """Return settings for the sample company in a folder, with keys made once; the folder's path is absolute. Raises
    `Misconfigured` if nothing can be stored there, or nothing can listen on the port.
    """
    if not 0 < port <= 65_535:
        raise Misconfigured(f"--port: {port} isn't a port. Write a whole number from 1 to 65,535, such as 3000.")
    key = folder / "secret.key"
    with _kept_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not key.exists():
            key.touch(0o600)
            key.write_text(base64.b64encode(os.urandom(32)).decode())
    here = f"http://127.0.0.1:{port}"
    place: dict[str, Any] = {name: value for name in METRICS if (value := os.environ.get(name.upper()))}
    try:
        return Given(
            slack_bot_token=SecretStr("xoxb-" + secrets.token_hex(12)),
            slack_signing_secret=SecretStr(secrets.token_hex(16)), slack_api_url=f"{here}/rehearsal/slack/api/",
            database_url=f"sqlite:///{folder / 'steward.db'}", recordings_url=(folder / "calls").as_uri(),
            secret_key_file=key, public_url=f"http://localhost:{port}", host="127.0.0.1", port=port,
            policy_file=SAMPLE_POLICY, beacon_url=(f"{here}{beacon.PATH}",), tick_seconds=2, **place,
        )  # fmt: skip
    except ValidationError as error:
        raise Misconfigured("\n".join(f"{name}: {sentence}" for name, sentence in setting_flaws(error))) from error


def with_calls(folder: Path, clock: MovableClock) -> None:
    """Put the sample company's calls where its settings look for them; raises `Misconfigured` if they can't be stored.
    Just before midnight they are those of the next day, so that “yesterday” finds one on either side of it.
    """
    with _kept_in(folder):
        lay_out(folder / "calls", (clock.now() + MIDNIGHT).astimezone(ZoneInfo(SYDNEY)).date())


async def begin(steward: Steward, folder: Path) -> None:
    """Start the bot; raises `Misconfigured` if the database in the folder can't be used."""
    try:
        await steward.start()
    except DatabaseDown as error:
        why, _, _ = trouble.database_sentence(error).partition(". ")
        raise Misconfigured(f"--data: {why}. Choose a folder other than {folder}.") from error


@contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise Misconfigured(f"--data: I can't store anything in {folder} ({why}). Choose another folder.") from error


def workspace(settings: Settings, clock: MovableClock, mailbox: Mailbox | None = None) -> Workspace:
    """The sample company's chat workspace, connected to the bot by HTTP like the real one, with the customers' mailbox."""
    here = f"http://127.0.0.1:{settings.port}"
    people = [Member(one.id, one.name, one.email, one.title, one.zone, one.standing) for one in PEOPLE]
    token, secret = settings.slack_bot_token, settings.slack_signing_secret
    members = tuple(one.id for one in people if one.standing == "member")
    guests = tuple(one.id for one in people if one.standing == "guest")
    return Workspace(
        people=people, bot_token=token.get_secret_value() if token else "",
        signing_secret=secret.get_secret_value() if secret else "", bot_url=f"{here}/slack/events",
        public_url=here, name=COMPANY, channels=[Channel("C0GENERAL", "general", members), Channel("C0SUPPORT", "customer-success", (*members[:10], *guests))],
        commands=[Command(f"/{word}", one.says, "") for word, one in COMMANDS.items()], hint=HINT,
        read_only=True, now=clock.now, monotonic=clock.seconds, mailbox=mailbox.summary if mailbox else None,
    )  # fmt: skip


def ticking(
    steward: Steward, clock: MovableClock, leapt: Callable[[], None], well: Callable[[], bool] = lambda: True
) -> Callable[[], Awaitable[None]]:
    """Do all that is due at a moment and deliver its messages before the clock moves on, as they would come later
    otherwise. A person gets one message a second, so the clock also moves by the seconds that many at one moment take.
    While the workspace is not `well`, messages aren't waited for and come later, as they would. `leapt` is called
    first, once the clock has moved.
    """

    async def tick() -> None:
        leapt()
        latest = clock.now() + MOMENT
        # A lease must not run out under a card that is on its way.
        await steward.delivery.wait_until_idle()
        await steward.tick()
        if well():
            await steward.confidential.drain()
            await steward.letters.drain()
        for _ in range(LOOKS if well() else 0):
            await steward.delivery.drain()
            due = await steward.database.read(lambda store: store.outbox.next_due())
            if due is None or due > max(clock.now(), latest):
                return
            if due > clock.now():
                clock.move(due)
            else:
                await asyncio.sleep(0.01)  # the worker has just taken some

    return tick


async def _demo(port: int, folder: Path, *, browser: bool) -> None:
    clock, settings = MovableClock(), company_settings(folder, port)
    print(BEGINS, flush=True)
    with_calls(folder, clock)
    mailbox, website = Mailbox(clock.now), SampleWebsite(folder / "website")
    rules = beacon.with_sample_beacon(read_policy(settings.policy_file))
    steward = Steward(settings, rules, clock.now, mailbox, website, clock.seconds)
    app, company = steward.build(), workspace(settings, clock, mailbox)
    send_its_date(app, clock)
    mailbox.told = lambda: company.feed.tell(None, "mail")
    app.add_routes([*routes(company, PAGE), *mailbox.routes(), *beacon.SampleBeacon(clock.now).routes()])
    protect_app(app)
    calls = OngoingCall(folder / "calls", clock.now)
    tick = ticking(steward, clock, calls.end_overlong, lambda: company.faults.mode == "ok")
    told, keys = (lambda: company.feed.tell(None, "clock")), steward.door.keys
    moving = ClockRoutes(clock, steward.database, steward.policy, tick, told, keys)
    app.add_routes(moving.routes())
    steward.door.after = _also(steward.door.after, lambda: company.feed.tell(None, "clock"))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    counted, chosen = Metrics(steward.database, steward.readiness), not settings.model_fields_set.isdisjoint(METRICS)
    metrics = await serving.serve_metrics(counted, settings.metrics_host, settings.metrics_port, chosen=chosen)
    ringing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    try:
        await serving.start_listening(runner, settings.host, port)
        await begin(steward, folder)
        ringing = asyncio.create_task(calls.run())
        _tell(settings.public_url, browser=browser)
        await serving.wait_for_stop_signal()
    finally:
        ringing.cancel()
        await company.close()
        await runner.cleanup()
        await metrics.cleanup()
        await steward.stop()


def _tell(url: str, *, browser: bool) -> None:
    print(f"The sample company {COMPANY} is at {url} (stop with Ctrl-C)", flush=True)
    if browser:
        with suppress(webbrowser.Error):
            webbrowser.open(url)


def _also(first: Callable[[Sequence[str]], None], second: Callable[[], None]) -> Callable[[Sequence[str]], None]:
    def both(taken_over: Sequence[str]) -> None:
        first(taken_over)
        second()

    return both


def protect_app(app: web.Application) -> None:
    """Keep the sample company to people at this machine, before it is served: no other site can move its clock or act as Anna.

    `bot/web/answers.py` already refuses what other sites send.
    """
    app.middlewares.append(_refuse_other_hosts)
    app.on_response_prepare.append(_forbid_framing)


@web.middleware
async def _refuse_other_hosts(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse other host names that lead to this machine (DNS rebinding), which would make a stranger's page one of
    ours.
    """
    try:
        host = URL(f"//{request.host}").host
    except ValueError:
        host = None
    if host not in LOOPBACK:
        raise web.HTTPForbidden
    return await handler(request)


async def _forbid_framing(_: web.Request, response: web.StreamResponse) -> None:
    """Forbid framing, so that no page laid over ours can press Approve."""
    response.headers.setdefault("X-Frame-Options", "DENY")
