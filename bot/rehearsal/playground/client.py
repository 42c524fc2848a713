"""One Agents Playground: a process of its own for one person."""

import asyncio
import os
import re
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession

from bot.rehearsal.company import Employee
from bot.rehearsal.playground.people import config
from bot.settings.config import Misconfigured

LOOPBACK = Path(__file__).parent / "loopback.cjs"
PATIENCE = 30.0  # seconds until it answers
GRACE = 5.0  # seconds between asking it to stop and making it
_LISTENS = re.compile(rb"Listening on (\d+)")


@dataclass(frozen=True, slots=True)
class Playground:
    """A running Playground: its person, and its port on this machine."""

    person: Employee
    process: Process
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def ended(self) -> str:
        """Wait for the Playground to end by itself; return a sentence that says why it did."""
        while self.process.stdout and await self.process.stdout.read(65_536):
            pass
        await self.process.wait()
        return f"{self.person.name}'s Playground has stopped. {_last(self.log)}"


@asynccontextmanager
async def playground(
    program: tuple[str, Path], person: Employee, port: int, bot: str, folder: Path
) -> AsyncIterator[Playground]:
    """Start one that talks to the bot at the address `bot`; at the end, stop it with everything it started. If `port`
    is taken (or 0) it uses another. Raises `Misconfigured` if it doesn't start.
    """
    process = await _started(program, person, port, bot, folder)
    try:
        found = Playground(person, process, await _port(process), folder / "log")
        await _answering(found)
        yield found
    finally:
        await _stop(process)


async def _started(program: tuple[str, Path], person: Employee, port: int, bot: str, folder: Path) -> Process:
    node, client = program
    settings = _settings(person, folder)
    return await asyncio.create_subprocess_exec(
        node, "--require", str(LOOPBACK), str(client), "start", "--port", str(port), "--disable-telemetry",
        cwd=folder, stdin=PIPE, stdout=PIPE, stderr=STDOUT, start_new_session=True,
        env={
            **os.environ,
            "BOT_ENDPOINT": bot,
            "DEFAULT_CHANNEL_ID": "msteams",
            "TEAMSAPPTESTER_BROWSER": "none",
            "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(settings),
            "M365_AGENTS_PLAYGROUND_LOGFILE": str(folder / "log"),
            "APPLICATION_INSIGHTS_NO_STATSBEAT": "1",
            "TZ": person.zone,  # it tells the bot its own zone as the person's
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1"),
        },
    )  # fmt: skip


def _settings(person: Employee, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "playground.yml"
    settings.write_text(config(person), encoding="utf-8")
    return settings


async def _port(process: Process) -> int:
    """Return the port it says it listens on; it takes another if ours is taken."""
    said = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while process.stdout and (more := await process.stdout.readline()):
                said += more
                if listens := _LISTENS.search(said):
                    return int(listens[1])
    raise Misconfigured(f"An Agents Playground didn't start. It said:\n{said.decode(errors='replace').strip()}")


async def _answering(found: Playground) -> None:
    """Wait until it answers, which it does only once it has read its settings. Raises `Misconfigured` with its log if
    it ends first.
    """
    async with ClientSession() as http:
        for _ in range(int(PATIENCE / 0.1)):
            if found.process.returncode is not None:
                break
            with suppress(ClientError):
                async with http.get(f"http://127.0.0.1:{found.port}/_debug/ping") as answer:
                    if await answer.text() == "pong":
                        return
            await asyncio.sleep(0.1)
    raise Misconfigured(f"{found.person.name}'s Agents Playground didn't start. {_last(found.log)}")


def _last(log: Path) -> str:
    """Return the end of its log, the only place where it says what is wrong."""
    try:
        return f"Its log ends with:\n{log.read_text(errors='replace')[-500:].strip()}"
    except OSError:
        return "It left no log."


async def _stop(process: Process) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)  # a session of its own: whatever it started is in it
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE)
            return
