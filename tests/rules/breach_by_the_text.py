"""P13 word by word: who must read a report and who must not, asked of one person at a time, without the rules' own
code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from handlers.policy import Policy
from handlers.policy.terms import Period, Role
from tests.seats import number, seated

DAY = date(2026, 11, 24)
ON_LEAVE = Period.model_validate({"from": DAY, "to": DAY})


class Office(NamedTuple):
    """A role as the policy fills it."""

    holder: str
    deputies: str  # a letter a person


@dataclass(frozen=True)
class World:
    """Who holds what and is where, and what the report says; a person is a letter."""

    manager: Office
    head: Office
    fallback: Office
    away: frozenset[str] = field(default_factory=frozenset)
    unreachable: frozenset[str] = field(default_factory=frozenset)
    out: frozenset[str] = field(default_factory=frozenset)
    let_in: bool = False

    @cached_property
    def people(self) -> frozenset[str]:
        return frozenset("".join((*self.manager, *self.head, *self.fallback)))

    def gone(self, who: str) -> bool:
        """“away or out of reach”"""
        return who in self.away or who in self.unreachable

    def by_office(self, who: str, office: Office) -> bool:
        """“for each of the two, while away or out of reach, the deputies that are neither out nor away”,
        “a holder who is out, for whatever cause, takes the deputies of that role along”
        """
        if who in self.out or self.gone(who) or office.holder in self.out:
            return False
        return who == office.holder or (who in office.deputies and self.gone(office.holder))

    @cached_property
    def managers(self) -> set[str]:
        return {who for who in self.people if self.by_office(who, self.manager)}

    @cached_property
    def heads(self) -> set[str]:
        return {who for who in self.people if self.by_office(who, self.head)}

    @property
    def nobody_of_the_two(self) -> bool:
        return not self.managers and not self.heads

    @property
    def two_people_for_two_roles(self) -> bool:
        return any(one != other for one in self.managers for other in self.heads)

    def reads(self, who: str) -> bool:
        """“the Manager, Human Resources and the Head of Customer Success both get it, save whoever is accused in it …”"""
        if who in self.managers or who in self.heads:
            return True
        return self.by_office(who, self.fallback) and (self.nobody_of_the_two or self.let_in)


def staffed(policy: Policy, world: World) -> Policy:
    """The shipped policy with the world's people in these roles, and their absences."""
    offices = {
        "manager_human_resources": world.manager,
        "head_of_customer_success": world.head,
        "breach_fallback": world.fallback,
    }
    return filled(policy, offices, world.away)


def filled(policy: Policy, offices: Mapping[str, Office], away: frozenset[str]) -> Policy:
    """The policy with these people in these roles, some of them on leave."""
    held: dict[str, Role] = {
        name: getattr(policy.roles, name).model_copy(update={"holder": holder, "deputies": tuple(deputies), "away": ()})
        for name, (holder, deputies) in offices.items()
    }
    placed = policy.model_copy(update={"roles": policy.roles.model_copy(update=held)})
    return seated(placed).absent((number(who), ON_LEAVE) for who in sorted(away))
