"""Who is who: one Person per human, found by address or by chat id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from storage.ahead import outlook
from storage.records import Person


@dataclass(frozen=True, slots=True)
class Account:
    """A chat account as the platform described it at `checked_at`; `email_key` is the normal form, or empty."""

    platform_id: str
    email_key: str
    email: str
    name: str
    zone: str
    standing: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Met:
    """Whose account it is, if anybody's, and how that account stands."""

    person_id: int | None
    standing: str


class People:
    """Queries and changes about people, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, person_id: int) -> Person:
        """The person with this id; raises `LookupError` if there is none."""
        # A new person is flushed when made, so there is nothing to flush before this look.
        with self.session.no_autoflush:
            person = self.session.get(Person, person_id)
        if person is None:
            raise LookupError(f"no person {person_id}")
        return person

    def named(self, ids: Iterable[int]) -> dict[int, Person]:
        """The people with these ids."""
        found = self.session.scalars(select(Person).where(Person.id.in_(set(ids))))
        return {person.id: person for person in found}

    def by_slack(self, slack_id: str) -> Person | None:
        """The person who holds this Slack account."""
        return self.session.scalars(select(Person).where(Person.slack_id == slack_id)).one_or_none()

    def knows(self, slack_id: str) -> bool:
        """Whether this account is anybody's, or stands in anybody's way."""
        either = or_(Person.slack_id == slack_id, Person.rival == slack_id)
        return self.session.scalar(select(exists().where(either))) or False

    def by_key(self, email_key: str) -> Person | None:
        """The person with this normalised address."""
        return self.session.scalars(select(Person).where(Person.email_key == email_key)).one_or_none()

    def called_for(self, email_key: str) -> Person:
        """The person that the policy names by this address; made now if nobody has met him or her yet."""
        person = self.by_key(email_key)
        if person is None:
            person = Person(
                email_key=email_key, email=email_key, name=email_key.partition("@")[0].replace(".", " ").title()
            )
            self.session.add(person)
            self.session.flush()
        return person

    def ids_for(self, keys: Iterable[str]) -> dict[str, int]:
        """Ids of the people with these normalised addresses, each made if need be."""
        return {key: self._id_for(key) for key in keys}

    def _id_for(self, key: str) -> int:
        known = cast("dict[str, int]", self.session.info.get("person_ids", {}))
        found = cast("dict[str, int]", self.session.info.setdefault("found_ids", {}))
        if key in known:
            with self.session.no_autoflush:
                person = self.session.get(Person, known[key])
            # Addresses change, so what is remembered is only where to look first.
            if person is not None and person.email_key == key:
                outlook(self.session).people.append(person)
                return person.id
        return found.get(key) or found.setdefault(key, self.called_for(key).id)

    def meet(self, account: Account) -> Met:
        """Store what a platform says of an account, and say whose it is.

        Two living accounts with one address make that person ambiguous: both are refused until one
        of them is gone. An account without an address belongs to nobody.
        """
        if not account.email_key:
            return Met(None, account.standing)
        self._no_rival_elsewhere(account)
        person = self._moved(account) or self.called_for(account.email_key)
        if person.slack_id in (None, account.platform_id) or person.standing == "deactivated":
            return self._recognised(person, account)
        if account.standing == "member":
            person.rival, person.standing = account.platform_id, "ambiguous"
            return Met(person.id, "ambiguous")
        if person.rival == account.platform_id:
            self._unrivalled(person)
        return Met(person.id, account.standing)

    def _no_rival_elsewhere(self, account: Account) -> None:
        """A second account that carries another address now leaves the first person alone."""
        left = select(Person).where(Person.rival == account.platform_id, Person.email_key != account.email_key)
        for person in self.session.scalars(left):
            self._unrivalled(person)

    def _unrivalled(self, person: Person) -> None:
        person.rival = None
        if person.standing == "ambiguous":
            person.standing = "member"

    def _moved(self, account: Account) -> Person | None:
        """The account's person, who stays the same when the address changes (a new one would be a second self)."""
        person = self.by_slack(account.platform_id)
        if person is None or person.email_key == account.email_key:
            return person
        other = self.by_key(account.email_key)
        if other is not None and other.slack_id is not None and other.standing != "deactivated":
            return other
        if other is not None:
            other.email_key, other.slack_id = f"retired:{other.id}", None
            self.session.flush()
        person.email_key = account.email_key
        self._unrivalled(person)
        self.session.flush()
        return person

    def _recognised(self, person: Person, account: Account) -> Met:
        if person.rival == account.platform_id:
            person.rival = None
        person.slack_id = account.platform_id
        person.email, person.name, person.zone = account.email, account.name, account.zone
        person.standing = "ambiguous" if person.rival and account.standing == "member" else account.standing
        person.checked_at = account.checked_at
        return Met(person.id, person.standing)

    def opened_home(self) -> list[Person]:
        """Everybody who has a home to redraw."""
        return list(self.session.scalars(select(Person).where(Person.home_at.is_not(None))))
