"""A stand-in for Asterisk's manager interface: it answers what Asterisk 22.10.1 answered (tests/data/asterisk), and
refuses what it refused.
"""

import re
import socketserver
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parents[2] / "data/asterisk"
WRITTEN = 32_768  # bytes at a time, as Asterisk writes


def captured(name: str) -> str:
    """Return a whole answer of the real one."""
    return (DATA / f"{name}.txt").read_text(encoding="utf-8")


@dataclass
class Recording:
    """One MixMonitor. `deaf`: it keeps recording whatever it is asked. `lying`: it does too, and is no longer listed."""

    number: str
    file: Path
    deaf: bool = False
    lying: bool = False
    on: bool = True
    told: bool = True

    def write(self) -> None:
        """Write what one turn of the clock brings."""
        if self.on:
            with self.file.open("ab") as file:
                file.write(b"\1\2" * (WRITTEN // 2))


@dataclass
class Line:
    """A channel."""

    name: str
    unique: str
    linked: str
    variables: dict[str, str]
    recordings: list[Recording] = field(default_factory=list)
    caller: str = "+61491570156"


class StandIn:
    """One Asterisk on loopback; `write` is what its account may do."""

    user, secret = "steward", "hush"

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.write = {"call", "command", "reporting"}
        self.asked: list[dict[str, str]] = []
        self.silent = False
        self.joins: Line | None = None
        self._server: Server | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        self._server = Server(("127.0.0.1", self.port), Talk)
        self._server.asterisk = self
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, asked: dict[str, str]) -> str:
        self.asked.append(asked)
        action = asked["Action"]
        if action == "Login":
            right = (asked["Username"], asked["Secret"]) == (self.user, self.secret)
            return captured("login" if right else "login-refused")
        needed = {"Command": {"command"}, "Status": {"call", "reporting", "system"}}.get(action, {"call", "system"})
        if not needed & self.write:
            return captured("command-denied")
        return self._did(action, asked)

    def _did(self, action: str, asked: dict[str, str]) -> str:
        if action == "Status":
            return self._status(asked["Variables"].split(","))
        if action == "Command":
            return self._command(asked["Command"])
        kind = {"Setvar": "setvar", "StopMixMonitor": "stop"}[action]
        line = self.lines.get(asked["Channel"])
        if line is None:
            return captured(f"{kind}-unknown")
        if kind == "setvar":
            line.variables[asked["Variable"].lstrip("_")] = asked["Value"]
            return captured("setvar")
        return self._stopped(line, asked)

    def _stopped(self, line: Line, asked: dict[str, str]) -> str:
        if self.joins:
            self.lines[self.joins.name], self.joins = self.joins, None
        for one in line.recordings:
            if one.told and asked.get("MixMonitorID", one.number) == one.number:
                one.on, one.told = one.deaf, one.deaf and not one.lying
                return captured("stop")
        return captured("stop-nothing-left")

    def _status(self, variables: list[str]) -> str:
        head, event, *_, end = captured("status").split("\n\n")[:-1]
        end, said = end.replace("Items: 2", f"Items: {len(self.lines)}"), [head]
        for line in self.lines.values():
            plain = event[: event.index("Variable:")]
            told = {"Channel": line.name, "CallerIDNum": line.caller, "Uniqueid": line.unique, "Linkedid": line.linked}
            for key, value in told.items():
                plain = re.sub(rf"^{key}: .*$", f"{key}: {value}", plain, count=1, flags=re.MULTILINE)
            ours = "".join(f"Variable: {name}={line.variables.get(name, '(null)')}\n" for name in variables)
            said.append(f"{plain}{ours}ActionID: 4f1d")
        return "".join(f"{one}\n\n" for one in [*said, end])

    def _command(self, command: str) -> str:
        if command == "core show version":
            return captured("version")
        name = re.fullmatch(r'mixmonitor list "(.*)"', command)
        line = self.lines.get(name[1]) if name else None
        if line is None:
            return captured("list-unknown")
        rows = [f"{one.number}\t{one.file.with_suffix('')}\t\t" for one in line.recordings if one.told]
        return said(captured("list-none"), [*re.findall("Output: (.*)", captured("list-none")), *rows])


def said(answer: str, lines: list[str]) -> str:
    """Return the answer to a command with other lines, each marked as Asterisk marks them."""
    return "".join(f"{one}\n" for one in [*answer.split("\nOutput: ")[:1], *(f"Output: {one}" for one in lines), ""])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    asterisk: StandIn


class Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        with suppress(ConnectionError):
            self._say(captured("greeting"))
            asked: dict[str, str] = {}
            while raw := self.rfile.readline():
                if line := raw.decode("utf-8", "surrogateescape").rstrip("\r\n"):
                    key, _, value = line.partition(": ")
                    asked[key] = value
                    continue
                if not self.server.asterisk.silent:
                    answer = self.server.asterisk.answer(asked)
                    self._say(answer.replace("ActionID: 4f1d", f"ActionID: {asked['ActionID']}"))
                    if asked["Action"] == "Login" and "Error" in answer:
                        return
                asked = {}

    def _say(self, text: str) -> None:
        self.wfile.write(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))
