"""The tables of erasure: what keeps a call past its moment, files without one, each erasure with its certificate, and pauses (P4, P12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import LongWords, refers, where
from storage.marks import Marked, MarkedKind
from storage.records import Matter, Record


class Keep(Marked, Record):
    """What keeps a call past its moment: a hold, a request that was open then, or a customer's copy; several keep it independently.

    `why`: hold, request, or copy. It keeps until `ends_at`, unless it ended earlier (`ended_at`); one of a request counts only
    while the request waits, or what it led to may be heard, and one of a copy while the customer has a link and has not had it all.

    Of a hold: since when the recording system keeps the call for it as well (`mirrored_at`), or since when that has let go of it
    (`unmirrored_at`), as it is asked to once the hold keeps it no longer.
    """

    __tablename__ = "keeps"
    __table_args__ = (
        where("keeps_open", "ended_at IS NULL", "ends_at", "recording_id"),
        where("keeps_unreleased", "why = 'hold' AND unmirrored_at IS NULL", "recording_id", "matter_id"),
    )
    recording_id: Mapped[int] = mapped_column(refers("recordings.id"), primary_key=True)
    matter_id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True, index=True)
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
    __table_args__ = (where("unregistered_open", "over_at IS NULL", "system", "id"),)
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
        where("erasures_open", "erased_at IS NULL AND vanished_at IS NULL", "next_at", "id"),
        Index("erasures_newest", "erased_at", "id"),
        Index("erasures_once", "recording_id", "why", "closed_at", unique=True),
        Index("erasures_by_pause", "pause", "erased_at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    moment: Mapped[datetime]
    closed_at: Mapped[datetime]
    next_at: Mapped[datetime]
    recording_id: Mapped[int] = mapped_column(refers("recordings.id"), index=True)
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


class ErasurePause(MarkedKind, Matter, kw_only=True):
    """Erasures that wait until somebody has looked (P12). `state`: waiting or stuck while they do; then continued, kept, or over where nothing waits any more.

    `causes` says why: many, seen_late, restored. Of many: on the `day` (ISO, the company's) when calls joined it last, so many more were
    still `coming`, which Continue lets go as well.
    """

    __tablename__ = "erasure_pauses"
    __mapper_args__ = {"polymorphic_identity": "erasure_pause"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    causes: Mapped[list[Any]]
    day: Mapped[str]
    coming: Mapped[int]
    decided_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
