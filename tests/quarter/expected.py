"""What should have come of each request: its course counted anew from when it was asked for and closed, step by step (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count, islice

from tests.quarter.days import Days, midnights
from tests.quarter.deciders import Deciders
from tests.quarter.told import Filed, Reminded, Told

STEPS = {1: "access.remind", 2: "access.deputy", 3: "access.next", 10: "access.lapse"}
"""On which working day each step falls where nobody answers."""
A_WEEK = timedelta(days=7)
AT_STEP, AT_TELLING, AT_LOOK = range(3)
"""In which order things of one moment are done."""


@dataclass(slots=True)
class Part:
    """As what somebody is asked: the role, whether only since others are away, and whether still."""

    role: str
    absent: bool
    active: bool = True


@dataclass(slots=True)
class Course:
    """One request's course, as it should be."""

    request: Filed
    deciders: Deciders
    days: Days
    zones: Mapping[int, str]
    end: datetime
    steps: list[Told] = field(default_factory=list)
    reminded: list[Reminded] = field(default_factory=list)
    fell: dict[tuple[str, int], list[datetime]] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    lapsed: bool = False
    held: bool = False  # since everybody who decides is away
    _coming: list[tuple[datetime, int, int, str, int]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def run(self, looks: Iterable[datetime]) -> Course:
        """Ask whoever is first, then do what falls, one after the other; `looks` is when absences change."""
        asked, absent = self.deciders.first(self.request, self.request.at)
        self.steps.append(Told(self.request.at, "access.file", self.request.id, self._ask(asked, absent=absent)))
        self._plan(looks)
        while self._coming and self._coming[0][0] <= self.end:
            at, kind, _, step, person = heappop(self._coming)
            if kind == AT_STEP:
                self._step(step, at)
            elif kind == AT_TELLING:
                self._tell(step, person, at)
            elif self._waits(at):
                self._look(at)
        return self

    def _plan(self, looks: Iterable[datetime]) -> None:
        request = self.request
        ends = zip(
            *(islice(self.days.ends(line, request.at), 10) for line in self.deciders.lines(request)), strict=True
        )
        for day, moments in enumerate(ends, 1):
            if day in STEPS:
                step = "access.undecided" if day == 10 and request.investigation else STEPS[day]
                self._at(min(moments), AT_STEP, step)
        for moment in (*looks, *midnights(request.at, self.end)):
            if moment > request.at:
                self._at(moment, AT_LOOK)
        if request.until is not None and request.closed is not None:
            soon = self.days.day_before(request.until, self.zones[request.requester], self._line)
            if soon > request.closed:
                self._at(soon, AT_STEP, "access.ending")
            self._at(request.until, AT_STEP, "access.expire")

    def _at(self, moment: datetime, kind: int, step: str = "", person: int = 0) -> None:
        heappush(self._coming, (moment, kind, next(self._order), step, person))

    @property
    def _line(self) -> str:
        return self.deciders.lines(self.request)[0]

    def _waits(self, at: datetime) -> bool:
        return not self.lapsed and (self.request.closed is None or at < self.request.closed)

    def _open(self, at: datetime) -> bool:
        """Whether there is access."""
        given, until, taken = self.request.closed, self.request.until, self.request.taken
        return given is not None and until is not None and given <= at < until and (taken is None or at < taken)

    def _active(self) -> list[int]:
        return [person for person, part in self.parts.items() if part.active]

    def _roles(self) -> set[str]:
        return {part.role for part in self.parts.values() if part.active}

    def _ask(self, people: Iterable[tuple[int, str]], *, absent: bool = False) -> frozenset[int]:
        """Ask these, and give those of them who were not asked."""
        new = [(person, role) for person, role in people if person not in self._active()]
        self.parts |= {person: Part(role, absent) for person, role in new}
        assert self._active(), f"nobody is left for {self.request.id}: the plan is not to go there"
        return frozenset(person for person, _ in new)

    def _look(self, at: datetime) -> None:
        """Whoever was asked only for an absence has it no more when that is over; whoever decides now is asked."""
        now, absent = self.deciders.first(self.request, at)
        over = [one for one, part in self.parts.items() if part.active and part.absent and one not in dict(now)]
        for one in over:
            self.parts[one].active = False
        asked = self._ask(now, absent=absent)
        there = [one for one in self._active() if not self.deciders.away(one, at)]
        held, self.held = self.held, not now and not there
        warned = frozenset(self.deciders.hears(self.request, (), at) if self.held and not held else ())
        if asked or over or warned:
            self.steps.append(Told(at, "access.recheck", self.request.id, asked, frozenset(over), warned))
        if held and not self.held:
            # Whoever is back has the card since before, and reminders passed in silence.
            there = [one for one in there if one not in asked]
            self._falls("access.remind", at, there)

    def _step(self, step: str, at: datetime) -> None:
        if step == "access.ending":
            if self._open(at):
                self._remind(step, at, [self.request.requester], ())
        elif step == "access.expire":
            if self.request.taken is None:
                self.steps.append(Told(at, step, self.request.id))
        elif self._waits(at):
            self._silence(step, at)

    def _silence(self, step: str, at: datetime) -> None:
        request, deciders = self.request, self.deciders
        if self.held and step in ("access.remind", "access.deputy", "access.next"):
            return
        match step:
            case "access.remind":
                self._remind(step, at, self._active(), self._active())
            case "access.deputy":
                self._asked(step, at, deciders.deputies(request, self._roles(), at))
            case "access.next" if further := deciders.next(request, self._roles(), at):
                self._asked(step, at, further)
            case "access.lapse":
                self.lapsed = True
                self._remind(step, at, [request.requester, *self._active()], ())
            case "access.undecided":
                self._alarm(step, at, [] if self.held else self._active())
                self._at(at + A_WEEK, AT_STEP, step)
            case _:
                self._alarm(step, at)

    def _alarm(self, step: str, at: datetime, reminded: list[int] | None = None) -> None:
        """Somebody hears of it, and with the weekly alarm whoever is silent is reminded."""
        warned = frozenset(self.deciders.hears(self.request, self._active(), at))
        self._remind(step, at, reminded or (), reminded or (), warned)

    def _asked(self, step: str, at: datetime, people: list[tuple[int, str]]) -> None:
        if new := self._ask(people):
            self._remind(step, at, new, new)

    def _remind(
        self,
        step: str,
        at: datetime,
        people: Iterable[int],
        logged: Iterable[int],
        warned: frozenset[int] = frozenset(),
    ) -> None:
        self.steps.append(Told(at, step, self.request.id, frozenset(logged), warned=warned))
        self._falls(step, at, people)

    def _falls(self, step: str, at: datetime, people: Iterable[int]) -> None:
        for person in people:
            self.fell.setdefault((step, person), []).append(at)
            # What ends falls within working hours already, at the latest with their end.
            next_hours = self.days.next_hours(at, self.zones[person], self._line)
            self._at(at if step == "access.ending" else next_hours, AT_TELLING, step, person)

    def _tell(self, step: str, person: int, at: datetime) -> None:
        """Only what is still so."""
        still = {"access.ending": self._open(at), "access.lapse": True}
        part = self.parts.get(person)
        if still.get(step, self._waits(at) and not self.held and part is not None and part.active):
            self.reminded.append(Reminded(at, person, self.request.id, step))
