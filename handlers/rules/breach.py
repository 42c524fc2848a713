"""Who reads and handles a report of a suspected breach, now: never anybody whom it accuses (P13).

Two roles handle it, the Manager, Human Resources and the Head of Customer Success. For each of them in turn:

| the holder                                             | who reads by that role                                 |
|--------------------------------------------------------|--------------------------------------------------------|
| is out: accused, a conflict, or the reporter           | nobody, the deputies of the role neither               |
| is there                                               | the holder alone                                       |
| is away or out of reach, or new with the notice not over | the deputies who are there and not out; not the holder |

With nobody left for both, `breach_fallback` by the same rule; with nobody there either the report is sealed. Whoever is
out for one role is out for all; whoever only lost a role's deputyship with its holder keeps an office of his or her own.
Where a handler accused the other, so that one of the two roles stands empty, the fallback reads beside, by the same
rule, and one of them has to agree to closing.

The rule knows no time: it is asked again at each opening, and with each change of roles, absences and people accused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .absences import stand_in

HANDLERS: tuple[RoleName, ...] = ("manager_human_resources", "head_of_customer_success")
FALLBACK: RoleName = "breach_fallback"

Fired = Literal["both", "manager_alone", "head_alone", "with_fallback", "accuser_alone", "fallback", "sealed"]
"""Which rule settled who reads: two people for both roles, or one role or person alone; one beside the fallback, since its
handler accused the other, or alone in spite of that, since of the fallback nobody is there; the fallback alone; nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """One report on a day of the company's; addresses are in normal form.

    `policy` counts every absence, those that were entered too. `out` are accused, named as a conflict, or the reporter,
    whatever the cause: it is never told apart. `not_there` can't be reached now, or is a new reader whose notice is not
    over yet; they count like away. `put_out_by` is the handler whose accusation put the other out, "" where nobody did.
    `let_in` says that silence let the fallback in (`breach_clock.py`): it reads beside those who handle the report.
    """

    policy: Policy
    today: date
    out: frozenset[str] = frozenset()
    not_there: frozenset[str] = frozenset()
    put_out_by: str = ""
    let_in: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody (address in normal form) who reads by a role, and whether as its deputy."""

    email: str
    role: RoleName
    deputy: bool


@dataclass(frozen=True, slots=True)
class Handling:
    """Who may read a report now, each person once, and by which rule; `agrees` has to agree to closing, "" for nobody."""

    readers: tuple[Seat, ...]
    fired: Fired
    agrees: str = ""

    @property
    def sealed(self) -> bool:
        """Whether nobody may read it as things are."""
        return not self.readers

    def seat(self, email: str) -> Seat | None:
        """As what somebody reads now; None for whoever may not."""
        return next((seat for seat in self.readers if seat.email == email), None)


def who_handles(case: Circumstances) -> Handling:
    """Whoever may read the report at this moment, and nobody else."""
    filled = [seats for name in HANDLERS if (seats := _seats(case, name))]
    readers = _each_once(seat for seats in filled for seat in seats)
    fallback = fallback_people(case)
    if not readers:
        return Handling(fallback, "fallback" if fallback else "sealed")
    both = len(filled) == len(HANDLERS) and len(readers) > 1  # one person in both roles is one handler
    if case.put_out_by and not both:
        return _accused_by_a_handler(case, readers, fallback)
    fired: Fired = "both" if both else "manager_alone" if readers[0].role == HANDLERS[0] else "head_alone"
    return Handling((*readers, *_others(fallback, readers)) if case.let_in else readers, fired)


def accuse(case: Circumstances, whom: str, by: str = "") -> Circumstances:
    """The circumstances once somebody is accused in the report; `by` is whoever added that, "" for the reporter.

    Where one of the two handlers puts out another, or the holder of one of the two roles, that one's accusation counts.
    """
    now, holders = who_handles(case), {case.policy.role(name).holder for name in HANDLERS}
    seat = now.seat(by)
    handler = seat is not None and seat.role in HANDLERS and whom != by
    puts_out = handler and whom not in case.out and (whom in holders or now.seat(whom) is not None)
    return replace(case, out=case.out | {whom}, put_out_by=by if puts_out else case.put_out_by)


def fallback_people(case: Circumstances) -> tuple[Seat, ...]:
    """Who of the fallback may be told of the report or let in now; nobody who is out."""
    return _seats(case, FALLBACK)


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


def turn_to(policy: Policy, handling: Handling) -> str:
    """What whoever reported is told openly where nobody here may read it: to whom to turn instead; "" where somebody may."""
    return policy.breach.last_resort if handling.sealed else ""


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


def _accused_by_a_handler(case: Circumstances, readers: tuple[Seat, ...], fallback: tuple[Seat, ...]) -> Handling:
    """Beside whoever accused the other reads somebody who did not, as long as the other's place is empty."""
    beside = tuple(seat for seat in _others(fallback, readers) if seat.email != case.put_out_by)
    if not beside:
        return Handling(readers, "accuser_alone")
    return Handling((*readers, *beside), "with_fallback", beside[0].email)


def _others(seats: tuple[Seat, ...], known: tuple[Seat, ...]) -> tuple[Seat, ...]:
    emails = {seat.email for seat in known}
    return tuple(seat for seat in seats if seat.email not in emails)


def _each_once(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """A person has one seat, an office of his or her own before a deputy's, at the first place."""
    found: dict[str, Seat] = {}
    for seat in seats:
        if seat.email not in found or (found[seat.email].deputy and not seat.deputy):
            found[seat.email] = seat
    return tuple(found.values())
