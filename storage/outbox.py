"""Effects that wait to be done, the ledger of those that were, and keys of what was already seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Text, cast, delete, exists, func, literal, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased, load_only

from storage.records import Copy, Outgoing, Request, Seen
from storage.sessions import append, row_of

ONCE = ("tell", "whisper")
IN_ORDER = ("show", "tell")
_PLAIN = load_only(
    Outgoing.id, Outgoing.key, Outgoing.kind, Outgoing.person_id, Outgoing.state, Outgoing.attempts, Outgoing.code
)  # no moment and no payload, so that a broken one is in nobody's way


@dataclass(frozen=True, slots=True)
class Taken:
    """An effect that was taken, as it is written: `payload` is JSON, or whatever stands there.

    `attempts` counts this try too; `code` says how the last one ended.
    """

    id: str
    kind: str
    person_id: int
    payload: str
    attempts: int
    code: str


class Outbox:
    """Queries and changes about what leaves the bot, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def seen(self, key: str, now: datetime) -> bool:
        """True if this key was seen before; remembers it if not."""
        if self.session.get(Seen, key) is not None:
            return True
        self.session.add(Seen(key=key, at=now))
        return False

    def has_keys(self, before: datetime) -> bool:
        """Whether any key is older than that."""
        return self.session.scalar(select(exists().where(Seen.at < before))) or False

    def forget_keys(self, before: datetime) -> None:
        """Throw away keys that are older than that."""
        self.session.execute(delete(Seen).where(Seen.at < before))

    def leave(self, row: Outgoing) -> None:
        """Queue an effect; the same key twice is one effect."""
        if row.kind in ONCE and self.session.scalar(select(exists().where(Outgoing.key == row.key))):
            return
        append(self.session, Outgoing, row_of(row))

    def claim(self, now: datetime, lease: timedelta, most: int, but: Collection[str] = ()) -> list[Taken]:
        """Take effects that are due: a person's cards and words never overtake each other, so of these the oldest only.

        What belongs to one platform alone (a home, a whisper) has no order and holds nothing up that goes by another.

        A claim holds until `lease` has passed: what a dead process had taken comes back by itself. `but` is not taken.
        """
        other = aliased(Outgoing)
        leased, in_order = other.leased_until > now, Outgoing.kind.in_(IN_ORDER)
        first = or_(leased, other.id < Outgoing.id) & other.kind.in_(IN_ORDER)
        in_the_way = or_(in_order & first, ~in_order & leased)
        busy = exists().where(other.person_id == Outgoing.person_id, other.state == "queued", in_the_way)
        free = or_(Outgoing.leased_until.is_(None), Outgoing.leased_until <= now)
        due = select(Outgoing.id).where(
            Outgoing.state == "queued", Outgoing.due_at <= now, free, ~busy, Outgoing.id.not_in(but)
        )
        ordered = due.order_by(Outgoing.due_at, Outgoing.id).limit(most)
        ids = list(self.session.scalars(ordered.with_for_update(skip_locked=True)))
        taken = update(Outgoing).where(Outgoing.id.in_(ids))
        self.session.execute(taken.values(leased_until=now + lease, attempts=Outgoing.attempts + 1))
        return self._written(ids)

    def _written(self, ids: list[str]) -> list[Taken]:
        """Rows as they are written, without their moments; one whose payload is no text comes without it."""
        try:
            found = self._read(ids, cast(Outgoing.payload, Text))
        except DBAPIError:
            if len(ids) > 1:
                return [row for one in ids for row in self._written([one])]
            found = self._read(ids, literal(""))
        return [found[one] for one in ids]

    def _read(self, ids: list[str], payload: ColumnElement[str]) -> dict[str, Taken]:
        columns = (Outgoing.id, Outgoing.kind, Outgoing.person_id, payload, Outgoing.attempts, Outgoing.code)
        rows = self.session.execute(select(*columns).where(Outgoing.id.in_(ids)))
        return {row[0]: Taken(*row) for row in rows}

    def get(self, outgoing_id: str) -> Outgoing:
        """One row of the ledger; raises `LookupError` if there is none."""
        row = self.session.get(Outgoing, outgoing_id, options=[_PLAIN])
        if row is None:
            raise LookupError(f"no effect {outgoing_id}")
        return row

    def settle(self, row: Outgoing, state: str, code: str, now: datetime) -> None:
        """Write the outcome of an effect into the ledger."""
        row.state, row.code, row.done_at, row.leased_until = state, code, now, None

    def postpone(self, row: Outgoing, code: str, until: datetime) -> None:
        """Try an effect again later, and with one of those that have an order all others of the same person."""
        row.code, row.leased_until = code, None
        if row.kind not in IN_ORDER:
            row.due_at = until
            return
        same = (Outgoing.person_id == row.person_id, Outgoing.state == "queued", Outgoing.due_at < until)
        self.session.execute(update(Outgoing).where(*same).values(due_at=until))

    def supersede(self, row: Outgoing, now: datetime) -> None:
        """End all other effects to the same person that this one does as well: their keys differ by their ids only."""
        alike = Outgoing.key.startswith(row.key.removesuffix(row.id), autoescape=True)
        same = (alike, Outgoing.person_id == row.person_id, Outgoing.state == "queued")
        others = update(Outgoing).where(*same, Outgoing.id != row.id).values(state="superseded", done_at=now)
        self.session.execute(others)

    def next_due(self) -> datetime | None:
        """When the next queued effect wants to be done."""
        return self.session.scalar(select(func.min(Outgoing.due_at)).where(Outgoing.state == "queued"))

    def ledger(self, *, person_id: int | None = None, subject: str | None = None) -> list[Outgoing]:
        """What was sent to whom, oldest first."""
        query = select(Outgoing).order_by(Outgoing.id)
        rows = self.session.scalars(query if person_id is None else query.where(Outgoing.person_id == person_id))
        return [row for row in rows if subject is None or row.payload.get("matter") == subject]

    def with_codes(self, codes: Collection[str], since: datetime, most: int) -> list[tuple[str, str, str]]:
        """Effects queued since then whose last try ended with one of these codes: id, kind and code, the newest first."""
        those = (Outgoing.code.in_(codes), Outgoing.queued_at >= since, Outgoing.state.in_(("queued", "failed")))
        query = select(Outgoing.id, Outgoing.kind, Outgoing.code).where(*those).order_by(Outgoing.id.desc())
        return [row._tuple() for row in self.session.execute(query.limit(most))]

    def counts(self) -> dict[str, int]:
        """How many effects there are, by state."""
        rows = self.session.execute(select(Outgoing.state, func.count()).group_by(Outgoing.state))
        return {state: number for state, number in rows}  # noqa: C416  Row is no pair

    def copy(self, matter: str, person_id: int) -> Copy | None:
        """Where a person's copy of a card hangs."""
        return self.session.get(Copy, (matter, person_id))

    def outdated(self, person_id: int) -> list[tuple[str, int]]:
        """Which of a person's copies show an older revision than their request has now, with nothing on its way."""
        same = (Outgoing.person_id == person_id, Outgoing.kind == "show", Outgoing.state == "queued")
        on_its_way = exists().where(*same, Outgoing.payload["matter"].as_string() == Request.id)
        older = (Copy.person_id == person_id, Copy.revision < Request.revision, ~on_its_way)
        both = select(Request.id, Request.revision).join(Copy, Copy.matter == Request.id).where(*older)
        return [(request, revision) for request, revision in self.session.execute(both.order_by(Request.id))]

    def hang(self, copy: Copy) -> None:
        """Remember where a card was posted, or that it was redrawn."""
        self.session.merge(copy)
