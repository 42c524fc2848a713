"""A witness who looks into the folder of recordings for years, and believes nothing but what lies there and what the log tells of each call (P12)."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.years.town import HOUR, Call, moment

NEVER = datetime.max.replace(tzinfo=UTC)
LONGEST_KEPT = timedelta(days=45)  # twenty working days, over any Christmas
SURELY_KEPT = timedelta(days=26)  # twenty working days are never fewer


@dataclass(slots=True)
class Span:
    """Something that keeps, from a moment to another; `filed` and `decided` of a request, which keeps only what comes due between."""

    since: datetime
    until: datetime = NEVER
    decided: datetime | None = None


class Freed(NamedTuple):
    """Why a call may go before its time, in the certificate's word, and since when."""

    why: str
    at: datetime


@dataclass(slots=True)
class Said:
    """What a caller declined, and since when it goes, or whether it is kept after all."""

    recordings: set[int] = field(default_factory=set)
    goes: datetime | None = None
    kept: bool = False


@dataclass(slots=True)
class Causes:
    """By the register's numbers of calls. `freed` are those that may go before their time, `agreed` those of callers who had declined."""

    certified: dict[int, datetime] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)
    pause_of: dict[int, str] = field(default_factory=dict)
    holds: dict[str, Span] = field(default_factory=dict)
    requests: dict[str, Span] = field(default_factory=dict)
    pauses: dict[str, Span] = field(default_factory=dict)
    kept: defaultdict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    freed: dict[int, Freed] = field(default_factory=dict)
    certified_why: dict[int, str] = field(default_factory=dict)
    agreed: set[int] = field(default_factory=set)
    said: defaultdict[str, Said] = field(default_factory=lambda: defaultdict(Said))
    entries: int = 0

    def read(self, rows: Iterable[Mapping[str, Any]]) -> Causes:
        """Go through the log."""
        for row in rows:
            self.entries += 1
            if row["outcome"] == "done":
                self._take(row["action"], row["subject"], _at(row["at"]), row["detail"])
        return self

    def _take(self, action: str, subject: str, at: datetime, detail: Mapping[str, Any]) -> None:
        match action.split("."):
            case ["retention", "certify"]:
                self.twice += [detail["recording"]] if detail["recording"] in self.certified else []
                self.certified[detail["recording"]] = at
                self.certified_why[detail["recording"]] = detail["why"]
                self.pause_of |= {detail["recording"]: detail["pause"]} if "pause" in detail else {}
            case ["declined", "meet" | "go" | "erase" | "keep" as what]:
                self._said(self.said[subject], what, at, detail)
            case ["access", "file"]:
                self._keeps(self.requests, subject, Span(at, decided=NEVER), detail["recordings"])
            case ["access", "approve" | "deny" | "withdraw" | "lapse"]:
                self._decided(self.requests[subject], at, detail)
            case ["hold", "set" | "ask"]:
                self._keeps(self.holds, subject, Span(at, _at(detail["until"])), detail["recordings"])
            case ["hold", "confirm" | "renew"]:
                self.holds[subject].until = _at(detail["until"])
            case ["hold", "release" | "end"]:
                self.holds[subject].until = min(at, self.holds[subject].until)
            case ["retention", "pause"]:
                self.pauses[subject] = Span(at)
            case ["retention", "continue" | "follow_pause"] if "state" in detail:
                self.pauses[subject].until = at

    def _said(self, said: Said, what: str, at: datetime, detail: Mapping[str, Any]) -> None:
        said.recordings |= set(detail.get("recordings", ()))
        said.kept |= what == "keep"
        said.goes = at if what in ("go", "erase") else said.goes
        if said.kept:
            self.agreed |= said.recordings
        elif said.goes is not None:
            self.freed |= {one: Freed("declined", at) for one in said.recordings - self.freed.keys()}

    def _keeps(self, kind: dict[str, Span], subject: str, span: Span, recordings: Iterable[int]) -> None:
        kind[subject] = span
        for one in recordings:
            self.kept[one].append(span)

    @staticmethod
    def _decided(request: Span, at: datetime, detail: Mapping[str, Any]) -> None:
        if request.decided == NEVER:
            request.decided, request.until = at, _at(detail["until"]) if "until" in detail else at

    def spans(self, call: int, due: datetime, most: timedelta) -> list[tuple[datetime, datetime]]:
        """What kept a call past its moment, from when to when; a request for so long at most."""
        found = [_past(one, due, most) for one in self.kept.get(call, ())]
        if (pause := self.pause_of.get(call)) is not None:
            found.append((due, self.pauses[pause].until))
        return [one for one in found if one is not None]

    def latest(self, call: int, due: datetime) -> datetime:
        """When a call was free to go: with the last of what kept it, one after the other."""
        spans = [*self.spans(call, due, LONGEST_KEPT), *((one.since, one.until) for one in self.pauses.values())]
        free, before = due, None
        while free != before:
            before = free
            free = max((until for since, until in spans if since <= free + timedelta(hours=1)), default=free)
            free = max(free, before)
        return free


def _past(one: Span, due: datetime, most: timedelta) -> tuple[datetime, datetime] | None:
    if one.decided is None:
        return one.since, one.until
    return (due, min(one.until, due + most)) if one.since <= due < one.decided else None


def _at(told: object) -> datetime:
    return told if isinstance(told, datetime) else datetime.fromisoformat(str(told))


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
