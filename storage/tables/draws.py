"""The tables of the random review: the monthly draws, and the calls that they gave to reviewers (P10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import LongWords, refers
from storage.marks import MarkedKind
from storage.records import Matter


class Draw(MarkedKind, Matter, kw_only=True):
    """The draw of a month's calls, such as of `2026-10`.

    `state`: waiting for the beacon, stuck where it is late and nobody may draw without it, or drawn. `frozen` is what was hashed
    (`handlers/rules/draw_file.py`) and `list_hash` its hash. `trouble` is the closed word for what the beacon answered last. It is drawn
    with the beacon's `signature` or with the bot's own `number`; the other one stays empty.
    """

    __tablename__ = "draws"
    __mapper_args__ = {"polymorphic_identity": "draw"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    month: Mapped[str] = mapped_column(unique=True)
    frozen: Mapped[dict[str, Any]]
    list_hash: Mapped[str]
    trouble: Mapped[str] = mapped_column(LongWords, default="")
    signature: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    review_until: Mapped[datetime | None] = mapped_column(default=None)


class CallReview(MarkedKind, Matter, kw_only=True):
    """A drawn call, for one reviewer; `place` is its place in the drawn order of its list.

    `state`: waiting, reviewed, over (nobody reviewed it in time), passed (another reviewer has it), lost (`cause`: why it is
    passed over, and `entered_by` who entered the outage or the decline; without a `reviewer` where nobody got it). `told` says of an outgoing call whether the caller was told
    of the recording: yes, no, unsure. `sealed` is what the reviewer wrote.
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
    entered_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    told: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bytes | None] = mapped_column(default=None)
