"""The tables of what happens to calls: searches, declines, holds and erasures (P5, P12)."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from storage.columns import LongWords, foreign_key, in_body, partial_index
from storage.marks import Marked
from storage.records import Matter, Record, Recording


class Operator(Record):
    """An operator with calls in the register, under the address that the calls name."""

    __tablename__ = "operators"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)


for _name, *_columns in (
    ("recordings_found_by_operator", Recording.operator_key),
    ("recordings_found_by_line", Recording.line, Recording.direction),
    ("recordings_found_by_department", Recording.department),
):
    partial_index(_name, "state = 'present'", *_columns, Recording.started)


LOOKING, CHOOSING = "looking", "choosing"


class Declined(Matter, kw_only=True):
    """A customer declined to be recorded.

    `state`: looking (for the call), choosing (which one it was), waiting or stuck, kept, going, none. If it is waiting
    without `how`, a decider must name the call because the reporter didn't. `how` is midway or afterwards, empty while
    the call is unknown. `live`: asked, still, off or over; empty for a call that isn't live. `legs` are those that were
    still recorded, in the phone system's names; `trouble` is what was in the way. `choices` are the possible calls,
    with only what a card needs of each. `system` and `call_id` are the phone system's, `stopped_at` is when it first
    confirmed that nothing is recorded, and `answered_at` when it last answered at all. `erase_at` is when the recording
    is erased unless it is kept. `reason` is one of a closed list.
    """

    __mapper_args__ = {"polymorphic_identity": "declined"}  # noqa: RUF012
    said_by: Mapped[int] = synonym("begun_by")
    how: str = in_body(default="")
    live: Mapped[str] = mapped_column(nullable=True, default_factory=str)
    system: str = in_body(default="")
    call_id: Mapped[str] = mapped_column(LongWords, nullable=True, default_factory=str)
    began: datetime | None = in_body(default=None)
    operator_id: int | None = in_body(default=None)
    choices: list[Any] = in_body(default_factory=list)
    legs: list[Any] = in_body(default_factory=list)
    trouble: str = in_body(default="")
    looked_at: datetime | None = in_body(default=None)
    stopped_at: datetime | None = in_body(default=None)
    erase_at: Mapped[datetime | None] = synonym("due_at", init=False)
    reason: str = in_body(default="")

    @property
    def is_unchosen(self) -> bool:
        """True if the call is still to be named: by the reporter, or once it is waiting for a decision, by a decider."""
        return self.state == CHOOSING or (self.is_open and not self.how)


partial_index("matters_live", "live IN ('asked', 'still', 'off')", Declined.id)


class DeclinedRecording(Marked, Record):
    """What is, or will be, recorded of a declined call: by its name in the recording system, until it is registered and then until it is erased."""

    __tablename__ = "declined_recordings"
    __table_args__ = (Index("declined_recordings_by_name", "system", "native_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    matter_id: Mapped[str] = mapped_column(foreign_key("matters.id"), index=True)
    system: Mapped[str]
    native_id: Mapped[str] = mapped_column(LongWords)
    recording_id: Mapped[int | None] = mapped_column(foreign_key("recordings.id"), index=True, default=None)


# Calls are found by number and by operator in a register of any size.
Index("recordings_by_caller", Recording.caller, Recording.local_day)
Index("recordings_by_operator", Recording.operator_id, Recording.started)


class Hold(Matter, kw_only=True):
    """A hold (P12); the calls that it keeps are rows of `Keep`.

    `begun`: asked for by any member of staff, or set by a decider. `state`: waiting or stuck until it is confirmed,
    active, let_go, released, ended. `ends_at` is when it ends unless renewed. `set_by` set or confirmed it,
    `renewed_by` renewed it last, `closed_by` let it go or released it, for the reason `closing`.
    """

    __mapper_args__ = {"polymorphic_identity": "hold"}  # noqa: RUF012
    begun: str = in_body()
    asked_by: Mapped[int] = synonym("begun_by")
    case_name: str = in_body()
    reason: str = in_body()
    ends_at: Mapped[datetime] = synonym("due_at")
    set_by: int | None = in_body(default=None)
    set_at: datetime | None = in_body(default=None)
    renewed_by: int | None = in_body(default=None)
    closed_by: int | None = in_body(default=None)
    closing: str = in_body(default="")
    people: list[Any] = in_body(default_factory=list)

    @property
    def keeps(self) -> bool:
        """True if it keeps its calls, confirmed or not."""
        return self.is_open or self.state == "active"


class Keep(Marked, Record):
    """What keeps a call past its moment: a hold, an open request, or a customer's copy, each independently.

    `why`: hold, request, or copy. It keeps until `ends_at`, unless it ended earlier (`ended_at`). One of a request
    counts only while the request is open or what it led to may be heard; one of a copy while the customer has a link
    and hasn't had it all. Of a hold: `mirrored_at` is since when the recording system keeps the call for it as well,
    and `unmirrored_at` since when it has stopped, as it is asked to once the hold no longer keeps the call.
    """

    __tablename__ = "keeps"
    __table_args__ = (
        partial_index("keeps_open", "ended_at IS NULL", "ends_at", "recording_id"),
        partial_index("keeps_unreleased", "why = 'hold' AND unmirrored_at IS NULL", "recording_id", "matter_id"),
    )
    recording_id: Mapped[int] = mapped_column(foreign_key("recordings.id"), primary_key=True)
    matter_id: Mapped[str] = mapped_column(foreign_key("matters.id"), primary_key=True, index=True)
    why: Mapped[str]
    since: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    mirrored_at: Mapped[datetime | None] = mapped_column(default=None)
    unmirrored_at: Mapped[datetime | None] = mapped_column(default=None)


class UnregisteredFile(Record):
    """A file that couldn't be registered, and so has no moment; listed until it is fixed, replaced or gone (`over_at`;
    P4).

    `why` is a recorder's word for what is wrong. Its name is kept no longer than that. `size` (bytes) and `modified`
    tell it from another file of that name, and `stamp` shows whether it changed since.
    """

    __tablename__ = "unregistered_files"
    __table_args__ = (partial_index("unregistered_open", "over_at IS NULL", "system", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    system: Mapped[str]
    native_id: Mapped[str] = mapped_column(LongWords)
    why: Mapped[str]
    stamp: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    modified: Mapped[datetime | None]
    first_seen: Mapped[datetime]
    over_at: Mapped[datetime | None] = mapped_column(default=None)


class Erasure(Marked, Record):
    """The way of a call to its certificate.

    `state`: closed (to everyone), asked (the recorder was), erased, vanished. `why`: retention, came_back (the recorder
    showed it again), known_again (erased before, and its certificate isn't here), or declined (P5). `moment` is when it
    should have been closed, `closed_at` when it was; `asked_at` is when the recorder was last asked, `answered_at` the
    second of its answer, `erased_at` when an independent look found nothing, and `vanished_at` when the call was found
    missing, which can't be certified. `pause` is the pause that it waits or waited in, or empty. `tries` failed, the
    next one is at `next_at`, and `trouble` says why the last one failed. `policy_text` is the number of the policy's
    text in force. `native_hash`, `audio_hash` and `size_hash` (of the audio's size) are keyed.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        partial_index("erasures_open", "erased_at IS NULL AND vanished_at IS NULL", "next_at", "id"),
        Index("erasures_newest", "erased_at", "id"),
        Index("erasures_once", "recording_id", "why", "closed_at", unique=True),
        Index("erasures_by_pause", "pause", "erased_at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    moment: Mapped[datetime]
    closed_at: Mapped[datetime]
    next_at: Mapped[datetime]
    recording_id: Mapped[int] = mapped_column(foreign_key("recordings.id"), index=True)
    state: Mapped[str] = mapped_column(default="closed")
    tries: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    vanished_at: Mapped[datetime | None] = mapped_column(default=None)
    policy_text: Mapped[int | None] = mapped_column(default=None)
    how: Mapped[str] = mapped_column(LongWords, default="")
    unseen: Mapped[str] = mapped_column(LongWords, default="")
    native_hash: Mapped[str] = mapped_column(default="", index=True)
    audio_hash: Mapped[str] = mapped_column(default="", index=True)
    size_hash: Mapped[str] = mapped_column(default="", server_default=text("''"), index=True)
    pause: Mapped[str] = mapped_column(default="", server_default=text("''"))


class ErasurePause(Matter, kw_only=True):
    """Erasures that are paused for a decision (P12).

    `state`: waiting or stuck, then continued, kept, or over if nothing is waiting any more. `causes` says why: many,
    seen_late, restored. For many: when calls last joined it, on `day` (ISO, the company's), `coming` more were still
    ahead, which Continue lets go as well.
    """

    __mapper_args__ = {"polymorphic_identity": "erasure_pause"}  # noqa: RUF012
    causes: list[Any] = in_body()
    day: str = in_body()
    coming: int = in_body()
