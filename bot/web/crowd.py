"""Who is connected, what each is waited for and since when: decides who has to go, and ends nobody itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

C = TypeVar("C")


class Phase(IntEnum):
    """What a connection is at, in the order in which one is given up for another."""

    HEADERS = 0  # they are awaited, from the first moment or from their first byte
    BODY = 1
    IDLE = 2  # between two requests
    ANSWER = 3  # ours to give: nobody is cut off for taking it


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections are held, in all and for one address, and how many seconds each phase may last.

    `idle` is more than a proxy keeps a connection for its next request, so that the proxy is the one who ends it.
    """

    most: int = 1000
    most_of_one: int = 250
    headers: float = 10.0
    body: float = 20.0
    idle: float = 180.0

    def lasts(self, phase: Phase) -> float:
        return (self.headers, self.body, self.idle, float("inf"))[phase]


@dataclass(slots=True)
class _Group(Generic[C]):
    """Connections by phase, each with when the phase began (monotonic seconds); the longest there comes first."""

    phases: tuple[dict[C, float], ...] = field(default_factory=lambda: tuple({} for _ in Phase))

    def __len__(self) -> int:
        return sum(map(len, self.phases))

    def slowest(self, otherwise: C) -> C:
        return next((one for phase in self.phases[: Phase.ANSWER] for one in phase), otherwise)


class Crowd(Generic[C]):
    """The connections of one address of ours; `C` is whatever stands for a connection."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._all: _Group[C] = _Group()
        self._of: dict[str | None, _Group[C]] = {}
        self._where: dict[C, tuple[str | None, Phase]] = {}

    def __len__(self) -> int:
        return len(self._where)

    def enter(self, one: C, address: str | None, now: float) -> C | None:
        """Take in a connection; returns who has to go for it: the slowest, or itself where all the others are at work.

        `address` is None where nobody knows whose it is: only the limit for all counts then.
        """
        gone: C | None = None
        theirs = self._of.get(address) if address is not None else None
        if theirs is not None and len(theirs) >= self.limits.most_of_one:
            gone = theirs.slowest(one)
        elif len(self) >= self.limits.most:
            gone = self._all.slowest(one)
        if gone is not None:
            self.leave(gone)
        if gone is not one:
            self._put(one, address, Phase.HEADERS, now)
        return gone

    def move(self, one: C, phase: Phase, now: float) -> None:
        """A connection has come to another phase; one that left already is not taken in again."""
        if one not in self._where:
            return
        address, before = self._where[one]
        self._where[one] = address, phase
        for phases in (self._all.phases, self._of[address].phases):
            del phases[before][one]
            phases[phase][one] = now

    def phase(self, one: C) -> Phase | None:
        """What a connection is at; None for one that left."""
        return self._where[one][1] if one in self._where else None

    def leave(self, one: C) -> None:
        """Forget a connection, if it is there."""
        if one not in self._where:
            return
        address, phase = self._where.pop(one)
        del self._all.phases[phase][one], self._of[address].phases[phase][one]
        if not len(self._of[address]):
            del self._of[address]

    def overdue(self, now: float) -> Iterator[C]:
        """Whoever has been in a phase for too long; they stay until they leave."""
        for phase in Phase:
            since = now - self.limits.lasts(phase)
            for one, began in self._all.phases[phase].items():
                if began > since:
                    break
                yield one

    def _put(self, one: C, address: str | None, phase: Phase, now: float) -> None:
        self._where[one] = address, phase
        for group in (self._all, self._of.setdefault(address, _Group())):
            group.phases[phase][one] = now
