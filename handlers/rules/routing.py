"""Who decides a request (P7, P9): whom it goes to when it is made, and who may decide when somebody clicks.

| who asks         | reason        | first                    | then                     |
|------------------|---------------|--------------------------|--------------------------|
| anybody          | staff         | team leader              | Head of Customer Success |
| the team leader  | staff         | Head of Customer Success | nobody                   |
| the Head         | staff         | team leader; copy to HR  | nobody                   |
| anybody          | investigation | Head of Customer Success | Manager, Human Resources |
| the Head         | investigation | Manager, Human Resources | nobody                   |

Within an office the holder decides, or its deputies while the holder is away or out of reach. An office whose
holder asks, or was on the call, is passed over with its deputies: nobody decides for a superior. The team
leader never decides an investigation, not even as a deputy. With nobody left, HR gets an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .policy import Policy
from .refusal import Refused
from .values import RoleName

Why = Literal["requester", "operator", "away", "unreachable", "team_leader"]

_CLAUSES = {"staff": "P7", "investigation": "P9"}
_CHAINS: dict[str, tuple[RoleName, ...]] = {
    "staff": ("team_leader", "head_of_customer_success"),
    "investigation": ("head_of_customer_success", "manager_human_resources"),
}


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who decides: `email` in normal form, the office, and whether as its deputy."""

    email: str
    role: RoleName
    deputy: bool


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. Any one of `approvers` decides; `copy_to` hears of the decision.

    `alarm`: an office can't be reached or nobody may decide; the Manager, Human Resources has to know.
    `passed_over` says who might have decided, and why it isn't so.
    """

    approvers: tuple[Authority, ...]
    copy_to: tuple[str, ...]
    alarm: bool
    passed_over: tuple[tuple[str, Why], ...]


@dataclass(frozen=True, slots=True)
class _Matter:
    """One request as the rules see it."""

    policy: Policy
    requester: str
    operators: frozenset[str]
    reason: str
    today: date
    unreachable: frozenset[str] = frozenset()

    @property
    def kind(self) -> Literal["staff", "investigation"]:
        return self.policy.reason(self.reason).route

    @property
    def chain(self) -> tuple[RoleName, ...]:
        return _CHAINS[self.kind]

    def conflict(self, person: str) -> Why | None:
        if person == self.requester:
            return "requester"
        if person in self.operators:
            return "operator"
        leads = person in _seat(self.policy, "team_leader", self.today)
        return "team_leader" if leads and self.kind == "investigation" else None

    def hindrance(self, person: str) -> Why | None:
        away: Why | None = "away" if self.policy.is_away(person, self.today) else None
        unreachable: Why | None = "unreachable" if person in self.unreachable else None
        return self.conflict(person) or away or unreachable

    def open_offices(self) -> tuple[RoleName, ...]:
        return tuple(name for name in self.chain if self.conflict(self.policy.role(name).holder) is None)


def _seat(policy: Policy, role: RoleName, today: date) -> frozenset[str]:
    return frozenset({policy.role(role).holder, *policy.holders_on(role, today)})


def route(
    policy: Policy,
    *,
    requester: str,
    operators: frozenset[str],
    reason: str,
    today: date,
    unreachable: frozenset[str] = frozenset(),
) -> Route:
    """Where a request goes now; addresses in normal form. Ask again when somebody proves unreachable."""
    return _route(_Matter(policy, requester, operators, reason, today, unreachable))


def _route(matter: _Matter) -> Route:
    passed: tuple[tuple[str, Why], ...] = ()
    alarm = False
    for role in matter.chain:
        approvers, over = _office(matter, role)
        passed += over
        if approvers:
            return Route(approvers, _copy_to(matter), alarm, passed)
        alarm = alarm or any(why == "unreachable" for _, why in over)
    return Route((), _copy_to(matter), True, passed)


def _office(matter: _Matter, role: RoleName) -> tuple[tuple[Authority, ...], tuple[tuple[str, Why], ...]]:
    office = matter.policy.role(role)
    why = matter.hindrance(office.holder)
    if why is None:
        return (Authority(office.holder, role, deputy=False),), ()
    deputies = office.deputies if role in matter.open_offices() else ()
    judged = [(deputy, matter.hindrance(deputy)) for deputy in deputies]
    approvers = tuple(Authority(deputy, role, deputy=True) for deputy, hindrance in judged if hindrance is None)
    over = tuple((deputy, hindrance) for deputy, hindrance in judged if hindrance is not None)
    return approvers, ((office.holder, why), *over)


def _copy_to(matter: _Matter) -> tuple[str, ...]:
    head = _seat(matter.policy, "head_of_customer_success", matter.today)
    officer = matter.policy.role("manager_human_resources").holder
    by_the_head = matter.kind == "staff" and matter.requester in head
    return (officer,) if by_the_head and officer != matter.requester else ()


def may_decide(
    policy: Policy,
    *,
    decider: str,
    requester: str,
    operators: frozenset[str],
    reason: str,
    asked: frozenset[str],
    today: date,
) -> Authority:
    """As what the decider may decide at this moment; raises `Refused` with the reason.

    `asked` are those whom the request went to: a deputy or next authority among them may decide while the
    office is still theirs. A staff request may always be decided by the Head in place of the team leader.
    """
    matter = _Matter(policy, requester, operators, reason, today)
    if conflict := matter.conflict(decider):
        raise Refused(_conflicts(policy)[conflict], clause=_CLAUSES[matter.kind], code=conflict)
    for authority in _entitled(matter, asked):
        if authority.email == decider:
            return authority
    raise Refused(_not_yours(matter, decider), clause=_CLAUSES[matter.kind], code="not_approver")


def _entitled(matter: _Matter, asked: frozenset[str]) -> Iterator[Authority]:
    yield from _route(matter).approvers
    for role in matter.open_offices():
        office = matter.policy.role(role)
        unasked = matter.kind == "staff" or role == matter.chain[0]
        seat = _seat(matter.policy, role, matter.today) if unasked else frozenset()
        for person in (office.holder, *office.deputies):
            if person in asked | seat:
                yield Authority(person, role, deputy=person != office.holder)


def _conflicts(policy: Policy) -> dict[Why, str]:
    head = policy.role("head_of_customer_success").title
    return {
        "requester": "This is your own request, so somebody else has to decide it.",
        "operator": "You were on one of these calls, so somebody else has to decide this request.",
        "team_leader": f"This is for the {head} to decide. A team leader never decides an investigation.",
    }


def _not_yours(matter: _Matter, decider: str) -> str:
    offices = [matter.policy.role(name) for name in matter.open_offices()]
    for office in offices:
        if decider in office.deputies:
            return f"You decide for the {office.title} only while that person is away, or once you are asked."
    if not offices:
        return "Nobody may decide this request as things are. Human Resources has been told."
    titles = " or the ".join(office.title for office in offices)
    return f"This request is for the {titles} to decide."
