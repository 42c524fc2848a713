"""A3, A4: silence is told within seconds."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from errno import ENOSPC
from typing import Any
from unittest.mock import Mock

import pytest
import structlog

from bot.readiness import BETWEEN_READS, SILENT
from bot.serving import quiet_logs
from storage.database.servers import Patience
from storage.database.store import Database, DatabaseDown
from tests.bot.web.ready import readiness
from tests.clocks import hurry

PROBE = 1.0  # seconds after which the most hurried load balancer gives up
WORK = Patience().work


class Still(Database):
    """Answers while it is `open`; questions while it is not wait as long as a server is waited for."""

    def __init__(self) -> None:
        super().__init__("sqlite:///never-opened.db")
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = self.most_at_once = 0

    async def read(self, *_: object, **__: object) -> Any:
        await self._answered()

    async def examine(self, **_: object) -> None:
        await self._answered()

    async def _answered(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with asyncio.timeout(WORK):
                await self.open.wait()
        except TimeoutError:
            raise DatabaseDown("silent") from None
        finally:
            self.at_once -= 1


class Prober:
    """Asks as a load balancer does, and counts in the loop's own seconds, which pass as fast as the work allows."""

    def __init__(self) -> None:
        self.database, self.loop = Still(), asyncio.get_running_loop()
        self.readiness = replace(readiness(self.database), seconds=self.loop.time)

    async def probe(self) -> dict[str, str]:
        began = self.loop.time()
        reasons = await self.readiness.reasons()
        assert self.loop.time() - began < PROBE, "the probe gave up"
        return reasons

    async def looked(self) -> None:
        """Begin with a database that was looked at, will be asked by the next probe, and answers nothing more."""
        assert await self.probe() == {}
        await asyncio.sleep(BETWEEN_READS)
        self.database.most_at_once = 0
        self.database.open.clear()


def probed(play: Callable[[Prober], Coroutine[Any, Any, None]]) -> None:
    async def begin() -> None:
        await play(Prober())

    hurry(begin())


def test_a3_silence_is_told_three_seconds_after_the_first_probe_that_met_it() -> None:
    async def play(one: Prober) -> None:
        await one.looked()
        began = one.loop.time()
        told: list[dict[str, str]] = [{}]
        while not told[-1]:
            told.append(await one.probe())
            await asyncio.sleep(0.1)
        assert one.loop.time() - began <= SILENT + 1.0
        assert list(told[-1]) == ["database_silent"]

    probed(play)


def test_a3_however_many_ask_there_is_one_question_at_once() -> None:
    async def play(one: Prober) -> None:
        await one.looked()
        for _ in range(120):
            await asyncio.gather(*(one.probe() for _ in range(50)))
            await asyncio.sleep(0.1)
        assert one.database.most_at_once == 1

    probed(play)


def test_a3_a_line_of_the_log_that_a_full_disk_refuses_fails_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the database ended in it, so /readyz said that it is silent until a restart."""
    settings = dict[str, Any]()
    monkeypatch.setattr(structlog, "configure", settings.update)
    quiet_logs()
    full = Mock(**{"write.side_effect": OSError(ENOSPC, "full"), "flush.side_effect": OSError(ENOSPC, "full")})
    monkeypatch.setattr(sys, "stderr", full)
    settings["logger_factory"]().error("a line")
    assert full.write.called
