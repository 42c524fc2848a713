"""A draw, and a drawn call, with all that belongs to them, read once, so that rules and cards need not ask the store (P10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ConfigDict

from handlers.acting import Act
from handlers.matters.case import authority_of, missed
from handlers.policy import Policy
from handlers.random_review.forms import OUTGOING
from handlers.rules import random_review as rule
from handlers.rules.access import company_day
from handlers.rules.deadlines import LATE
from handlers.rules.draw_file import Frozen, chance
from handlers.rules.random_review import seed_of
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.sealing import Seal
from handlers.unseen import Unseen
from storage.records import Alarm, Grant, Party, Person, Recording
from storage.tables.reviews import CallReview, Draw

NO_DRAW = "I can't find this draw."
NO_REVIEW = "I can't find this call to review."
LIVE = ("waiting", "reviewed", "over")
"""States of a review whose call counts as drawn."""
WORDS = "review"


@dataclass(frozen=True, slots=True)
class DrawView:
    """One draw as it stands at `now`; `people` holds everybody that its card may name, by id.

    `reviews` are the calls that it gave to a reviewer or passed over, `calls` these calls by id.
    """

    draw: Draw
    frozen: Frozen
    reviews: list[CallReview]
    calls: Mapping[int, Recording]
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    alarm: Alarm | None = None

    @property
    def matter(self) -> Draw:
        return self.draw

    @property
    def what(self) -> str:
        return f"the draw {self.draw.id}"

    @property
    def clause(self) -> str:
        return "P10"

    @property
    def circumstances(self) -> rule.DrawCircumstances:
        """What the rules of who decides need of it."""
        today = company_day(self.policy, self.now)
        return rule.DrawCircumstances(policy=self.policy, today=today, unreachable=missed(self))

    def authority(self, person: Person) -> Authority:
        """By which role this person may draw without the beacon; raises `Refused` for anybody else."""
        title = self.policy.role("head_of_customer_success").title
        return authority_of(self, person, f"Only the {title} has calls drawn without the beacon.")

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return [one.person_id for one in self.parties if not one.unreachable]

    @property
    def late(self) -> bool:
        """Whether somebody was asked to draw without the beacon."""
        return any(one.part != "copy" for one in self.parties)

    @property
    def seed(self) -> str:
        """What the order of a drawn month's calls follows from."""
        return seed_of(self.draw.list_hash, chance(self.draw.signature, self.draw.number))

    def of(self, reader: int) -> list[CallReview]:
        """The calls that this reader has, or had, to review."""
        return [one for one in self.reviews if one.reviewer == reader and one.state in LIVE]

    @property
    def reviewing(self) -> list[int]:
        """Reviewers who have calls left to review."""
        left = (one.reviewer for one in self.reviews if one.state == "waiting" and one.reviewer is not None)
        return list(dict.fromkeys(left))

    def of_department(self, department: str) -> list[CallReview]:
        """What became of the calls of one department's list."""
        return [one for one in self.reviews if one.department == department]

    @property
    def unassigned(self) -> int:
        """How many of the drawn calls still need a reviewer."""
        if self.draw.state != "drawn":
            return 0
        return sum(self._unassigned(name) for name in self.frozen.departments)

    def _unassigned(self, name: str) -> int:
        states = [one.state for one in self.of_department(name)]
        left = len(self.frozen.departments[name].calls) - states.count("lost")
        return min(self.frozen.wanted(name), left) - sum(states.count(one) for one in LIVE)


def is_late(draw: Draw) -> bool:
    """Whether a draw's lists were frozen late, as when the bot was down or was first used later that month."""
    return draw.due_at is not None and draw.asked_at - draw.due_at > LATE


def load_draw(act: Act, draw_id: str) -> DrawView:
    """Read a draw; raises `Refused` when there is none, in the words for a reader who may not know of it."""
    draw = act.store.draws.get(draw_id)
    if draw is None:
        raise Refused(NO_DRAW, code="unknown")
    return view_of(act, draw)


def view_of(act: Act, draw: Draw) -> DrawView:
    """A draw with what belongs to it."""
    store = act.store
    parties, reviews, alarm = store.matters.parties(draw.id), store.draws.reviews(draw.id), store.alarms.latest(draw.id)
    named = [one.person_id for one in parties] + [alarm.person_id if alarm else None]
    named += [person for one in reviews for person in (one.reviewer, one.entered_by)]
    people = store.people.named({one for one in named if one is not None})
    frozen, calls = Frozen.model_validate(draw.frozen), store.draws.calls(reviews)
    return DrawView(draw, frozen, reviews, calls, parties, people, act.today, act.now, alarm)


class Reviewed(Unseen):
    """What a reviewer wrote of a call, as it is sealed."""

    model_config = ConfigDict(frozen=True)
    good: str
    training: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One drawn call as it stands at `now`, for its reviewer; `written` is what he or she wrote, None once that is erased."""

    review: CallReview
    draw: Draw
    call: Recording
    people: dict[int, Person]
    policy: Policy
    now: datetime
    grant: Grant | None = None
    written: Reviewed | None = None
    alarm: Alarm | None = None

    @property
    def matter(self) -> CallReview:
        return self.review

    @property
    def what(self) -> str:
        return f"the review {self.review.id}"

    @property
    def clause(self) -> str:
        return "P10"

    @property
    def parties(self) -> list[Party]:
        """Only the reviewer has it."""
        return []

    @property
    def circumstances(self) -> rule.DrawCircumstances:
        """What the rules of who decides need of it."""
        return rule.DrawCircumstances(policy=self.policy, today=company_day(self.policy, self.now))

    @property
    def outgoing(self) -> bool:
        """Whether the caller had to be told at the start."""
        return self.call.direction == OUTGOING

    @property
    def open(self) -> bool:
        """Whether the call can be heard."""
        grant = self.grant
        if grant is None or grant.ended_at is not None or self.now >= grant.ends_at:
            return False
        return not self.call.closed(self.now)

    def authority(self, person: Person) -> Authority:
        """As what this person reviews it; raises `Refused` for anybody else."""
        if person.id != self.review.reviewer:
            raise Refused(NO_REVIEW, clause="P10", code="not_reviewer")
        return Authority(person.email_key, "head_of_customer_success", deputy=False)

    def everybody(self) -> list[int]:
        """Its reviewer."""
        return [self.review.reviewer] if self.review.reviewer is not None else []


def load_review(act: Act, review_id: str) -> ReviewView:
    """Read a review; raises `Refused` when there is none, in the words for a reader who may not know of it."""
    review = act.store.draws.get_review(review_id)
    draw = act.store.draws.get(review.draw_id) if review is not None else None
    call = act.store.recordings.get(review.recording_id) if review is not None else None
    if review is None or draw is None or call is None:
        raise Refused(NO_REVIEW, code="unknown")
    people = act.store.people.named([review.reviewer] if review.reviewer is not None else [])
    told = Seal(act).opened(review.id, review.sealed, WORDS) if review.sealed else None
    written = Reviewed.model_validate_json(told) if told is not None else None
    return ReviewView(review, draw, call, people, act.today, act.now, act.store.grants.of(review.id), written)
