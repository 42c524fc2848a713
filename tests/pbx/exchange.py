"""A real Asterisk that is started, killed and started again, and real calls through it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.pbx import telephones
from tests.pbx.settings import NUMBERS, SECRET, documented, ours

_RUNS = "srv/recording-steward"
_SOON = 20.0
CALLER = "+61491570156"


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    """Return a free port of this machine."""
    with closing(socket.socket(socket.AF_INET, kind)) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Call:
    """A call in progress: its Linkedid, and SIPp at its caller's end."""

    call_id: str
    process: subprocess.Popen[bytes]


class Exchange:
    """Asterisk in its own root. `spool` and `cdr` are its paths as this machine has them."""

    secret = SECRET
    user = "steward"

    def __init__(self, root: Path, name: str) -> None:
        self._root, self._run = root, f"/{_RUNS}/{name}"
        self.home = root / _RUNS / name
        self.spool, self.cdr = self.home / "spool/monitor", self.home / "log/cdr-custom/recording-steward.csv"
        self.ami, self._sip, self._agent = free_port(socket.SOCK_STREAM), free_port(), free_port()
        self._rtp = 20_000 + (free_port() % 20_000) // 50 * 50
        self._calls: Iterator[int] = count(1)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._callers: list[subprocess.Popen[bytes]] = []
        self._asterisk: subprocess.Popen[bytes] | None = None
        self._write()

    @property
    def url(self) -> str:
        """The address for RECORDINGS_URL."""
        places = f"spool={self.spool}&spool_in_asterisk={self.there}&cdr={self.cdr}"
        return f"asterisk://{self.user}@127.0.0.1:{self.ami}/?{places}"

    @property
    def there(self) -> str:
        """The spool's path in Asterisk."""
        return f"{self._run}/spool/monitor"

    def _write(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        for folder in ("etc/manager.d", "lib", "spool/monitor", "log/cdr-custom", "run", "sipp"):
            (self.home / folder).mkdir(parents=True)
        files = {**documented(), **ours(self._run, self._sip, self.ami, self._agent, free_port(), self._rtp)}
        files["manager.d/recording-steward.conf"] = files["manager.d/recording-steward.conf"].replace(
            "CHANGE-ME", SECRET
        )
        files["extensions.conf"] += NUMBERS
        for name, text in files.items():
            (self.home / "etc" / name).write_text(text)
        telephones.put_speech(self.home / "sipp", telephones.AGENT, 0)
        (self.home / "sipp/answers.xml").write_text(telephones.answering())
        self.cdr.touch()
        subprocess.run(["chroot", self._root, "chown", "-R", "asterisk:asterisk", self._run], check=True)
        (self.home / "spool/monitor").chmod(0o770)

    def start(self) -> None:
        """Start Asterisk, and wait until it answers."""
        command = ["asterisk", "-f", "-U", "asterisk", "-G", "asterisk", "-C", f"{self._run}/etc/asterisk.conf"]
        self._asterisk = self._spawn(command, "asterisk")
        self.until(lambda: "Asterisk 2" in self.cli("core show version") and "udp" in self.cli("pjsip show transports"))

    def answer(self) -> None:
        """Let the agent's telephone answer calls."""
        self._spawn(
            ["sipp", "-sf", "answers.xml", "-i", "127.0.0.1", "-p", str(self._agent), "-nostdin", "-mi", "127.0.0.1", "-ci", "127.0.0.1",
             "-min_rtp_port", "10000", "-max_rtp_port", "14000"],
            "answers",
        )  # fmt: skip

    def stop(self) -> None:
        """End Asterisk, as a crash does."""
        if self._asterisk:
            _end(self._asterisk, signal.SIGKILL)
            self._asterisk = None

    def tell(self, how: signal.Signals) -> None:
        """Stop or continue it: while it is stopped, connections are still accepted, as behind a firewall that drops
        packets.
        """
        assert self._asterisk
        os.kill(self._asterisk.pid, how)

    def close(self) -> None:
        """End all that was started here, and leave nothing of it."""
        self.stop()
        for one in self._processes:
            _end(one, signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)

    def cli(self, line: str) -> str:
        """Return what Asterisk's own command line answers."""
        command = ["chroot", str(self._root), "asterisk", "-C", f"{self._run}/etc/asterisk.conf", "-rx", line]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout

    def call(
        self, seconds: float = 60.0, operator: str = "anna.quill@fernhill.example", number: str = "one",
        caller: str = CALLER,
    ) -> Call:  # fmt: skip
        """Make a call to the agent, answered and in a bridge, with sound on both sides; it ends by itself after
        `seconds`.
        """
        self.cli(f"dialplan set global RS_TEST_WHO {operator}")
        before, one = self.bridged(), next(self._calls)
        name, speech = f"calls-{one}.xml", f"caller-{one}.ulaw"
        telephones.put_speech(self.home / "sipp", speech, one)
        (self.home / "sipp" / name).write_text(telephones.calling(number, caller, seconds, speech))
        process = self._spawn(
            ["sipp", "-sf", name, "-m", "1", "-i", "127.0.0.1", "-p", str(free_port()), "-nostdin", "-mi", "127.0.0.1", "-ci", "127.0.0.1",
             "-min_rtp_port", "14002", "-max_rtp_port", "18000", f"127.0.0.1:{self._sip}"],
            name,
        )  # fmt: skip
        self._callers.append(process)
        self.until(lambda: any(len(legs) > 1 for one, legs in self.bridged().items() if one not in before))
        [call_id] = [one for one, legs in self.bridged().items() if one not in before and len(legs) > 1]
        return Call(call_id, process)

    def bridged(self) -> dict[str, list[str]]:
        """Return the channels in a bridge, by Linkedid."""
        names = re.findall(r"^(PJSIP/\S+?)!", self.cli("core show channels concise"), re.MULTILINE)
        found: dict[str, list[str]] = {}
        for channel in names:
            shown = self.cli(f"core show channel {channel}")
            told = re.search(r"^ *LinkedID: (\S+)", shown, re.MULTILINE)
            if told and re.search(r"^ *Bridge ID: [0-9a-f]", shown, re.MULTILINE):
                found.setdefault(told[1], []).append(channel)
        return found

    def settle(self) -> None:
        """End every call, and have a running Asterisk."""
        if self._asterisk is None or self._asterisk.poll() is not None:
            self.stop()
            self.start()
        self.cli("channel request hangup all")
        self.until(lambda: not self.bridged())
        while self._callers:
            _end(self._callers.pop(), signal.SIGTERM)

    def channels(self, call: Call) -> list[str]:
        """Return the names of its channels that are up, according to Asterisk's own command line."""
        return self.bridged().get(call.call_id, [])

    def files(self) -> dict[str, int]:
        """Return the bytes of each recording, by its native id."""
        return {
            str(one.relative_to(self.spool)): one.stat().st_size for one in self.spool.rglob("*.*") if one.is_file()
        }

    def hang_up(self, call: Call) -> None:
        """End the call, and wait until it is over."""
        for channel in self.bridged().get(call.call_id, []):
            self.cli(f"channel request hangup {channel}")
        self.until(lambda: call.call_id not in self.bridged())
        _end(call.process, signal.SIGTERM)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds; AssertionError after a while."""
        end = time.monotonic() + _SOON
        while not holds():
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        """Return what Asterisk wrote into its log."""
        return (self.home / "log/messages").read_text() if (self.home / "log/messages").exists() else "nothing"

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        where = f'cd {self._run}/sipp && exec "$@"'
        with (self.home / f"{log}.out").open("wb") as out:
            process = subprocess.Popen(
                ["chroot", self._root, "sh", "-c", where, "sh", *command], stdout=out, stderr=out,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        return process


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        os.kill(process.pid, how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
