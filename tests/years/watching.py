"""A witness who looks into the folder of recordings for years, and believes nothing but what lies there and what the log says (P12)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.years.causes import SURELY_KEPT, Causes
from tests.years.town import HOUR, Call, moment

A_DAY = timedelta(days=1)
LONGEST_WORKING_DAY = timedelta(days=8)
"""From the moment at which a caller declines to the end of the next working day, over any holidays."""


class Watching:
    """Which calls lie there: those past their moment at each look, by name; all of them once a day."""

    def __init__(self, folder: Path, town: Sequence[Call]) -> None:
        self.folder, self.town = str(folder), town
        self.due = {one.number: moment(one) for one in town}
        self._coming = iter(sorted(town, key=lambda one: self.due[one.number]))
        self._next = next(self._coming, None)
        self._recorded: set[int] = set()
        self._past: set[int] = set()
        self._declined: set[int] = set()
        self._walked: datetime | None = None
        self.last_there: dict[int, datetime] = {}
        self.gone: dict[int, datetime] = {}
        self.faults: list[str] = []

    def recorded(self, call: Call) -> None:
        """A call is there from now on."""
        self._recorded.add(call.number)

    def may_go(self, number: int, *, declined: bool) -> None:
        """A call may go before its time from now on: its caller declined."""
        self._past.add(number)
        if declined:
            self._declined.add(number)

    def look(self, at: datetime) -> None:
        """After each tick."""
        while self._next is not None and self.due[self._next.number] <= at:
            self._past.add(self._next.number)
            self._next = next(self._coming, None)
        for number in list(self._past & self._recorded):
            if self.there(number):
                self.last_there[number] = at
            else:
                self.gone[number] = at
                self._past.discard(number)
        if self._walked is None or at - self._walked >= A_DAY:
            self._walk(at)

    def there(self, number: int) -> bool:
        return os.path.exists(f"{self.folder}/{self.town[number].name}")  # noqa: PTH110  a million times

    def comes_due(self, at: datetime) -> bool:
        """Whether a call has its moment until then that had it not at the last look."""
        return self._next is not None and self.due[self._next.number] <= at

    def before_its_moment(self, number: int, at: datetime) -> None:
        """A second before; it must be there, unless it was to go before its time."""
        if number in self._recorded - self.gone.keys() and not self.there(number):
            self.faults.append(f"call {number} was not there at {at}, before its moment")

    def _walk(self, at: datetime) -> None:
        """Everything that was recorded and has not gone is there, and nothing else."""
        self._walked = at
        found = {int(name[5:11]) for _, _, names in os.walk(self.folder) for name in names if name.endswith(".wav")}
        wanted = self._recorded - self.gone.keys()
        self.faults += [f"call {one} was not there at {at}, before its moment" for one in sorted(wanted - found)]
        self.faults += [f"call {one} was there again at {at}" for one in sorted(found - wanted)]

    def check(self, causes: Causes, numbers: Mapping[int, int], end: datetime) -> list[str]:
        """Everything that is not as it has to be, in sentences; `numbers` has the register's number of each call."""
        self._walk(end)
        known = self._recorded & numbers.keys()
        faults = [f"call {one} is not in the register" for one in sorted(self._recorded - known)]
        faults += [f"recording {one} was certified twice" for one in causes.twice]
        faults += [one for number in sorted(known) for one in self._one(number, numbers[number], causes, end)]
        return [*self.faults, *faults]

    def _one(self, number: int, recording: int, causes: Causes, end: datetime) -> Iterator[str]:
        due, certified = self.due[number], causes.certified.get(recording)
        if (freed := causes.freed.get(recording)) is not None and freed.at < due:
            due = freed.at
            if certified is not None and causes.certified_why[recording] != freed.why:
                yield f"call {number} was certified as {causes.certified_why[recording]}, and was {freed.why}"
        yield from self._declined_one(number, recording, causes, end)
        if certified is not None and certified < due:
            yield f"call {number} was erased {due - certified} early"
        if (certified is None) is (number in self.gone):
            yield f"call {number} is {'gone without a certificate' if certified is None else 'certified and was seen'}"
        if due > end:
            return
        kept = causes.spans(recording, due, SURELY_KEPT)
        if certified is not None and any(since <= certified < until for since, until in kept):
            yield f"call {number} was erased at {certified} while something kept it"
        latest, last = causes.latest(recording, due), self.last_there.get(number, due)
        if last > latest + HOUR:
            yield f"call {number} was still there at {last}, {last - latest} after nothing kept it"

    def _declined_one(self, number: int, recording: int, causes: Causes, end: datetime) -> Iterator[str]:
        last = self.town[number].started + LONGEST_WORKING_DAY
        if number not in self._declined or recording in causes.agreed or last > end:
            return
        if (freed := causes.freed.get(recording)) is None or freed.at > last:
            yield f"call {number}, whose caller declined, was not let go"
