"""A company of 500 people, all of them invented, in both lines' zones and elsewhere, with calls on both of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice, product
from random import Random
from typing import Any

from bot.ports import Profile
from handlers.acting import Visitor
from handlers.door import Door
from handlers.policy import Policy
from handlers.policy.terms import Closure
from storage.database.store import Store
from storage.records import ChatAccount, Person
from tests.handlers.builders import AU, POLICY, UK, call, email, register, seeded
from tests.moments import NOW

STAFF, CALLS = 500, 60
SHUT = {date(2026, 12, 31): AU}
"""The company's own day off, and the line that it is for."""
FIRST = [
    "Abel", "Blythe", "Corin", "Dagny", "Edda", "Fenn", "Greta", "Hollis", "Imre", "Jory", "Kit", "Lark", "Maren",
    "Nils", "Odile", "Perrin", "Quill", "Rafe", "Signe", "Tamsin", "Ulla", "Vale", "Wren", "Xanthe", "Yarrow",
]  # fmt: skip
LAST = [
    "Applefeather", "Brindlewick", "Cobblethorn", "Dapplemere", "Elderquist", "Fennimoor", "Gorselund", "Hobblewhite",
    "Inkpenny", "Jollifant", "Kettleholm", "Lanternby", "Mapleworth", "Nettlebeck", "Oatenshaw", "Pumbleton",
    "Quiverstone", "Ravelling", "Saffronby", "Thistledown",
]  # fmt: skip
ZONES = [
    "Australia/Sydney", "Europe/London", "Australia/Sydney", "America/New_York", "Australia/Canberra",
    "Europe/London", "Asia/Kolkata", "Pacific/Auckland", "Europe/Berlin", "Australia/Perth", "Europe/Belfast",
    "America/Los_Angeles", "Pacific/Honolulu",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff: the account in the chat, the name, and the zone (IANA) that the chat tells."""

    account: str
    name: str
    zone: str

    @property
    def email(self) -> str:
        return email(self.name)

    @property
    def profile(self) -> Profile:
        return Profile(self.account, self.email, self.name, self.zone, "member")


DECIDERS = {
    "tara": Member("UTARA", "Tara Lindqvist", "Australia/Sydney"),
    "deven": Member("UDEVEN", "Deven Okafor", "Europe/London"),
    "helena": Member("UHELENA", "Helena Marsh", "Australia/Sydney"),
    "henrik": Member("UHENRIK", "Henrik Solberg", "Europe/Oslo"),
    "ruth": Member("URUTH", "Ruth Adeyemi", "Europe/London"),
    "miles": Member("UMILES", "Miles Fairweather", "America/New_York"),
}
"""Whoever has a role in the sample policy, by a short name."""


def _everybody() -> Iterator[Member]:
    yield from DECIDERS.values()
    names = (f"{first} {last}" for last, first in product(LAST, FIRST))
    for number, (name, zone) in enumerate(zip(names, cycle(ZONES), strict=False)):
        yield Member(f"UQ{number:03}", name, zone)


EVERYBODY = tuple(islice(_everybody(), STAFF))
TWIN = "-2"
"""How the second account of somebody ends who has two with one address."""
BY_ACCOUNT = {one.account: one for one in EVERYBODY}


def policy() -> Policy:
    """The sample policy, with a day on which one line's people are not there."""
    shut = tuple(Closure(date=day, lines=(line,)) for day, line in SHUT.items())
    company = POLICY.company.model_copy(update={"closure_days": shut})
    return POLICY.model_copy(update={"company": company})


def calls() -> list[dict[str, Any]]:
    """Calls on both lines by turns: the first ones were taken by whoever has a role, the others by anybody."""
    random, deciders = Random(0), list(DECIDERS.values())
    staff = [*deciders, *random.sample(EVERYBODY[len(deciders) :], CALLS - len(deciders))]
    return [
        call(
            number, line=(AU, UK)[number // 2 % 2], caller=f"+614123{number:05}", crm=f"CS-{number}",
            operator_name=one.name, operator_key=one.email,
        )
        for number, one in enumerate(staff, 1)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Firm:
    """Who is who in one database: ids of people by account, and of calls in the order of `calls`."""

    people: dict[str, int]
    calls: tuple[int, ...]

    def visitor(self, account: str) -> Visitor:
        return Visitor(f"slack:{account}", self.people[account])


async def moved_in(door: Door) -> Firm:
    """Everybody was here before, and the calls are in the register; with the same ids in each database that is new."""
    people = await door.database.write(_stored)
    return Firm(people, tuple(await register(door, *calls())))


def _stored(store: Store) -> dict[str, int]:
    people = {
        one.account: Person(email_key=one.email, email=one.email, name=one.name, zone=one.zone, checked_at=NOW)
        for one in EVERYBODY
    }
    store.session.add_all(people.values())
    store.session.flush()
    store.session.add_all(
        ChatAccount(
            platform="slack", account_id=account, person_id=one.id, email_key=one.email, standing="member", checked_at=NOW
        )
        for account, one in people.items()
    )  # fmt: skip
    seeded(store)
    return {account: one.id for account, one in people.items()}
