"""Captures what the real Asterisk answers, for tests/data/asterisk: `python -m tests.pbx.capture FOLDER`, as root."""

from __future__ import annotations

import re
import sys
import time
from contextlib import closing
from pathlib import Path

from bot.recorders.asterisk.live import VARIABLES
from tests.pbx.exchange import Exchange
from tests.pbx.root import ready

NOBODY = "PJSIP/none-00000009"


class Capture:
    """Asks one thing after another, and keeps each answer as it came."""

    def __init__(self, exchange: Exchange, folder: Path) -> None:
        self._exchange, self._folder = exchange, folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, name: str, action: str, **fields: str) -> str:
        answer = self._exchange.ask(action, ActionID="4f1d", **fields).replace("\r\n", "\n")
        _, found, rest = answer.partition("Message: Authentication accepted\n\n")
        text = rest.partition("Response: Goodbye")[0].replace(str(self._exchange.there), "/var/spool/asterisk/monitor")
        (self._folder / f"{name}.txt").write_text(text if found else answer.partition("\n")[2])
        return text

    def listed(self, name: str, channel: str) -> str:
        return self.keep(name, "Command", Command=f"mixmonitor list {channel}")

    def without_a_call(self) -> None:
        self.keep("status-none", "Status", Variables=",".join(VARIABLES))
        self.keep("version", "Command", Command="core show version")
        self.listed("list-unknown", NOBODY)
        for name, action in (("stop", "StopMixMonitor"), ("mute", "MixMonitorMute"), ("setvar", "Setvar")):
            self.keep(f"{name}-unknown", action, Channel=NOBODY, Direction="both", State="1", Variable="A", Value="1")

    def during_a_call(self) -> None:
        call = self._exchange.call(number="twice")
        told = self.keep("status", "Status", Variables=",".join(VARIABLES))
        agent, trunk = sorted(re.findall(r"^Channel: (\S+)", told, re.MULTILINE))
        self.listed("list-none", agent)
        self.listed("list-two", trunk)
        self.keep("mute-none", "MixMonitorMute", Channel=agent, Direction="both", State="1")
        self.keep("mute", "MixMonitorMute", Channel=trunk, Direction="both", State="1")
        self.listed("list-muted", trunk)
        self.keep("setvar", "Setvar", Channel=trunk, Variable="__RS_DECLINED", Value="1")
        for name in ("stop", "stop", "stop-nothing-left"):
            self.keep(name, "StopMixMonitor", Channel=trunk)
        self.keep("status-stopped", "Status", Variables=",".join(VARIABLES))
        self._exchange.hang_up(call)
        halves = self._exchange.call(number="halves")
        [trunk] = [one for one in self._exchange.channels(halves) if "trunk" in one]
        self.listed("list-halves", trunk)


def main() -> None:
    with closing(Exchange(ready(), "capture")) as exchange:
        exchange.start()
        exchange.answer()
        time.sleep(0.5)
        capture = Capture(exchange, Path(sys.argv[1]))
        capture.without_a_call()
        capture.during_a_call()
        exchange.secret = "wrong"
        capture.keep("login-refused", "Status")


if __name__ == "__main__":
    main()
