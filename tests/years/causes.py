"""What the log tells of each call, read once from its beginning to its end: its certificates, and all that kept it (P12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

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
