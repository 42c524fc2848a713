"""`recording-steward run`: serve until a signal, then finish what is in flight and stop."""

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable
from contextlib import suppress
from typing import TextIO, cast

import structlog
from aiohttp import web

from bot.app import Leaving, Steward, end_process_after, utc_now
from bot.ports import Unavailable
from bot.retention.recording_sync import CallsInMemory
from bot.settings.config import Misconfigured, Settings, read_policy, read_settings
from bot.settings.setting_values import LOOPBACK
from bot.trouble import database_sentence
from bot.web.answers import response_headers
from bot.web.health import Metrics
from storage.database.copies import clear_away
from storage.database.faults import OtherPolicy
from storage.database.store import DatabaseDown

log = structlog.get_logger()


class StandardError:
    """Where the log goes: a line that a full disk refuses is lost, and fails no work."""

    def write(self, text: str) -> None:
        """Write as a file does."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush as a file does."""
        with suppress(OSError):
            sys.stderr.flush()


def quiet_logs(level: int = logging.INFO) -> None:
    """Log one JSON object a line to standard error; libraries log only warnings."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    # It would log the bytes of a broken request, and a person's session with them; `answer_faults` logs our own faults.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", StandardError())),
        cache_logger_on_first_use=True,
    )


def run_steward() -> int:
    """Run the bot. Raises `Misconfigured` before anything is opened."""
    quiet_logs()
    found = read_settings()
    found.keys()
    found.need_a_chat()
    clear_away(found.data.absolute())
    asyncio.run(_serve_until_told(found))
    return 0


async def _serve_until_told(found: Settings) -> None:
    try:
        steward = Steward(found, read_policy(found.policy_file, utc_now()))
    except ValueError as error:
        raise Misconfigured(str(error)) from error
    app = steward.build()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    metrics = await serve_metrics(Metrics(steward.database, steward.readiness), found.metrics_host, found.metrics_port)
    told = told_to_stop()
    starting = asyncio.create_task(_start_steward(steward, runner, found))
    try:
        await _wait_until_told(told, starting)
    finally:
        log.info("stopping")
        end_process_after()
        leaving = Leaving()
        steward.leave()
        await leaving.stage("start", lambda: _given_up(starting), keep=6.0)
        await leaving.stage("requests", runner.cleanup, keep=5.0)
        await leaving.stage("metrics", metrics.cleanup, keep=4.8)
        await steward.stop(leaving)
        log.info("stopped")


async def _start_steward(steward: Steward, runner: web.AppRunner, found: Settings) -> None:
    """Start completely. The port answers as soon as the database does, since a recording system may take long (A8)."""
    await _with_a_database(steward.open())
    await start_listening(runner, found.host, found.port)
    await _require_recordings(steward)
    await _with_a_database(steward.begin())
    # What was made so far stays for good; to look through it for garbage takes a tenth of a second each time.
    gc.collect()
    gc.freeze()


async def _wait_until_told(told: asyncio.Event, starting: asyncio.Task[None]) -> None:
    """Wait until told to stop, even in the middle of a start; raises what keeps the program from starting."""
    telling = asyncio.create_task(told.wait())
    await asyncio.wait({telling, starting}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        starting.result()
    await telling


async def _given_up(starting: asyncio.Task[None]) -> None:
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


async def _with_a_database(work: Awaitable[None]) -> None:
    """Raises `Misconfigured` where there is no database to work with."""
    try:
        await work
    except DatabaseDown as error:
        name = "POLICY_FILE" if isinstance(error, OtherPolicy) else "DATABASE_URL"
        raise Misconfigured(f"{name}: {database_sentence(error)}") from error


async def _require_recordings(steward: Steward) -> None:
    """Raises `Misconfigured` where there are no recordings to work with."""
    try:
        async for _ in steward.recorder.changes(CallsInMemory()):
            break
    except Unavailable as error:
        raise Misconfigured(f"RECORDINGS_URL: {error}") from error


def not_this_machine(host: str, error: OSError | UnicodeError) -> str:
    """Return the sentence for a host on which nothing can listen, on any port; empty if something else is wrong."""
    if isinstance(error, (socket.gaierror, UnicodeError)):
        why = "no such host"
    elif error.errno in (None, errno.EADDRNOTAVAIL):  # asyncio gives no number where it tried several addresses
        why = "no address of this machine"
    else:
        return ""
    return f"nothing can listen on {host} ({why}). Write an address of this machine: 127.0.0.1, or 0.0.0.0 for all."


async def serve_metrics(metrics: Metrics, host: str, port: int, *, chosen: bool = True) -> web.AppRunner:
    """Answer at `/metrics`; the bot works without if nothing can listen there, and a warning says so if the place was `chosen`."""
    app = web.Application()
    app.add_routes(metrics.routes())
    app.on_response_prepare.append(response_headers(""))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    try:
        await start_listening(runner, host, port, "METRICS_")
    except Misconfigured as error:
        (log.warning if chosen else log.debug)("metrics.not_served", why=str(error))
    return runner


async def start_listening(runner: web.AppRunner, host: str, port: int, settings: str = "") -> int:
    """Start serving and return the port; raises `Misconfigured` if that place is taken. `settings` begins the names of both."""
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:
        if told := not_this_machine(host, error):
            raise Misconfigured(f"{settings}HOST: {told}") from error
        why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise Misconfigured(
            f"{settings}PORT: nothing can listen on {host}:{port} ({why}). Choose another port."
        ) from error
    where: int = runner.addresses[0][1]
    log.info("listening", host=host if host in LOOPBACK else "all", port=where)
    return where


def told_to_stop() -> asyncio.Event:
    """Set by SIGTERM or SIGINT from now on."""
    told = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, told.set)
    return told


async def until_told() -> None:
    """Wait for SIGTERM or SIGINT."""
    await told_to_stop().wait()
