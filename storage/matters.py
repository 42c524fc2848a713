"""What every matter has: who holds its card, and what was said about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.records import OPEN, Matter, Party, Remark, Request
from storage.sessions import append
from storage.tables.concerned import Concerned
from storage.tables.customers import CustomerRequest
from storage.tables.declined import Declined
from storage.tables.holds import Hold
from storage.tables.policy import PolicyReview

# Put together once: each card asks them, and that takes longer than the database needs to answer.
_PARTIES = select(Party).where(Party.matter_id == bindparam("matter")).order_by(Party.since, Party.person_id)
_REMARKS = select(Remark).where(Remark.matter_id == bindparam("matter")).order_by(Remark.id)


class Matters:
    """Queries and changes about any kind of matter, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, matter: str) -> Matter | None:
        """One matter, of whatever kind; the caller decides who may know of it."""
        return self.session.get(Matter, matter)

    def ids(self, kind: str, states: Collection[str] = OPEN) -> list[str]:
        """Those of a kind that stand in one of these states, oldest first."""
        those = select(Matter.id).where(Matter.kind == kind, Matter.state.in_(states))
        return list(self.session.scalars(those.order_by(Matter.asked_at, Matter.id)))

    def ask(self, party: Party) -> None:
        """One more person holds a copy of the card."""
        self.session.add(party)

    def say(self, remark: Remark) -> None:
        """Words that stay on the card."""
        self.session.add(remark)

    def concern(self, matter: str, people: Mapping[str, int]) -> None:
        """These people are concerned by the matter: ids, by the address by which the policy names them."""
        for email_key, person_id in people.items():
            append(self.session, Concerned, {"matter_id": matter, "person_id": person_id, "email_key": email_key})

    def concerned(self, matters: Iterable[str]) -> dict[str, list[Concerned]]:
        """Whom each of these matters names as concerned, by matter; none for one that names nobody."""
        found: dict[str, list[Concerned]] = {}
        named = select(Concerned).where(Concerned.matter_id.in_(set(matters))).order_by(Concerned.person_id)
        for one in self.session.scalars(named):
            found.setdefault(one.matter_id, []).append(one)
        return found

    def parties(self, matter: str) -> list[Party]:
        """Everybody but the requester who holds a copy, in the order in which they were asked."""
        return list(self.session.scalars(_PARTIES, {"matter": matter}))

    def holders(self, matter: Matter) -> list[int]:
        """Whoever holds a copy of its card and can be reached; who is only told of the decision holds one from then on."""
        hidden, first = "copy" if matter.is_open else "", begun_by(matter)
        parties = self.parties(matter.id)
        there = [one.person_id for one in parties if not one.unreachable and one.part != hidden]
        return list(dict.fromkeys(there if first is None else (first, *there)))

    def waiting_for(self, person_id: int) -> list[Matter]:
        """Matters of every kind that wait for this person, oldest first."""
        asked = (Party.person_id == person_id, Party.part == "approver", Party.unreachable == "")
        mine = select(Matter).join(Party, Party.matter_id == Matter.id).where(*asked, Matter.state == "waiting")
        return list(self.session.scalars(mine.order_by(Matter.asked_at, Matter.id)))

    def passed_over(self, person_id: int) -> list[tuple[Party, Matter]]:
        """Where this person was asked and could not be reached."""
        missed = (Party.person_id == person_id, Party.unreachable != "")
        both = select(Party, Matter).join(Matter, Matter.id == Party.matter_id).where(*missed)
        return [(party, matter) for party, matter in self.session.execute(both.order_by(Matter.id))]

    def missed(self) -> dict[int, str]:
        """Whom the card of an open matter did not reach, and the platform's word for it."""
        open_ones = (Matter.state.in_(OPEN), Party.unreachable != "")
        both = select(Party.person_id, Party.unreachable).join(Matter, Matter.id == Party.matter_id)
        return {person: code for person, code in self.session.execute(both.where(*open_ones))}  # noqa: C416  Row is no pair

    def all_parties(self, matters: Iterable[str]) -> dict[str, list[Party]]:
        """The parties of several matters, by matter."""
        found: dict[str, list[Party]] = {}
        for party in self.session.scalars(select(Party).where(Party.matter_id.in_(set(matters)))):
            found.setdefault(party.matter_id, []).append(party)
        return found

    def remarks(self, matter: str) -> list[Remark]:
        """Questions and answers, oldest first."""
        return list(self.session.scalars(_REMARKS, {"matter": matter}))


def begun_by(matter: Matter) -> int | None:
    """Who began it; None for what the clock began."""
    match matter:
        case Request():
            return matter.requester_id
        case PolicyReview():
            return matter.declared_by
        case Hold():
            return matter.asked_by
        case CustomerRequest():
            return matter.filed_by
        case Declined():
            return matter.said_by
        case _:
            return None
