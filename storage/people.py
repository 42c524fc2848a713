"""Who is who: one Person per human, found by address or by any of his or her chat accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BindParameter, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from storage.prefetch import bearers, prefetched
from storage.records import AMBIGUOUS, LIVING, ChatAccount, FormerAddress, Grant, Person

ASIDE = "set_aside"
LEFT, BLOCKED = "left", "blocked"
# Put together once: each card asks them, and that takes longer than the database needs to answer.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_NAMED = select(Person).where(Person.id.in_(_IDS))
_ACCOUNTS = (
    select(ChatAccount)
    .where(ChatAccount.person_id.in_(_IDS), ChatAccount.standing == LIVING)
    .order_by(ChatAccount.platform)
)


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
class Turn:
    """A person's standing before and after something became known of an account."""

    person_id: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Met:
    """Whose account it is, if anybody's, how that account stands, and whose standing is another one since.

    `renamed` where cards show another name so far. `email_key` is the person's address.
    """

    person_id: int | None
    standing: str
    turns: tuple[Turn, ...] = ()
    renamed: bool = False
    email_key: str = ""


def shut(account: ChatAccount | Account) -> bool:
    """Whether nothing can be sent to this account: the person took the bot away there, or blocked it."""
    return bool(account.reference.get(LEFT) or account.reference.get(BLOCKED))


class People:
    """Queries and changes about people, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, person_id: int) -> Person:
        """The person with this id; raises `LookupError` if there is none."""
        known = prefetched(self.session).people
        if person_id not in known:
            # A new person is flushed when made, so there is nothing to flush before this look.
            with self.session.no_autoflush:
                person = self.session.get(Person, person_id)
            known[person_id] = person or self._unreadable(person_id)
        return known[person_id]

    def named(self, ids: Iterable[int]) -> dict[int, Person]:
        """The people with these ids."""
        wanted = set(ids)
        found = {person.id: person for person in self.session.scalars(_NAMED, {"ids": wanted})}
        return found if len(found) == len(wanted) else found | self._unreadable_of(wanted - found.keys())

    def _unreadable(self, person_id: int) -> Person:
        """Stands for somebody whose row can't be read, and who can neither do anything nor be sent anything meanwhile."""
        theirs = select(exists().where(Person.id == person_id))  # which asks the database, and reads no row
        if not self.session.scalar(theirs):
            raise LookupError(f"no person {person_id}")
        person = Person(email_key="", email="", name="someone whose record can’t be read", standing=AMBIGUOUS)
        person.id = person_id
        return person

    def _unreadable_of(self, ids: Collection[int]) -> dict[int, Person]:
        found: dict[int, Person] = {}
        for one in ids:
            with suppress(LookupError):
                found[one] = self._unreadable(one)
        return found

    def reached(self, ids: Collection[int]) -> dict[int, tuple[Person, dict[str, ChatAccount]]]:
        """The same with their living accounts by platform."""
        people = {one.id: one for one in self.session.scalars(_NAMED, {"ids": set(ids)})}
        accounts = self.accounts(people)
        theirs = {one: {row.platform: row for row in accounts if row.person_id == one} for one in people}
        return {one: (person, theirs[one]) for one, person in people.items()}

    def by_key(self, email_key: str) -> Person | None:
        """The person with this normalised address."""
        return self.session.scalars(select(Person).where(Person.email_key == email_key)).one_or_none()

    def with_keys(self, keys: Iterable[str]) -> dict[str, Person]:
        """Those of these addresses whose owners are known, by address."""
        found = self.session.scalars(select(Person).where(Person.email_key.in_(set(keys))))
        return {person.email_key: person for person in found}

    def called(self, words: Iterable[str], most: int) -> list[Person]:
        """Whoever has all of these words in the name or the address, by name."""
        told = func.lower(Person.name + " " + Person.email_key)
        has = (told.contains(word.lower(), autoescape=True) for word in words)
        return list(self.session.scalars(select(Person).where(*has).order_by(Person.name, Person.id).limit(most)))

    def may_act(self, email_key: str) -> bool:
        """Whether nothing is known against whoever has this address; true of somebody whom nobody has met yet."""
        person = self._remembered(email_key) or self.by_key(email_key)
        if (person is None or person.checked_at is None) and self.out_of_reach([email_key]):
            return False
        return person is None or person.standing == LIVING

    def out_of_reach(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of these addresses whose owners may not act as things are: no living account, or too many, or one that waits to be settled."""
        wanted = frozenset(keys)
        known = bearers(self.session, wanted)
        return frozenset(one for one in wanted if not known[one].may_act)

    def look_up(self, keys: Iterable[str]) -> None:
        """Read at once what `whole` and `out_of_reach` will be asked of these addresses."""
        bearers(self.session, filter(None, keys))

    def there(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of these addresses whose owners may act, and to whom something can be sent."""
        living = {one.id: key for key, one in self.with_keys(keys).items() if one.standing == LIVING}
        open_ones = (one for one in self.accounts(living) if not shut(one))
        return frozenset(living[one.person_id] for one in open_ones if one.person_id is not None)

    def account(self, platform: str, account_id: str) -> ChatAccount | None:
        """What is known of a chat account."""
        return self.session.get(ChatAccount, (platform, account_id))

    def knows(self, platform: str, account_id: str) -> bool:
        """Whether this account is anybody's, or stands in anybody's way."""
        same = (ChatAccount.platform == platform, ChatAccount.account_id == account_id)
        return self.session.scalar(select(exists().where(*same))) or False

    def accounts(self, people: Iterable[int]) -> list[ChatAccount]:
        """The living accounts of these people, in the order of the platforms' names; of one platform the best reached last."""
        rows = self.session.scalars(_ACCOUNTS, {"ids": set(people)})
        return sorted(rows, key=lambda one: (one.platform, not shut(one)))

    def seen_since(self, person_id: int, moment: datetime, now: datetime) -> bool:
        """Whether the person was found to be there on some platform after that moment, and may act; no clock ahead counts."""
        there = self.get(person_id).standing == LIVING
        return there and any(moment < one.checked_at <= now and not shut(one) for one in self.accounts([person_id]))

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
        """This account looks at its home, which is redrawn from the first time on whenever something on it changes."""
        same = (ChatAccount.platform == platform, ChatAccount.account_id == account_id, ChatAccount.home_at.is_(None))
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

    def gone(self, platform: str, account_id: str, standing: str, now: datetime) -> bool:
        """The platform says that there is no such account any more. Whether that is new."""
        account = self.account(platform, account_id)
        if account is None or account.standing == standing:
            return False
        account.standing, account.checked_at = standing, now
        return True

    def ambiguous(self) -> list[Person]:
        """Whoever is nobody until it is settled which account is his or hers."""
        return list(self.session.scalars(select(Person).where(Person.standing == AMBIGUOUS).order_by(Person.id)))

    def set_aside(self) -> list[ChatAccount]:
        """The accounts that somebody has set aside."""
        aside = select(ChatAccount).where(ChatAccount.standing == ASIDE)
        return list(self.session.scalars(aside.order_by(ChatAccount.platform, ChatAccount.account_id)))

    def whole(self, *groups: Iterable[str]) -> list[frozenset[str]]:
        """Each of these groups of addresses with every other address that its people have or had: for who is in the own case.

        Whoever has by now what somebody else had before counts with that one; what is allowed by an address is not.
        """
        named = [frozenset(keys) for keys in groups]
        known = bearers(self.session, frozenset[str]().union(*named))
        return [keys.union(*(known[key].now | known[key].before for key in keys)) for keys in named]

    def among(self, candidates: Iterable[str], named: Iterable[str]) -> frozenset[str]:
        """Those of the candidates who are, or may be, one of the people who are named, by whichever address of either."""
        asked = list(dict.fromkeys(candidates))
        those, *each = self.whole(named, *([one] for one in asked))
        return frozenset(one for one, theirs in zip(asked, each, strict=True) if theirs & those)

    def had(self, email_key: str) -> Person | None:
        """Whoever had this address before."""
        former = self.session.get(FormerAddress, email_key)
        return self.get(former.person_id) if former is not None else None

    def works_here(self, email_key: str) -> bool:
        """Whether somebody of the company has this address, or had it: anybody but who belongs to another organisation."""
        person = self.by_key(email_key) or self.had(email_key)
        those = or_(ChatAccount.email_key == email_key, ChatAccount.person_id == (person.id if person else None))
        standings = set(self.session.scalars(select(ChatAccount.standing).where(those)))
        return bool(standings - {"foreign"}) or (person is not None and not standings)

    def accounts_of(self, keys: Iterable[str]) -> dict[str, list[ChatAccount]]:
        """By each of these addresses, every account that is or was theirs, or claims the address; none that was set aside."""
        wanted = set(keys)
        named = select(Person.id, Person.email_key).where(Person.email_key.in_(wanted))
        people = {row.id: row.email_key for row in self.session.execute(named)}
        theirs = or_(ChatAccount.person_id.in_(people), ChatAccount.email_key.in_(wanted))
        query = select(ChatAccount).where(theirs, ChatAccount.standing != ASIDE)
        query = query.order_by(ChatAccount.platform, ChatAccount.account_id)
        found: dict[str, list[ChatAccount]] = {one: [] for one in wanted}
        for one in self.session.scalars(query):
            for name in {people.get(one.person_id or 0), one.email_key} & wanted:
                found[str(name)].append(one)
        return found

    def to_look_at(self, platform: str, now: datetime, before: datetime) -> list[str]:
        """A platform's accounts, by their ids, at which nobody has looked since `before`, the longest ago first: of people with
        open access, and those of which it is to be found out which is whose.
        """
        held = select(Grant.person_id).where(Grant.ended_at.is_(None), Grant.ends_at > now)
        shared = select(Person.email_key).where(Person.standing == AMBIGUOUS)
        wanted = or_(ChatAccount.person_id.in_(held), ChatAccount.email_key.in_(shared))
        either = or_(ChatAccount.standing == AMBIGUOUS, and_(wanted, ChatAccount.standing == LIVING))
        stale = (ChatAccount.platform == platform, either, ChatAccount.checked_at < before)
        return list(self.session.scalars(select(ChatAccount.account_id).where(*stale).order_by(ChatAccount.checked_at)))

    def called_for(self, email_key: str) -> Person:
        """The person that the policy names by this address; made now if nobody has met him or her yet."""
        person = self.by_key(email_key)
        if person is None and (there := self._id_of(email_key)) is not None:
            return self._unreadable(there)
        if person is None:
            person = Person(
                email_key=email_key, email=email_key, name=email_key.partition("@")[0].replace(".", " ").title()
            )
            self.session.add(person)
            self.session.flush()
        return person

    def _id_of(self, email_key: str) -> int | None:
        """Whose address it is, whatever else can be read of that person."""
        theirs = select(Person.id).where(Person.email_key == email_key)
        return self.session.scalar(select(theirs.scalar_subquery()))

    def ids_for(self, keys: Iterable[str]) -> dict[str, int]:
        """Ids of the people with these normalised addresses, each made if need be."""
        return {key: self._id_for(key) for key in keys}

    def _id_for(self, key: str) -> int:
        found = cast("dict[str, int]", self.session.info.setdefault("found_ids", {}))
        if (person := self._remembered(key)) is not None:
            return person.id
        return found.get(key) or found.setdefault(key, self.called_for(key).id)

    def _remembered(self, key: str) -> Person | None:
        known = cast("dict[str, int]", self.session.info.get("person_ids", {}))
        if key in known:
            with self.session.no_autoflush:
                person = self.session.get(Person, known[key])
            # Addresses change, so what is remembered is only where to look first.
            if person is not None and person.email_key == key:
                prefetched(self.session).people[person.id] = person
                return person
        return None
