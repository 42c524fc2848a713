"""What is wrong with a route, and when everybody was tried, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.legible import read_rows
from storage.people import ASIDE
from storage.records import ChatAccount, Person
from storage.tables.reach import ReachProblem, ReachRun


class Reach:
    """Queries and changes about the reach check."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def run(self, day: date) -> ReachRun | None:
        """When everybody was tried on a day of the company's, if they were."""
        return self.session.get(ReachRun, day.isoformat())

    def before(self, day: date) -> ReachRun | None:
        """The last time that they were tried on an earlier day."""
        earlier = select(ReachRun).where(ReachRun.day < day.isoformat()).order_by(ReachRun.day.desc())
        return self.session.scalars(earlier.limit(1)).first()

    def last(self) -> ReachRun | None:
        """The last day on which everybody was tried."""
        return self.session.scalars(select(ReachRun).order_by(ReachRun.day.desc()).limit(1)).first()

    def ran(self, run: ReachRun) -> None:
        """Everybody was tried, for the first time on that day or again."""
        self.session.merge(run)

    def get(self, subject: str) -> ReachProblem | None:
        """What is, or was last, wrong with this."""
        return self.session.get(ReachProblem, subject)

    def add(self, problem: ReachProblem) -> None:
        """Something is wrong with what nothing was wrong with before."""
        self.session.add(problem)

    def open(self) -> list[ReachProblem]:
        """What is wrong now, the oldest first."""
        standing = select(ReachProblem).where(ReachProblem.mended_at.is_(None))
        return list(self.session.scalars(standing.order_by(ReachProblem.found_at, ReachProblem.subject)))

    def accounts(self, keys: Iterable[str]) -> dict[str, list[ChatAccount]]:
        """Every account that is, or was, of whoever has one of these addresses, or claims one; none that was set aside, and none
        whose row can't be read.
        """
        wanted = set(keys)
        named = select(Person.id, Person.email_key).where(Person.email_key.in_(wanted))
        people = {row.id: row.email_key for row in self.session.execute(named)}
        theirs = or_(ChatAccount.person_id.in_(people), ChatAccount.email_key.in_(wanted))
        key = (ChatAccount.platform, ChatAccount.account_id)
        query = select(ChatAccount).where(theirs, ChatAccount.standing != ASIDE).order_by(*key)
        found: dict[str, list[ChatAccount]] = {}
        for (one,) in read_rows(self.session, query, key, []):
            owner = people.get(one.person_id or 0)
            for name in {owner, one.email_key} & wanted:
                found.setdefault(str(name), []).append(one)
        return found
