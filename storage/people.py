"""Who is who: one Person per human, found by address or by any of his or her chat accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BindParameter, bindparam, exists, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from storage.ahead import outlook
from storage.records import ChatAccount, FormerAddress, Grant, Person

_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_ONCE = (
    select(Person.email_key)
    .join(FormerAddress, FormerAddress.person_id == Person.id)
    .where(FormerAddress.email_key.in_(_KEYS))
)
LIVING = "member"
LEFT, BLOCKED = "left", "blocked"


@dataclass(frozen=True, slots=True)
class Account:
    """A chat account as the platform described it at `checked_at`; `email_key` is the normal form, or empty.

    `zone` is an IANA name, or empty where the platform told none; so is `reference`, and the one that is known stays.
    """

    platform: str
    account_id: str
    email_key: str
    email: str
    name: str
    zone: str
    standing: str
    checked_at: datetime
    reference: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Met:
    """Whose account it is, if anybody's, and how that account stands; `renamed` where cards show another name so far."""

    person_id: int | None
    standing: str
    renamed: bool = False


def shut(account: ChatAccount) -> bool:
    """Whether nothing can be sent to this account: the person took the bot away there, or blocked it."""
    return bool(account.reference.get(LEFT) or account.reference.get(BLOCKED))


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

    def by_key(self, email_key: str) -> Person | None:
        """The person with this normalised address."""
        return self.session.scalars(select(Person).where(Person.email_key == email_key)).one_or_none()

    def may_act(self, email_key: str) -> bool:
        """Whether nothing is known against whoever has this address; true of somebody whom nobody has met yet."""
        return self.get(self._id_for(email_key)).standing == LIVING

    def out_of_reach(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of these addresses whose owners may not act as things are: no living account, or too many."""
        theirs = (Person.email_key.in_(set(keys)), Person.standing != LIVING)
        return frozenset(self.session.scalars(select(Person.email_key).where(*theirs)))

    def account(self, platform: str, account_id: str) -> ChatAccount | None:
        """What is known of a chat account."""
        return self.session.get(ChatAccount, (platform, account_id))

    def knows(self, platform: str, account_id: str) -> bool:
        """Whether this account is anybody's, or stands in anybody's way."""
        same = (ChatAccount.platform == platform, ChatAccount.account_id == account_id)
        return self.session.scalar(select(exists().where(*same))) or False

    def accounts(self, people: Iterable[int]) -> list[ChatAccount]:
        """The living accounts of these people, in the order of the platforms' names."""
        theirs = (ChatAccount.person_id.in_(set(people)), ChatAccount.standing == LIVING)
        return list(self.session.scalars(select(ChatAccount).where(*theirs).order_by(ChatAccount.platform)))

    def seen_since(self, person_id: int, moment: datetime, now: datetime) -> bool:
        """Whether the person was found to be there on some platform after that moment, and not by a clock that stood ahead."""
        return any(moment < one.checked_at <= now and not shut(one) for one in self.accounts([person_id]))

    def platforms(self, person_id: int) -> list[str]:
        """The platforms on which the person has a living account and may be written to, by name."""
        there = (one for one in self.accounts([person_id]) if not shut(one))
        return list(dict.fromkeys(one.platform for one in there))

    def homes(self, person_id: int) -> list[ChatAccount]:
        """The person's living accounts that have a home to redraw, where it can be."""
        return [one for one in self.accounts([person_id]) if one.home_at is not None and not shut(one)]

    def prefers_first(self, person: Person, platform: str) -> None:
        """Where the person is to be reached, unless that was chosen already.

        Filing is what everybody does at once; a person who changes in the session would cost each of them a flush.
        """
        if not person.prefers:
            set_committed_value(person, "prefers", platform)
            chosen = update(Person).where(Person.id == person.id).values(prefers=platform)
            self.session.connection().execute(chosen)

    def saw_home(self, platform: str, account_id: str, now: datetime) -> None:
        """This account looked at its home, which is from now on redrawn whenever something on it changes."""
        same = (ChatAccount.platform == platform, ChatAccount.account_id == account_id)
        self.session.execute(update(ChatAccount).where(*same).values(home_at=now))

    def left(self, platform: str, account_id: str) -> bool:
        """The bot was taken away there: how it was reached is forgotten, and so is its home. Whether that is new."""
        account = self.account(platform, account_id)
        if account is None or account.reference.get(LEFT):
            return False
        account.reference, account.home_at = {LEFT: True}, None
        return True

    def blocked(self, platform: str, account_id: str) -> bool:
        """Nothing is to be sent there until the person is heard of again. Whether that is new."""
        account = self.account(platform, account_id)
        if account is None or shut(account):
            return False
        account.reference = {**account.reference, BLOCKED: True}
        return True

    def aliases(self, keys: Iterable[str]) -> frozenset[str]:
        """These addresses, and those that whoever had one of them before has now."""
        named = frozenset(keys)
        known: dict[frozenset[str], frozenset[str]] = self.session.info.setdefault("aliases", {})
        if named and named not in known:
            # An address that changes is flushed at once; to flush for this look would split one bulk insert into many.
            with self.session.no_autoflush:
                known[named] = named.union(self.session.scalars(_ONCE, {"keys": named}))
        return known.get(named, named)

    def to_look_at(self, now: datetime, before: datetime, most: int) -> list[ChatAccount]:
        """Accounts of people with open access at whom nobody has looked since `before`, the longest ago first."""
        held = select(Grant.person_id).where(Grant.ended_at.is_(None), Grant.ends_at > now)
        stale = (ChatAccount.person_id.in_(held), ChatAccount.standing == LIVING, ChatAccount.checked_at < before)
        query = select(ChatAccount).where(*stale).order_by(ChatAccount.checked_at)
        return list(self.session.scalars(query.limit(most)))

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

        Accounts of different platforms with one address are one person's. Two living accounts of one platform with
        one address make that person ambiguous: both are refused until one of them is gone. So does an account that
        takes the address of somebody else. An account without an address belongs to nobody.
        """
        if not account.email_key:
            return Met(None, account.standing)
        known = self.account(account.platform, account.account_id)
        before = known.email_key if known else account.email_key
        owner = self.get(known.person_id) if known is not None and known.person_id is not None else None
        person = self._person(account, owner, moved=before != account.email_key)
        row = self._stored(account, known)
        if owner is None and not self._taken(person, account):
            row.person_id = person.id
        self.session.flush()
        renamed = row.person_id == person.id and self._recognise(person, account)
        for one in {one.id: one for one in (person, owner, self.by_key(before)) if one is not None}.values():
            self._stand(one)
        standing = person.standing if account.standing == LIVING else account.standing
        return Met(person.id, standing, renamed)

    def _recognise(self, person: Person, account: Account) -> bool:
        """Take over what the platform says; the name from one platform only, or it would change with each look-up."""
        person.email, person.zone = account.email, account.zone or person.zone
        platforms = self.platforms(person.id)
        names = person.prefers if person.prefers in platforms else (platforms or [account.platform])[0]
        renamed = account.name != person.name and (person.checked_at is None or account.platform == names)
        person.name = account.name if renamed else person.name
        person.checked_at = account.checked_at
        return renamed

    def _person(self, account: Account, owner: Person | None, *, moved: bool) -> Person:
        """Who carries the account's address. An owner stays the same when the address changes: no second self is made."""
        if owner is None:
            return self.called_for(account.email_key)
        other = self.by_key(account.email_key)
        if other is not None and other is not owner and self._owned(other):
            return other
        if moved and other is not owner:
            self._take_over(owner, account.email_key, other)
        return owner

    def _take_over(self, owner: Person, email_key: str, other: Person | None) -> None:
        if other is not None:
            other.email_key = f"retired:{other.id}"
            self.session.flush()
        self.session.info.pop("aliases", None)
        self.session.merge(FormerAddress(email_key=owner.email_key, person_id=owner.id))
        owner.email_key = email_key

    def _stored(self, account: Account, known: ChatAccount | None) -> ChatAccount:
        row = known or ChatAccount(
            platform=account.platform, account_id=account.account_id, person_id=None, email_key="", standing="",
            checked_at=account.checked_at,
        )  # fmt: skip
        row.email_key, row.standing, row.checked_at = account.email_key, account.standing, account.checked_at
        row.reference = account.reference or row.reference
        self.session.add(row)
        return row

    def _owned(self, person: Person) -> list[ChatAccount]:
        return self.accounts([person.id])

    def _taken(self, person: Person, account: Account) -> bool:
        """Whether the person has another living account on this platform."""
        mine = (account.platform, account.account_id)
        others = (one for one in self._owned(person) if (one.platform, one.account_id) != mine)
        return any(one.platform == account.platform for one in others)

    def _stand(self, person: Person) -> None:
        """How the person stands, by all accounts together; a platform's last word counts where none is living."""
        owned = self._owned(person)
        claims = (ChatAccount.email_key == person.email_key, ChatAccount.standing == LIVING)
        rivals = [one for one in self.session.scalars(select(ChatAccount).where(*claims)) if one.person_id != person.id]
        doubled = len({one.platform for one in owned}) < len(owned)
        if owned:
            person.standing = "ambiguous" if rivals or doubled else LIVING
            return
        newest = select(ChatAccount).where(ChatAccount.person_id == person.id).order_by(ChatAccount.checked_at.desc())
        last = self.session.scalars(newest.limit(1)).first()
        person.standing = last.standing if last is not None else person.standing
