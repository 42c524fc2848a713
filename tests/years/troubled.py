"""Years with a recording system that has bad times: away, slow, lying, or losing one version of several; and the calls of odd hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from bot.ports import Recorder, Unavailable
from bot.recorders.folder import FolderRecorder
from bot.retention.erasing import Erasing
from bot.sealing import Marks
from tests.bot.recorders.benches import PLAIN, VersionedBench
from tests.erasing import unsaid
from tests.handlers.builders import AU, UK, email
from tests.moments import NOW
from tests.years.checker import moment
from tests.years.playing import Years
from tests.years.town import PEOPLE, Call, Event

Trouble = Literal["away", "slow", "lying", "losing one version"]
LENGTH = timedelta(minutes=20)
SLOWLY = timedelta(minutes=3)
"""So long a slow system takes for one call: longer than another process leaves alone what one has asked for."""
DAYS = 850
ODD = (
    (AU, "2028-02-29T00:00:00"), (AU, "2028-02-29T23:59:59"), (UK, "2028-02-29T12:00:00"),
    (AU, "2027-10-01T02:30:00"), (UK, "2027-03-26T01:30:00"),
    (AU, "2027-04-02T02:30:00"), (UK, "2027-10-29T01:30:00"),
    (AU, "2027-04-04T02:30:00"), (UK, "2027-10-31T01:30:00+00:00"),
)  # fmt: skip
"""By line: of the day that the next year does not have; of hours that a year later are skipped, or come twice; and that came twice."""


def odd_calls(more: int) -> list[Call]:
    """Those, and some others."""
    chance = Random(1)
    told = [(line, datetime.fromisoformat(at)) for line, at in ODD]
    zones = {AU: ZoneInfo("Australia/Sydney"), UK: ZoneInfo("Europe/London")}
    begun = [(line, at if at.tzinfo else at.replace(tzinfo=zones[line])) for line, at in told]
    begun += [(chance.choice((AU, UK)), NOW + timedelta(seconds=chance.randrange(400 * 86_400))) for _ in range(more)]
    return [Call(number, line, at, PEOPLE[number % 3]) for number, (line, at) in enumerate(begun)]


def bad_times(town: list[Call]) -> list[Event]:
    """They begin at each call's moment, or a little before."""
    return sorted(one for call in town for one in _bad_time(call))


def _bad_time(call: Call) -> Iterator[Event]:
    yield Event(call.started + timedelta(minutes=2), "call", call.number)
    begin = moment(call) - timedelta(minutes=call.number % 2)
    yield Event(begin, "away", call.number)
    yield Event(begin + LENGTH, "back", call.number)


class InFolder(FolderRecorder):
    """A folder with bad times."""

    trouble: Trouble | Literal[""] = ""

    async def delete(self, native_id: str, stamp: str) -> None:
        if self.trouble == "away":
            raise Unavailable("away")
        if self.trouble != "lying":
            await super().delete(native_id, stamp)


@dataclass
class TroubledFolder(Years):
    """With another process that looks meanwhile, where the system is slow."""

    kind: Trouble = "away"

    def opened(self) -> Recorder:
        self.folder_with_trouble = InFolder(self.folder, seconds=self.company.seconds)
        return slow(self, self.folder_with_trouble)

    def trouble(self, *, on: bool) -> None:
        self.folder_with_trouble.trouble = self.kind if on else ""


@dataclass
class TroubledVersions(Years):
    """An object store that keeps every version; each call is written twice."""

    kind: Trouble = "away"

    def opened(self) -> Recorder:
        self.bench = VersionedBench()
        return slow(self, self.bench.recorder)

    def record(self, call: Call) -> None:
        told = replace(
            PLAIN, native_id=call.name, line=call.line, started=call.started, operator_name=call.operator,
            operator_email=email(call.operator),
        )  # fmt: skip
        for audio in (b"first try", call.name.encode()):
            self.bench.put(told, audio)

    def there(self) -> frozenset[int]:
        return frozenset(
            int(key[-10:-4]) for key in self.bench.bucket._versions if key.endswith(".wav")
        )  # a marker alone is no sound, and none may be left either

    def trouble(self, *, on: bool) -> None:
        manners = self.bench.bucket.manners
        manners.down = Unavailable("away") if on and self.kind == "away" else None
        manners.lies = on and self.kind == "lying"
        manners.forgets = on and self.kind == "losing one version"


def slow(years: TroubledFolder | TroubledVersions, recorder: Recorder) -> Recorder:
    """In slow times the clock goes on over a deletion, and another process does what is due by then."""
    delete = recorder.delete
    other = Erasing(years.company.door, recorder, "file", Marks(bytes(range(32))), years._announced, unsaid)
    state = {"within": False}

    async def slowly(native_id: str, stamp: str) -> None:
        if years.kind == "slow" and not state["within"]:
            state["within"] = True
            years.company.clock.now += SLOWLY
            await other.tick()
            state["within"] = False
        await delete(native_id, stamp)

    vars(recorder)["delete"] = slowly
    return recorder
