"""What should have come of each request: its course counted anew from when it was asked for and closed, step by step (P7, P9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count, islice

from tests.quarter.days import Days, midnights
from tests.quarter.deciders import Asked, Deciders, First, Now
from tests.quarter.reach import Reach
from tests.quarter.told import Filed, Reminded, Told

STEPS = {1: "access.remind", 2: "access.deputy", 3: "access.next", 10: "access.lapse"}
"""On which working day each step falls where nobody answers."""
LAST = 10
"""On which working day it lapses, or its weekly alarm begins; that moment stays, whoever has it."""
A_WEEK = timedelta(days=7)
NEVER = datetime.max.replace(tzinfo=UTC)
AT_STEP, AT_TELLING, AT_LOOK, AT_PASSING, AT_LOSS, AT_RETURN = range(6)
"""In which order things of one moment are done."""


@dataclass(slots=True)
class Part:
    """As what somebody is asked: the role, whether still, and whether the card came back."""

    role: str
    active: bool = True
    out: bool = False


@dataclass(slots=True)
class Course:
    """One request's course, as it should be."""

    request: Filed
    deciders: Deciders
    days: Days
    reach: Reach
    zones: Mapping[int, str]
    end: datetime
    steps: list[Told] = field(default_factory=list)
    reminded: list[Reminded] = field(default_factory=list)
    fell: dict[tuple[str, int], list[datetime]] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    lapsed: bool = False
    held: bool = False  # since everybody who decides is away
    _counted: dict[str, datetime] = field(default_factory=dict)  # when each step falls, counted from whoever has it
    _coming: list[tuple[datetime, int, int, str, int]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def run(self, looks: Iterable[datetime]) -> Course:
        """Ask whoever is first, then do what falls, one after the other; `looks` is when absences change."""
        at, first = self.request.at, self.deciders.first(self.request, self._now(self.request.at))
        self._told(at, "access.file", self._ask(first.people), warned=self._alarm(first, at))
        self._come_back(at)
        self._plan(looks)
        while self._coming and self._coming[0][0] <= self.end:
            at, kind, _, step, person = heappop(self._coming)
            if kind == AT_STEP and at == self._counted.get(step, at):
                self._counted = {one: NEVER if one == step else moment for one, moment in self._counted.items()}
                self._step(step, at)
            elif kind == AT_TELLING:
                self._tell(step, person, at)
            elif self._waits(at):
                self._changed(kind, person, at)
        return self

    def _changed(self, kind: int, person: int, at: datetime) -> None:
        """Something else than silence happened while it waits; whoever is lost or found is a reason to look who decides."""
        if kind == AT_PASSING:
            self._pass_on(person, at)
            return
        if kind == AT_RETURN and person in self.parts:
            self.parts[person].out = False
        self._look(at)
        if kind == AT_LOSS and person in self.parts:
            self._lose(person, at)

    def _plan(self, looks: Iterable[datetime]) -> None:
        request = self.request
        falls = self._ends(request.at)
        self._at(falls[LAST], AT_STEP, "access.undecided" if request.investigation else STEPS[LAST])
        self._count(falls, falls[LAST])
        for moment in (*looks, *midnights(request.at, self.end)):
            if moment > request.at:
                self._at(moment, AT_LOOK)
        for at, person in request.passed:
            self._at(at, AT_PASSING, person=person)
        for spell in (one for one in self.reach.spells if one.until is None or one.until > request.at):
            self._at(max(spell.since, request.at), AT_LOSS, person=spell.person)
            if spell.until is not None:
                self._at(spell.until, AT_RETURN, person=spell.person)
        if request.until is not None and request.closed is not None:
            soon = self.days.day_before(request.until, self.zones[request.requester], self._line)
            if soon > request.closed:
                self._at(soon, AT_STEP, "access.ending")
            self._at(request.until, AT_STEP, "access.expire")

    def _ends(self, since: datetime) -> dict[int, datetime]:
        """When the working days after a moment end, by their number, at the earliest of its lines."""
        lines = (islice(self.days.ends(line, since), LAST) for line in self.deciders.lines(self.request))
        return {day: min(moments) for day, moments in enumerate(zip(*lines, strict=True), 1)}

    def _count(self, falls: Mapping[int, datetime], last: datetime) -> None:
        """The steps before the last, as far as they come before it."""
        self._counted = {step: falls[day] if falls[day] < last else NEVER for day, step in STEPS.items() if day != LAST}
        for step, moment in self._counted.items():
            if moment != NEVER:
                self._at(moment, AT_STEP, step)

    def _turn(self, at: datetime, asked: Collection[int], *, anew: bool = False) -> None:
        """Nobody has it who had it before: they have as long as whoever got it first."""
        alone = bool(asked) and set(self._active()) <= set(asked)
        if (alone or anew) and not self.held:
            self._count(self._ends(at), self._ends(self.request.at)[LAST])

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

    def _now(self, at: datetime) -> Now:
        out = {person for person, part in self.parts.items() if part.out}
        return Now(at, self.reach.nobody(at) | out, frozenset(self.passed))

    def _active(self) -> list[int]:
        return [person for person, part in self.parts.items() if part.active and not part.out]

    def _roles(self) -> set[str]:
        return {self.parts[one].role for one in self._active()}

    def _told(
        self, at: datetime, action: str, people: Iterable[int], over: Iterable[int] = (), warned: Iterable[int] = ()
    ) -> None:
        self.steps.append(Told(at, action, self.request.id, frozenset(people), frozenset(over), frozenset(warned)))

    def _alarm(self, first: First, at: datetime) -> list[int]:
        """Whoever hears that a role can't be reached."""
        return self.deciders.hears(self.request, (), self._now(at)) if first.alarm else []

    def _ask(self, people: Iterable[tuple[int, str]]) -> frozenset[int]:
        """Ask these, and give those of them who were not asked."""
        known = {person for person, part in self.parts.items() if part.active}
        new = [(person, role) for person, role in people if person not in known]
        self.parts |= {person: Part(role) for person, role in new}
        assert self._active(), f"no one is left for {self.request.id}: the plan is not to go there"
        return frozenset(person for person, _ in new)

    def _look(self, at: datetime) -> None:
        """Who decides now is asked; who was asked before stays asked."""
        first = self.deciders.first(self.request, self._now(at))
        asked = self._ask(first.people)
        there = [one for one in self._active() if not self.deciders.away(one, at)]
        held, self.held = self.held, not first.people and not there
        if asked or self.held != held:
            self._told(at, "access.recheck", asked, (), self._alarm(first, at) if self.held else ())
            self._turn(at, asked, anew=held and not self.held)
            self._come_back(at)

    def _pass_on(self, passer: int, at: datetime) -> None:
        """It goes to whoever comes after the passer's role, and to nobody of that role or one before it any more."""
        self.passed.add(self.deciders.role_of(passer))
        self.parts[passer] = Part(self.deciders.role_of(passer), active=False)
        first = self.deciders.first(self.request, self._now(at))
        over = self._over(at)
        asked = self._ask(first.people)
        self._told(at, "access.pass_on", asked, over, self._alarm(first, at))
        self._turn(at, asked)
        self._come_back(at)

    def _over(self, at: datetime) -> list[int]:
        """End the parts of those whose role has passed it on."""
        left = self.deciders.chain(self.request, self._now(at))
        over = [one for one in self._active() if self.parts[one].role not in left]
        for one in over:
            self.parts[one].active = False
        return over

    def _lose(self, person: int, at: datetime) -> None:
        """The card came back: somebody else of that role is asked, or whoever comes after it."""
        part = self.parts[person]
        if part.out or not part.active:
            return
        part.out = True
        first = self.deciders.first(self.request, self._now(at))
        asked = self._ask(first.people)
        asked = asked or self._ask(self.deciders.instead(self.request, part.role, self._now(at)))
        self._told(at, "access.reroute", asked, warned=self._alarm(first, at))
        self._turn(at, asked)
        self._come_back(at)

    def _come_back(self, at: datetime) -> None:
        """The cards of those who have shut the way."""
        for one in self._active():
            if self.reach.shut(one, at):
                self._lose(one, at)

    def _step(self, step: str, at: datetime) -> None:
        if step == "access.ending":
            if self._open(at):
                self._remind(step, at, [self.request.requester], ())
        elif step == "access.expire":
            if self.request.taken is None:
                self._told(at, step, ())
        elif self._waits(at):
            self._silence(step, at)

    def _silence(self, step: str, at: datetime) -> None:
        request, deciders, now = self.request, self.deciders, self._now(at)
        if self.held and step in ("access.remind", "access.deputy", "access.next"):
            return
        match step:
            case "access.remind":
                self._remind(step, at, self._active(), self._active())
            case "access.deputy":
                self._asked(step, at, deciders.deputies(request, self._roles(), now))
            case "access.next":
                self._asked(step, at, deciders.next(request, self._roles(), now))
            case "access.lapse":
                self.lapsed = True
                self._remind(step, at, [request.requester, *self._active()], ())
            case "access.undecided":
                asked = [] if self.held else self._active()
                self._remind(step, at, asked, asked)
                self._at(at + A_WEEK, AT_STEP, step)

    def _asked(self, step: str, at: datetime, people: Asked) -> None:
        if new := self._ask(people):
            self._remind(step, at, new, new)

    def _remind(self, step: str, at: datetime, people: Iterable[int], logged: Iterable[int]) -> None:
        self._told(at, step, logged)
        self._falls(step, at, people)

    def _falls(self, step: str, at: datetime, people: Iterable[int]) -> None:
        for person in people:
            self.fell.setdefault((step, person), []).append(at)
            # What ends falls within working hours already, at the latest with their end.
            next_hours = self.days.next_hours(at, self.zones[person], self._line)
            self._at(at if step == "access.ending" else next_hours, AT_TELLING, step, person)

    def _tell(self, step: str, person: int, at: datetime) -> None:
        """Only what is still so; of what waits for nobody, since all who were asked are away, nobody is reminded."""
        still = {"access.ending": self._open(at), "access.lapse": True}
        if still.get(step, self._waits(at) and not self.held and person in self._active()):
            self.reminded.append(Reminded(at, person, self.request.id, step))
            if self._waits(at) and self.reach.shut(person, at):
                self._lose(person, at)
