"""Queries and changes about the weekly digests, within one transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables.reviews import Digest


class Digests:
    """The weekly digests."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, digest: Digest) -> None:
        """Store a new one."""
        self.session.add(digest)
        self.session.flush()

    def of_week(self, week: str) -> Digest | None:
        """The one of a week (its Monday, ISO)."""
        return self.session.scalars(select(Digest).where(Digest.week == week)).one_or_none()

    def any_before(self, week: str) -> bool:
        """Whether there is one of an earlier week."""
        return self.session.scalars(select(Digest.id).where(Digest.week < week).limit(1)).first() is not None
