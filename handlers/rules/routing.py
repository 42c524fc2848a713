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

Within a role the holder decides, or its deputies while the holder is away or out of reach. A role whose
holder asks, or was on the call, is passed over with its deputies: nobody decides for a superior. The team
leader never decides an investigation, not even as a deputy. The last step is taken only where all before it are
out (away, out of reach, in a case of their own) or have passed it on, and never because nobody answers.

Whoever was asked decides, or whoever would be asked now; a superior who was not asked does not. An approver may
pass a request on: it goes to the next role that has somebody, and never comes back to a role before that.
With nobody left it is held, and whoever can mend that gets an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .refusal import Refused

Why = Literal["requester", "operator", "passed_on", "away", "unreachable", "team_leader"]

_CLAUSES = {"staff": "P7", "investigation": "P9"}
_CHAINS: dict[str, tuple[RoleName, ...]] = {
    "staff": ("team_leader", "head_of_customer_success", "manager_human_resources"),
    "investigation": ("head_of_customer_success", "manager_human_resources", "breach_fallback"),
}


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who decides: `email` in normal form, the role, and whether as its deputy."""

    email: str
    role: RoleName
    deputy: bool


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. Any one of `approvers` decides; `copy_to` hears of the decision.

    `alarm`: a role can't be reached or nobody may decide, and whoever can mend it has to know.
    `passed_over` says who might have decided, and why it isn't so.
    """

    approvers: tuple[Authority, ...]
    copy_to: tuple[str, ...]
    alarm: bool
    passed_over: tuple[tuple[str, Why], ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
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
    def chain(self) -> tuple[RoleName, ...]:
        """All roles to which a request like this goes, in their order."""
        return _CHAINS[self.kind]

    @property
    def remaining(self) -> tuple[RoleName, ...]:
        """The roles to which it may still go, in their order."""
        passed = [place for place, name in enumerate(self.chain, 1) if name in {role for _, role in self.passed_on}]
        return self.chain[max(passed, default=0) :]

    def conflict(self, person: str) -> Why | None:
        """Why this person may not decide it in any role, however things stand."""
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

    def open_roles(self) -> tuple[RoleName, ...]:
        return tuple(name for name in self.remaining if self.conflict(self.policy.role(name).holder) is None)


def _seat(policy: Policy, name: RoleName, today: date) -> frozenset[str]:
    return frozenset({policy.role(name).holder, *policy.holders_on(name, today)})


def route(case: Circumstances) -> Route:
    """Where a request goes now. Ask again when somebody proves unreachable."""
    passed: tuple[tuple[str, Why], ...] = tuple((passer, "passed_on") for passer, _ in sorted(case.passed_on))
    alarm = False
    for name in case.remaining:
        approvers, over = _deciders(case, name)
        passed += over
        if approvers:
            return Route(approvers, _copy_to(case), alarm, passed)
        alarm = alarm or any(why == "unreachable" for _, why in over)
    return Route((), _copy_to(case), True, passed)


def _deciders(case: Circumstances, name: RoleName) -> tuple[tuple[Authority, ...], tuple[tuple[str, Why], ...]]:
    role = case.policy.role(name)
    why = case.hindrance(role.holder)
    if why is None:
        return (Authority(role.holder, name, deputy=False),), ()
    deputies = role.deputies if name in case.open_roles() else ()
    judged = [(deputy, case.hindrance(deputy)) for deputy in deputies]
    approvers = tuple(Authority(deputy, name, deputy=True) for deputy, hindrance in judged if hindrance is None)
    over = tuple((deputy, hindrance) for deputy, hindrance in judged if hindrance is not None)
    return approvers, ((role.holder, why), *over)


def _copy_to(case: Circumstances) -> tuple[str, ...]:
    head = _seat(case.policy, "head_of_customer_success", case.today)
    manager = case.policy.role("manager_human_resources").holder
    by_the_head = case.kind == "staff" and case.requester in head
    return (manager,) if by_the_head and manager != case.requester else ()


def authority(case: Circumstances, decider: str, asked: frozenset[str]) -> Authority | None:
    """As what the decider may decide at this moment, or None.

    `asked` are those whom the request went to: a deputy or next authority among them may decide while the
    role is still theirs. Everybody else decides only where the request would go to them now.
    """
    if case.conflict(decider):
        return None
    return next((one for one in _entitled(case, asked) if one.email == decider), None)


def may_decide(case: Circumstances, decider: str, asked: frozenset[str]) -> Authority:
    """The same; raises `Refused` with the reason where the decider may not."""
    if found := authority(case, decider, asked):
        return found
    if conflict := case.conflict(decider):
        raise Refused(_conflicts(case.policy)[conflict], clause=case.clause, code=conflict)
    raise Refused(_not_yours(case, decider), clause=case.clause, code="not_approver")


def after(case: Circumstances, passer: Authority) -> Circumstances:
    """The circumstances once this approver has passed it on."""
    return replace(case, passed_on=case.passed_on | {(passer.email, passer.role)})


def _entitled(case: Circumstances, asked: frozenset[str]) -> Iterator[Authority]:
    yield from route(case).approvers
    for name in case.open_roles():
        role = case.policy.role(name)
        for person in (role.holder, *role.deputies):
            if person in asked:
                yield Authority(person, name, deputy=person != role.holder)


def _conflicts(policy: Policy) -> dict[Why, str]:
    head = policy.role("head_of_customer_success").title
    return {
        "requester": "This is your own request, so somebody else has to decide it.",
        "operator": "You were on one of these calls, so somebody else has to decide this request.",
        "passed_on": "You passed this request on, so it is no longer yours to decide.",
        "team_leader": f"This is for the {head} to decide. A team leader never decides an investigation.",
    }


def _not_yours(case: Circumstances, decider: str) -> str:
    for name in case.open_roles():
        role = case.policy.role(name)
        if decider in role.deputies:
            return f"You decide for the {role.title} only while that person is away, or once you are asked."
    decides = route(case).approvers
    if not decides:
        return "Nobody may decide this request as things are. Its card says what happens next."
    return f"This request is for the {case.policy.role(decides[0].role).title} to decide."
