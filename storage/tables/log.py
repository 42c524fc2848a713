"""The tables of the audit log and of the keys of matters."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.marks import Marked
from storage.records import Record

RESTORED, DATABASE = "log.restored", "database"
"""That this database was restored from a copy, and the subject under which the log has it."""
JOURNAL_LOST, JOURNAL = "log.journal_lost", "journal"
"""That the journal outside the database no longer held what it had held, and the subject under which the log has it."""


class AuditEntry(Record):
    """One link of the chain; `detail` holds only ids, never a name, a number or a person's words.

    `marks`: see `storage/marks.py`. `seal` is a keyed hash of the hash. It isn't part of the chain, which anyone can
    check without the key. `journal` is the newest entry that the journal outside the database was known to hold when
    this one was made.
    """

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    outcome: Mapped[str]
    clause: Mapped[str]
    detail: Mapped[dict[str, Any]]
    marks: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]
    seal: Mapped[str] = mapped_column(default="")
    journal: Mapped[int] = mapped_column(default=0)


class AuditHead(Record):
    """The end of the chain, in one row. Each writer locks it, so that commit order is chain order.

    Each look at the database changes `probe`; `policy` is the digest of the policy by which bots may work.
    """

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]
    probe: Mapped[int] = mapped_column(default=0, server_default="0")
    policy: Mapped[str] = mapped_column(default="", server_default=text("''"))


class MasterKey(Marked, Record):
    """A master key by which something in this database may be wrapped: one, or two while it is being replaced; `id` is `id_of` it.

    `root` is what marks and seals follow from, as this key wraps it. `until` is when another one had taken its place.
    """

    __tablename__ = "master_keys"
    id: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[datetime | None] = mapped_column(default=None)
