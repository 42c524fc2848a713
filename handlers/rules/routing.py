"""Who decides a request (P7, P9): whom it goes to when it is made, and who may decide when somebody clicks.

| who asks         | reason        | first                    | then                     | last                    |
|------------------|---------------|--------------------------|--------------------------|-------------------------|
| anybody          | staff         | team leader              | Head of Customer Success | Manager, HR             |
| the team leader  | staff         | Head of Customer Success | –                        | Manager, HR             |
| the Head         | staff         | team leader; copy to HR  | –                        | Manager, HR             |
| the Manager, HR  | staff         | team leader              | Head of Customer Success | nobody                  |
| anybody          | investigation | Head of Customer Success | Manager, HR              | `breach_fallback`       |
| the Head         | investigation | Manager, HR              | –                        | `breach_fallback`       |
| the Manager, HR  | investigation | Head of Customer Success | –                        | `breach_fallback`       |

Within an office the holder decides, or its deputies while the holder is away or out of reach. An office whose
holder asks, or was on the call, is passed over with its deputies: nobody decides for a superior. The team
leader never decides an investigation, not even as a deputy. The last step is taken only where all before it are
out (away, out of reach, in a case of their own) or have passed it on, and never because nobody answers.

Whoever was asked decides, or whoever would be asked now; a superior who was not asked does not. An approver may
pass a request on: it goes to the next office that has somebody, and never comes back to an office before that.
With nobody left it is held, and whoever can mend that gets an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from .policy import Policy
from .refusal import Refused
from .values import RoleName

Why = Literal["requester", "operator", "passed_on", "away", "unreachable", "team_leader"]

_CLAUSES = {"staff": "P7", "investigation": "P9"}
_CHAINS: dict[str, tuple[RoleName, ...]] = {
    "staff": ("team_leader", "head_of_customer_success", "manager_human_resources"),
    "investigation": ("head_of_customer_success", "manager_human_resources", "breach_fallback"),
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

    `alarm`: an office can't be reached or nobody may decide, and whoever can mend it has to know.
    `passed_over` says who might have decided, and why it isn't so.
    """

    approvers: tuple[Authority, ...]
    copy_to: tuple[str, ...]
    alarm: bool
    passed_over: tuple[tuple[str, Why], ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """One request as the rules see it on a day of the company's; addresses in normal form.

    `unreachable` can't be asked now, whatever the cause; `passed_on` says who passed it on, and as what.
    """

    policy: Policy
    requester: str
    operators: frozenset[str]
    reason: str
    today: date
    unreachable: frozenset[str] = frozenset()
    passed_on: frozenset[tuple[str, RoleName]] = frozenset()

    @property
    def kind(self) -> Literal["staff", "investigation"]:
        return self.policy.reason(self.reason).route

    @property
    def clause(self) -> str:
        return _CLAUSES[self.kind]

    @property
    def offices(self) -> tuple[RoleName, ...]:
        """All offices to which a request like this goes, in their order."""
        return _CHAINS[self.kind]

    @property
    def chain(self) -> tuple[RoleName, ...]:
        """The offices to which it may still go, in their order."""
        whole = self.offices
        passed = [place for place, role in enumerate(whole, 1) if role in {role for _, role in self.passed_on}]
        return whole[max(passed, default=0) :]

    def conflict(self, person: str) -> Why | None:
        """Why this person may not decide it in any office, however things stand."""
        if person == self.requester:
            return "requester"
        if person in self.operators:
            return "operator"
        if person in {passer for passer, _ in self.passed_on}:
            return "passed_on"
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


def route(matter: Matter) -> Route:
    """Where a request goes now. Ask again when somebody proves unreachable."""
    passed: tuple[tuple[str, Why], ...] = tuple((passer, "passed_on") for passer, _ in sorted(matter.passed_on))
    alarm = False
    for role in matter.chain:
        approvers, over = _office(matter, role)
        passed += over
        if approvers:
            return Route(approvers, _copy_to(matter), alarm, passed)
        alarm = alarm or any(why == "unreachable" for _, why in over)
    return Route((), _copy_to(matter), True, passed)


def _office(matter: Matter, role: RoleName) -> tuple[tuple[Authority, ...], tuple[tuple[str, Why], ...]]:
    office = matter.policy.role(role)
    why = matter.hindrance(office.holder)
    if why is None:
        return (Authority(office.holder, role, deputy=False),), ()
    deputies = office.deputies if role in matter.open_offices() else ()
    judged = [(deputy, matter.hindrance(deputy)) for deputy in deputies]
    approvers = tuple(Authority(deputy, role, deputy=True) for deputy, hindrance in judged if hindrance is None)
    over = tuple((deputy, hindrance) for deputy, hindrance in judged if hindrance is not None)
    return approvers, ((office.holder, why), *over)


def _copy_to(matter: Matter) -> tuple[str, ...]:
    head = _seat(matter.policy, "head_of_customer_success", matter.today)
    officer = matter.policy.role("manager_human_resources").holder
    by_the_head = matter.kind == "staff" and matter.requester in head
    return (officer,) if by_the_head and officer != matter.requester else ()


def authority(matter: Matter, decider: str, asked: frozenset[str]) -> Authority | None:
    """As what the decider may decide at this moment, or None.

    `asked` are those whom the request went to: a deputy or next authority among them may decide while the
    office is still theirs. Everybody else decides only where the request would go to them now.
    """
    if matter.conflict(decider):
        return None
    return next((one for one in _entitled(matter, asked) if one.email == decider), None)


def may_decide(matter: Matter, decider: str, asked: frozenset[str]) -> Authority:
    """The same; raises `Refused` with the reason where the decider may not."""
    if found := authority(matter, decider, asked):
        return found
    if conflict := matter.conflict(decider):
        raise Refused(_conflicts(matter.policy)[conflict], clause=matter.clause, code=conflict)
    raise Refused(_not_yours(matter, decider), clause=matter.clause, code="not_approver")


def after(matter: Matter, passer: Authority) -> Matter:
    """The matter once this approver has passed it on."""
    return replace(matter, passed_on=matter.passed_on | {(passer.email, passer.role)})


def _entitled(matter: Matter, asked: frozenset[str]) -> Iterator[Authority]:
    yield from route(matter).approvers
    for role in matter.open_offices():
        office = matter.policy.role(role)
        for person in (office.holder, *office.deputies):
            if person in asked:
                yield Authority(person, role, deputy=person != office.holder)


def _conflicts(policy: Policy) -> dict[Why, str]:
    head = policy.role("head_of_customer_success").title
    return {
        "requester": "This is your own request, so somebody else has to decide it.",
        "operator": "You were on one of these calls, so somebody else has to decide this request.",
        "passed_on": "You passed this request on, so it is no longer yours to decide.",
        "team_leader": f"This is for the {head} to decide. A team leader never decides an investigation.",
    }


def _not_yours(matter: Matter, decider: str) -> str:
    for role in matter.open_offices():
        office = matter.policy.role(role)
        if decider in office.deputies:
            return f"You decide for the {office.title} only while that person is away, or once you are asked."
    decides = route(matter).approvers
    if not decides:
        return "Nobody may decide this request as things are. Its card says what happens next."
    return f"This request is for the {matter.policy.role(decides[0].role).title} to decide."
