"""Calls of a company over two years, and what can happen: requests, decisions, holds, and a recorder that is away."""

from __future__ import annotations

import json
import os
import wave
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from tests.handlers.builders import AU, email

Kind = Literal[
    "call", "ask", "claim", "approve", "deny", "away", "back", "hold", "hold_asked", "confirm", "release", "agree", "look", "before",
    "decline", "keep",
]  # fmt: skip
PEOPLE = ("Bram Tolliver", "Cleo Marchetti", "Doran Whitlock")
HOUR = timedelta(hours=1)


@dataclass(frozen=True, order=True, slots=True)
class Event:
    """Something that happens at a moment (aware); `call` is the number of the call that it is about."""

    at: datetime
    kind: Kind
    call: int = -1


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it really was; the checker believes nothing else."""

    number: int
    line: str
    started: datetime
    operator: str

    @property
    def name(self) -> str:
        return f"{self.started:%Y/%m/%d}/call-{self.number:06d}.wav"


def moment(call: Call) -> datetime:
    return true_moment(call.started, call.line)


def true_moment(began: datetime, line: str) -> datetime:
    """A year later by the clock on the wall of the line, walking on where the wall never showed that; in UTC, to count with."""
    zone = ZoneInfo("Australia/Sydney" if line == AU else "Europe/London")
    wall = began.astimezone(zone).replace(fold=0)
    if (wall.month, wall.day) == (2, 29):
        return datetime(wall.year + 1, 3, 1, tzinfo=zone).astimezone(UTC)
    later = wall.replace(year=wall.year + 1)
    while later.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != later.replace(tzinfo=None):
        later = later.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return later.astimezone(UTC)


def record(folder: Path, call: Call) -> None:
    """The recorder writes a call: what is told of it, then its sound."""
    place = told_of(folder, call)
    with wave.open(str(place), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(call.number.to_bytes(8, "big") * 20)
    _date(place, call)


def record_sparsely(folder: Path, call: Call) -> None:
    """The same, with sound as long as no other call's, which takes a block of the disk."""
    place = told_of(folder, call)
    with place.open("wb") as sound:
        sound.write(b"RIFF" + call.number.to_bytes(8, "big"))
        sound.truncate(1000 + call.number)
    _date(place, call)


def _date(place: Path, call: Call) -> None:
    """The machine's day is another one than the town's."""
    os.utime(place, (call.started.timestamp(), call.started.timestamp()))


def told_of(folder: Path, call: Call) -> Path:
    """Write what is told of a call, beside where its sound belongs; returns that place."""
    place = folder / call.name
    place.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "line": call.line, "direction": "incoming", "caller": f"+61 4{call.number:08d}", "department": "customer_success",
        "operator": {"name": call.operator, "email": email(call.operator)}, "started": call.started.isoformat(),
        "duration": 60.0, "crm": f"CS-{call.number}",
    }  # fmt: skip
    place.with_suffix(".json").write_text(json.dumps(told))
    return place
