"""Who is to decide a request at a moment, for the checker: told from the policy file's roles, and from who is away or out of reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from tests.quarter.days import home_day
from tests.quarter.told import Absence, Filed

LEADER, HEAD, RESOURCES, FALLBACK = (
    "team_leader", "head_of_customer_success", "manager_human_resources", "breach_fallback",
)  # fmt: skip
STAFF, INVESTIGATION = (LEADER, HEAD, RESOURCES), (HEAD, RESOURCES, FALLBACK)
Asked = list[tuple[int, str]]
"""People, each with the role by which."""


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
class Now:
    """A moment of a request: who can't be reached, and which roles have passed it on by then."""

    at: datetime
    out: frozenset[int] = frozenset()
    passed: frozenset[str] = frozenset()


class First(NamedTuple):
    """Whom a request goes to, and whether a role can't be reached or nobody is left."""

    people: Asked
    alarm: bool


@dataclass(frozen=True, slots=True)
class Deciders:
    """The roles, the calls and the absences of a quarter."""

    roles: Mapping[str, Role]
    calls: Mapping[int, Call]
    absences: list[Absence]

    def role_of(self, person: int) -> str:
        """By which role somebody decides; nobody here has two."""
        return next(name for name, one in self.roles.items() if person in (one.holder, *one.deputies))

    def chain(self, request: Filed, now: Now) -> tuple[str, ...]:
        """The roles to which it may still go, one after the other; to the last only where all before are out."""
        whole = INVESTIGATION if request.investigation else STAFF
        return whole[max((whole.index(one) + 1 for one in now.passed), default=0) :]

    def away(self, person: int, moment: datetime) -> bool:
        day = home_day(moment)
        return any(one.person == person and self._counts(one, moment, day) for one in self.absences)

    def never(self, request: Filed) -> set[int]:
        """Whoever asks, was on a call, or is concerned has no part in it."""
        return {request.requester, *request.concerned, *(self.calls[one].operator for one in request.calls)}

    def lines(self, request: Filed) -> list[str]:
        return [self.calls[one].line for one in request.calls]

    def first(self, request: Filed, now: Now) -> First:
        alarm = False
        for name in self.chain(request, now):
            role, never = self.roles[name], self.never(request)
            if found := self._of(name, request, now):
                return First([(one, name) for one in found], alarm)
            judged = {role.holder, *role.deputies} - never if role.holder not in never else set()
            alarm = alarm or any(one in now.out and not self.away(one, now.at) for one in judged)
        return First([], alarm=True)

    def instead(self, request: Filed, role: str, now: Now) -> Asked:
        """Who is asked where somebody whom silence had brought in by that role can't be reached."""
        if role not in self.chain(request, now):
            return []
        return [(one, role) for one in self._of(role, request, now)] or self.next(request, [role], now)

    def deputies(self, request: Filed, asked: Iterable[str], now: Now) -> Asked:
        """The deputies of those roles who are there."""
        names = [one for one in self.chain(request, now) if one in set(asked)]
        return [(one, name) for name in names for one in self._deputies(name, request, now)]

    def next(self, request: Filed, asked: Iterable[str], now: Now) -> Asked:
        """Who comes after all roles that were asked; silence alone never brings in the last role, and where it was asked it doesn't count."""
        chain = self.chain(request, now)[:-1]
        last = max((chain.index(one) for one in asked if one in chain), default=-1)
        for name in chain[last + 1 :]:
            if found := self._of(name, request, now):
                return [(one, name) for one in found]
        return []

    def hears(self, request: Filed, silent: Iterable[int], now: Now) -> list[int]:
        """Who hears an alarm: Human Resources, else the fallback; those who are away after those who are there."""
        out = {*self.never(request), *silent, *now.out}
        left = [self.roles[name].holder for name in (RESOURCES, FALLBACK) if self.roles[name].holder not in out]
        return sorted(left, key=lambda one: self.away(one, now.at))[:1]

    def _of(self, name: str, request: Filed, now: Now) -> list[int]:
        holder = self.roles[name].holder
        there = holder not in self.never(request) | now.out and not self.away(holder, now.at)
        return [holder] if there else self._deputies(name, request, now)

    def _deputies(self, name: str, request: Filed, now: Now) -> list[int]:
        """Nobody decides for a superior: where the holder has no part in it, the deputies have none either."""
        role, out = self.roles[name], self.never(request)
        there = (one for one in role.deputies if one not in out | now.out and not self.away(one, now.at))
        return [] if role.holder in out else list(there)

    def _counts(self, one: Absence, moment: datetime, day: date) -> bool:
        return one.first <= day <= one.last and one.said <= moment and (one.over is None or moment < one.over)
