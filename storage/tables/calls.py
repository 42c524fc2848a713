"""The tables of what happens to calls: searches, declines, holds and erasures (P5, P12)."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from storage.columns import LongWords, foreign_key, in_body, partial_index
from storage.marks import Marked
from storage.records import Matter, Record, Recording

_PRESENT = text("state = 'present'")


class Operator(Record):
    """Whoever has calls in the register, as they name the operator."""

    __tablename__ = "operators"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)


for _name, *_columns in (
    ("recordings_found_by_operator", Recording.operator_key),
    ("recordings_found_by_line", Recording.line, Recording.direction),
    ("recordings_found_by_department", Recording.department),
):
    Index(_name, *_columns, Recording.started, sqlite_where=_PRESENT, postgresql_where=_PRESENT)


LOOKING, CHOOSING = "looking", "choosing"


class Declined(Matter, kw_only=True):
    """A customer declined to be recorded. `state`: looking (for the call), choosing (which one it was), waiting or stuck, kept, going, none.

    One that waits and has no `how` waits for somebody else to say which call it was, since whoever said it did not.

    `how` is midway or afterwards, empty while the call is not known. `live`: asked, still, off or over; empty for a call that is not
    live. `legs` are those that were recorded still, in the phone system's names; `trouble` what stood in the way. `choices` are
    the calls that may be meant, as little as a card needs of each. `system` and `call_id` are the phone system's, `stopped_at`
    when it was first read back that nothing is recorded, `answered_at` when the phone system last answered at all. `erase_at` is
    when what was recorded goes by itself. `reason` is one of a closed list.
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
        """Whether somebody has yet to say which call it was: whoever said it, or, once it waits for a decision, whoever decides."""
        return self.state == CHOOSING or (self.is_open and not self.how)


_LIVE = text("live IN ('asked', 'still', 'off')")
Index("matters_live", Declined.id, sqlite_where=_LIVE, postgresql_where=_LIVE)


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
    """A hold (P12); the calls that it keeps are rows of `Keep`. `begun`: asked for by anybody, or set by who may.

    `state`: waiting or stuck while nobody has confirmed it, active, let_go, released, ended. `ends_at` is when it ends by
    itself. `set_by` set or confirmed it, `renewed_by` renewed it last, `closed_by` let it go or released it, for the
    reason `closing`.
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
        """Whether it keeps its calls, confirmed or not."""
        return self.is_open or self.state == "active"


class Keep(Marked, Record):
    """What keeps a call past its moment: a hold, a request that was open then, or a customer's copy; several keep it independently.

    `why`: hold, request, or copy. It keeps until `ends_at`, unless it ended earlier (`ended_at`); one of a request counts only
    while the request waits, or what it led to may be heard, and one of a copy while the customer has a link and has not had it all.

    Of a hold: since when the recording system keeps the call for it as well (`mirrored_at`), or since when that has let go of it
    (`unmirrored_at`), as it is asked to once the hold keeps it no longer.
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
    """A file that could not be registered, and so has no moment: it is listed until it is mended, replaced or gone (`over_at`; P4).

    `why` is a recorder's word for what is wrong. Its name is kept no longer than that. `size` (bytes) and `modified` tell it
    from another file of that name, `stamp` whether anything of it changed since.
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
    """The way of a call to its certificate. `state`: closed (to everybody), asked (the recorder was), erased, vanished.

    `why`: retention, came_back (the recorder showed it again), known_again (erased before, and no certificate of it is here), or declined (P5).
    `moment` is when it was to be closed, `closed_at` when it was seen to; `asked_at` when the recorder was asked last, `answered_at` the second of its answer, `erased_at` when a
    look of another kind found nothing; `vanished_at` where the call was not there any more, of which nothing can be certified.
    `pause` is the pause that it waits or waited in, or empty. `tries` were made in vain, the next one at `next_at`; `trouble` is what stood in the
    way of the last. `policy_text` is the number of the policy's text in force. `native_hash`, `audio_hash` and
    `size_hash` (of the audio's size) are keyed.
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
    """Erasures that wait until somebody has looked (P12). `state`: waiting or stuck while they do; then continued, kept, or over where nothing waits any more.

    `causes` says why: many, seen_late, restored. Of many: on the `day` (ISO, the company's) when calls joined it last, so many more were
    still `coming`, which Continue lets go as well.
    """

    __mapper_args__ = {"polymorphic_identity": "erasure_pause"}  # noqa: RUF012
    causes: list[Any] = in_body()
    day: str = in_body()
    coming: int = in_body()
