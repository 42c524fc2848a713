"""Who confirms and releases a customer's request (P8): nobody alone sends a call out of the house.

| who asks                  | wants           | first                                   | then | last        |
|---------------------------|-----------------|-----------------------------------------|------|-------------|
| a customer, or for one    | a copy, to hear | team leader, and `customers.handlers`   | Head | Manager, HR |
| a relative of one who died| anything        | Head of Customer Success                | –    | Manager, HR |
| an operator               | it elsewhere    | Head of Customer Success                | –    | Manager, HR |

Whoever filed it, or entered its address, is never among them, nor who was on one of its calls, nor who seems to be the customer in person. The handlers stand beside the team
leader, not below: what keeps the team leader from it keeps that role's deputies from it, and no handler.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.policy.values import RoleName
from handlers.rules.routing import Circumstances, Why

_CHAIN: tuple[RoleName, ...] = ("team_leader", "head_of_customer_success", "manager_human_resources")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCircumstances(Circumstances, clause="P8"):
    """One customer's request; addresses are in normal form.

    `filers` wrote any of it down: that it was asked for, since when, or where the mail goes. `operators` were on its calls, under
    every address that they ever had. `namesakes` have the customer's name, or the same name before the @. `elsewhere`: an operator wants it at an address that is not the company’s.
    """

    filers: frozenset[str]
    operators: frozenset[str]
    asker: str
    namesakes: frozenset[str] = frozenset()
    elsewhere: bool = False

    @property
    def chain(self) -> tuple[RoleName, ...]:
        to_head = self.asker == "relative" or self.elsewhere
        return _CHAIN[1:] if to_head else _CHAIN

    def beside(self, name: RoleName) -> tuple[str, ...]:
        return self.policy.customers.handlers if name == "team_leader" else ()

    def own_case(self, person: str) -> Why | None:
        if person in self.filers:
            return "filer"
        if person in self.operators:
            return "operator"
        return "customer" if person in self.namesakes else None


def for_the_head(case: CustomerCircumstances) -> CustomerCircumstances:
    """The same as if it were a relative's: what only the Head may say of it."""
    return replace(case, asker="relative")
