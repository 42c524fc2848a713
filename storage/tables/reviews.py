"""The tables of the random review, the notices, the policy's review and the weekly digest (P3, P10, P14), and of absences."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, synonym

from storage.columns import LongWords, foreign_key, in_body
from storage.marks import Marked
from storage.records import Matter, Record


class Draw(Matter, kw_only=True):
    """The draw of a month's calls, such as of `2026-10`.

    `state`: waiting for the beacon, stuck if it is late and no one may draw without it, or drawn. `frozen` is what was
    hashed (`handlers/rules/draw_file.py`) and `list_hash` its hash. `trouble` is the closed word for what the beacon
    answered last. It is drawn with the beacon's `signature` or with the bot's own `number`; the other one stays empty.
    """

    __mapper_args__ = {"polymorphic_identity": "draw"}  # noqa: RUF012
    month: Mapped[str] = synonym("key")
    frozen: dict[str, Any] = in_body()
    list_hash: str = in_body()
    trouble: str = in_body(default="")
    signature: str = in_body(default="")
    number: str = in_body(default="")
    review_until: datetime | None = in_body(default=None)


class CallReview(Matter, kw_only=True):
    """A drawn call, for one reviewer; `place` is its place in the drawn order of its list.

    `state`: waiting, reviewed, over (not reviewed in time), passed (another reviewer has it), lost (`cause`: why it is
    passed over, and `entered_by` who entered the outage or the decline; without a `reviewer` if none got it). `told`
    says of an outgoing call whether the caller was told of the recording: yes, no, unsure. `sealed` is what the
    reviewer wrote.
    """

    __mapper_args__ = {"polymorphic_identity": "call_review"}  # noqa: RUF012
    draw_id: Mapped[str] = synonym("found_by")
    department: str = in_body()
    recording_id: int = in_body()
    place: int = in_body()
    reviewer: int | None = in_body(default=None)
    cause: str = in_body(default="")
    entered_by: int | None = in_body(default=None)
    told: str = in_body(default="")


class NoticeCheck(Matter, kw_only=True):
    """A notice that needs confirming.

    `notice`: phone, website or outgoing. `why`: first, quarter, changed, no, or seen (the pages don't show it).
    `state`: waiting or stuck while open; confirmed; no if the owner answered no. `digest` is that of what needs
    confirming, `due_on` the company's day (ISO) from which it is due. `decided_by` answered it, and heard or saw what
    `words` say; `look` is what the pages said then, if they were looked at.
    """

    __mapper_args__ = {"polymorphic_identity": "notice"}  # noqa: RUF012
    notice: Mapped[str] = synonym("found_by")
    why: str = in_body()
    digest: str = in_body()
    due_on: str = in_body()
    words: str = in_body(default="")
    look: str = in_body(default="")


class PageLook(Marked, Record):
    """What the two pages said from `at` on, and at `looked_at` last.

    `answer`: yes, no or unseen; `reasons` are closed words. `digest` is that of the wording and the addresses looked
    for, `number` their order, independent of any clock.
    """

    __tablename__ = "page_looks"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    looked_at: Mapped[datetime]
    answer: Mapped[str]
    reasons: Mapped[list[Any]]
    digest: Mapped[str]


class Outage(Marked, Record):
    """Days (first and last included) on which callers of these lines (E.164) weren't told that calls are recorded.

    Once stored, an outage changes only by being taken back.
    """

    __tablename__ = "outages"
    id: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    lines: Mapped[list[Any]]
    why: Mapped[str] = mapped_column(LongWords)
    entered_by: Mapped[int] = mapped_column(foreign_key("people.id"))
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[int | None] = mapped_column(foreign_key("people.id"), default=None)
    ended_why: Mapped[str] = mapped_column(LongWords, default="")


class PolicyText(Marked, Record):
    """A text of policy.yaml that a start found in force; `digest` is its SHA-256, `since` when it was found.

    A text that comes back after another has two rows, so that each moment has one.
    """

    __tablename__ = "policy_texts"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    text: Mapped[str] = mapped_column(LongWords)
    since: Mapped[datetime]


class PolicyReview(Matter, kw_only=True):
    """A review of the policy (P14).

    `why`: due by the calendar, or a declared change of the recording system. `stage`: second while a second person must
    say whether the change is significant, else review. `state`: waiting or stuck while open; completed; settled if the
    second person agreed that it isn't significant; covered if another review or the policy file replaced it
    (`covered_by`: its id, or `file`). Days are ISO dates; `due_on` is the day from which it is late, `next_on` the day
    that was set for the next one.
    """

    __mapper_args__ = {"polymorphic_identity": "policy_review"}  # noqa: RUF012
    why: str = in_body()
    stage: str = in_body()
    due_on: str = in_body()
    declared_by: Mapped[int | None] = synonym("begun_by", init=False)
    change: str = in_body(default="")
    changed_on: str = in_body(default="")
    seconded_by: int | None = in_body(default=None)
    seconded_at: datetime | None = in_body(default=None)
    completed_by: int | None = in_body(default=None)
    held_on: str = in_body(default="")
    took_part: str = in_body(default="")
    outcome: str = in_body(default="")
    outcome_words: str = in_body(default="")
    next_on: str = in_body(default="")
    covered_by: str = in_body(default="")


class Digest(Matter, kw_only=True):
    """One digest for each `week` (its Monday, ISO).

    `state`: waiting or stuck until it is seen, then seen. `verified_at` is when the log was last verified before, up to
    entry `verified_to`, with so many `faults`. `passed_on_at` is when the next reader was asked because it hadn't been
    seen. `told` is what each reader's card says (labels and words), by the person's id, as of when that person was asked.
    """

    __mapper_args__ = {"polymorphic_identity": "digest"}  # noqa: RUF012
    week: Mapped[str] = synonym("key")
    verified_to: int = in_body(default=0)
    faults: int = in_body(default=0)
    compared: bool = in_body(default=True)
    verified_at: datetime | None = in_body(default=None)
    passed_on_at: datetime | None = in_body(default=None)
    told: dict[str, Any] | None = in_body(default=None)
    seen_by: int | None = in_body(default=None)


class Absence(Marked, Record):
    """Days (first and last included) on which a person is away.

    `ended_at` is set when the person is back early, takes it back or enters other days; it no longer counts then.
    """

    __tablename__ = "absences"
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(foreign_key("people.id"), index=True)
    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
