"""Whether everybody in every route can be reached before somebody needs them: who that is, and what is wrong.

| kind        | what is wrong                                                                    |
|-------------|----------------------------------------------------------------------------------|
| `left`      | the holder of a role no longer has an account                              |
| `gone`      | a deputy, a reviewer or whoever confirms customers' requests has none            |
| `removed`   | the account lives, and nothing can be sent to it: the app is not there, or shut  |
| `ambiguous` | another account has or had the address, and it is not settled whose it is        |
| `stranger`  | the account is a guest's, another organisation's or a program's                  |
| `uncovered` | somebody is or will be away, and nobody is there to fill the role                |
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .identity import may_act
from .refusal import Refused

Part = Literal["holder", "deputy", "reviewer", "handler"]
Kind = Literal["left", "gone", "removed", "ambiguous", "stranger", "uncovered"]
Outcome = Literal["there", "silent", "removed", "gone"]
"""What came of trying one account, or one person; `silent`: nobody can tell, since the platform did not answer."""
STRANGERS = frozenset({"guest", "foreign", "bot"})
DAYS_AHEAD = 14
"""So long before it begins, an absence in which nobody fills a role is told."""
_DAY = timedelta(days=1)


class Seat(NamedTuple):
    """What somebody is in a route: the role's title, and as what."""

    role: str
    title: str
    part: Part


@dataclass(frozen=True, slots=True)
class How:
    """How somebody stands: by what is stored of all accounts, and what came of trying them (`why` in a platform's word)."""

    standing: str
    outcome: Outcome
    why: str = ""


class Problem(NamedTuple):
    """Something wrong. `who` is an address in normal form, or empty; `role` is the role that nobody fills, or empty; `since` is its first day."""

    kind: Kind
    who: str
    role: str = ""
    why: str = ""
    since: date | None = None


def everybody(policy: Policy) -> Mapping[str, tuple[Seat, ...]]:
    """Whoever stands in a route, by address in normal form, with all that he or she is there.

    The owners of notices are roles, so they are among these.
    """
    found: dict[str, tuple[Seat, ...]] = {}

    def add(who: str, seat: Seat) -> None:
        found[who] = (*found.get(who, ()), seat)

    for name, role in policy.roles.held().items():
        add(role.holder, Seat(name, role.title, "holder"))
        for deputy in role.deputies:
            add(deputy, Seat(name, role.title, "deputy"))
    for reviewer in policy.roles.reviewers.holders:
        add(reviewer, Seat("reviewers", policy.roles.reviewers.title, "reviewer"))
    for handler in policy.customers.handlers:
        add(handler, Seat("handlers", policy.roles.team_leader.title, "handler"))
    return found


def problems(policy: Policy, today: date, known: Mapping[str, How]) -> tuple[Problem, ...]:
    """What is wrong on a day of the company's; `policy` counts all absences. Nothing is said of whom nobody could try."""
    seats = everybody(policy)
    found = [one for who in seats if who in known and (one := _of(seats[who], who, known[who])) is not None]
    out = frozenset(one.who for one in found)
    return (*found, *_uncovered(policy, today, out))


def _of(seats: Collection[Seat], who: str, how: How) -> Problem | None:
    kind = _kind(how)
    if kind == "gone" and any(one.part == "holder" for one in seats):
        kind = "left"
    return Problem(kind, who, why=how.why or how.standing) if kind is not None else None


def _kind(how: How) -> Kind | None:
    if how.standing == "ambiguous":
        return "ambiguous"
    if how.standing in STRANGERS:
        return "stranger"
    if how.outcome == "silent":
        return None
    if how.outcome == "removed":
        return "removed"
    return None if how.outcome == "there" and _acts(how.standing) else "gone"


def _acts(standing: str) -> bool:
    try:
        may_act(standing)
    except Refused:
        return False
    return True


def _uncovered(policy: Policy, today: date, out: frozenset[str]) -> Iterator[Problem]:
    days = [today + number * _DAY for number in range(DAYS_AHEAD + 1)]
    for name, role in policy.roles.held().items():
        people = (role.holder, *role.deputies)
        since = next((day for day in days if _is_uncovered(policy, people, day, out)), None)
        if since is not None:
            yield Problem("uncovered", role.holder, name, since=since)


def _is_uncovered(policy: Policy, people: Collection[str], day: date, out: frozenset[str]) -> bool:
    """Whether nobody is there, and an absence has its part in it; where all are out for other causes, these are told."""
    away = {one for one in people if policy.is_away(one, day)}
    return bool(away - out) and away | out >= set(people)


def stand_ins(policy: Policy, name: RoleName, today: date, out: Collection[str]) -> tuple[str, ...]:
    """The deputies of a role who are there and can be reached today, by address."""
    return tuple(one for one in policy.role(name).deputies if one not in out and not policy.is_away(one, today))
