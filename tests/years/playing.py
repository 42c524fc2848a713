"""Plays two years through the real door, the real folder and the real clock's work, with a clock that leaps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.clockwork.ticks import Ticks
from bot.ports import Recorder, Unavailable
from bot.recorders.folder import FolderRecorder
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from bot.sealing import Marks
from handlers.access import deciding
from handlers.door import Repeated
from handlers.rules.refusal import Refused
from storage.records import Recording
from tests.handlers.builders import CLAIM, Company, ask
from tests.moments import NOW
from tests.years.checker import Checker, Seen, moment
from tests.years.town import Call, Event, calls, events, record

TICK = timedelta(seconds=20)
LONGEST_LEAP = timedelta(days=1)


class Wavering(FolderRecorder):
    """A folder whose disk is away at times, for whoever is to delete or look."""

    away = False

    async def delete(self, native_id: str, stamp: str) -> None:
        if self.away:
            raise Unavailable("away")
        await super().delete(native_id, stamp)


@dataclass
class Years:
    """A company, its folder of recordings, and what somebody saw in that after each tick."""

    company: Company
    folder: Path
    town: list[Call]
    leap: timedelta = LONGEST_LEAP
    asked: dict[int, str] = field(default_factory=dict)
    looks: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.recorder = self.opened()
        self.erasing = Erasing(self.company.door, self.recorder, "file", Marks(bytes(range(32))))
        sync = RecordingSync(
            self.company.door,
            self.recorder,
            "file",
            self.erasing.returned,
            UnregisteredFiles(self.company.door, "file").note,
        )
        self.ticks = Ticks(self.company.door, sync, {}, self.company.seconds, more={"erasures": self.erasing.tick})

    def opened(self) -> Recorder:
        """The recording system."""
        self.wavering = Wavering(self.folder, seconds=self.company.seconds)
        return self.wavering

    def record(self, call: Call) -> None:
        """A call comes into it."""
        record(self.folder, call)

    def there(self) -> frozenset[int]:
        """The calls of which anything can be heard there."""
        return frozenset(int(one.stem.rpartition("-")[2]) for one in self.folder.rglob("call-*.wav"))

    def trouble(self, *, on: bool) -> None:
        """Its bad times begin, or end."""
        self.wavering.away = on

    async def play(self, happens: list[Event], end: datetime) -> None:
        """One thing after the other, with ticks soon after each, after each moment, and at least once a day."""
        around = (-timedelta(seconds=1), TICK, timedelta(hours=1, seconds=1))
        stops = sorted(
            {*(one.at + TICK for one in happens), *(moment(one) + off for one in self.town for off in around)}
        )
        coming = iter([*happens, None])
        following = next(coming)
        for stop in (one for one in stops if one < end):
            while following is not None and following.at <= stop:
                self.company.clock.now = max(self.company.clock.now, following.at)
                await self._happens(following)
                following = next(coming)
            while stop - self.company.clock.now > self.leap:
                await self._tick(self.company.clock.now + self.leap)
            await self._tick(max(stop, self.company.clock.now))

    async def _tick(self, at: datetime) -> None:
        self.company.clock.now = at
        await self.ticks.tick()
        self.looks.append(Seen(self.company.clock.now, self.there()))

    async def _happens(self, event: Event) -> None:
        match event.kind:
            case "call":
                self.record(self.town[event.call])
            case "ask":
                await self._ask(event.call, {})
            case "claim":
                await self._ask(event.call, CLAIM)
            case "approve" | "deny":
                await self._decide(event)
            case "away" | "back":
                self.trouble(on=event.kind == "away")

    async def _ask(self, number: int, more: Mapping[str, str]) -> None:
        known = await self.numbers()
        if number in known:
            with suppress(Refused):  # its moment has come
                self.asked[number] = await ask(
                    self.company, self.company.anna, calls=[known[number]], crm=f"CS-{number}", **more
                )

    async def _decide(self, event: Event) -> None:
        if (request := self.asked.get(event.call)) is not None:
            wanted = (
                deciding.approve_request(request)
                if event.kind == "approve"
                else deciding.deny_request(request, "Not this one.")
            )
            for who in (self.company.tara, self.company.helena):
                with suppress(Refused, Repeated):  # it has lapsed, or goes to the other one
                    await self.company.door.enter(wanted, who)

    async def numbers(self) -> dict[int, int]:
        """The register's number of each call that it knows by name still."""
        rows = await self.company.database.read(
            lambda store: store.recordings.known("file", [one.name for one in self.town])
        )
        return {int(name.rpartition("-")[2].removesuffix(".wav")): one.id for name, one in rows.items()}


async def played(company: Company, folder: Path, seed: int, number: int, days: int = 730) -> list[str]:
    """What was not as it has to be."""
    chance = Random(seed)
    town = calls(chance, number, NOW, days)
    years, end = Years(company, folder, town), NOW + timedelta(days=days)
    await years.play(events(chance, town, end), end)
    return await found(years)


async def found(years: Years) -> list[str]:
    """What was not as it has to be, once they are over."""
    rows = await years.company.database.read(lambda store: list(store.audit.rows()))
    return Checker(years.town, await _numbers(years.company, years.town), rows, years.looks).check()


async def _numbers(company: Company, town: list[Call]) -> dict[int, int]:
    """By start and operator, which an erased call keeps."""
    named = {(one.started, one.line, one.operator): one.number for one in town}
    rows = await company.database.read(lambda store: store.session.query(Recording).all())
    facts = {one.id: (one.started, one.line, one.operator_name) for one in rows}
    return {named[told]: number for number, told in facts.items() if told in named}
