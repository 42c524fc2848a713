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
    """Where the log goes; a line that can't be written is lost and breaks nothing."""

    def write(self, text: str) -> None:
        """Write as a file does."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush as a file does."""
        with suppress(OSError):
            sys.stderr.flush()


def quiet_logs(level: int = logging.INFO) -> None:
    """Log one JSON object per line to standard error, from `level` on; of libraries only warnings."""
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
    settings = read_settings()
    settings.keys()
    settings.need_a_chat()
    clear_away(settings.data.absolute())
    asyncio.run(_serve_until_stopped(settings))
    return 0


async def _serve_until_stopped(settings: Settings) -> None:
    """Start the bot, serve until a signal, and stop within the time that `Leaving` allows. Raises `Misconfigured`."""
    try:
        steward = Steward(settings, read_policy(settings.policy_file, utc_now()))
    except ValueError as error:
        raise Misconfigured(str(error)) from error
    app = steward.build()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    metrics = await serve_metrics(
        Metrics(steward.database, steward.readiness), settings.metrics_host, settings.metrics_port
    )
    stopped = stop_event()
    starting = asyncio.create_task(_start_steward(steward, runner, settings))
    try:
        await _wait_for_stop(stopped, starting)
    finally:
        log.info("stopping")
        end_process_after()
        leaving = Leaving()
        steward.leave()
        await leaving.stage("start", lambda: _cancel_start(starting), keep=6.0)
        await leaving.stage("requests", runner.cleanup, keep=5.0)
        await leaving.stage("metrics", metrics.cleanup, keep=4.8)
        await steward.stop(leaving)
        log.info("stopped")


async def _start_steward(steward: Steward, runner: web.AppRunner, settings: Settings) -> None:
    """Start everything. Raises `Misconfigured`.

    The port answers as soon as the database does, since a recording system may take long (A8).
    """
    await _require_database(steward.open())
    await start_listening(runner, settings.host, settings.port)
    await _require_recordings(steward)
    await _require_database(steward.begin())
    # Everything so far stays for good, and searching it for garbage takes a tenth of a second each time.
    gc.collect()
    gc.freeze()


async def _wait_for_stop(stopped: asyncio.Event, starting: asyncio.Task[None]) -> None:
    """Wait for a signal to stop, even during the start; raises what keeps the program from starting."""
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait({stopping, starting}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        starting.result()
    await stopping


async def _cancel_start(starting: asyncio.Task[None]) -> None:
    """Cancel a start that is still going on, and wait until it has ended."""
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


async def _require_database(work: Awaitable[None]) -> None:
    """Do the work; raises `Misconfigured` if the database can't be used."""
    try:
        await work
    except DatabaseDown as error:
        name = "POLICY_FILE" if isinstance(error, OtherPolicy) else "DATABASE_URL"
        raise Misconfigured(f"{name}: {database_sentence(error)}") from error


async def _require_recordings(steward: Steward) -> None:
    """Raise `Misconfigured` if the recording system can't be read; the first thing that it reports is enough to know."""
    try:
        async for _ in steward.recorder.changes(CallsInMemory()):
            break
    except Unavailable as error:
        raise Misconfigured(f"RECORDINGS_URL: {error}") from error


def not_this_machine(host: str, error: OSError | UnicodeError) -> str:
    """Return the sentence for a host that isn't this machine's, so that nothing can listen there; empty for another error."""
    if isinstance(error, (socket.gaierror, UnicodeError)):
        why = "no such host"
    elif error.errno in (None, errno.EADDRNOTAVAIL):  # asyncio gives no number where it tried several addresses
        why = "no address of this machine"
    else:
        return ""
    return f"I can't listen on {host} ({why}). Use an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them."


async def serve_metrics(metrics: Metrics, host: str, port: int, *, chosen: bool = True) -> web.AppRunner:
    """Serve `/metrics`, and return its runner.

    If nothing can listen there, the bot works without, and a warning says so if the place was `chosen`.
    """
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
    """Start to serve, and return the port; raises `Misconfigured` if nothing can listen there.

    `settings` is the prefix of the settings' names.
    """
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:
        if wrong_host := not_this_machine(host, error):
            raise Misconfigured(f"{settings}HOST: {wrong_host}") from error
        why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise Misconfigured(f"{settings}PORT: I can't listen on {host}:{port} ({why}). Choose another port.") from error
    actual_port: int = runner.addresses[0][1]
    log.info("listening", host=host if host in LOOPBACK else "all", port=actual_port)
    return actual_port


def stop_event() -> asyncio.Event:
    """Return an event that SIGTERM or SIGINT sets from now on."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def wait_for_stop_signal() -> None:
    """Wait for SIGTERM or SIGINT."""
    await stop_event().wait()
