"""What asking and reminding need of a matter, whatever kind it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from handlers.policy import Policy
from handlers.rules import routing
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, Circumstances, Involved
from storage.database.store import Store
from storage.records import Alarm, Matter, Party, Person

T = TypeVar("T")
C = TypeVar("C", bound="Case")


class Case(Protocol):
    """One matter as it stands at `now`; `people` holds everybody who takes part in it, by id."""

    @property
    def matter(self) -> Matter:
        """The matter itself."""

    @property
    def what(self) -> str:
        """How sentences name it, such as `request R-1`."""

    @property
    def parties(self) -> list[Party]:
        """Who holds a copy of its card beside whoever began it."""

    @property
    def people(self) -> dict[int, Person]:
        """Everybody that its card may name, by id."""

    @property
    def policy(self) -> Policy:
        """The policy in force."""

    @property
    def now(self) -> datetime:
        """When it was looked at."""

    @property
    def alarm(self) -> Alarm | None:
        """The last alarm about it."""

    @property
    def clause(self) -> str:
        """The clause by which it is decided."""

    @property
    def circumstances(self) -> Circumstances:
        """What the rules of who decides need of it."""

    def authority(self, person: Person) -> Authority:
        """By which role this person may decide; raises `Refused` with the reason why not."""

    def everybody(self) -> Sequence[int]:
        """Whoever holds a copy of the card."""


def approvers(case: Case) -> list[Party]:
    """Those who may press the buttons and can be reached."""
    return [party for party in case.parties if party.part == "approver" and not party.unreachable]


def party_of(case: Case, person_id: int) -> Party | None:
    """As what this person takes part in it, if at all."""
    return next((one for one in case.parties if one.person_id == person_id), None)


def entitled(case: Case, person_id: int) -> bool:
    """Whether this person may decide it as things are."""
    try:
        return bool(case.authority(case.people[person_id]))
    except Refused:
        return False


def allowed(case: C, person_id: int | None, may: Callable[[C], T], gone: str) -> T:
    """What `may` answers, which raises `Refused` for whoever may not do it.

    Whoever holds no copy of the card reads `gone`, as if there were no such matter.
    """
    try:
        return may(case)
    except Refused as refusal:
        if person_id not in case.everybody():
            raise Refused(gone, code=refusal.code or "not_entitled") from refusal
        raise


def lasting(parties: Iterable[Party], people: Mapping[int, Person]) -> frozenset[str]:
    """Who was asked to decide, and stays asked until it is decided, by address."""
    return frozenset(people[one.person_id].email_key for one in parties if one.part == "approver")


def authority_of(case: Case, person: Person, words: str) -> Authority:
    """By which role this person decides it now; raises `Refused` in these words where he or she does not."""
    found = routing.authority(case.circumstances, person.email_key, lasting(case.parties, case.people))
    if found is None:
        raise Refused(words, clause=case.clause, code="not_approver")
    return found


def as_what(case: Case, reader: int) -> str:
    """As what a reader may decide it, such as `deputy of the Head of Customer Success`; empty for whoever may not."""
    try:
        authority = case.authority(case.people[reader])
    except (Refused, KeyError):
        return ""
    return f"{'deputy of the ' if authority.deputy else 'the '}{case.policy.role(authority.role).title}"


def came_as(case: Case, reader: int, words: str = "You’re asked as") -> str:
    """The sentence, and a space, by which a card says as what a reader decides; empty for whoever may not."""
    told = as_what(case, reader)
    return f"{words} {told}. " if told else ""


def involved(
    store: Store, *, askers: Iterable[str] = (), operators: Iterable[str] = (), concerned: Iterable[str] = ()
) -> Involved:
    """The people whose own case something is, from one address of each: here alone the other addresses of a person are added.

    What names no operator has an empty address.
    """
    return Involved(*store.people.whole(askers, filter(None, operators), concerned))


def missed(case: Case) -> frozenset[str]:
    """Who was asked and can't be reached, by address."""
    return frozenset(case.people[party.person_id].email_key for party in case.parties if party.unreachable)
