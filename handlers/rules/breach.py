"""Who reads and handles a report of a suspected breach, now: never anybody whom it accuses (P13).

Two roles handle it, the Manager, Human Resources and the Head of Customer Success. For each of them in turn:

| the holder                                             | who reads by that role                                 |
|--------------------------------------------------------|--------------------------------------------------------|
| is out: accused, a conflict, or the reporter           | nobody, the deputies of the role neither               |
| is there                                               | the holder alone                                       |
| is away or out of reach, or new with the notice not over | the deputies who are there and not out; not the holder |

With nobody left for both, `breach_fallback` by the same rule; with nobody there either the report is sealed. Whoever is
out for one role is out for all; whoever only lost a role's deputyship with its holder keeps an office of his or her own.
Where silence, or a handler who accused the other, let the fallback in, it reads beside them by the same rule.

The rule knows no time: it is asked again at each opening, and with each change of roles, absences and people accused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .absences import stand_in

HANDLERS: tuple[RoleName, ...] = ("manager_human_resources", "head_of_customer_success")
FALLBACK: RoleName = "breach_fallback"

Fired = Literal["both", "manager_alone", "head_alone", "fallback", "sealed"]
"""Which rule settled who reads: two people for both roles, one role or person alone, the fallback alone, or nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """One report on a day of the company's; addresses are in normal form.

    `policy` counts every absence, those that were entered too. `out` are accused, named as a conflict, or the reporter,
    whatever the cause: it is never told apart. `not_there` can't be reached now, or is a new reader whose notice is not
    over yet; they count like away. `let_in` says that the fallback reads beside those who handle the report.
    """

    policy: Policy
    today: date
    out: frozenset[str] = frozenset()
    not_there: frozenset[str] = frozenset()
    let_in: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody (address in normal form) who reads by a role, and whether as its deputy."""

    email: str
    role: RoleName
    deputy: bool


@dataclass(frozen=True, slots=True)
class Handling:
    """Who may read a report now, each person once, and by which rule."""

    readers: tuple[Seat, ...]
    fired: Fired

    @property
    def sealed(self) -> bool:
        """Whether nobody may read it as things are."""
        return not self.readers


def who_handles(case: Circumstances) -> Handling:
    """Whoever may read the report at this moment, and nobody else."""
    filled = [seats for name in HANDLERS if (seats := _seats(case, name))]
    readers = _each_once(seat for seats in filled for seat in seats)
    fallback = _seats(case, FALLBACK) if case.let_in or not readers else ()
    if not readers:
        return Handling(fallback, "fallback" if fallback else "sealed")
    both = len(filled) == len(HANDLERS) and len(readers) > 1  # one person in both roles is one handler
    alone: Fired = "manager_alone" if readers[0].role == HANDLERS[0] else "head_alone"
    return Handling(_each_once((*readers, *fallback)), "both" if both else alone)


def would_be_readers(policy: Policy) -> tuple[Seat, ...]:
    """Everybody who could ever read a report by a role, once each: the two holders, their deputies, the fallback's people.

    Whoever holds a role is named by it, also as a deputy of another.
    """
    both = [(name, policy.role(name)) for name in HANDLERS]
    last = policy.role(FALLBACK)
    return _each_once(
        (
            *(Seat(role.holder, name, deputy=False) for name, role in both),
            *(Seat(deputy, name, deputy=True) for name, role in both for deputy in role.deputies),
            Seat(last.holder, FALLBACK, deputy=False),
            *(Seat(deputy, FALLBACK, deputy=True) for deputy in last.deputies),
        )
    )


def title_of(policy: Policy, seat: Seat) -> str:
    """What people call the seat: the title of the role, of a deputy with that word before it."""
    title = policy.role(seat.role).title
    return f"Deputy {title}" if seat.deputy else title


def checklist(policy: Policy, done: Collection[str]) -> tuple[tuple[str, bool], ...]:
    """The Code of Conduct's steps, each with whether it is done; what was done by a step of an earlier policy stays, last."""
    steps = policy.breach.steps
    return (*((step, step in done) for step in steps), *((step, True) for step in done if step not in steps))


def _seats(case: Circumstances, name: RoleName) -> tuple[Seat, ...]:
    """Whoever fills the role for this report: nobody where its holder is out."""
    holder = case.policy.role(name).holder
    if holder in case.out:
        return ()
    if holder not in case.not_there and not case.policy.is_away(holder, case.today):
        return (Seat(holder, name, deputy=False),)
    deputies = stand_in(case.policy, name, case.today, case.out | case.not_there)
    return tuple(Seat(deputy, name, deputy=True) for deputy in deputies)


def _each_once(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """A person has one seat, an office of his or her own before a deputy's, at the first place."""
    found: dict[str, Seat] = {}
    for seat in seats:
        if seat.email not in found or (found[seat.email].deputy and not seat.deputy):
            found[seat.email] = seat
    return tuple(found.values())
