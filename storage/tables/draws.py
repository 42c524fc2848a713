"""The tables of the random review: draws, their lists and lines, and the calls that they gave to reviewers (P10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import LongWords, refers
from storage.commitments import new_salt
from storage.records import Matter, Record


class Draw(Matter, kw_only=True):
    """One draw of a month's calls, such as of `2026-10`; `ordinal` counts those of the month.

    `state`: waiting for lines, or stuck where nobody can type one; counted once it is told which lines count; drawn; undrawn
    without any line; nothing where there were no calls;
    restored or early where it ended undrawn by a restore, or by a clock that was ahead. `sealed` is the number, which nobody reads before `number` has it, and empty once it is over;
    `reviewers` are ids of people in the order of the policy. A further draw has `again_of` and `why`, and `asked_by` where somebody
    wanted it; `why` alone says what is to be doubted. `salt` goes
    into the commitments.
    """

    __tablename__ = "draws"
    __mapper_args__ = {"polymorphic_identity": "draw"}  # noqa: RUF012
    __table_args__ = (Index("draws_of_a_month", "month", "ordinal", unique=True),)
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    month: Mapped[str]
    ordinal: Mapped[int]
    number_hash: Mapped[str]
    sealed: Mapped[bytes]
    share_percent: Mapped[str]
    minimum: Mapped[int]
    reviewers: Mapped[list[Any]]
    number: Mapped[str] = mapped_column(default="")
    counted_at: Mapped[datetime | None] = mapped_column(default=None)
    review_until: Mapped[datetime | None] = mapped_column(default=None)
    again_of: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    why: Mapped[str] = mapped_column(LongWords, default="")
    salt: Mapped[str] = mapped_column(default_factory=new_salt)


class DrawList(Record):
    """The frozen list of one department: ids of the register, sorted as text, and how many were left out, by cause.

    `seed` is empty until it is drawn.
    """

    __tablename__ = "draw_lists"
    draw_id: Mapped[str] = mapped_column(refers("draws.id"), primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[list[Any]]
    left_out: Mapped[dict[str, Any]]
    list_hash: Mapped[str]
    wanted: Mapped[int]
    seed: Mapped[str] = mapped_column(default="")


class DrawLine(Record):
    """What a reviewer typed; `sealed` until it is told which lines count, and `line` from then on."""

    __tablename__ = "draw_lines"
    draw_id: Mapped[str] = mapped_column(refers("draws.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(refers("people.id"), primary_key=True)
    sealed: Mapped[bytes]
    at: Mapped[datetime]
    line: Mapped[str] = mapped_column(LongWords, default="")


class CallReview(Matter, kw_only=True):
    """A drawn call, for one reviewer; `place` is its place in the drawn order of its list.

    `state`: waiting, reviewed, over (nobody reviewed it in time), passed (another reviewer has it), lost (`cause`: why it is
    passed over; without a `reviewer` where each of them was on it). `told` says of an outgoing call whether the caller was told
    of the recording: yes, no, unsure. `sealed` is what the reviewer wrote; `salt` goes into the commitments.
    """

    __tablename__ = "call_reviews"
    __mapper_args__ = {"polymorphic_identity": "call_review"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    draw_id: Mapped[str] = mapped_column(refers("draws.id"), index=True)
    department: Mapped[str]
    recording_id: Mapped[int] = mapped_column(refers("recordings.id"), index=True)
    place: Mapped[int]
    reviewer: Mapped[int | None] = mapped_column(refers("people.id"), index=True, default=None)
    cause: Mapped[str] = mapped_column(default="")
    told: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bytes | None] = mapped_column(default=None)
    salt: Mapped[str] = mapped_column(default_factory=new_salt)
