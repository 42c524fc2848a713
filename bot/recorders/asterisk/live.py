"""Live calls in Asterisk: listed, stopped on every leg, and checked again (P5)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from bot.ports import UNLISTED_LEG, Absent, LiveCall, Unavailable, UnreadableCall
from bot.recorders.asterisk import ami
from bot.recorders.asterisk.ami import Account, Message, Refusal, Session, Spool
from bot.recorders.sidecar import MetadataError, Reader
from bot.recorders.tree import MEDIA_TYPES, printable_name

TEN = 10.0
"""Seconds that `still` takes at most."""
ROUNDS = 3
"""How often the legs are listed again while a call is being stopped: one may join meanwhile."""


@dataclass(slots=True)
class Leg:
    """One channel, with what is or was recorded on it, and into which `files`.

    `elsewhere` is true if some of it is recorded where it can't be watched.
    """

    channel: Channel
    monitors: list[Monitor]
    files: list[str] = field(default_factory=list)
    elsewhere: bool = False


class AsteriskCalls:
    """The live calls of one Asterisk. `wait` waits for seconds."""

    def __init__(
        self, account: Account, spool: Spool, wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._account, self._files, self._wait = account, spool, wait

    async def live(self) -> Sequence[LiveCall | UnreadableCall]:
        """Return all calls in progress that are recorded or marked by the dialplan. Raises `Unavailable`."""
        async with ami.open_session(self._account) as asterisk:
            legs = await self._read_legs(asterisk, await ask_status(asterisk))
        by_call: dict[str, list[Leg]] = {}
        for leg in legs:
            by_call.setdefault(leg.channel.linked, []).append(leg)
        return [_live_call(call_id, its) for call_id, its in by_call.items() if any(map(_concerns_us, its))]

    async def recorded_now(self) -> set[str]:
        """Return the native ids of all recordings of calls in progress, finished or not; raises `Unavailable`."""
        async with ami.open_session(self._account) as asterisk:
            return {file for leg in await self._read_legs(asterisk, await ask_status(asterisk)) for file in leg.files}

    async def stop(self, call_id: str) -> None:
        """Stop recording this call on every leg, for good. Raises `Absent` if it's over, and `Unavailable`.

        It first marks each channel as declined, so that channels made from it stay unrecorded, and then stops the recording.
        """
        async with ami.open_session(self._account) as asterisk:
            legs = await self._legs_of_call(asterisk, call_id)
            for _ in range(ROUNDS):
                for leg in legs:
                    await _stop_leg(asterisk, leg)
                with suppress(Absent):
                    legs = await self._legs_of_call(asterisk, call_id)
                    if any(leg.monitors or not leg.channel.get(DECLINED) for leg in legs):
                        continue
                return

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        """Return the sides of the call that are still being recorded, named for a person.

        It asks Asterisk about each leg, and watches its file long enough for two writes; `also` are native ids to watch
        that no leg has any more. Raises `Absent` if the call is over, and `Unavailable`.
        """
        try:
            async with asyncio.timeout(TEN):
                return await self._still_recording(call_id, also)
        except TimeoutError as why:
            raise Unavailable("Asterisk answered too slowly for me to watch its recording.") from why

    async def _still_recording(self, call_id: str, also: Collection[str]) -> tuple[str, ...]:
        """Return the sides still recorded: those with a recording in Asterisk, and those whose file grows."""
        before = await self._see_legs(call_id)
        other_sizes = await asyncio.to_thread(self._file_sizes, also)
        await self._wait(ami.WATCHED)
        sizes_before = await asyncio.to_thread(self._file_sizes, _files_of(before))
        await self._wait(ami.WATCHED)
        after = await self._see_legs(call_id)
        sizes_after = await asyncio.to_thread(self._file_sizes, _files_of([*before, *after]))
        growing = {one for one, size in sizes_after.items() if size > sizes_before.get(one, 0)}
        names = [leg.channel.side for leg in after if leg.monitors or growing.intersection(leg.files)]
        names += [leg.channel.side for leg in before if growing.intersection(leg.files)]
        other_sizes_after = await asyncio.to_thread(self._file_sizes, also)
        if not names and any(other_sizes_after[one] > size for one, size in other_sizes.items()):
            return (UNLISTED_LEG,)  # into a file that no leg has any more
        if not names and (unwatchable := [leg for leg in (*before, *after) if _is_unwatchable(leg)]):
            raise Unavailable(
                f"I can't check whether {unwatchable[0].channel.side} is still being recorded: record as .wav, in {self._files.root}."
            )
        return tuple(dict.fromkeys(names))

    def _file_sizes(self, names: Collection[str]) -> dict[str, int]:
        return {one: self._files.size(one) or 0 for one in names}

    async def _see_legs(self, call_id: str) -> list[Leg]:
        """Return the call's legs as they are now, over a connection of their own. Raises `Absent` and `Unavailable`."""
        async with ami.open_session(self._account) as asterisk:
            return await self._legs_of_call(asterisk, call_id)

    async def _legs_of_call(self, asterisk: Session, call_id: str) -> list[Leg]:
        """Return the legs of one call, also if it has become part of an older call; raises `Absent`."""
        channels = await ask_status(asterisk)
        linked = {one.linked for one in channels if one.linked == call_id} or {
            one.linked for one in channels if one.unique == call_id
        }
        own = [one for one in channels if one.linked in linked and one.linked]
        if not own or not call_id:
            raise Absent(call_id)
        return await self._read_legs(asterisk, own)

    async def _read_legs(self, asterisk: Session, channels: Sequence[Channel]) -> list[Leg]:
        """Return the channels with what is and was recorded on each."""
        legs = [await _read_leg(asterisk, one) for one in channels]
        await asyncio.to_thread(self._find_files, legs)
        return legs

    def _find_files(self, legs: Sequence[Leg]) -> None:
        """Add to each leg the files of what is recorded on it now, and of what was."""
        taken: set[str] = set()
        for leg in legs:
            for monitor in leg.monitors:
                for stem in monitor.stems:
                    found = self._files.files(stem)
                    leg.elsewhere |= not found
                    leg.files += (one for one in found if one not in leg.files)
            taken.update(leg.files)
        for leg in legs:  # recordings that have ended: several legs may name the same file, and the first gets it
            noted = [*leg.channel.get(RECORDED).split("|"), leg.channel.get(LATEST)]
            for name in map(self._files.below, filter(None, noted)):
                leg.elsewhere |= not name
                if name and name not in taken:
                    leg.files.append(name)
                    taken.add(name)


async def _read_leg(asterisk: Session, channel: Channel) -> Leg:
    """Return a channel with its recordings; one with a name that Asterisk's command line would misread counts as `elsewhere`."""
    if set(channel.name) & set('"\\') or not channel.name.isprintable():
        return Leg(channel, [], elsewhere=True)  # the command line would take it for another name
    return Leg(channel, read_monitors(await asterisk.command(f'mixmonitor list "{channel.name}"')))


async def _stop_leg(asterisk: Session, leg: Leg) -> None:
    """Mark the channel as declined, store which files it was recorded into, and stop its recordings."""
    if not leg.channel.get(DECLINED):
        await _do_unless_gone(asterisk, "Setvar", leg.channel, Variable=f"__{DECLINED}", Value="1")
    if leg.monitors and leg.files:
        await _do_unless_gone(asterisk, "Setvar", leg.channel, Variable=f"__{RECORDED}", Value="|".join(leg.files))
    for one in leg.monitors:
        await _do_unless_gone(asterisk, "StopMixMonitor", leg.channel, MixMonitorID=one.number)


async def _do_unless_gone(asterisk: Session, action: str, channel: Channel, **fields: str) -> None:
    """Ask Asterisk to do it; fine if the channel or its recording is gone. `still` checks the effect."""
    with suppress(Refusal):
        await asterisk.ask(action, Channel=channel.name, **fields)


def _live_call(call_id: str, legs: Sequence[Leg]) -> LiveCall | UnreadableCall:
    """Return the call of these legs, with those of its recordings that browsers can play."""
    names = [one for one in _files_of(legs) if one.rpartition(".")[2].lower() in MEDIA_TYPES]
    return describe_call(call_id, [leg.channel for leg in legs], names)


def _files_of(legs: Sequence[Leg]) -> list[str]:
    return list(dict.fromkeys(file for leg in legs for file in leg.files))


def _concerns_us(leg: Leg) -> bool:
    """Return True if the leg is or was recorded, or the dialplan named an operator on it."""
    return bool(leg.channel.get(OPERATOR) or leg.monitors or leg.files)


def _is_unwatchable(leg: Leg) -> bool:
    """Return True if watching the leg's files wouldn't show whether it's recorded."""
    return leg.elsewhere or any(one.rpartition(".")[2] != ami.WATCHABLE for one in leg.files)


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
    """One channel of a call; `variables` are those of ours that are set on it.

    `unique` is Asterisk's id of the channel, `linked` that of its call, which is the `unique` of the call's first channel.
    """

    name: str
    unique: str
    linked: str
    variables: dict[str, str]

    @property
    def age(self) -> tuple[bool, int, int]:
        """Sort key: the channels of one call from the first to the last."""
        found = _UNIQUE.fullmatch(self.unique)
        return self.unique != self.linked, *((int(found[1]), int(found[2])) if found else (0, 0))

    def get(self, variable: str) -> str:
        """Return this variable; empty if it isn't set."""
        return self.variables.get(variable, "")

    @property
    def side(self) -> str:
        """Whose channel it is, named for a person; the first channel of an incoming call is the customer's."""
        is_first = self.unique == self.linked
        if is_first == (self.get(DIRECTION) == "incoming"):
            return "customer"
        return self.get(NAME) or self.get(OPERATOR) or printable_name(self.name)


def read_channels(messages: Sequence[Message]) -> list[Channel] | None:
    """Return the channels of a `Status` answer, the oldest of each call first; None if a caller may have forged part of it."""
    events, last = messages[1:-1], messages[-1]
    is_complete = ami.first_value(last, "Event") == "StatusComplete" and last.get("Items") == [str(len(events))]
    if not is_complete or not all(map(_has_our_shape, events)):
        return None
    found = (Channel(*_channel_ids(one), _set_variables(one)) for one in events)
    return sorted(found, key=lambda one: one.age)


def _has_our_shape(message: Message) -> bool:
    """Return True if name and ids occur once and our variables are those asked for, so nothing was inserted."""
    names = tuple(one.partition("=")[0] for one in message.get("Variable", []))
    once = all(len(message.get(one, [])) == 1 for one in ("Event", "Channel", "Uniqueid", "Linkedid"))
    return once and names == VARIABLES


def _channel_ids(message: Message) -> tuple[str, str, str]:
    """Return a channel's name, its own id, and the id of its call."""
    return (
        ami.first_value(message, "Channel"),
        ami.first_value(message, "Uniqueid"),
        ami.first_value(message, "Linkedid"),
    )


def _set_variables(message: Message) -> dict[str, str]:
    """Return the variables that are set on a channel, by name."""
    pairs = (one.split("=", 1) for one in message["Variable"])
    return {name: value for name, value in pairs if value != _NONE}


async def ask_status(asterisk: Session) -> list[Channel]:
    """Return all channels there are now, the oldest of each call first; raises `Unavailable`.

    A caller's number may contain line breaks, which Asterisk passes on, so a list that may hold a forged line is refused.
    """
    try:
        found = read_channels(await asterisk.ask("Status", Variables=",".join(VARIABLES)))
    except Refusal as why:
        raise Unavailable(f"Asterisk didn't list its channels: {why.words}.") from why
    if found is None:
        raise Unavailable(ami.FORGED)
    return found


def read_monitors(lines: Sequence[str]) -> list[Monitor]:
    """Return the recordings in an answer to `mixmonitor list`; raises `Unavailable` for any other answer."""
    if lines and lines[0].startswith("No channel matching"):
        return []
    if not lines or not lines[0].startswith(_HEAD):
        raise Unavailable("Asterisk doesn't know “mixmonitor list”: load app_mixmonitor.so.")
    return list(_monitor_rows(lines[2:]))


def _monitor_rows(lines: Sequence[str]) -> Iterator[Monitor]:
    """Yield one `Monitor` for each row."""
    found: list[Monitor] = []
    for line in filter(None, lines):
        number, *stems = line.split("\t")
        if _NUMBER.fullmatch(number) and len(stems) == 3:
            found.append(Monitor(number, tuple(filter(None, stems))))
        elif found:  # a line break in a file's name: marked with a name that is never ours
            found[-1] = Monitor(found[-1].number, (*found[-1].stems, "/.."))
    yield from found


def describe_call(call_id: str, legs: Sequence[Channel], recordings: Sequence[str]) -> LiveCall | UnreadableCall:
    """Return the call as the dialplan's variables on its channels describe it; `UnreadableCall` if they don't suffice."""

    def value(name: str) -> str:
        return next((one.get(name) for one in legs if one.get(name)), "")

    reader = Reader({
        "line": value(LINE), "direction": value(DIRECTION), "caller": caller_number(value(CALLER), value(LINE)),
        "operator": {"email": value(OPERATOR)}, "started": value(STARTED) or _began_at(call_id),
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
        return UnreadableCall(
            printable_name(call_id), f"Call {printable_name(call_id)}: {flaw} The dialplan sets it (docs/asterisk.md)."
        )


def caller_number(caller: str, line: str) -> str:
    """Return the caller's number; empty, as if withheld, if what they sent isn't a number."""
    reader = Reader({"caller": caller, "line": line})
    with suppress(MetadataError):
        return reader.caller(reader.line()[1])
    return ""


def _began_at(call_id: str) -> str:
    """Return when a call began (ISO 8601), which its Linkedid starts with; empty if it doesn't."""
    found = _UNIQUE.fullmatch(call_id)
    return datetime.fromtimestamp(int(found[1]), UTC).isoformat() if found else ""


NOBODY = "RecordingSteward/none"
"""No technology has this name, so no channel does."""


async def probe_asterisk(account: Account) -> str:
    """Return a sentence on whether recording can be switched off; raises `Unavailable` with the permission that is missing."""
    async with ami.open_session(account) as asterisk:
        await asterisk.ask("Status", Variables=VARIABLES[0])
        read_monitors(await asterisk.command(f'mixmonitor list "{NOBODY}"'))
        # Each is refused for want of such a channel, or for want of permission, and that is told apart.
        for action, fields in (("Setvar", {"Variable": DECLINED, "Value": "1"}), ("StopMixMonitor", {})):
            with suppress(Refusal):
                await asterisk.ask(action, Channel=NOBODY, **fields)
        version = " ".join(await asterisk.command("core show version")).split(" built ")[0]
    return f"{version or 'Asterisk'} answers at {account.place}: I can switch off a recording during a call."
