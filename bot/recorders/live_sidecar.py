"""Reads the metadata file of a call that goes on: what a recording's says, without a duration, and its legs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from bot.live_calls import LiveCall
from bot.ports import Absent
from bot.recorders.sidecar import MetadataError, Reader, parsed
from bot.recorders.tree import inside, media_type

State = Literal["recording", "paused", "stopped"]
STATES = ("recording", "paused", "stopped")
LEGS = 'Write it like this: [{"name": "customer", "audio": "2026/call-1.mp3", "state": "recording"}].'
MOST_LEGS = 50


@dataclass(frozen=True, slots=True)
class Leg:
    """What is recorded of one side of a call, or of both: `audio` is the native id that its recording will have."""

    name: str
    audio: str
    state: State


@dataclass(frozen=True, slots=True)
class LiveSidecar:
    """A call that goes on, and its legs."""

    call: LiveCall
    legs: tuple[Leg, ...]


def read_live(call_id: str, content: bytes) -> LiveSidecar:
    """The call as its metadata file describes it; raises `MetadataError`."""
    found = parsed(content)
    reader = Reader(found)
    line, region = reader.line()
    legs = _legs(found.get("legs"))
    call = LiveCall(
        call_id, line, reader.direction(), reader.caller(region), reader.email(), reader.started(),
        tuple(leg.audio for leg in legs),
    )  # fmt: skip
    return LiveSidecar(call, legs)


def _legs(found: object) -> tuple[Leg, ...]:
    if not isinstance(found, list) or not 0 < len(found) <= MOST_LEGS:
        raise MetadataError(f'"legs" must be a list of what is recorded. {LEGS}')
    return tuple(_leg(one) for one in found)


def _leg(found: object) -> Leg:
    fields = found if isinstance(found, dict) else {}
    name, audio, state = (fields.get(one) for one in ("name", "audio", "state"))
    if not (isinstance(name, str) and 0 < len(name) <= 100 and name.isprintable()):
        raise MetadataError(f'"legs": each needs a name. {LEGS}')
    if not isinstance(audio, str) or not _is_audio(audio):
        raise MetadataError(f'"legs": "audio" is no name of an audio file below the folder. {LEGS}')
    if state not in STATES:
        raise MetadataError(f'"legs": "state" is none of {", ".join(STATES)}. {LEGS}')
    return Leg(name, audio, cast("State", state))


def _is_audio(name: str) -> bool:
    try:
        return bool(media_type(name)) and inside(name)
    except Absent:
        return False
