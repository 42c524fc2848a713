"""The audit log: a hash chain that is written with every change and that anyone can recompute."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, Text, func, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from storage import chain, marks, sessions
from storage.rows import Rows
from storage.tables.log import DATABASE, JOURNAL, RESTORED, AuditEntry, AuditHead
from storage.tables.reviews import PolicyText

PAGE = 1000
_TEXT = select(func.max(PolicyText.number)).where(PolicyText.digest == AuditHead.policy).scalar_subquery()
_HEAD = select(AuditHead.seq, AuditHead.hash, AuditHead.policy, _TEXT).where(AuditHead.id == 1).with_for_update()
_PROBED = update(AuditHead).values(probe=1 - AuditHead.probe).execution_options(synchronize_session=False)
_MOVED = update(cast("Table", AuditHead.__table__)).where(AuditHead.id == 1)
_ENTRIES = cast("Table", AuditEntry.__table__).c
_NAMED = [_ENTRIES[name] for name in (*chain.FIELDS, "hash", "seal")]
# The table's own columns, since rows of the mapped ones cost twice as much to read. The detail as text, since
# verifying doesn't need its content.
LINKS = select(*(as_type(one, Text) if one.key in ("detail", "marks") else one for one in _NAMED)).order_by(
    _ENTRIES.seq
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What to record: who (person:7, clock, delivery) did what, to what, by which clause, and with what outcome."""

    actor: str
    action: str
    subject: str
    outcome: str = "done"
    clause: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Head:
    """The end of the chain as this transaction leaves it: the number of the last entry, its hash, and the policy in
    force, with the number of its `text`; None if that can't be seen yet, as it was declared while this writer waited.
    """

    seq: int
    hash: str
    policy: str
    text: int | None
    moved: bool = False


class Audit(Rows):
    """The chain within one transaction. `lock` comes first in every write: it makes writers queue up."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.marking = cast("sessions.BulkSession", session).marking

    def lock(self) -> Head:
        """Take the writers' lock and return the head; kept for the rest of the transaction."""
        head: Head | None = self.session.info.get("audit_head")
        if head is None:
            # As a plain row, since every write reads and moves it: an object of the session costs several times as much.
            head = Head(*self.session.connection().execute(_HEAD).one())
            self.session.info["audit_head"] = head
        return head

    def settle(self) -> int:
        """Write everything that is still to be written, the new head last; return the number of the last entry."""
        self.session.flush()
        head = self.lock()
        if head.moved:
            self.session.connection().execute(_MOVED, {"seq": head.seq, "hash": head.hash})
        return head.seq

    def probe(self) -> None:
        """Change a byte to see that the disk takes it: SQLite writes nothing if a row stays as it is."""
        self.session.execute(_PROBED)

    def declare(self, policy: str) -> None:
        """Put the policy with this digest in force; bots with another one take no work from then on."""
        head = self.lock()
        self.session.connection().execute(_MOVED, {"policy": policy})
        head.policy = policy

    def append(self, entry: Entry, now: datetime, sealer: chain.Sealer | None = None, journal: int = 0) -> None:
        """Append one entry, which the door seals; it becomes true only if the transaction commits.

        `journal` is the newest entry that the journal outside the database is known to hold; 0 if that isn't known.
        """
        head = self.lock()
        row: dict[str, Any] = {
            "seq": head.seq + 1, "at": now.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor, "action": entry.action, "subject": entry.subject, "outcome": entry.outcome,
            "clause": entry.clause, "detail": entry.detail, "marks": self.marking.take(), "journal": journal,
            "previous": head.hash,
        }  # fmt: skip
        row["hash"] = chain.entry_digest(row)
        row["seal"] = sealer(row["hash"]) if sealer is not None else ""
        sessions.append_row(self.session, AuditEntry, row)
        head.seq, head.hash, head.moved = row["seq"], row["hash"], True

    def has_unlogged_writes(self) -> bool:
        """Return True if protected rows were written that no entry vouches for yet."""
        return self.marking.has_unlogged_writes()

    def head(self) -> tuple[int, str]:
        """Return how many entries there are, and the hash of the last, without the lock."""
        head = self.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1)).one()
        return head.seq, head.hash

    def newest_moment(self) -> datetime | None:
        """Return when the newest readable entry was made (aware), so that a clock can't be before it; None if there is
        none.
        """
        for at in self.session.scalars(select(AuditEntry.at).order_by(AuditEntry.seq.desc()).limit(PAGE)):
            with suppress(TypeError, ValueError):
                return datetime.fromisoformat(at).astimezone(UTC)
        return None

    def links(self, after: int | None, most: int) -> list[chain.Link]:
        """Return the next entries after `after`, in order, including any put in by hand.
        With None they begin at the lowest number, even below 1.
        """
        following = (LINKS if after is None else LINKS.where(_ENTRIES.seq > after)).limit(most)
        with suppress(OperationalError):  # invalid text; to expect it everywhere would cost a tenth of the time
            return cast("list[chain.Link]", self.session.connection().execute(following).all())
        with marks.reading_raw_text(self.session):
            return cast("list[chain.Link]", self.session.connection().execute(following).all())

    def page(self, after: int | None, most: int) -> tuple[list[chain.Link], tuple[int, str] | None]:
        """Return the next entries after that number and the head, both as of one moment; fewer than `most` are the
        last. The head is None if it can't be read.
        """
        with marks.reading_raw_text(self.session):
            head = self.session.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
        return self.links(after, most), head and (head.seq, head.hash)

    def exported(self) -> Iterator[dict[str, Any]]:
        """Yield all entries in order, as they are exported, read a thousand at a time."""
        after: int | None = None
        while page := self.links(after, PAGE):
            yield from (chain.as_row(chain.Link(*link)) for link in page)
            after = page[-1][0]

    def hashes(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the hashes of the entries of these numbers, as far as they are there, to compare with the journal's."""
        return dict(self.tuples(select(AuditEntry.seq, AuditEntry.hash), AuditEntry.seq, set(numbers)))

    def done_between(self, after: int, last: int, actions: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
        """Return action and detail of what was done in the entries after `after`, up to `last`, in order."""
        those = (AuditEntry.seq > after, AuditEntry.seq <= last, AuditEntry.action.in_(actions))
        query = select(AuditEntry.action, AuditEntry.detail).where(*those, AuditEntry.outcome == "done")
        return list(self.tuples(query.order_by(AuditEntry.seq)))

    def actions(self, subject: str, actions: Collection[str], sealer: chain.Sealer) -> list[str]:
        """Return which of these actions were done to a subject, in order, counting only entries with the bot's seal."""
        those = (AuditEntry.subject == subject, AuditEntry.action.in_(actions), AuditEntry.outcome == "done")
        links = (chain.Link(*row) for row in self.session.execute(LINKS.where(*those)))
        return [one.action for one in links if chain.is_sealed(one, sealer)]

    def done_since(self, action: str, since: datetime, most: int) -> list[tuple[str, dict[str, Any]]]:
        """Return subject and detail of each time an action was done since then (aware), newest first."""
        done = (AuditEntry.action == action, AuditEntry.at >= since.astimezone(UTC).isoformat())
        query = select(AuditEntry.subject, AuditEntry.detail).where(*done).order_by(AuditEntry.seq.desc()).limit(most)
        return list(self.tuples(query))

    def restored(self, by: datetime | None = None) -> AuditEntry | None:
        """Return the entry of the last start that found the database restored from a copy; None if there was none.
        With `by` (aware), only entries up to that moment count.
        """
        until = () if by is None else (AuditEntry.at <= by.astimezone(UTC).isoformat(timespec="microseconds"),)
        return self._last_entry(RESTORED, DATABASE, *until)

    def losses(self) -> list[tuple[datetime, dict[str, Any]]]:
        """Return each time that the database was restored or the journal lost (aware), and what the log says of it."""
        entries = self.rows(
            AuditEntry, AuditEntry.subject.in_((DATABASE, JOURNAL)), by=(AuditEntry.subject, AuditEntry.seq)
        )
        return [(datetime.fromisoformat(one.at), one.detail) for one in entries]

    def in_journal(self) -> int:
        """Return the newest entry that the journal must hold, by the log's latest word; 0 if it says nothing yet."""
        query = select(AuditEntry.journal).where(AuditEntry.journal.between(1, AuditEntry.seq))
        return self.session.scalar(query.order_by(AuditEntry.seq.desc()).limit(1)) or 0

    def _last_entry(self, action: str, subject: str, *more: ColumnElement[bool]) -> AuditEntry | None:
        """Return the newest entry of an action that was done to a subject and for which `more` is true; None without."""
        done = (AuditEntry.action == action, AuditEntry.subject == subject, AuditEntry.outcome == "done")
        return self.first_row(AuditEntry, *done, *more, by=(AuditEntry.seq.desc(),))
