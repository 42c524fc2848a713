"""The tables of the policy's own review: the texts of the policy that were in force, and its reviews (P14)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import LongWords, refers
from storage.marks import Marked, MarkedKind
from storage.records import Matter, Record


class PolicyText(Marked, Record):
    """A text of policy.yaml that a start found in force, as it was read; `digest` is its SHA-256, `since` when it was found.

    A text that comes back after another stands here twice, so that each moment has one.
    """

    __tablename__ = "policy_texts"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    text: Mapped[str] = mapped_column(LongWords)
    since: Mapped[datetime]


class PolicyReview(MarkedKind, Matter, kw_only=True):
    """A review of the policy (P14). `why`: due by the calendar, or a change of the recording system that somebody declared.

    `stage`: second while a second person has yet to say whether the change is significant, else review. `state`: waiting
    or stuck while open; completed; settled where the second person agreed that it is not significant; covered where
    another review or the policy file has taken its place (`covered_by`: its id, or `file`). Days are ISO dates; `due_on`
    is the day from which it is late, `next_on` the day that was set for the next one.
    """

    __tablename__ = "policy_reviews"
    __mapper_args__ = {"polymorphic_identity": "policy_review"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    why: Mapped[str]
    stage: Mapped[str]
    due_on: Mapped[str]
    declared_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    change: Mapped[str] = mapped_column(LongWords, default="")
    changed_on: Mapped[str] = mapped_column(default="")
    seconded_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    seconded_at: Mapped[datetime | None] = mapped_column(default=None)
    completed_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    held_on: Mapped[str] = mapped_column(default="")
    took_part: Mapped[str] = mapped_column(LongWords, default="")
    outcome: Mapped[str] = mapped_column(default="")
    outcome_words: Mapped[str] = mapped_column(LongWords, default="")
    next_on: Mapped[str] = mapped_column(default="")
    covered_by: Mapped[str] = mapped_column(default="")
