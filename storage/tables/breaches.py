"""The tables of confidential reports (P13): whatever tells something of one is sealed, and no other table says that there are any."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Record


class Report(Record):
    """A confidential report: `receipt` is a keyed mark, `rule_wrap` its data key as the rule alone unwraps it, `sealed` all that is known.

    `own` is a keyed mark of the reporter's account, of chance where none was given, so that nobody can tell.
    """

    __tablename__ = "breach_reports"
    id: Mapped[str] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    own: Mapped[str] = mapped_column(unique=True)
    rule_wrap: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReportSight(Record):
    """One reader's sight of one report: `reader` is a keyed mark, `wrap` the data key for that reader alone.

    `sealed` says who it is, and as what. `trace` is the random id by which the journal tells that it ended.
    """

    __tablename__ = "breach_sights"
    report_id: Mapped[str] = mapped_column(primary_key=True)
    reader: Mapped[str] = mapped_column(primary_key=True)
    trace: Mapped[str] = mapped_column(unique=True)
    wrap: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReportPass(Record):
    """A one-time code, or a session of the report's page, kept as keyed marks; `sealed` says whose, `used` that it has looked at the report."""

    __tablename__ = "breach_passes"
    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    report_id: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ends_at: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=False)


class ReportDraft(Record):
    """What a form was answered, for an hour at most, so that the same form sent again is answered alike; opened by the form's own key."""

    __tablename__ = "breach_drafts"
    mark: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ends_at: Mapped[datetime] = mapped_column(index=True)


class ReportNotice(Record):
    """A message about a report that is to reach somebody: `sealed` says whom, which words, and where it stands.

    `state`: waiting, told, stale (to be drawn anew).
    """

    __tablename__ = "breach_notices"
    __table_args__ = (Index("breach_notices_due", "state", "due_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)


class ReportAudio(Record):
    """A part of a call that is kept for a report, sealed by the report's data key; `name` is the copy's random id."""

    __tablename__ = "breach_audio"
    report_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReportTrace(Record):
    """What the journal is still to be told: that a sight ended, by its random id, that a report did, or its counter, by its mark."""

    __tablename__ = "breach_traces"
    trace: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    counter: Mapped[int] = mapped_column(default=0, server_default="0")


class ReportCause(Record):
    """A keyed mark of something that the bot itself reported, so that it does so once."""

    __tablename__ = "breach_causes"
    mark: Mapped[str] = mapped_column(primary_key=True)
