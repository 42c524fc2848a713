"""Who is who: one Person per human, found by address or by any of his or her chat accounts."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, func, literal, or_, select, union_all, update
from sqlalchemy.orm.attributes import set_committed_value

from storage.prefetch import parties_and_people, prefetched_in, standings
from storage.records import AMBIGUOUS, LIVING, ChatAccount, FormerAddress, Grant, Party, Person
from storage.rows import Rows
from storage.sessions import ONLY_READS

ASIDE = "set_aside"
LEFT, BLOCKED = "left", "blocked"
# Put together once: each card asks them, and that takes longer than the database needs to answer.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_NAMED = select(Person).where(Person.id.in_(_IDS))
_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
# Who has an address, who had it, and accounts that claim it; each with the standing of the account.
_BEARING = union_all(
    select(literal("has"), Person.email_key, Person.id, ChatAccount.standing).where(Person.email_key.in_(_KEYS))
    .outerjoin(ChatAccount, ChatAccount.person_id == Person.id),
    select(literal("had"), FormerAddress.email_key, FormerAddress.person_id, ChatAccount.standing).where(FormerAddress.email_key.in_(_KEYS))
    .outerjoin(ChatAccount, ChatAccount.person_id == FormerAddress.person_id),
    select(literal("claims"), ChatAccount.email_key, literal(0), ChatAccount.standing).where(ChatAccount.email_key.in_(_KEYS)),
)  # fmt: skip
_ACCOUNTS = (
    select(ChatAccount)
    .where(ChatAccount.person_id.in_(_IDS), ChatAccount.standing == LIVING)
    .order_by(ChatAccount.platform)
)
_REACHED = (
    select(Person, ChatAccount)
    .outerjoin(ChatAccount, and_(ChatAccount.person_id == Person.id, ChatAccount.standing == LIVING))
    .where(Person.id.in_(_IDS))
    .order_by(ChatAccount.platform)
)


@dataclass(frozen=True, slots=True)
class Account:
    """A chat account as the platform described it at `checked_at`; `email_key` is the normal form, or empty.
    `zone` is an IANA name. `zone` and `reference` are empty if the platform gave none; then the known reference stays.
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
    """Whose account it is, if anyone's, its standing, and whose standing has changed; `email_key` is the person's address."""

    person_id: int | None
    standing: str
    turns: tuple[Turn, ...] = ()
    email_key: str = ""


class Bearers(NamedTuple):
    """Who has or had an address, by id; `works_here` if any of them works or worked at the company."""

    people: frozenset[int]
    works_here: bool


def is_shut_out(account: ChatAccount | Account) -> bool:
    """Return True if nothing can be sent to this account: the person took the bot away there, or blocked it."""
    return bool(account.reference.get(LEFT) or account.reference.get(BLOCKED))


class People(Rows):
    """Queries and changes about people."""

    def get(self, person_id: int) -> Person:
        """Return the person with this id; raises `LookupError` if there is none.
        For an unreadable row it is a stand-in who may do nothing.
        """
        read_before = prefetched_in(self.session).people
        if person_id not in read_before:
            # A new person is flushed when made, so there is nothing to flush before this look.
            with self.session.no_autoflush:
                person = self.session.get(Person, person_id)
            read_before[person_id] = person or self._unreadable_person(person_id)
        return read_before[person_id]

    def named(self, ids: Iterable[int]) -> dict[int, Person]:
        """Return these people by id; unknown ids are left out."""
        wanted, read_before = set(ids), prefetched_in(self.session).people
        if unread := wanted - read_before.keys():
            read_before |= {person.id: person for person in self.session.scalars(_NAMED, {"ids": unread})}
        found = {one: read_before[one] for one in wanted & read_before.keys()}
        return found if len(found) == len(wanted) else found | self._unreadable_of(wanted - found.keys())

    def _unreadable_person(self, person_id: int) -> Person:
        """Return a stand-in for a person whose row can't be read: they may do nothing and are sent nothing meanwhile.
        Raises `LookupError` if there is no such row.
        """
        if not self.has(Person.id == person_id):  # asks for no row, so it can't fail on one
            raise LookupError(f"no person {person_id}")
        person = Person(email_key="", email="", name="someone whose record can’t be read", standing=AMBIGUOUS)
        person.id = person_id
        return person

    def _unreadable_of(self, ids: Collection[int]) -> dict[int, Person]:
        """Return a stand-in, by id, for each of these people who exist but whose row can't be read."""
        found: dict[int, Person] = {}
        for one in ids:
            with suppress(LookupError):
                found[one] = self._unreadable_person(one)
        return found

    def reached(self, ids: Collection[int]) -> dict[int, tuple[Person, dict[str, ChatAccount]]]:
        """Return these people with their living accounts by platform."""
        found = dict[int, tuple[Person, dict[str, ChatAccount]]]()
        for person, account in self.session.execute(_REACHED, {"ids": set(ids)}):
            accounts = found.setdefault(person.id, (person, {}))[1]
            if account is not None and (account.platform not in accounts or not is_shut_out(account)):
                accounts[account.platform] = account
        return found

    def by_key(self, email_key: str) -> Person | None:
        """Return the person with this normalised address."""
        return self.first_row(Person, Person.email_key == email_key)

    def called(self, words: Iterable[str], most: int) -> list[Person]:
        """Find people with all of these words in name or address, ordered by name."""
        searched = func.lower(Person.name + " " + Person.email_key)
        has = (searched.contains(word.lower(), autoescape=True) for word in words)
        return self.rows(Person, *has, by=(Person.name, Person.id), most=most)

    def out_of_reach(self, ids: Collection[int]) -> frozenset[int]:
        """Return those of these people who may not act at present: their account is gone, doubled or still to be
        settled.
        """
        standing = standings(self.session, ())  # what was read already, so that only the others are looked up
        standing = standings(self.session, [one for one in ids if one not in standing.may_act])
        return frozenset(one for one in ids if not standing.may_act.get(one, True))

    def of_matters(
        self, matters: Iterable[str], ids: Iterable[int], keys: Iterable[str]
    ) -> tuple[dict[str, list[Party]], dict[int, Person]]:  # fmt: skip
        """Return the parties of each matter, in the order in which they were asked, and everyone among them and `ids`
        by id.
        `keys` are addresses that are looked up at the same time.
        """
        so_far: dict[str, list[Party]] = self.once("parties", dict)
        found, people = parties_and_people(self.session, [one for one in matters if one not in so_far], ids, keys)
        so_far |= found
        return so_far, people

    def there(self, ids: Collection[int]) -> frozenset[int]:
        """Return those of these people who may act and can be sent messages."""
        living = select(Person.id).where(Person.id.in_(ids), Person.standing == LIVING)
        open_ones = (one for one in self.accounts(self.session.scalars(living)) if not is_shut_out(one))
        return frozenset(one.person_id for one in open_ones if one.person_id is not None)

    def account(self, platform: str, account_id: str) -> ChatAccount | None:
        """Return a chat account; None if it is unknown."""
        return self.row(ChatAccount, platform, account_id)

    def accounts(self, people: Iterable[int]) -> list[ChatAccount]:
        """Return the living accounts of these people by platform; on each platform, those that can be reached come
        last.
        """
        rows = self.session.scalars(_ACCOUNTS, {"ids": set(people)})
        return sorted(rows, key=lambda one: (one.platform, not is_shut_out(one)))

    def seen_since(self, person_id: int, moment: datetime, now: datetime) -> bool:
        """Return True if the person may act, and was seen on some platform after that moment; a check in the future
        doesn't count.
        """
        there = self.get(person_id).standing == LIVING
        return there and any(
            moment < one.checked_at <= now and not is_shut_out(one) for one in self.accounts([person_id])
        )

    def platforms(self, person_id: int) -> list[str]:
        """Return the names of the platforms on which the person can be sent messages."""
        there = (one for one in self.accounts([person_id]) if not is_shut_out(one))
        return list(dict.fromkeys(one.platform for one in there))

    def homes(self, *people: int) -> list[ChatAccount]:
        """Return these people's living accounts that have a home and can be reached, so that it can be redrawn."""
        found = [one for one in self.accounts(people) if one.home_at is not None and not is_shut_out(one)]
        return sorted(found, key=lambda one: people.index(one.person_id or 0))

    def prefers_first(self, person: Person, platform: str) -> None:
        """Set where the person gets messages, unless they have chosen already.
        It bypasses the session, because a changed person would cost a flush for each of many who file at once.
        """
        if not person.prefers:
            set_committed_value(person, "prefers", platform)
            chosen = update(Person).where(Person.id == person.id).values(prefers=platform)
            self.session.connection().execute(chosen)

    def saw_home(self, platform: str, account_id: str, now: datetime) -> None:
        """Note that this account opened its home, which is redrawn on changes from then on."""
        same = (ChatAccount.platform == platform, ChatAccount.account_id == account_id, ChatAccount.home_at.is_(None))
        self.session.execute(update(ChatAccount).where(*same).values(home_at=now))

    def left(self, platform: str, account_id: str) -> bool:
        """Forget how to reach an account, and its home, because the bot was removed there. Return True if that is new."""
        account = self.account(platform, account_id)
        if account is None or account.reference.get(LEFT):
            return False
        account.reference, account.home_at = {LEFT: True}, None
        return True

    def blocked(self, platform: str, account_id: str) -> bool:
        """Send nothing to an account until the person is heard of again. Return True if that is new."""
        account = self.account(platform, account_id)
        if account is None or is_shut_out(account):
            return False
        account.reference = {**account.reference, BLOCKED: True}
        return True

    def gone(self, platform: str, account_id: str, standing: str, now: datetime) -> bool:
        """Note that the platform no longer has this account. Return True if that is new."""
        account = self.account(platform, account_id)
        if account is None or account.standing == standing:
            return False
        account.standing, account.checked_at = standing, now
        return True

    def all_selves(self, *groups: Iterable[int]) -> list[frozenset[int]]:
        """Return each of these groups with everyone who may be the same person as one of them.
        A person who has an address that another one had before counts as that one too. It only excludes people from
        their own case; it permits nothing.
        """
        return [self._with_possible_selves(frozenset(one)) for one in groups]

    def _with_possible_selves(self, ids: frozenset[int]) -> frozenset[int]:
        """Return these people with everyone who may be the same person as one of them, and so on."""
        twins = standings(self.session, ids).twins
        more = ids.union(*(twins[one] for one in ids))
        return ids if more == ids else self._with_possible_selves(more)

    def among(self, candidates: Iterable[int], named: Iterable[int]) -> frozenset[int]:
        """Return those of the candidates who are, or may be, one of the named people."""
        return self._with_possible_selves(frozenset(named)).intersection(candidates)

    def had(self, email_key: str) -> Person | None:
        """Return the person who had this address before; None if no one did."""
        former = self.first_row(FormerAddress, FormerAddress.email_key == email_key)
        return self.get(former.person_id) if former is not None else None

    def accounts_of(self, keys: Iterable[str]) -> dict[str, list[ChatAccount]]:
        """Return, for each of these addresses, every account that has, had or claims it, except those set aside."""
        wanted = set(keys)
        people = dict(self.tuples(select(Person.id, Person.email_key), Person.email_key, wanted))
        theirs = or_(ChatAccount.person_id.in_(people), ChatAccount.email_key.in_(wanted))
        found: dict[str, list[ChatAccount]] = {one: [] for one in wanted}
        by = (ChatAccount.platform, ChatAccount.account_id)
        for one in self.rows(ChatAccount, theirs, ChatAccount.standing != ASIDE, by=by):
            for name in {people.get(one.person_id or 0), one.email_key} & wanted:
                found[str(name)].append(one)
        return found

    def to_look_at(self, platform: str, now: datetime, before: datetime) -> list[str]:
        """Return ids of a platform's accounts not checked since `before`, the longest ago first.

        These are accounts of people with open access, and those whose owner isn't settled.
        """
        held = select(Grant.person_id).where(Grant.ended_at.is_(None), Grant.ends_at > now)
        shared = select(Person.email_key).where(Person.standing == AMBIGUOUS)
        wanted = or_(ChatAccount.person_id.in_(held), ChatAccount.email_key.in_(shared))
        either = or_(ChatAccount.standing == AMBIGUOUS, and_(wanted, ChatAccount.standing == LIVING))
        stale = (ChatAccount.platform == platform, either, ChatAccount.checked_at < before)
        return list(self.session.scalars(select(ChatAccount.account_id).where(*stale).order_by(ChatAccount.checked_at)))

    def get_or_create(self, email_key: str) -> Person:
        """Return the person with this address, made now if they haven't been met."""
        return self.get(self.resolve([email_key])[email_key])

    def resolve(self, keys: Iterable[str], *, make: bool = True) -> dict[str, int]:
        """Return the id of the person for each of these addresses (normal form): the only way from an address to a
        person.
        Unknown people are made. If nothing may be written now, they get a negative number, which is no one's.
        """
        wanted = dict.fromkeys(keys)
        standing = standings(self.session, (), wanted)
        missing = [key for key in wanted if key not in standing.ids]
        if missing and make and ONLY_READS not in self.session.info:
            new = [Person(email_key=key, email=key, name=_name_in(key)) for key in missing]
            self.session.add_all(new)
            self.session.flush()
            standing.ids |= {one.email_key: one.id for one in new}
            missing = []
        return {key: standing.ids.get(key, 0) for key in wanted} | {key: -n for n, key in enumerate(missing, 1)}

    def on_calls(
        self, calls: Collection[tuple[str, datetime]], *, make: bool = True
    ) -> dict[tuple[str, datetime], int]:
        """Return who was on each of these calls, named by address (normal form) and start (aware).
        That is the person who had the address then. If no one we have met has it now, it is its last holder, since a
        phone system may keep naming it.
        """
        keys = {key for key, _ in calls if key}
        former = {one.email_key: one for one in self.rows(FormerAddress, FormerAddress.email_key.in_(keys))}
        met = set(self.values(select(Person.email_key).where(Person.checked_at.is_not(None)), Person.email_key, former))
        gone = {key: one for key, one in former.items() if key not in met}
        ids = self.resolve([key for key in keys if key not in gone], make=make) | {
            key: one.person_id for key, one in gone.items()
        }
        found = {(key, began): ids[key] for key, began in calls if key}
        for (key, began), before in ((one, former.get(one[0])) for one in found):
            if before is not None and began < before.left_at:
                found[key, began] = before.person_id
        return {one: person for one, person in found.items() if person > 0}

    def bearers(self, keys: Collection[str]) -> dict[str, Bearers]:
        """Return who bears each of these addresses."""
        found, rows = dict[str, Bearers](), self.session.connection().execute(_BEARING, {"keys": list(keys)}).all()
        for key in keys:
            has, had, claims = ([row[2:] for row in rows if row[:2] == (how, key)] for how in ("has", "had", "claims"))
            standings = {standing for _, standing in (*(has or had), *claims) if standing}
            works_here = bool(standings - {"foreign"} or ((has or had) and not standings))
            found[key] = Bearers(frozenset(person for person, _ in (*has, *had)), works_here)
        return found


def _name_in(email_key: str) -> str:
    """Return the name that an address suggests, such as “Anna Quill”, until a platform says how the person is called."""
    return email_key.partition("@")[0].replace(".", " ").title()
