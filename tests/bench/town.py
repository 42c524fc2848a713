"""Starts and stops what the benchmarks need: a company's calls, Slack's sink, and one server at a time."""

import io
import json
import os
import subprocess
import sys
import time
import urllib.request
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from tests.bench.letters import CALLS, SECRET
from tests.keys import KEY
from tests.stories.house import AU, ROOT, free_port

SERVER, CLIENT = 0, 1  # processors, where the system can tie a process to one


@dataclass(slots=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]


def tie(processor: int, pid: int = 0) -> None:
    """Keep a process and its threads on one processor, so that client and server don't take turns on one."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > processor:
        os.sched_setaffinity(pid, {processor})


def lay_calls(folder: Path, number: int = CALLS) -> None:
    """So many recorded calls: a short audio file each and its metadata beside it."""
    folder.mkdir(parents=True)
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    for one in range(number):
        (folder / f"call-{one:06d}.wav").write_bytes(sound.getvalue())
        told = {
            "line": AU, "direction": "incoming", "caller": f"+61 4{one % 90_000_000:08d}",
            "operator": {"name": f"Operator {one % 60}", "email": f"operator.{one % 60}@fernhill.example"},
            "department": "customer_success", "started": (newest - timedelta(minutes=7 * one)).isoformat(),
            "duration": 184.5, "crm": f"CS-{one:06d}",
        }  # fmt: skip
        (folder / f"call-{one:06d}.json").write_text(json.dumps(told))


def environment(folder: Path, port: int, database: Path, sink: int) -> dict[str, str]:
    """The settings of a bot that talks to Slack's sink."""
    return {
        "PATH": os.environ["PATH"], "PORT": str(port), "METRICS_PORT": "0", "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{database}", "RECORDINGS_URL": f"file://{folder / 'calls'}",
        "POLICY_FILE": str(ROOT / "policy.yaml"), "SECRET_KEY": KEY, "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"http://127.0.0.1:{sink}/api/",
    }  # fmt: skip


@contextmanager
def a_sink() -> Iterator[int]:
    """Serve as much of Slack as a bot needs; yields the port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.sink", str(port), str(ROOT / "policy.yaml")]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        tie(CLIENT, process.pid)
        _until_up(process, f"http://127.0.0.1:{port}/told")
        yield port
    finally:
        _stop(process)


@contextmanager
def a_server(mode: str, folder: Path, sink: int, database: Path | None = None) -> Iterator[Server]:
    """Start one of `servers.MODES` in its own process, with a new database unless one is given."""
    port = free_port()
    settings = environment(folder, port, database or folder / f"{mode}-{port}.db", sink)
    command = [sys.executable, "-m", "tests.bench.servers", mode]
    with (folder / f"{mode}-{port}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log)
    try:
        tie(SERVER, process.pid)
        _until_up(process, f"http://127.0.0.1:{port}/readyz")
        yield Server(port, process)
    finally:
        _stop(process)


def told_by(sink: int) -> dict[str, Any]:
    """What the sink knows, as its `told` says."""
    with urllib.request.urlopen(f"http://127.0.0.1:{sink}/told") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _until_up(process: subprocess.Popen[Any], url: str) -> None:
    deadline = time.monotonic() + 300
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} does not answer at {url}")
        time.sleep(0.01)


def _answers(url: str) -> bool:
    """Return True if it may take work; ours also says whether all calls have been read."""
    with suppress(URLError, ConnectionError):
        try:
            with urllib.request.urlopen(url) as answer:
                return b'"being read"' not in answer.read()
        except HTTPError as error:
            return error.code != 503
    return False
