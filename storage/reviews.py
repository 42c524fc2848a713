"""The calls of the random review (P10), and the texts of the policy that were in force (P14)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from sqlalchemy import and_, select

from storage.audit import Audit
from storage.records import OPEN, Grant, Party, Recording, RequestedRecording
from storage.rows import Rows
from storage.tables.calls import Declined, DeclinedRecording
from storage.tables.reviews import CallReview, Draw, PolicyText


class PolicyTexts(Rows):
    """Queries and changes about texts of the policy."""

    def newest(self) -> PolicyText | None:
        """Return the text that was last found in force; None if there is none yet."""
        return self.first_row(PolicyText, by=(PolicyText.number.desc(),))

    def number_in_force(self) -> int | None:
        """Return the number of the text that is in force; None if there is none yet."""
        if (known := Audit(self.session).lock().text) is not None:
            return known
        newest = self.newest()
        return newest.number if newest else None

    def replacing(self, digest: str) -> PolicyText | None:
        """Return the newest text if the one with this digest was in force before it and no longer is; otherwise None."""
        newest = self.newest()
        if newest is None or newest.digest == digest:
            return None
        return newest if self.has(PolicyText.digest == digest) else None

    def all(self) -> list[PolicyText]:
        """Return every text that was in force, in the order in which they were."""
        return self.rows(PolicyText, by=(PolicyText.number,))

    def keep(self, digest: str, text: str, now: datetime) -> PolicyText:
        """Store the text of the policy that is in force from now on."""
        before = self.newest()
        kept = PolicyText(number=before.number + 1 if before else 1, digest=digest, text=text, since=now)
        self.session.add(kept)
        Audit(self.session).lock().text = kept.number
        return kept


class Draws(Rows):
    """Queries about drawn calls and their reviews."""

    def candidates(self, first: datetime, after: datetime) -> list[Recording]:
        """Return every call on a recorded line that began between two moments (aware), the second excluded."""
        within = (Recording.started >= first, Recording.started < after)
        return self.rows(Recording, *within, Recording.state != "out_of_scope")

    def declined(self, calls: Iterable[int]) -> dict[int, tuple[bool, int]]:
        """Return, of these calls, those whose customers declined: whether a decision is open, and who entered the
        decline first.
        """
        both = (
            select(DeclinedRecording.recording_id, Declined.state, Declined.said_by)
            .join(Declined, Declined.id == DeclinedRecording.matter_id)
            .order_by(Declined.asked_at.desc(), Declined.id)
        )
        found: dict[int, tuple[bool, int]] = {}
        for call, state, person in self.tuples(both, DeclinedRecording.recording_id, calls):
            if call is not None:
                found[call] = (found.get(call, (False, 0))[0] or state in OPEN, person)
        return found

    def reviews(self, draw: str) -> list[CallReview]:
        """Return every call that a draw gave to a reviewer or passed over, by department, in the drawn order."""
        mine = (CallReview.begun_by.is_(None), CallReview.draw_id == draw)  # as its index begins
        found = self.rows(CallReview, *mine, by=(CallReview.asked_at,))
        return sorted(found, key=lambda one: (one.department, one.place))

    def newest(self, most: int, person: int) -> list[tuple[Draw, Party | None]]:
        """Return the newest draws, with this person's part in each."""
        mine = and_(Party.matter_id == Draw.id, Party.person_id == person)
        return list(self.tuples(select(Draw, Party).outerjoin(Party, mine).order_by(Draw.month.desc()).limit(most)))

    def to_review(self) -> list[tuple[CallReview, Recording]]:
        """Return every call that is waiting for its review."""
        named = select(CallReview, Recording).join(RequestedRecording, RequestedRecording.request_id == CallReview.id)
        both = named.join(Recording, Recording.id == RequestedRecording.recording_id)
        return list(self.tuples(both.where(CallReview.state.in_(OPEN))))

    def of_review(self, review: CallReview) -> tuple[Draw, Recording, Grant | None] | None:
        """Return the draw of a review, its call, and the reviewer's grant if there is one; None without draw or call."""
        both = select(Draw, Recording, Grant).join_from(Draw, Recording, Recording.id == review.recording_id)
        given = both.outerjoin(Grant, Grant.matter_id == review.id)
        return next(self.tuples(given.where(Draw.id == review.draw_id)), None)

    def lost(self) -> list[str]:
        """Return draws with an unreviewed call that is gone or that no one may hear any more: the next of its list takes
        its place.
        """
        named = select(CallReview.draw_id).join(RequestedRecording, RequestedRecording.request_id == CallReview.id)
        gone = named.join(Recording, Recording.id == RequestedRecording.recording_id)
        cut_off = select(CallReview.draw_id).join(Grant, Grant.matter_id == CallReview.id)
        lost = (gone.where(Recording.state != "present"), cut_off.where(Grant.ended_at.is_not(None)))
        found = (self.session.scalars(query.where(CallReview.state.in_(OPEN))) for query in lost)
        return sorted(set(chain.from_iterable(found)))
