"""Whose account is whose: what a chat platform says of an account, and how that leaves its people standing."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.people import AMBIGUOUS, ASIDE, LIVING, Account, Met, People, Turn, shut
from storage.records import ChatAccount, FormerAddress, Person


class Meetings:
    """Who somebody is found to be, within one transaction."""

    def __init__(self, session: Session, people: People) -> None:
        self.session, self.people = session, people

    def meet(self, account: Account) -> Met:
        """Store what a platform says of an account, and say whose it is.

        Accounts of different platforms with one address are one person's. Two living accounts of one platform with
        one address make that person ambiguous: both are refused until one of them is gone. So does an account that
        takes the address of somebody else. An account without an address belongs to nobody.
        """
        if not account.email_key:
            return Met(None, account.standing)
        known = self.people.account(account.platform, account.account_id)
        before = known.email_key if known else account.email_key
        owner = self.people.get(known.person_id) if known is not None and known.person_id is not None else None
        person = self._person(account, owner, moved=before != account.email_key)
        row = self._stored(account, known)
        if owner is None and row.standing != ASIDE and not self._taken(person, row):
            row.person_id = person.id
        self.session.flush()
        renamed = row.person_id == person.id and row.standing != ASIDE and self._recognise(person, account)
        turns = self._turns(person, owner, self.people.by_key(before))
        return Met(person.id, person.standing if row.standing == LIVING else row.standing, turns, renamed)

    def restand(self, account: ChatAccount | None) -> tuple[Turn, ...]:
        """Whose standing is another one, now that this account has come or gone."""
        if account is None:
            return ()
        self.session.flush()
        owner = self.people.get(account.person_id) if account.person_id is not None else None
        return self._turns(owner, self.people.by_key(account.email_key))

    def claiming(self, person: Person) -> list[ChatAccount]:
        """The accounts that are the person's or carry the same address, and could act; also those that were set aside."""
        theirs = or_(ChatAccount.person_id == person.id, ChatAccount.email_key == person.email_key)
        could = ChatAccount.standing.in_((LIVING, ASIDE))
        query = select(ChatAccount).where(theirs, could).order_by(ChatAccount.platform, ChatAccount.account_id)
        return [one for one in self.session.scalars(query) if not shut(one)]

    def keep(self, kept: ChatAccount, person: Person) -> list[ChatAccount]:
        """This account is the person's; of the others that claim that, those that can't be as well are set aside, until
        their addresses change. Returns them.
        """
        kept.person_id, kept.standing, kept.set_aside = person.id, LIVING, ""
        others = [one for one in self.claiming(person) if one is not kept]
        out = [one for one in others if one.platform == kept.platform or one.person_id != person.id]
        for one in out:
            one.standing, one.set_aside = ASIDE, one.email_key
        self.session.flush()
        return out

    def _recognise(self, person: Person, account: Account) -> bool:
        """Take over what the platform says; the name from one platform only, or it would change with each look-up."""
        person.email, person.zone = account.email, account.zone or person.zone
        platforms = self.people.platforms(person.id)
        names = person.prefers if person.prefers in platforms else (platforms or [account.platform])[0]
        renamed = account.name != person.name and (person.checked_at is None or account.platform == names)
        person.name = account.name if renamed else person.name
        person.checked_at = account.checked_at
        return renamed

    def _person(self, account: Account, owner: Person | None, *, moved: bool) -> Person:
        """Who carries the account's address. An owner stays the same when the address changes: no second self is made."""
        if owner is None:
            return self.people.called_for(account.email_key)
        other = self.people.by_key(account.email_key)
        if other is not None and other is not owner and self._owned(other):
            return other
        if moved and other is not owner:
            self._take_over(owner, account, other)
        return owner

    def _take_over(self, owner: Person, account: Account, other: Person | None) -> None:
        if other is not None:
            other.email_key = f"retired:{other.id}"
            self.session.flush()
        self.session.info.pop("since", None)
        former = FormerAddress(email_key=owner.email_key, person_id=owner.id, left_at=account.checked_at)
        self.session.merge(former)
        owner.email_key = account.email_key

    def _stored(self, account: Account, known: ChatAccount | None) -> ChatAccount:
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

    def _owned(self, person: Person) -> list[ChatAccount]:
        return self.people.accounts([person.id])

    def _taken(self, person: Person, row: ChatAccount) -> bool:
        """Whether the person has another living account on this platform that is not gone from there."""
        others = (one for one in self._owned(person) if one is not row and not shut(one))
        return any(one.platform == row.platform for one in others)

    def _turns(self, *people: Person | None) -> tuple[Turn, ...]:
        """Judge anew how these people stand, and say for whom that is news."""
        known = {one.id: one for one in people if one is not None}
        before = {one.id: one.standing for one in known.values()}
        for one in known.values():
            self._stand(one)
        return tuple(
            Turn(one.id, before[one.id], one.standing) for one in known.values() if one.standing != before[one.id]
        )

    def _stand(self, person: Person) -> None:
        """How the person stands, by all accounts together; a platform's last word counts where none is living."""
        rivals = self._rivals(person)
        owned = self._owned(person)
        there = [one for one in owned if not shut(one)]
        doubled = len({one.platform for one in there}) < len(there)
        if owned:
            person.standing = AMBIGUOUS if rivals or doubled else LIVING
            return
        newest = select(ChatAccount).where(ChatAccount.person_id == person.id).order_by(ChatAccount.checked_at.desc())
        last = self.session.scalars(newest.limit(1)).first()
        person.standing = last.standing if last is not None else person.standing

    def _rivals(self, person: Person) -> list[ChatAccount]:
        """Who else claims the person's address; an account that is nobody's, alone of its platform, is the person's now."""
        claims = (ChatAccount.email_key == person.email_key, ChatAccount.standing == LIVING)
        others = [one for one in self.session.scalars(select(ChatAccount).where(*claims)) if one.person_id != person.id]
        others = [one for one in others if not shut(one)]
        for one in others:
            alone = [other.platform for other in others].count(one.platform) == 1
            if one.person_id is None and alone and not self._taken(person, one):
                one.person_id = person.id
        self.session.flush()
        return [one for one in others if one.person_id != person.id]
