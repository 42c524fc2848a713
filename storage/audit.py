"""The audit log: a hash chain that is written with every change and that anybody can recompute."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.records import AuditEntry, AuditHead
from storage.sessions import append

GENESIS = "0" * 64
_HEAD = select(AuditHead).where(AuditHead.id == 1).with_for_update()
FIELDS = ("seq", "at", "actor", "action", "subject", "outcome", "clause", "detail", "previous")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded: who (person:7, clock, delivery), did what, to what, by which clause, with what outcome."""

    actor: str
    action: str
    subject: str
    outcome: str = "done"
    clause: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fault` is empty when the chain holds; otherwise it says where it breaks and how."""

    entries: int
    head: str
    fault: str = ""


def digest(row: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (sorted keys, no blanks, UTF-8) of an entry without its own hash."""
    canonical = json.dumps(
        {name: row[name] for name in FIELDS}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def as_row(entry: AuditEntry) -> dict[str, Any]:
    """An entry as it is exported: the hashed fields in order, then the hash."""
    return {name: getattr(entry, name) for name in (*FIELDS, "hash")}


def check(rows: Iterable[dict[str, Any]], head: tuple[int, str]) -> Verdict:
    """Recompute a chain from its first entry and compare its end with `head` (number of entries, hash)."""
    count, previous = 0, GENESIS
    for count, row in enumerate(rows, start=1):
        if row["seq"] != count:
            return Verdict(count - 1, previous, f"entry {count} is missing: the next one says it is {row['seq']}")
        if row["previous"] != previous:
            return Verdict(count - 1, previous, f"entry {count} does not follow entry {count - 1}")
        if digest(row) != row["hash"]:
            return Verdict(count - 1, previous, f"entry {count} was changed after it was written")
        previous = row["hash"]
    if (count, previous) != head:
        return Verdict(count, previous, f"the log ends at entry {count}, but {head[0]} were written")
    return Verdict(count, previous)


class Audit:
    """The chain within one transaction. `lock` comes first in every write: it makes writers queue up."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def lock(self) -> AuditHead:
        """Take the writers' lock and return the head; kept for the rest of the transaction."""
        head: AuditHead | None = self.session.info.get("audit_head")
        if head is None:
            head = self.session.scalars(_HEAD).one()
            self.session.info["audit_head"] = head
        return head

    def append(self, entry: Entry, now: datetime) -> None:
        """Append one entry; it becomes true only if the transaction commits."""
        head = self.lock()
        row: dict[str, Any] = {
            "seq": head.seq + 1, "at": now.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor, "action": entry.action, "subject": entry.subject, "outcome": entry.outcome,
            "clause": entry.clause, "detail": entry.detail, "previous": head.hash,
        }  # fmt: skip
        row["hash"] = digest(row)
        append(self.session, AuditEntry, row)
        head.seq, head.hash = row["seq"], row["hash"]

    def rows(self) -> Iterator[dict[str, Any]]:
        """All entries in order, a thousand at a time."""
        for entry in self.session.scalars(
            select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)
        ):
            yield as_row(entry)

    def verify(self) -> Verdict:
        """Recompute the whole chain."""
        head = self.session.scalars(select(AuditHead).where(AuditHead.id == 1)).one()
        return check(self.rows(), (head.seq, head.hash))

    def holds(self, noted: str) -> bool:
        """Whether an entry with this hash is in the chain."""
        return self.session.scalar(select(func.count()).where(AuditEntry.hash == noted)) == 1

    def about(self, subject: str) -> list[AuditEntry]:
        """Everything recorded about one thing, oldest first."""
        return list(
            self.session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.seq))
        )

    def count(self, action: str, subject: str) -> int:
        """How often an action was done (not refused) to a thing."""
        done = (AuditEntry.action == action, AuditEntry.subject == subject, AuditEntry.outcome == "done")
        return self.session.scalar(select(func.count()).where(*done)) or 0
