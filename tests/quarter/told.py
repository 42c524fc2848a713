"""What the audit log and the ledger of what was sent tell of a quarter, row by row; the checker reads nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

Entry = Mapping[str, Any]
"""An entry of the audit log, as it is exported."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of the ledger: what it was, for whom, asked for when, and what became of it when."""

    kind: str
    person: int
    at: datetime
    done: datetime | None
    state: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class Filed:
    """One request: who asked for which calls, whom it concerns, when somebody closed it or gave or took access, and who passed it on when."""

    id: str
    at: datetime
    requester: int
    calls: list[int]
    concerned: list[int]
    investigation: bool
    closed: datetime | None = None
    until: datetime | None = None
    taken: datetime | None = None
    passed: list[tuple[datetime, int]] = field(default_factory=list)


@dataclass(slots=True)
class Absence:
    """Somebody was away on these days, said so at a moment, and was back at another where that was said."""

    person: int
    first: date
    last: date
    said: datetime
    over: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turned:
    """What the log says of an account: how its person stands since (`member` is as it should be), or that its way is shut.

    `who` is the account, or `person:` with an id; `warned` is who was told of it.
    """

    at: datetime
    who: str
    stands: str
    warned: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What the log says that was done about a request by the clock, or since somebody can't be reached or passed it on: a step of a request, and whom it asked or told, let go, or warned."""

    at: datetime
    action: str
    request: str
    people: frozenset[int] = frozenset()
    over: frozenset[int] = frozenset()
    warned: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reminded:
    """What the log says that a person was told of, and when."""

    at: datetime
    person: int
    request: str
    step: str


@dataclass(slots=True)
class Log:
    """The log, sorted by what it tells of."""

    filed: dict[str, Filed] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    steps: list[Told] = field(default_factory=list)
    reminded: list[Reminded] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)


def read(entries: Sequence[Entry]) -> Log:
    """All that was done, in the order of the log."""
    log = Log()
    for one in entries:
        if one["outcome"] == "done":
            _take(log, one, datetime.fromisoformat(one["at"]).astimezone(UTC))
    return log


def _take(log: Log, one: Entry, at: datetime) -> None:
    detail, request = one["detail"], one["subject"]
    match one["action"].split("."):
        case ["access", "file"]:
            log.filed[request] = _filed(one, at)
            log.steps.append(_told(one, at))
        case ["access", "approve" | "deny" | "withdraw"]:
            _closed(log.filed[request], one, at)
        case ["away", "say"]:
            first, last = (date.fromisoformat(detail[name]) for name in ("first", "last"))
            log.absences.append(Absence(_person(one["actor"]), first, last, at))
        case ["away", "back"]:
            [mine] = [
                away
                for away in log.absences
                if away.person == _person(one["actor"]) and away.first <= at.date() <= away.last
            ]
            mine.over = at
        case ["matters", "remind"]:
            person = _person(request)
            log.reminded += [Reminded(at, person, told["matter"], told["step"]) for told in detail["told"]]
        case ["access", "pass_on"]:
            log.filed[request].passed.append((at, _person(one["actor"])))
            log.steps.append(_told(one, at))
        case ["access", "reroute"] if "asked" in detail:
            log.steps.append(_told(one, at))
        case ["access", _] if one["actor"] == "clock":
            log.steps.append(_told(one, at))
        case ["people", "meet" | "gone" | "block" | "leave" as what]:
            stands, warned = detail["standing"] if what == "meet" else what, frozenset(detail.get("warned", ()))
            log.turned.append(Turned(at, request, stands, warned))


def _told(one: Entry, at: datetime) -> Told:
    detail = one["detail"]
    over, warned = (frozenset(detail.get(name, ())) for name in ("over", "warned"))
    return Told(at, one["action"], one["subject"], _asked(detail), over, warned)


def _asked(detail: Mapping[str, Any]) -> frozenset[int]:
    """Who is to decide by this; of those who were asked some only hear of the decision. A reminder names whom it tells."""
    told = set(detail.get("told", ()))
    return frozenset(set(detail["asked"]) - told if "asked" in detail else told)


def _filed(one: Entry, at: datetime) -> Filed:
    detail = one["detail"]
    return Filed(
        one["subject"],
        at,
        _person(one["actor"]),
        detail["recordings"],
        detail.get("concerned", []),
        one["clause"] == "P9",
    )


def _closed(request: Filed, one: Entry, at: datetime) -> None:
    if request.until is not None:
        request.taken = request.taken or at
        return
    request.closed = request.closed or at
    if "until" in one["detail"]:
        request.until = datetime.fromisoformat(one["detail"]["until"]).astimezone(UTC)


def _person(name: str) -> int:
    return int(name.removeprefix("person:"))
