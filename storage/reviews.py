"""Reviews of the policy, the texts of it that were in force (P14), and the weekly digests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.records import OPEN, Party
from storage.tables.reviews import Digest, PolicyReview, PolicyText


class PolicyTexts:
    """Queries and changes about texts of the policy, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def newest(self) -> PolicyText | None:
        """The text that was found in force last."""
        return self.session.scalars(select(PolicyText).order_by(PolicyText.number.desc()).limit(1)).first()

    def replacing(self, digest: str) -> PolicyText | None:
        """The newest text, where the one with this digest was in force before it and isn't any more."""
        newest = self.newest()
        if newest is None or newest.digest == digest:
            return None
        had = self.session.scalar(select(exists().where(PolicyText.digest == digest)))
        return newest if had else None

    def get(self, number: int) -> PolicyText | None:
        """The text of this number."""
        return self.session.get(PolicyText, number)

    def at(self, moment: datetime) -> PolicyText | None:
        """The text that was in force at a moment (aware); None for one before the first was kept."""
        until = select(PolicyText).where(PolicyText.since <= moment)
        return self.session.scalars(until.order_by(PolicyText.number.desc()).limit(1)).first()

    def all(self) -> list[PolicyText]:
        """Every text that was in force, in the order in which they were."""
        return list(self.session.scalars(select(PolicyText).order_by(PolicyText.number)))

    def keep(self, digest: str, text: str, now: datetime) -> PolicyText:
        """This text is in force from now on."""
        before = self.newest()
        kept = PolicyText(number=before.number + 1 if before else 1, digest=digest, text=text, since=now)
        self.session.add(kept)
        return kept


class Reviews:
    """Queries and changes about reviews of the policy, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, review: PolicyReview, parties: Iterable[Party]) -> None:
        """Store a new review with those who are asked."""
        self.session.add(review)
        self.session.flush()
        self.session.add_all(parties)

    def declared(self, key: str) -> PolicyReview | None:
        """What this submission of the form began."""
        return self.session.scalars(select(PolicyReview).where(PolicyReview.key == key)).first()

    def open(self) -> list[PolicyReview]:
        """Those that wait for somebody, oldest first."""
        open_ones = select(PolicyReview).where(PolicyReview.state.in_(OPEN))
        return list(self.session.scalars(open_ones.order_by(PolicyReview.asked_at, PolicyReview.id)))

    def last(self) -> PolicyReview | None:
        """The completed review that was held last; of one day the one that was completed last."""
        done = self.session.scalars(select(PolicyReview).where(PolicyReview.state == "completed"))
        return max(done, key=lambda one: (one.held_on, one.closed_at or one.asked_at), default=None)


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
