"""B8: a crowd of connections that say nothing, or half of something, keeps nobody out and fills no log."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.keys import KEY
from tests.stories.at_moment import program
from tests.stories.house import ROOT, free_port
from tests.stories.process import Bot
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
CROWD = 1500
ADDRESSES = [f"127.0.0.{last}" for last in range(1, 9)]
HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: listening=hush-hush"
BAD = b"GET / HTTP/1.1\r\nCookie listening=hush-hush\r\n\r\n"
SMALL = 20_000  # bytes of log


@asynccontextmanager
async def a_bot(folder: Path, descriptors: int) -> AsyncIterator[Bot]:
    """`recording-steward run` with so many descriptors and no chat beyond this machine."""
    port, log = free_port(), folder / "bot.log"
    settings = {
        "PATH": os.environ["PATH"], "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "METRICS_PORT": "0",
        "DATABASE_URL": f"sqlite:///{folder / 'steward.db'}", "RECORDINGS_URL": f"file://{folder}",
        "POLICY_FILE": str(ROOT / "policy.yaml"), "TEAMS_ALLOW_UNAUTHENTICATED": "1",
        "SECRET_KEY": KEY,
    }  # fmt: skip
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", f'ulimit -n {descriptors}; exec "$0" "$@"', *program(), "run",
            cwd=folder, env=settings, stdout=file, stderr=file,
        )  # fmt: skip
    bot = Bot(process, f"http://127.0.0.1:{port}", log)
    try:
        await bot.ready()
        yield bot
    finally:
        assert await bot.stop() == 0


def knock(bot: Bot, number: int, said: bytes) -> socket.socket:
    line = socket.socket()
    line.bind((ADDRESSES[number % len(ADDRESSES)], 0))
    line.setblocking(False)
    line.connect_ex(("127.0.0.1", int(bot.url.rpartition(":")[2])))
    line.settimeout(0)
    asyncio.get_running_loop().call_later(0.2, _say, line, said)
    return line


def _say(line: socket.socket, said: bytes) -> None:
    try:
        line.send(said)
    except OSError:
        """It was cut off already."""


async def healthy(bot: Bot) -> bool:
    async with ClientSession() as http:
        async with http.get(f"{bot.url}/healthz") as answer:
            return answer.status == 200


@pytest.mark.parametrize("descriptors", [1024, 4096])
async def test_b8_fifteen_hundred_half_open_connections(tmp_path: Path, descriptors: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    async with a_bot(tmp_path, descriptors) as bot:
        lines = []
        try:
            for number in range(CROWD):
                lines.append(knock(bot, number, BAD if number % 10 == 0 else (b"", HALF)[number % 2]))
                if number % 100 == 0:
                    assert await healthy(bot)
            for _ in range(20):
                assert await healthy(bot)
            await until(lambda: _held(bot) < descriptors, "there is room", seconds=5)
            await until(lambda: _held(bot) < 100, "nobody is held for ever", seconds=30)
        finally:
            for line in lines:
                line.close()
        assert len(bot.said) < SMALL, bot.said[:5000]
        assert "hush" not in bot.said
        assert "Traceback" not in bot.said


def _held(bot: Bot) -> int:
    return len(list(Path(f"/proc/{bot.process.pid}/fd").iterdir()))
