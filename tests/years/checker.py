"""What must be true of the log and of the folder after two years, counted without any of the program's rules (P12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.handlers.builders import AU
from tests.years.town import Call

HOUR = timedelta(hours=1)
LONGEST_KEPT = timedelta(days=45)  # twenty working days, over any Christmas
SURELY_KEPT = timedelta(days=26)  # twenty working days are never fewer
NEVER = datetime.max.replace(tzinfo=UTC)
CLOSED_BY = ("access.approve", "access.deny", "access.withdraw", "access.lapse")


def moment(call: Call) -> datetime:
    """A year later by the clock on the wall of the line, walking on where the wall never showed that; in UTC, to count with."""
    zone = ZoneInfo("Australia/Sydney" if call.line == AU else "Europe/London")
    wall = call.started.astimezone(zone).replace(fold=0)
    if (wall.month, wall.day) == (2, 29):
        return datetime(wall.year + 1, 3, 1, tzinfo=zone).astimezone(UTC)
    later = wall.replace(year=wall.year + 1)
    while later.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != later.replace(tzinfo=None):
        later = later.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return later.astimezone(UTC)


@dataclass(frozen=True)
class Wait:
    """A request: when it was filed, when it was decided, and until when what it led to could be heard."""

    since: datetime
    decided: datetime
    over: datetime


@dataclass
class Seen:
    """Which calls lay in the folder when somebody looked."""

    at: datetime
    there: frozenset[int]


@dataclass
class Checker:
    """`numbers` has the register's number of each call."""

    town: list[Call]
    numbers: Mapping[int, int]
    rows: Iterable[dict[str, Any]]
    looks: list[Seen]
    faults: list[str] = field(default_factory=list)

    def check(self) -> list[str]:
        """Everything that is not as it has to be, in sentences."""
        rows = [one for one in self.rows if one["outcome"] == "done"]
        certified = self._certified(rows)
        waits = self._waits(rows)
        for call in self.town:
            self._one(
                call, certified.get(self.numbers.get(call.number, -1)), waits.get(self.numbers.get(call.number, -1), [])
            )
        return self.faults

    def _one(self, call: Call, gone: datetime | None, waits: list[Wait]) -> None:
        due = moment(call)
        kept = [one for one in waits if one.since <= due < one.decided]
        latest = min(max((one.over for one in kept), default=due), due + LONGEST_KEPT) + HOUR
        if gone is not None and gone < due:
            self.faults.append(f"call {call.number} was erased {due - gone} early")
        if gone is not None and any(due <= gone < min(one.over, due + SURELY_KEPT) for one in kept):
            self.faults.append(f"call {call.number} was erased while a request kept it")
        for look in self.looks:
            if call.number in look.there and look.at > latest:
                self.faults.append(f"call {call.number} was still there at {look.at}, {look.at - due} past its moment")
                return
            if call.number not in look.there and call.started + HOUR < look.at < due:
                self.faults.append(f"call {call.number} was not there at {look.at}, before its moment")
                return

    def _certified(self, rows: list[dict[str, Any]]) -> dict[int, datetime]:
        found: dict[int, datetime] = {}
        for one in rows:
            if one["action"] == "retention.certify":
                number = one["detail"]["recording"]
                if number in found:
                    self.faults.append(f"recording {number} was certified twice")
                found[number] = _at(one["at"])
        return found

    def _waits(self, rows: list[dict[str, Any]]) -> dict[int, list[Wait]]:
        """By recording: the requests about it."""
        asked = {one["subject"]: one for one in rows if one["action"] == "access.file"}
        found: dict[int, list[Wait]] = {}
        for request, filed in asked.items():
            over = [one for one in rows if one["subject"] == request and one["action"] in CLOSED_BY]
            decided = _at(over[0]["at"]) if over else NEVER
            until = _at(over[0]["detail"]["until"]) if over and over[0]["action"] == "access.approve" else decided
            for number in filed["detail"]["recordings"]:
                found.setdefault(number, []).append(Wait(_at(filed["at"]), decided, until))
        return found


def _at(told: object) -> datetime:
    return told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
