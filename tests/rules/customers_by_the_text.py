"""P8 word by word: who may send out a customer's call, asked of one person at a time, without the rules' own code."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product

from handlers.policy import Policy

from .breach_by_the_text import Office, filled


@dataclass(frozen=True)
class Staff:
    """Who holds what; a letter is a person."""

    leader: Office
    head: Office
    manager: Office
    handlers: str

    @cached_property
    def people(self) -> str:
        return "".join(sorted({*"".join((*self.leader, *self.head, *self.manager)), *self.handlers}))


@dataclass(frozen=True)
class Asked:
    """One request: who wrote it down, who was on its calls, who is away, and whether it is for the Head."""

    filed: frozenset[str]
    on_the_call: frozenset[str]
    for_the_head: bool
    away: frozenset[str] = field(default_factory=frozenset)
    out_of_reach: frozenset[str] = field(default_factory=frozenset)

    def never(self, who: str) -> bool:
        """“never who filed it, never the operator on the call”"""
        return who in self.filed or who in self.on_the_call

    def gone(self, who: str) -> bool:
        return who in self.away or who in self.out_of_reach

    def by_office(self, who: str, office: Office) -> bool:
        """“the holder of the role, or a deputy while the holder is away or out of reach”; no one decides for a
        superior's own case.
        """
        if self.never(who) or self.gone(who) or self.never(office.holder):
            return False
        return who == office.holder or (who in office.deputies and self.gone(office.holder))


def releases(staff: Staff, asked: Asked, who: str) -> bool:
    """“The team leader, a deputy or one of `customers.handlers` confirms; … then the Head. A relative … goes to the Head.”"""

    def first(one: str) -> bool:
        handles = one in staff.handlers and not asked.never(one) and not asked.gone(one)
        return handles or asked.by_office(one, staff.leader)

    if not asked.for_the_head and any(first(one) for one in staff.people):
        return first(who)
    if any(asked.by_office(one, staff.head) for one in staff.people):
        return asked.by_office(who, staff.head)
    return asked.by_office(who, staff.manager)


def staffed(policy: Policy, staff: Staff, away: frozenset[str]) -> Policy:
    """The shipped policy with these people in its roles, some of them on leave."""
    customers = policy.customers.model_copy(update={"handlers": tuple(staff.handlers)})
    offices = {
        "team_leader": staff.leader,
        "head_of_customer_success": staff.head,
        "manager_human_resources": staff.manager,
    }
    return filled(policy.model_copy(update={"customers": customers}), offices, away)


def small_companies() -> Iterator[Staff]:
    """Three people or fewer in the three roles, each with a deputy among them or none, and up to two handlers, one of
    whom has no role.
    """
    for holders in ("aaa", "aab", "aba", "abb", "abc"):  # any other is one of these with the names changed
        standing_in = product(*(("", *(one for one in "abc" if one != holder)) for holder in holders))
        for deputies, handlers in product(standing_in, ("", "a", "c", "d", "bd")):
            leader, head, manager = (Office(*one) for one in zip(holders, deputies, strict=True))
            yield Staff(leader, head, manager, handlers)


def some(people: str, most: int, least: int = 0) -> list[frozenset[str]]:
    return [frozenset(one) for size in range(least, most + 1) for one in combinations(people, size)]
