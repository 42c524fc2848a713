"""Who decides a request of staff or an investigation (P7, P9): the roles that it goes to, and who is never among them.

| who asks         | reason        | first                    | then                     | last                    |
|------------------|---------------|--------------------------|--------------------------|-------------------------|
| anybody          | staff         | team leader              | Head of Customer Success | Manager, HR             |
| the team leader  | staff         | Head of Customer Success | –                        | Manager, HR             |
| the Head         | staff         | team leader; copy to HR  | –                        | Manager, HR             |
| the Manager, HR  | staff         | team leader              | Head of Customer Success | nobody                  |
| anybody          | investigation | Head of Customer Success | Manager, HR              | `breach_fallback`       |
| the Head         | investigation | Manager, HR              | –                        | `breach_fallback`       |
| the Manager, HR  | investigation | Head of Customer Success | –                        | `breach_fallback`       |

A role whose holder asks, was on the call, or is whom the request concerns is passed over with its deputies: nobody decides
for a superior. The team leader never decides an investigation, not even as a deputy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.rules.reasons import reason_of
from handlers.rules.routing import Circumstances, Why

from .routing import authority, route

_CLAUSES = {"staff": "P7", "investigation": "P9"}
_CHAINS: dict[str, tuple[RoleName, ...]] = {
    "staff": ("team_leader", "head_of_customer_success", "manager_human_resources"),
    "investigation": ("head_of_customer_success", "manager_human_resources", "breach_fallback"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCircumstances(Circumstances):
    """One request for access; `concerned` are those whom it names as concerned by it, `longer` as for `reason_of`.

    `also` are the requester's other addresses, as `operators` and `concerned` hold every address that any of these ever had.
    """

    requester: str
    operators: frozenset[str]
    reason: str
    concerned: frozenset[str] = frozenset()
    longer: bool = False
    also: frozenset[str] = frozenset()

    @property
    def kind(self) -> Literal["staff", "investigation"]:
        """Which way a request for this reason goes (P6)."""
        return reason_of(self.policy, self.reason, longer=self.longer).route

    @property
    def clause(self) -> str:
        return _CLAUSES[self.kind]

    @property
    def chain(self) -> tuple[RoleName, ...]:
        return _CHAINS[self.kind]

    @property
    def copy_to(self) -> tuple[str, ...]:
        """P7: the team leader decides for the Head, and the Manager, Human Resources hears of it."""
        head = _seat(self.policy, "head_of_customer_success", self.today)
        manager = self.policy.role("manager_human_resources").holder
        askers = {self.requester, *self.also}
        told = self.kind == "staff" and askers & head and manager not in askers
        return (manager,) if told and manager not in self.concerned else ()

    def own_case(self, person: str) -> Why | None:
        if person == self.requester or person in self.also:
            return "requester"
        if person in self.operators:
            return "operator"
        if person in self.concerned:
            return "concerned"
        leads = person in _seat(self.policy, "team_leader", self.today)
        return "team_leader" if leads and self.kind == "investigation" else None


def _seat(policy: Policy, name: RoleName, today: date) -> frozenset[str]:
    return frozenset({policy.role(name).holder, *policy.holders_on(name, today)})


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingCircumstances(RequestCircumstances):
    """One hearing: `requester` asks for it, `operators` were on the call, `concerned` are out of the report, whatever the cause."""

    reason: str = ""

    @property
    def kind(self) -> Literal["staff", "investigation"]:
        return "investigation"


def decider(case: HearingCircumstances, asked: str = "") -> str:
    """Whoever is to decide now (address in normal form), "" where nobody may: who was asked, for as long as that one may and is there."""
    if asked and case.hindrance(asked) is None and authority(case, asked, frozenset({asked})):
        return asked
    return next((one.email for one in route(case).approvers), "")
