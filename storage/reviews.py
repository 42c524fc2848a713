"""Random draws, reviews of the policy and the texts of it that were in force (P14), and the weekly digests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.prefetch import id_pages
from storage.records import OPEN, Grant, Party, Recording, RequestedRecording
from storage.sessions import append_row
from storage.tables.calls import Declined, DeclinedRecording
from storage.tables.reviews import CallReview, Digest, Draw, Outage, PolicyReview, PolicyText


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


class Candidate(NamedTuple):
    """A call of a month, as far as the draw must know it; `started` and `erase_at` are aware."""

    id: int
    department: str
    line: str
    started: datetime
    state: str
    erase_at: datetime | None


class Draws:
    """Queries and changes about draws and reviews, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, draw: Draw) -> None:
        """Store a new draw."""
        self.session.add(draw)
        self.session.flush()

    def get(self, draw: str) -> Draw | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(Draw, draw)

    def of_month(self, month: str) -> Draw | None:
        """The draw of a month, if there is one."""
        return self.session.scalars(select(Draw).where(Draw.month == month)).first()

    def last(self, most: int) -> list[Draw]:
        """The newest ones, the newest first."""
        return list(self.session.scalars(select(Draw).order_by(Draw.month.desc()).limit(most)))

    def open(self) -> list[Draw]:
        """Those that are yet to be drawn, the oldest first."""
        return list(self.session.scalars(select(Draw).where(Draw.state.in_(OPEN)).order_by(Draw.month)))

    def to_look_at(self, most: int) -> list[str]:
        """Draws of which calls have yet to be reviewed, and those of the newest ones that were drawn."""
        newest = select(Draw.id).order_by(Draw.month.desc()).limit(most)
        drawn = select(Draw.id).where(Draw.state == "drawn", Draw.id.in_(newest.subquery().select()))
        reviewing = select(CallReview.draw_id).where(CallReview.state.in_(OPEN)).order_by(CallReview.asked_at)
        return list(dict.fromkeys([*self.session.scalars(reviewing), *self.session.scalars(drawn)]))

    def calls_of(self, first: datetime, after: datetime) -> list[Candidate]:
        """Every call on a recorded line that began from a moment on and before another one (both aware)."""
        columns = (getattr(Recording, name) for name in Candidate._fields)
        within = (Recording.started >= first, Recording.started < after)
        rows = self.session.execute(select(*columns).where(*within, Recording.state != "out_of_scope"))
        return [Candidate(*one) for one in rows]

    def declined(self, calls: Iterable[int]) -> dict[int, tuple[bool, int]]:
        """Those whose customers declined: whether somebody has yet to decide what becomes of the recording, and who entered it first."""
        both = (
            select(DeclinedRecording.recording_id, Declined.state, Declined.said_by)
            .join(Declined, Declined.id == DeclinedRecording.matter_id)
            .order_by(Declined.asked_at.desc(), Declined.id)
        )
        found: dict[int, tuple[bool, int]] = {}
        for some in id_pages(calls):
            for call, state, person in self.session.execute(both.where(DeclinedRecording.recording_id.in_(some))):
                if call is not None:
                    found[call] = (found.get(call, (False, 0))[0] or state in OPEN, person)
        return found

    def outage_of(self, line: str, day: date) -> Outage | None:
        """The outage that counts on a line's own day, the first that was entered."""
        those = select(Outage).where(Outage.ended_at.is_(None), Outage.first <= day, Outage.last >= day)
        found = self.session.scalars(those.order_by(Outage.entered_at, Outage.id))
        return next((one for one in found if not one.lines or line in one.lines), None)

    def review(self, review: CallReview) -> None:
        """Give a call to a reviewer, or say why it is passed over; the call is named as any other matter names one."""
        self.session.add(review)
        self.session.flush()
        if review.reviewer is not None:
            named = {"request_id": review.id, "recording_id": review.recording_id, "place": 0}
            append_row(self.session, RequestedRecording, named)

    def get_review(self, review: str) -> CallReview | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(CallReview, review)

    def reviews(self, draw: str) -> list[CallReview]:
        """Every call that a draw gave to somebody or passed over, by department, in the drawn order."""
        mine = select(CallReview).where(
            CallReview.begun_by.is_(None), CallReview.draw_id == draw
        )  # as its index begins
        return sorted(
            self.session.scalars(mine.order_by(CallReview.asked_at)), key=lambda one: (one.department, one.place)
        )

    def waiting_for(self, person: int) -> list[CallReview]:
        """The calls that this person has yet to review, in the order of their lists."""
        waiting = self.session.scalars(select(CallReview).where(CallReview.state.in_(OPEN)))
        mine = (one for one in waiting if one.reviewer == person)
        return sorted(mine, key=lambda one: (one.asked_at, one.draw_id, one.department, one.place, one.id))

    def lost(self) -> list[str]:
        """Draws with a call that has yet to be reviewed and is not there any more, or that nobody may hear any more."""
        named = select(CallReview.draw_id).join(RequestedRecording, RequestedRecording.request_id == CallReview.id)
        gone = named.join(Recording, Recording.id == RequestedRecording.recording_id)
        cut_off = select(CallReview.draw_id).join(Grant, Grant.matter_id == CallReview.id)
        lost = (gone.where(Recording.state != "present"), cut_off.where(Grant.ended_at.is_not(None)))
        found = (self.session.scalars(query.where(CallReview.state.in_(OPEN))) for query in lost)
        return sorted(set(chain.from_iterable(found)))

    def calls(self, reviews: Sequence[CallReview]) -> dict[int, Recording]:
        """The calls of these reviews, by id."""
        wanted = {one.recording_id for one in reviews}
        found = (self.session.scalars(select(Recording).where(Recording.id.in_(some))) for some in id_pages(wanted))
        return {one.id: one for rows in found for one in rows}

    def grants(self, reviews: Iterable[CallReview]) -> dict[str, Grant]:
        """The access that these reviews led to, by review."""
        wanted = [one.id for one in reviews]
        found = (self.session.scalars(select(Grant).where(Grant.matter_id.in_(some))) for some in id_pages(wanted))
        return {one.matter_id: one for rows in found for one in rows}
