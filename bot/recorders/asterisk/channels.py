"""Reads what Asterisk tells of its channels and of what is recorded on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from bot.ports import LiveCall, Unavailable, Unread
from bot.recorders.asterisk.ami import Account, Message, Refusal, Session, first, session
from bot.recorders.sidecar import MetadataError, Reader
from bot.recorders.tree import printable

OPERATOR, NAME, LINE, DIRECTION, CALLER, STARTED = (
    "RS_OPERATOR", "RS_OPERATOR_NAME", "RS_LINE", "RS_DIRECTION", "RS_CALLER", "RS_STARTED",
)  # fmt: skip
DECLINED, RECORDED, LATEST = "RS_DECLINED", "RS_RECORDED", "MIXMONITOR_FILENAME"
VARIABLES = (OPERATOR, NAME, LINE, DIRECTION, CALLER, STARTED, DECLINED, RECORDED, LATEST)
_NONE = "(null)"  # how Asterisk says that a variable is not set
_HEAD = "MixMonitor ID\t"
_NUMBER = re.compile(r"0x[0-9a-f]{1,16}")
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


def channels(messages: Sequence[Message]) -> list[Channel] | None:
    """The channels out of a `Status` answer, the oldest of each call first; None where somebody's text may have forged it."""
    events, end = messages[1:-1], messages[-1]
    sound = first(end, "Event") == "StatusComplete" and end.get("Items") == [str(len(events))]
    if not sound or not all(map(_as_asked, events)):
        return None
    return sorted(map(_channel, events), key=lambda one: one.age)


def _as_asked(message: Message) -> bool:
    """Whether a channel's name and ids stand there once, and our variables as they were asked for: nothing came in between."""
    names = tuple(one.partition("=")[0] for one in message.get("Variable", []))
    once = all(len(message.get(one, [])) == 1 for one in ("Event", "Channel", "Uniqueid", "Linkedid"))
    return once and names == VARIABLES


def _channel(message: Message) -> Channel:
    told = dict(one.split("=", 1) for one in message["Variable"])
    return Channel(first(message, "Channel"), first(message, "Uniqueid"), first(message, "Linkedid"), _set(told))


async def status(asterisk: Session) -> list[Channel]:
    """The channels that there are now, the oldest of each call first; raises `Unavailable`."""
    try:
        found = channels(await asterisk.ask("Status", Variables=",".join(VARIABLES)))
        return await _one_by_one(asterisk) if found is None or asterisk.strays else found
    except Refusal as why:
        raise Unavailable(f"Asterisk does not tell of its channels: {why.words}.") from why


async def _one_by_one(asterisk: Session) -> list[Channel]:
    """The same, with each channel asked for what nobody outside can write. In the list a line may be forged, and none is missing."""
    lines = await asterisk.command("core show channels concise")
    found = [await _asked(asterisk, name) for name in dict.fromkeys(line.partition("!")[0] for line in lines)]
    return sorted((one for one in found if one), key=lambda one: one.age)


async def _asked(asterisk: Session, name: str) -> Channel | None:
    try:
        unique, linked = [await asterisk.value(name, f"CHANNEL({one})") for one in ("uniqueid", "linkedid")]
        told = {one: await asterisk.value(name, one) for one in VARIABLES}
    except Refusal:
        return None
    if not (unique and linked):
        raise Unavailable("Asterisk does not tell which call a channel belongs to: load func_channel.so.")
    return Channel(name, unique, linked, _set(told))


def _set(told: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if value != _NONE}


def monitors(lines: Sequence[str]) -> list[Monitor]:
    """Out of `mixmonitor list`; raises `Unavailable` where it is another answer."""
    if lines and lines[0].startswith("No channel matching"):
        return []
    if not lines or not lines[0].startswith(_HEAD):
        raise Unavailable("Asterisk knows no “mixmonitor list”: load app_mixmonitor.so.")
    return list(_rows(lines[2:]))


def _rows(lines: Sequence[str]) -> Iterator[Monitor]:
    found: list[Monitor] = []
    for line in filter(None, lines):
        number, *stems = line.split("\t")
        if _NUMBER.fullmatch(number) and len(stems) == 3:
            found.append(Monitor(number, tuple(filter(None, stems))))
        elif found:  # a file with a line break in its name, which no name of ours has
            found[-1] = Monitor(found[-1].number, (*found[-1].stems, "/.."))
    yield from found


def call_told(call_id: str, legs: Sequence[Channel], recordings: Sequence[str]) -> LiveCall | Unread:
    """The call, as what the dialplan has set on its channels describes it."""

    def value(name: str) -> str:
        return next((one.get(name) for one in legs if one.get(name)), "")

    reader = Reader({
        "line": value(LINE), "direction": value(DIRECTION), "caller": number(value(CALLER), value(LINE)),
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


def number(caller: str, line: str) -> str:
    """What a caller said of himself, where it is a number; empty, as if it was withheld, where it is none."""
    reader = Reader({"caller": caller, "line": line})
    with suppress(MetadataError):
        return reader.caller(reader.line()[1])
    return ""


def _began(call_id: str) -> str:
    """When the first channel of a call was made: its Linkedid begins with that second."""
    found = _UNIQUE.fullmatch(call_id)
    return datetime.fromtimestamp(int(found[1]), UTC).isoformat() if found else ""


NOBODY = "RecordingSteward/none"
"""No technology has this name, so no channel does."""


async def probed(account: Account) -> str:
    """A sentence on what can be done with live calls; raises `Unavailable` with one that says which permission is missing."""
    async with session(account) as asterisk:
        await asterisk.ask("Status", Variables=VARIABLES[0])
        monitors(await asterisk.command(f'mixmonitor list "{NOBODY}"'))
        # Each is refused for want of such a channel, or for want of permission, and that is told apart.
        for action, fields in (
            ("Setvar", {"Variable": DECLINED, "Value": "1"}),
            ("MixMonitorMute", {"Direction": "both", "State": "1"}),
            ("StopMixMonitor", {}),
        ):
            with suppress(Refusal):
                await asterisk.ask(action, Channel=NOBODY, **fields)
        version = " ".join(await asterisk.command("core show version")).split(" built ")[0]
    return f"{version or 'Asterisk'} answers at {account.place}: a recording can be switched off while a call goes on."
