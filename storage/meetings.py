"""Whose account is whose: takes in what a chat platform says of an account, and judges which people may act after that."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from storage import prefetch, vouching
from storage.people import ASIDE, Account, Met, People, Turn, is_shut_out
from storage.records import AMBIGUOUS, LIVING, ChatAccount, FormerAddress, Person, Recording
from storage.rows import Rows

OUTSIDE = ("guest", "foreign", "bot")
"""Accounts that belong to no one here: their address is the word of another organisation."""


class Meetings(Rows):
    """Works out which person an account belongs to."""

    @property
    def people(self) -> People:
        """The queries about people, in the same transaction."""
        return People(self.session)

    def meet(self, account: Account) -> Met:
        """Store what a platform says of an account, and say whose it is.

        Accounts of different platforms with one address are one person's. Two living accounts of one platform with one
        address make that person ambiguous: both are refused until one is gone. So does an account that takes another
        person's address. A new account whose address another person had before, or had with another account of that
        platform, is no one's until the administrator settles whether it is the same person (`people --keep`, `people
        --new`). An account without an address belongs to no one, and so does the account of a guest or stranger who was
        never a member.
        """
        if not account.email_key:
            return Met(None, account.standing)
        known = self.people.account(account.platform, account.account_id)
        before = known.email_key if known else account.email_key
        owner = self.people.get(known.person_id) if known is not None and known.person_id is not None else None
        waited = known is not None and known.standing == AMBIGUOUS and before == account.email_key
        person = self._find_or_make_person(account, owner, moved=before != account.email_key)
        row = self._store_account(account, known)
        if owner is None and row.standing != ASIDE:
            self._join_account(person, row, waited=waited)
        self.session.flush()
        if row.person_id == person.id and row.standing != ASIDE:
            self._take_profile(person, account)
        turns = self._judge_standings(person, owner, *self._bearers_of(before), *self._bearers_of(account.email_key))
        standing = person.standing if row.standing == LIVING else row.standing
        return Met(person.id, standing, turns, person.email_key)

    def rests_on(self, account: Account) -> dict[vouching.Owner, str]:
        """Return the rows that say whose account this is, each with what it says, as text.

        The log must vouch for these rows before the account may act; it isn't asked again while they say the same.
        """
        row = self.people.account(account.platform, account.account_id)
        owner = self.people.get(row.person_id) if row is not None and row.person_id is not None else None
        rests: dict[vouching.Owner, str] = {}
        if row is not None:
            mine = vouching.row_alone(ChatAccount, platform=row.platform, account_id=row.account_id)
            rests[mine] = f"{row.person_id} {row.email_key}"
        for one in (owner, *self._bearers_of(account.email_key)):
            if one is not None:
                rests[Person.__tablename__, str(one.id)] = one.email_key
        return rests

    def known(self, email_key: str) -> Person | None:
        """Return the person met under this address, else the last who had it, else the one the policy names by it."""
        person, before = self.people.by_key(email_key), self.people.had(email_key)
        met = person is not None and person.checked_at is not None
        return person if met else before or person

    def find_or_make(self, email_key: str) -> Person:
        """Return the person of this address like `known`; if there is none, one is made."""
        return self.known(email_key) or self.people.get_or_create(email_key)

    def update_standings(self, account: ChatAccount | None) -> tuple[Turn, ...]:
        """Judge again the standings that this account affects, now that it has come or gone; return those that changed."""
        if account is None:
            return ()
        self.session.flush()
        owner = self.people.get(account.person_id) if account.person_id is not None else None
        return self._judge_standings(owner, *self._bearers_of(account.email_key))

    def claiming(self, person: Person) -> list[ChatAccount]:
        """Return the accounts that are the person's or carry the same address, and could act, were set aside or are
        waiting.
        """
        theirs = or_(ChatAccount.person_id == person.id, ChatAccount.email_key == person.email_key)
        could = ChatAccount.standing.in_((LIVING, ASIDE))
        return self._open_accounts(or_(theirs & could, self._waits_for(person)))

    def waiting(self, person: Person) -> list[ChatAccount]:
        """Return accounts of which the administrator must settle whether they are this person's or another's."""
        return self._open_accounts(self._waits_for(person))

    def _open_accounts(self, *those: ColumnElement[bool]) -> list[ChatAccount]:
        """Return the selected accounts to which messages can be sent."""
        found = self.rows(ChatAccount, *those, by=(ChatAccount.platform, ChatAccount.account_id))
        return [one for one in found if not is_shut_out(one)]

    def keep(self, kept: ChatAccount, person: Person) -> list[ChatAccount]:
        """Make this account the person's, and set aside others that claim to be, until their addresses change; return
        those.
        If it was waiting, accounts waiting on another platform keep waiting.
        """
        waited = kept.standing == AMBIGUOUS
        kept.person_id, kept.standing, kept.set_aside = person.id, LIVING, ""
        others = [one for one in self.claiming(person) if one is not kept]
        if waited:
            others = [one for one in others if one.platform == kept.platform or one.standing != AMBIGUOUS]
        out = [one for one in others if one.platform == kept.platform or one.person_id != person.id]
        for one in out:
            one.standing, one.set_aside = ASIDE, one.email_key
        self.session.flush()
        return out

    def make_newcomer(self, account: ChatAccount) -> Person:
        """Make a new person for this waiting account, and give them its address: the administrator says that it isn't the
        person who had the address before.
        """
        holder = self.people.by_key(account.email_key)
        if holder is not None and holder.checked_at is not None:
            self._retire_address(holder)
        person = self.people.get_or_create(account.email_key)
        person.checked_at = account.checked_at
        self._hand_over_calls(person)
        return person

    def _take_profile(self, person: Person, account: Account) -> None:
        """Take over what the platform says of a person.
        The name comes from one platform only, or it would change with each look-up.
        """
        person.email, person.zone = account.email, account.zone or person.zone
        platforms = self.people.platforms(person.id)
        source = person.prefers if person.prefers in platforms else (platforms or [account.platform])[0]
        if person.checked_at is None or account.platform == source:
            person.name = account.name
        person.checked_at = account.checked_at

    def _find_or_make_person(self, account: Account, owner: Person | None, *, moved: bool) -> Person:
        """Return the person who has the account's address, made if need be.
        An owner whose address changes stays the same person, so that no one gets a second identity.
        """
        if owner is None:
            return self.find_or_make(account.email_key)
        other = self.people.by_key(account.email_key)
        if other is not None and other is not owner and self._accounts_of(other):
            return other
        if moved and other is not owner:
            self._take_over(owner, account, other)
        return owner

    def _take_over(self, owner: Person, account: Account, other: Person | None) -> None:
        """Give the owner the new address of their account, and take it from the person who had it so far."""
        if other is not None:
            self._retire_address(other)
            if other.checked_at is None:  # the policy meant the owner of the address
                self._note_former_address(other.email_key, owner, account.checked_at)
        prefetch.people_changed(self.session)
        self._note_former_address(owner.email_key, owner, account.checked_at)
        owner.email_key = account.email_key
        self._hand_over_calls(owner, other)

    def _retire_address(self, person: Person) -> None:
        """Take this person's address away. They count as its holder up to when one of their accounts was last checked."""
        theirs = self.session.scalars(select(ChatAccount.checked_at).where(ChatAccount.person_id == person.id)).all()
        if theirs:
            self._note_former_address(person.email_key, person, max(theirs))
        person.email_key = f"retired:{person.id}"
        prefetch.people_changed(self.session)
        self.session.flush()

    def _hand_over_calls(self, person: Person, unmet: Person | None = None) -> None:
        """Give the person the calls that name their address and are theirs: those since its last holder left, and those
        of an unmet person.
        """
        self.session.flush()
        before = self.first_row(FormerAddress, FormerAddress.email_key == person.email_key)
        theirs = (
            [and_(Recording.operator_id == before.person_id, Recording.started >= before.left_at)] if before else []
        )
        theirs += [Recording.operator_id == unmet.id] if unmet is not None and unmet.checked_at is None else []
        for call in self.rows(Recording, Recording.operator_key == person.email_key, or_(*theirs)) if theirs else ():
            call.operator_id = person.id

    def _note_former_address(self, email_key: str, person: Person, at: datetime) -> None:
        """Note that a person had this address until a moment."""
        former = self.first_row(FormerAddress, FormerAddress.email_key == email_key)
        if former is None:
            self.session.add(FormerAddress(email_key=email_key, person_id=person.id, left_at=at))
        else:
            former.person_id, former.left_at = person.id, at

    def _store_account(self, account: Account, known: ChatAccount | None) -> ChatAccount:
        """Store what the platform says of an account; one set aside stays so while its address is the same."""
        row = known or ChatAccount(
            platform=account.platform, account_id=account.account_id, person_id=None, email_key="", standing="",
            checked_at=account.checked_at,
        )  # fmt: skip
        row.set_aside = row.set_aside if row.set_aside == account.email_key else ""
        row.standing = ASIDE if row.set_aside and account.standing == LIVING else account.standing
        row.email_key, row.checked_at = account.email_key, account.checked_at
        row.reference = account.reference or row.reference
        self.session.add(row)
        return row

    def _join_account(self, person: Person, row: ChatAccount, *, waited: bool) -> None:
        """Give an unassigned account to the person, unless they have another one or the address may have changed hands.
        `waited`: it was waiting already for the administrator to say whose it is.
        """
        taken = self._has_other_account(person, row)
        if self._moved_on(row) or (waited if taken else self._had_other_account(person, row)):
            row.standing = AMBIGUOUS if row.standing == LIVING else row.standing
        elif not taken and row.standing not in OUTSIDE:
            row.person_id = person.id

    def _moved_on(self, row: ChatAccount) -> bool:
        """Return True if the person who had the account's address now has another one."""
        before = self.people.had(row.email_key)
        return before is not None and before.email_key != row.email_key

    def _had_other_account(self, person: Person, row: ChatAccount) -> bool:
        """Return True if the person had another account on this platform."""
        mine = (ChatAccount.person_id == person.id, ChatAccount.platform == row.platform)
        return self.has(*mine, ChatAccount.account_id != row.account_id)

    def _waits_for(self, person: Person) -> ColumnElement[bool]:
        """Select accounts of which it must be settled whether they are this person's."""
        former = select(FormerAddress.email_key).where(FormerAddress.person_id == person.id)
        theirs = or_(ChatAccount.email_key == person.email_key, ChatAccount.email_key.in_(former))
        return and_(ChatAccount.standing == AMBIGUOUS, theirs)

    def _bearers_of(self, email_key: str) -> tuple[Person | None, ...]:
        """Return who has this address, and who had it before."""
        return self.people.by_key(email_key), self.people.had(email_key)

    def _accounts_of(self, person: Person) -> list[ChatAccount]:
        return self.people.accounts([person.id])

    def _has_other_account(self, person: Person, row: ChatAccount) -> bool:
        """Return True if the person has another living account on this platform that is not gone from there."""
        others = (one for one in self._accounts_of(person) if one is not row and not is_shut_out(one))
        return any(one.platform == row.platform for one in others)

    def _judge_standings(self, *people: Person | None) -> tuple[Turn, ...]:
        """Work out these people's standings again; return those that changed."""
        by_id = {one.id: one for one in people if one is not None}
        before = {one.id: one.standing for one in by_id.values()}
        for one in by_id.values():
            self._standing_of(one)
        self.session.flush()
        prefetch.people_changed(self.session)
        return tuple(
            Turn(one.id, before[one.id], one.standing) for one in by_id.values() if one.standing != before[one.id]
        )

    def _standing_of(self, person: Person) -> None:
        """Set the person's standing by all of their accounts: ambiguous while one waits to be settled, another one claims
        their address, or two are on one platform; otherwise living if any account is.
        A platform's last word counts if no account is living or waiting.
        """
        rivals = self._rival_accounts(person)
        owned = self._accounts_of(person)
        there = [one for one in owned if not is_shut_out(one)]
        doubled = len({one.platform for one in there}) < len(there)
        if self.waiting(person) or (owned and (rivals or doubled)):
            person.standing = AMBIGUOUS
            return
        if owned:
            person.standing = LIVING
            return
        last = self.first_row(ChatAccount, ChatAccount.person_id == person.id, by=(ChatAccount.checked_at.desc(),))
        person.standing = last.standing if last is not None else LIVING

    def _rival_accounts(self, person: Person) -> list[ChatAccount]:
        """Return other accounts that claim the person's address.
        One that belongs to no one and is alone on its platform becomes the person's instead.
        """
        claims = (ChatAccount.email_key == person.email_key, ChatAccount.standing == LIVING)
        others = [one for one in self._open_accounts(*claims) if one.person_id != person.id]
        for one in others:
            alone = [other.platform for other in others].count(one.platform) == 1
            if one.person_id is None and alone and not self._has_other_account(person, one) and not self._moved_on(one):
                one.person_id = person.id
        self.session.flush()
        return [one for one in others if one.person_id != person.id]
