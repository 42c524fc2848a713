"""Reads what Asterisk tells of its channels and of what is recorded on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from bot.live_calls import LiveCall, Unread
from bot.ports import Unavailable
from bot.recorders.asterisk.ami import Message, first
from bot.recorders.sidecar import MetadataError, Reader
from bot.recorders.tree import printable

OPERATOR, NAME, LINE, DIRECTION, CALLER, STARTED = (
    "RS_OPERATOR", "RS_OPERATOR_NAME", "RS_LINE", "RS_DIRECTION", "RS_CALLER", "RS_STARTED",
)  # fmt: skip
DECLINED, PAUSED, RECORDED, LATEST = "RS_DECLINED", "RS_PAUSED", "RS_RECORDED", "MIXMONITOR_FILENAME"
VARIABLES = (OPERATOR, NAME, LINE, DIRECTION, CALLER, STARTED, DECLINED, PAUSED, RECORDED, LATEST)
_NONE = "(null)"  # how Asterisk says that a variable is not set
_HEAD = "MixMonitor ID\t"
_UNIQUE = re.compile(r"(?:.*-)?(\d{9,11})\.(\d+)")


class Monitor(NamedTuple):
    """One MixMonitor: its id, and the files that it writes, as Asterisk calls them and without their endings."""

    number: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a call; `variables` are those of ours that are set on it."""

    name: str
    unique: str
    linked: str
    variables: dict[str, str]

    @property
    def age(self) -> tuple[bool, int, int]:
        """Sorts the channels of one call from the first to the last."""
        found = _UNIQUE.fullmatch(self.unique)
        return self.unique != self.linked, *((int(found[1]), int(found[2])) if found else (0, 0))

    def get(self, variable: str) -> str:
        """The variable, empty where it is not set."""
        return self.variables.get(variable, "")

    @property
    def side(self) -> str:
        """Whose channel it is, in a name for a person: the first one of an incoming call is the customer's."""
        is_first = self.unique == self.linked
        if is_first == (self.get(DIRECTION) == "incoming"):
            return "customer"
        return self.get(NAME) or self.get(OPERATOR) or printable(self.name)


def channels(messages: Sequence[Message]) -> list[Channel]:
    """The channels out of a `Status` answer, the oldest of each call first."""
    found = [_channel(one) for one in messages if first(one, "Event") == "Status"]
    return sorted(found, key=lambda one: one.age)


def _channel(message: Message) -> Channel:
    told = dict(one.split("=", 1) for one in reversed(message.get("Variable", [])) if "=" in one)
    ours = {name: value for name, value in told.items() if name in VARIABLES and value != _NONE}
    return Channel(first(message, "Channel"), first(message, "Uniqueid"), first(message, "Linkedid"), ours)


def monitors(lines: Sequence[str]) -> list[Monitor]:
    """Out of `mixmonitor list`; raises `Unavailable` where it is another answer."""
    if lines and lines[0].startswith("No channel matching"):
        return []
    if not lines or not lines[0].startswith(_HEAD):
        raise Unavailable("Asterisk knows no “mixmonitor list”: load app_mixmonitor.so.")
    return list(_rows(lines[2:]))


def _rows(lines: Sequence[str]) -> Iterator[Monitor]:
    for line in lines:
        number, *stems = line.split("\t")
        if number.strip():
            yield Monitor(number.strip(), tuple(one for one in stems if one))


def call_told(call_id: str, legs: Sequence[Channel], recordings: Sequence[str]) -> LiveCall | Unread:
    """The call, as what the dialplan has set on its channels describes it."""

    def value(name: str) -> str:
        return next((one.get(name) for one in legs if one.get(name)), "")

    reader = Reader({
        "line": value(LINE), "direction": value(DIRECTION), "caller": value(CALLER),
        "operator": {"email": value(OPERATOR)}, "started": value(STARTED) or _began(call_id),
    })  # fmt: skip
    try:
        line, region = reader.line()
        return LiveCall(
            call_id,
            line,
            reader.direction(),
            reader.caller(region),
            reader.email(),
            reader.started(),
            tuple(recordings),
        )
    except MetadataError as flaw:
        return Unread(printable(call_id), f"Call {printable(call_id)}: {flaw} The dialplan sets it (docs/asterisk.md).")


def _began(call_id: str) -> str:
    """When the first channel of a call was made: its Linkedid begins with that second."""
    found = _UNIQUE.fullmatch(call_id)
    return datetime.fromtimestamp(int(found[1]), UTC).isoformat() if found else ""
