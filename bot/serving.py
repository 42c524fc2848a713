"""`recording-steward run`: serve until a signal, then finish what is in flight and stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys

import structlog
from aiohttp import web

from bot.app import Steward, utc_now
from bot.config import Misconfigured, Settings, policy, settings
from bot.seldom import Seldom
from bot.setting_values import LOOPBACK
from bot.web.connections import Runner, calmly
from bot.web.metrics import Metrics
from storage.store import DatabaseDown

log = structlog.get_logger()


def quiet_logs(level: int = logging.INFO) -> None:
    """One JSON object a line on standard error; libraries speak only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def run() -> int:
    """Run the bot. Raises `Misconfigured` before anything is opened."""
    quiet_logs()
    found = settings()
    found.master_key()
    found.need_a_chat()
    asyncio.run(_serve(found))
    return 0


async def _serve(found: Settings) -> None:
    try:
        steward = Steward(found, policy(found.policy_file, utc_now()))
    except ValueError as error:
        raise Misconfigured(str(error)) from error
    app = steward.build()
    calmly(asyncio.get_running_loop(), Seldom())
    runner = Runner(app, shutdown_timeout=10, trusted=found.trusted_proxies)
    metrics = await Metrics(steward.database).serve(found.metrics_host, found.metrics_port)
    try:
        await steward.start()
        await listen(runner, found.host, found.port)
        # What was made so far stays for good; to look through it for garbage takes a tenth of a second each time.
        gc.collect()
        gc.freeze()
        await until_told()
    except DatabaseDown as error:
        raise Misconfigured(f"DATABASE_URL: the database did not answer ({error}).") from error
    finally:
        log.info("stopping")
        await runner.cleanup()
        await metrics.cleanup()
        await steward.stop()
        log.info("stopped")


async def listen(runner: web.AppRunner, host: str, port: int) -> int:
    """Start serving and return the port; raises `Misconfigured` where that place is taken."""
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        raise Misconfigured(f"PORT: nothing can listen on {host}:{port} ({why}). Choose another port.") from error
    where: int = runner.addresses[0][1]
    log.info("listening", host=host if host in LOOPBACK else "all", port=where)
    return where


async def until_told() -> None:
    """Wait for SIGTERM or SIGINT."""
    told = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, told.set)
    await told.wait()
