"""The tables of confidential reports (P13): everything about a report is sealed, and no other table says that there are any."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Record


class Report(Record):
    """A confidential report: `receipt` is a keyed mark, `sealed` its document by its data key, and `rule_wrap` that key as
    the bot itself opens it, to let in the readers whom the rule of P13 names.

    `own` is a keyed mark of the reporter's account, or a random one if the report is anonymous, so that no one can
    tell.
    """

    __tablename__ = "breach_reports"
    id: Mapped[str] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    own: Mapped[str] = mapped_column(unique=True)
    rule_wrap: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReportSight(Record):
    """One reader's sight of one report: `reader` is a keyed mark, `wrap` the data key for that reader alone.

    `sealed` names the reader. `trace` is the random id by which the journal says that the sight ended.
    """

    __tablename__ = "breach_sights"
    report_id: Mapped[str] = mapped_column(primary_key=True)
    reader: Mapped[str] = mapped_column(primary_key=True)
    trace: Mapped[str] = mapped_column(unique=True)
    wrap: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReportPart(Record):
    """Something sealed that is kept beside a report's document.

    | kind | name | sealed | due_at | number |
    |---|---|---|---|---|
    | code, session | keyed mark of the secret | whose it is | when it ends | 1: the report was shown |
    | sent | keyed mark of a form | its answer, by the form's own key; names no report | when it ends, in an hour at most | |
    | waiting, told, stale (to be redrawn) | random id of a message | to whom, which words, where it was posted | when to send it | failed tries |
    | audio | report, copy and number | a piece of a kept call, by the report's data key | | which piece |
    """

    __tablename__ = "breach_parts"
    __table_args__ = (Index("breach_parts_due", "kind", "due_at"),)
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    report_id: Mapped[str] = mapped_column(index=True, default="")
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    number: Mapped[int] = mapped_column(default=0)


class ReportMark(Record):
    """What the journal is still to be told: a sight that ended, by its random id, a report that did, or a report's counter, by its keyed mark.

    Or, as `cause`, a keyed mark of something that the bot has reported itself, so that it does so once.
    """

    __tablename__ = "breach_marks"
    mark: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    counter: Mapped[int] = mapped_column(default=0, server_default="0")
