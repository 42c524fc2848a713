"""A witness who looks into the folder of recordings for years, and believes nothing but what lies there and what the log tells of each call (P12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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


@dataclass(slots=True)
class Causes:
    """By the register's numbers of calls."""

    certified: dict[int, datetime] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)
    holds: dict[str, Span] = field(default_factory=dict)
    requests: dict[str, Span] = field(default_factory=dict)
    kept: defaultdict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))

    def read(self, rows: Iterable[Mapping[str, Any]]) -> Causes:
        """Go through the log."""
        for row in rows:
            if row["outcome"] == "done":
                self._take(row["action"], row["subject"], _at(row["at"]), row["detail"])
        return self

    def _take(self, action: str, subject: str, at: datetime, detail: Mapping[str, Any]) -> None:
        match action.split("."):
            case ["retention", "certify"]:
                self.twice += [detail["recording"]] if detail["recording"] in self.certified else []
                self.certified[detail["recording"]] = at
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
        return [one for one in found if one is not None]

    def latest(self, call: int, due: datetime) -> datetime:
        """When a call was free to go: with the last of what kept it, one after the other."""
        spans = self.spans(call, due, LONGEST_KEPT)
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


class Watching:
    """Which calls lie there at each look."""

    def __init__(self, folder: Path, town: Sequence[Call]) -> None:
        self.folder = folder
        self.due = {one.number: moment(one) for one in town}
        self.last_there: dict[int, datetime] = {}
        self.gone: dict[int, datetime] = {}
        self.faults: list[str] = []

    def recorded(self, call: Call) -> None:
        """A call is there from now on."""
        self.last_there[call.number] = call.started

    def look(self, at: datetime) -> None:
        """Everything that was recorded and has not gone is there, and nothing else; only what is past its moment goes."""
        found = {int(one.name[5:11]) for one in self.folder.rglob("*.wav")}
        wanted = self.last_there.keys() - self.gone.keys()
        self.last_there |= dict.fromkeys(wanted & found, at)
        self.gone |= dict.fromkeys(wanted - found, at)
        early = (one for one in wanted - found if self.due[one] > at)
        self.faults += [f"call {one} was not there at {at}, before its moment" for one in sorted(early)]
        self.faults += [f"call {one} was there again at {at}" for one in sorted(found - wanted)]

    def check(self, causes: Causes, numbers: Mapping[int, int], end: datetime) -> list[str]:
        """Everything that is not as it has to be, in sentences; `numbers` has the register's number of each call."""
        known = self.last_there.keys() & numbers.keys()
        faults = [f"call {one} is not in the register" for one in sorted(self.last_there.keys() - known)]
        faults += [f"recording {one} was certified twice" for one in causes.twice]
        faults += [one for number in sorted(known) for one in self._one(number, numbers[number], causes, end)]
        return [*self.faults, *faults]

    def _one(self, number: int, recording: int, causes: Causes, end: datetime) -> Iterator[str]:
        due, certified = self.due[number], causes.certified.get(recording)
        if certified is not None and certified < due:
            yield f"call {number} was erased {due - certified} early"
        if (certified is None) is (number in self.gone):
            yield f"call {number} is {'gone without a certificate' if certified is None else 'certified and was seen'}"
        if due > end:
            return
        kept = causes.spans(recording, due, SURELY_KEPT)
        if certified is not None and any(since <= certified < until for since, until in kept):
            yield f"call {number} was erased at {certified} while something kept it"
        latest, last = causes.latest(recording, due), self.last_there[number]
        if last > latest + HOUR:
            yield f"call {number} was still there at {last}, {last - latest} after nothing kept it"
