"""Who is to decide a request on a day, for the checker: told from the policy file's roles and from who said to be away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tests.quarter.days import home_day
from tests.quarter.told import Absence, Filed

LEADER, HEAD, RESOURCES, FALLBACK = (
    "team_leader", "head_of_customer_success", "manager_human_resources", "breach_fallback",
)  # fmt: skip
STAFF, INVESTIGATION = (LEADER, HEAD, RESOURCES), (HEAD, RESOURCES, FALLBACK)


@dataclass(frozen=True, slots=True)
class Role:
    """Who holds a role and who deputises, as people's ids."""

    holder: int
    deputies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call's line, and who was on it."""

    line: str
    operator: int


@dataclass(frozen=True, slots=True)
class Deciders:
    """The roles, the calls and the absences of a quarter."""

    roles: Mapping[str, Role]
    calls: Mapping[int, Call]
    absences: list[Absence]

    def chain(self, request: Filed) -> tuple[str, ...]:
        """The roles to which it goes, one after the other; to the last only where all before are out."""
        return INVESTIGATION if request.investigation else STAFF

    def away(self, person: int, moment: datetime) -> bool:
        day = home_day(moment)
        return any(one.person == person and self._counts(one, moment, day) for one in self.absences)

    def never(self, request: Filed) -> set[int]:
        """Whoever asks, was on a call, or is concerned has no part in it."""
        return {request.requester, *request.concerned, *(self.calls[one].operator for one in request.calls)}

    def lines(self, request: Filed) -> list[str]:
        return [self.calls[one].line for one in request.calls]

    def first(self, request: Filed, moment: datetime) -> tuple[list[tuple[int, str]], bool]:
        """Whom it goes to at this moment and in which role, and whether only since somebody is away."""
        absent = False
        for name in self.chain(request):
            role = self.roles[name]
            found = self._of(name, request, moment)
            absent = absent or (role.holder not in self.never(request) and self.away(role.holder, moment))
            if found:
                return [(one, name) for one in found], absent
        return [], absent

    def deputies(self, request: Filed, asked: Iterable[str], moment: datetime) -> list[tuple[int, str]]:
        """The deputies of those roles who are there."""
        names = [one for one in self.chain(request) if one in set(asked)]
        return [(one, name) for name in names for one in self._deputies(name, request, moment)]

    def next(self, request: Filed, asked: Iterable[str], moment: datetime) -> list[tuple[int, str]]:
        """Whoever comes after all roles that were asked; silence alone never brings in the last role."""
        chain = self.chain(request)
        last = max((chain.index(one) for one in asked), default=-1)
        for name in chain[last + 1 : -1]:
            if found := self._of(name, request, moment):
                return [(one, name) for one in found]
        return []

    def hears(self, request: Filed, silent: Iterable[int], moment: datetime) -> list[int]:
        """Who is told that nobody answered: Human Resources, else the fallback; those who are away after those who are there."""
        out = {*self.never(request), *silent}
        left = [self.roles[name].holder for name in (RESOURCES, FALLBACK) if self.roles[name].holder not in out]
        return sorted(left, key=lambda one: self.away(one, moment))[:1]

    def _of(self, name: str, request: Filed, moment: datetime) -> list[int]:
        holder = self.roles[name].holder
        there = holder not in self.never(request) and not self.away(holder, moment)
        return [holder] if there else self._deputies(name, request, moment)

    def _deputies(self, name: str, request: Filed, moment: datetime) -> list[int]:
        """Nobody decides for a superior: where the holder has no part in it, the deputies have none either."""
        role, out = self.roles[name], self.never(request)
        there = (one for one in role.deputies if one not in out and not self.away(one, moment))
        return [] if role.holder in out else list(there)

    def _counts(self, one: Absence, moment: datetime, day: date) -> bool:
        return one.first <= day <= one.last and one.said <= moment and (one.over is None or moment < one.over)
