"""A drawn call with all that belongs to it, for its reviewer, read once (P10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import ConfigDict

from handlers.acting import Act
from handlers.policy import Policy
from handlers.random_review.forms import OUTGOING
from handlers.rules import random_review as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.sealing import Seal
from handlers.unseen import Unseen
from storage.records import Alarm, Grant, Party, Person, Recording
from storage.tables.draws import CallReview, Draw

GONE = "I can't find this call to review."
WORDS = "review"


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
        """Nobody but the reviewer has it."""
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
        return (
            grant is not None and grant.ended_at is None and self.now < grant.ends_at and not self.call.closed(self.now)
        )

    def authority(self, person: Person) -> Authority:
        """As what this person reviews it; raises `Refused` for anybody else."""
        if person.id != self.review.reviewer:
            raise Refused(GONE, clause="P10", code="not_reviewer")
        return Authority(person.email_key, "head_of_customer_success", deputy=False)

    def everybody(self) -> list[int]:
        """Whoever reviews it."""
        return [self.review.reviewer] if self.review.reviewer is not None else []


def load_review(act: Act, review_id: str) -> ReviewView:
    """Read a review; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    review = act.store.draws.get_review(review_id)
    draw = act.store.draws.get(review.draw_id) if review is not None else None
    call = act.store.recordings.get(review.recording_id) if review is not None else None
    if review is None or draw is None or call is None:
        raise Refused(GONE, code="unknown")
    people = act.store.people.named([review.reviewer] if review.reviewer is not None else [])
    told = Seal(act).opened(review.id, review.sealed, WORDS) if review.sealed else None
    written = Reviewed.model_validate_json(told) if told is not None else None
    return ReviewView(review, draw, call, people, act.today, act.now, act.store.grants.of(review.id), written)
