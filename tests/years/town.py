"""What happens in a company over two years, drawn from a seed: calls, requests, decisions, and a recorder that is away."""

from __future__ import annotations

import json
import os
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal

from tests.handlers.builders import AU, UK, email

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


def calls(chance: Random, number: int, since: datetime, days: int) -> list[Call]:
    """So many calls, at any second of any day; some in the hours that daylight saving skips or repeats a year later."""
    found = []
    for one in range(number):
        started = since + timedelta(seconds=chance.randrange(days * 86_400))
        found.append(Call(one, chance.choice((AU, UK)), started, chance.choice(PEOPLE)))
    return found


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


def events(chance: Random, town: list[Call], end: datetime) -> list[Event]:
    """What happens, in order: most calls are only recorded, many of those asked about are old already."""
    return sorted(one for one in (*_of_calls(chance, town), *_outages(chance, town)) if one.at < end)


def _of_calls(chance: Random, town: list[Call]) -> Iterator[Event]:
    for call in town:
        yield Event(call.started + timedelta(minutes=2), "call", call.number)
        if chance.random() < 0.6:
            asked = call.started + timedelta(
                days=chance.choice((3, 200, 340, 355, 360, 363, 364)), hours=chance.randrange(24)
            )
            yield Event(asked, chance.choice(("ask", "ask", "claim")), call.number)
            if chance.random() < 0.7:
                decided = asked + timedelta(days=chance.choice((0, 1, 8, 20)), minutes=7)
                yield Event(decided, chance.choice(("approve", "deny")), call.number)


def _outages(chance: Random, town: list[Call]) -> Iterator[Event]:
    """Never longer than the policy bears: what is due meanwhile is erased within the hour all the same."""
    for call in chance.sample(town, max(1, len(town) // 20)):
        at = call.started + timedelta(days=chance.randrange(300, 366))
        yield Event(at, "away")
        yield Event(at + timedelta(minutes=chance.randrange(1, 25)), "back")
