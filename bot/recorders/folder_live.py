"""Live calls in the folder `.live` that a phone system keeps beside its recordings (P5).

`.live/x.json` is there from the first second of a call to its last. It says what the metadata file of a recording
says, without a duration, and has `legs`. While a leg is recorded, its audio grows in `.live` under the last part of
its `audio`'s name, written at least each second. To stop it, the bot writes the word stop to `.live/x.ask`; the phone
system stops, says so in `legs`, and removes that file. After the call it moves the audio to where `audio` says.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn, cast

from bot.ports import UNLISTED_LEG, Absent, LiveCall, Unavailable, UnreadableCall
from bot.recorders.sidecar import MOST_BYTES, MetadataError, Reader, parse_metadata
from bot.recorders.tree import is_inside, names_audio, open_for_reading, printable_name

LIVE = ".live"
Mark = tuple[int, ...]
WATCHED = 2.5
"""Seconds for which audio must not grow. A recording is written each second, so at least two writes would be missing."""


class FolderLive:
    """The live calls of one folder of recordings. `wait` waits for seconds."""

    def __init__(self, root: str, wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._root, self._folder, self._wait = root, f"{root}/{LIVE}", wait

    @property
    def kept(self) -> bool:
        """True if a phone system keeps a `.live` folder at all."""
        return Path(self._folder).is_dir()

    async def live(self) -> Sequence[LiveCall | UnreadableCall]:
        """Return all calls in progress; raises `Unavailable` if the folder can't be read."""
        return await asyncio.to_thread(lambda: list(self._all_live()))

    async def stop(self, call_id: str) -> None:
        """Ask the phone system to stop recording this call for good. Raises `Absent` if it's over, and `Unavailable`."""
        await asyncio.to_thread(self._ask_to_stop, call_id)

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        """Return the names of the legs that are still being recorded.

        It reads what the legs say, and watches whether their audio grows, in `.live` or at its final place; `also` are
        native ids to watch that no leg has any more. Raises `Absent` if the call is over, and `Unavailable`.
        """
        call_before = await asyncio.to_thread(self._sidecar_if_there, call_id)
        watched = {**dict.fromkeys(also, UNLISTED_LEG), **_leg_names(call_before)}
        before = await asyncio.to_thread(self._audio_marks, watched)
        await self._wait(WATCHED)
        call_after = await asyncio.to_thread(self._sidecar_if_there, call_id)
        watched |= _leg_names(call_after)
        after = await asyncio.to_thread(self._audio_marks, watched)
        growing = {one for one in watched if after[one] - before.get(one, frozenset())}
        said_recording = (
            {leg.audio for leg in call_after.legs if leg.state == "recording"} if call_after else set[str]()
        )
        if call_after is None and not growing:
            raise Absent(call_id)
        if not growing | said_recording and (
            unwatched := [leg.name for leg in call_after.legs if not after[leg.audio]] if call_after else []
        ):
            raise Unavailable(f"I have no audio of {unwatched[0]} to watch.")
        return tuple(dict.fromkeys(name for audio, name in watched.items() if audio in growing | said_recording))

    def checked(self) -> str:
        """Return a sentence on whether recording can be switched off; raises `Unavailable` if `.live` can't be used."""
        if not self.kept:
            return f" It has no folder {LIVE}, so I can't switch off a recording during a call."
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise Unavailable(f"I can't switch off any recording: let the bot's account read and write {self._folder}.")
        return f" I can switch off a recording during a call, using {LIVE}."

    def _all_live(self) -> Iterator[LiveCall | UnreadableCall]:
        """Yield all live calls, readable or not. Raises `Unavailable` if the folder can't be read."""
        try:
            names = sorted(one.name for one in Path(self._folder).iterdir())
        except FileNotFoundError:
            if Path(self._root).is_dir():
                return
            raise Unavailable(f"{self._root} can't be read: is its disk mounted?") from None
        except OSError as why:
            raise Unavailable(f"{self._folder} can't be read: {why.strerror}.") from why
        for name in names:
            if name.endswith(".json") and not name.startswith("."):
                with contextlib.suppress(Absent):  # it ended while we looked
                    yield self._live_or_unread(name.removesuffix(".json"))

    def _live_or_unread(self, call_id: str) -> LiveCall | UnreadableCall:
        """Return the call, or why its file can't be used. Raises `Absent` if the file is gone."""
        try:
            return self._read_sidecar(call_id).call
        except Unavailable as why:
            return UnreadableCall(printable_name(call_id), why.code)
        except Absent:
            if os.path.lexists(Path(self._folder, f"{call_id}.json")):
                return UnreadableCall(
                    printable_name(call_id), f"{printable_name(call_id)}.json isn't an ordinary file."
                )
            raise

    def _read_sidecar(self, call_id: str) -> LiveSidecar:
        """Return the live call that this file describes. Raises `Absent` and `Unavailable`."""
        name = _live_file_name(call_id, "json")
        if not self.kept:
            raise Unavailable(f"{self._folder} doesn't exist.")
        with open_for_reading(self._folder, name) as file:
            content = file.read(MOST_BYTES + 1)
        try:
            return read_live(call_id, content)
        except MetadataError as flaw:
            raise Unavailable(f"{printable_name(name)}: {flaw}") from flaw

    def _ask_to_stop(self, call_id: str) -> None:
        """Write the request to stop recording. Raises `Absent` and `Unavailable`."""
        self._read_sidecar(call_id)
        fresh = Path(self._folder, f".{call_id}.{secrets.token_hex(4)}.ask")
        try:
            fresh.write_text("stop", encoding="ascii")
            fresh.replace(Path(self._folder, f"{call_id}.ask"))
        except OSError as why:
            raise Unavailable(f"I can't write in {self._folder}: {why.strerror}.") from why

    def _sidecar_if_there(self, call_id: str) -> LiveSidecar | None:
        try:
            return self._read_sidecar(call_id)
        except Absent:
            return None

    def _audio_marks(self, audios: Iterable[str]) -> dict[str, frozenset[Mark]]:
        """Return the marks of each audio file, in `.live` and at its final place. Raises `Unavailable` if one can't be read."""
        places = {one: ((self._folder, one.rpartition("/")[2]), (self._root, one)) for one in audios}
        return {one: frozenset(filter(None, (_file_mark(*place) for place in two))) for one, two in places.items()}


def _leg_names(call: LiveSidecar | None) -> dict[str, str]:
    """Return the name of each leg by the native id of its audio."""
    return {leg.audio: leg.name for leg in call.legs} if call else {}


def _file_mark(root: str, name: str) -> Mark:
    """Return a mark that changes with each write and not when the file is moved; empty if there is no file."""
    try:
        with open_for_reading(root, name) as file:
            seen = os.fstat(file.fileno())
    except Absent:
        if os.path.lexists(f"{root}/{name}"):
            raise Unavailable(
                f"{printable_name(name)} isn't an ordinary file, so I can't tell whether it is growing."
            ) from None
        return ()
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns


def _live_file_name(call_id: str, ending: str) -> str:
    """Return the name of a call's file in `.live`; raises `Absent` for an id that would lead out of that folder."""
    name = f"{call_id}.{ending}"
    if "/" in name or not is_inside(name):
        raise Absent(call_id)
    return name


State = Literal["recording", "paused", "stopped"]
STATES = ("recording", "paused", "stopped")
LEGS = 'Write it like this: [{"name": "customer", "audio": "2026/call-1.mp3", "state": "recording"}].'
MOST_LEGS = 50


@dataclass(frozen=True, slots=True)
class Leg:
    """One recorded side of a call, or both: `audio` is the native id that its recording will have."""

    name: str
    audio: str
    state: State


@dataclass(frozen=True, slots=True)
class LiveSidecar:
    """A live call and its legs."""

    call: LiveCall
    legs: tuple[Leg, ...]


def read_live(call_id: str, content: bytes) -> LiveSidecar:
    """Return the live call that a metadata file describes; raises `MetadataError`."""
    found = parse_metadata(content)
    reader = Reader(found)
    line, region = reader.line()
    legs = _read_legs(found.get("legs"))
    call = LiveCall(
        call_id, line, reader.direction(), reader.caller(region), reader.email(), reader.started(),
        tuple(leg.audio for leg in legs),
    )  # fmt: skip
    return LiveSidecar(call, legs)


def _read_legs(value: object) -> tuple[Leg, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_LEGS:
        raise MetadataError(f'"legs" must list what is recorded. {LEGS}')
    return tuple(_read_leg(one) for one in value)


def _read_leg(value: object) -> Leg:
    fields = value if isinstance(value, dict) else {}
    name, audio, state = (fields.get(one) for one in ("name", "audio", "state"))
    if not (isinstance(name, str) and 0 < len(name) <= 100 and name.isprintable()):
        raise MetadataError(f'"legs": each needs a name. {LEGS}')
    if not isinstance(audio, str) or not names_audio(audio):
        raise MetadataError(f'"legs": "audio" must name an audio file in the folder. {LEGS}')
    if state not in STATES:
        raise MetadataError(f'"legs": "state" must be one of: {", ".join(STATES)}. {LEGS}')
    return Leg(name, audio, cast("State", state))


NO_LIVE_CALLS = "This recording system doesn't list live calls."


class NoLiveCalls:
    """For recording systems without live calls; `Capabilities.live` is `none`."""

    async def live(self) -> Sequence[LiveCall | UnreadableCall]:
        """Return no calls."""
        return ()

    async def stop(self, call_id: str) -> None:
        """Raise `Unavailable`."""
        _refuse_live()

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        """Raise `Unavailable`."""
        _refuse_live()


def _refuse_live() -> NoReturn:
    raise Unavailable(NO_LIVE_CALLS)
