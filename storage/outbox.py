"""Effects that wait to be done, the ledger of those that were, and keys of what was already seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    and_,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, load_only

from storage.records import Copy, Matter, Outgoing, Seen
from storage.sessions import append_new

ONCE = ("tell", "whisper")
FORGOTTEN = ("blank",)  # what says what somebody typed: nothing of that is kept once it is done
NEW_AT_ONCE = 500
FEW = 4  # messages behind one that is under way: the next of them comes up like a new one
NO_PAUSE_IS_LONGER = timedelta(minutes=15)
# Written out, since a partial index serves only whoever says its own words.
_QUEUED = Outgoing.state == literal_column("'queued'")
_NEW, _NEXT, _BEHIND, _AGAIN = (
    and_(_QUEUED, Outgoing.turn == literal_column(f"'{turn}'")) for turn in ("new", "next", "behind", "again")
)
_AT_TURN = Outgoing.turn.in_((literal_column("'next'"), literal_column("'again'")))
# No moment and no payload, so that a broken one is in nobody's way.
_PLAIN = load_only(
    Outgoing.id, Outgoing.kind, Outgoing.person_id, Outgoing.lane, Outgoing.state, Outgoing.attempts, Outgoing.code
)


class Left(NamedTuple):
    """An effect to be queued; no `Outgoing`, since to make an object of a table takes longer than all else that is done here."""

    id: str
    key: str
    kind: str
    person_id: int
    payload: dict[str, Any]
    queued_at: datetime
    due_at: datetime
    lane: str
    seal: str


class Taken(NamedTuple):
    """An effect that was taken, as it is written. `attempts` counts this try too; `code` says how the last one ended."""

    id: str
    kind: str
    person_id: int
    payload: dict[str, Any]
    attempts: int
    code: str
    seal: str


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

    def leave(self, new: Left) -> None:
        """Queue an effect. One of `ONCE` whose key is there already is left out; of any other the flush raises IntegrityError."""
        if new.kind in ONCE and self._is_there(new.key):
            return
        append_new(self.session, Outgoing, new._asdict())

    def _is_there(self, key: str) -> bool:
        """Whether an effect has this key, or was given it in this transaction: then it counts as there from now on."""
        known = cast("set[str]", self.session.info.setdefault("left_once", set()))
        with self.session.no_autoflush:
            there = key in known or self.session.scalar(select(exists().where(Outgoing.key == key))) or False
        known.add(key)
        return there

    def waits(self, person_id: int, lane: str, kind: str, now: datetime) -> Taken | None:
        """What waits last of a kind in a person's lane, and that nobody has taken."""
        free = or_(Outgoing.leased_until.is_(None), Outgoing.leased_until <= now)
        query = select(Outgoing.id).where(_QUEUED, Outgoing.person_id == person_id, Outgoing.lane == lane)
        those = query.where(Outgoing.kind == kind, free).order_by(Outgoing.id.desc()).limit(1)
        return next(iter(self._written(self.session.scalars(those))), None)

    def rewrite(self, outgoing_id: str, payload: dict[str, Any], seal: str) -> None:
        """Let an effect that waits ask for something else."""
        self._change(_QUEUED, Outgoing.id == outgoing_id, payload=payload, seal=seal)

    def behind(self, row: Outgoing) -> list[Taken]:
        """What else waits in the lane of this one."""
        those = (Outgoing.person_id == row.person_id, Outgoing.lane == row.lane, Outgoing.id != row.id)
        return self._written(self.session.scalars(select(Outgoing.id).where(_QUEUED, *those)))

    def claim(
        self, now: datetime, lease: timedelta, most: int, but: Collection[str] = (), *, again_first: bool = False
    ) -> list[Taken]:
        """Take effects that are due, of each lane the oldest only: half of them new ones, half such as have waited before.

        So nobody waits behind what piles up for others, and the cost does not depend on how much that is. A claim holds
        until `lease` has passed: what a dead process had taken comes back by itself. `but` is not taken; `again_first`
        says which half gets what is left over by two.
        """
        self._line_up(now)
        until = Outgoing.leased_until
        # The last was written by a clock that was far ahead; one that differs by less is another machine's.
        free = or_(until.is_(None), until <= now, until > now + lease + NO_PAUSE_IS_LONGER)
        due = select(Outgoing.id).where(Outgoing.due_at <= now, free, Outgoing.id.not_in(but))
        due = due.order_by(Outgoing.due_at, Outgoing.id).limit(most).with_for_update(skip_locked=True)
        first, second = (self.session.scalars(due.where(turn)).all() for turn in (_NEXT, _AGAIN))
        if again_first:
            first, second = second, first
        ids = [one for pair in zip_longest(first, second) for one in pair if one is not None][:most]
        if not ids:
            return []
        taken = update(Outgoing).where(Outgoing.id.in_(ids))
        self.session.execute(taken.values(leased_until=now + lease, attempts=Outgoing.attempts + 1))
        return self._written(ids)

    def _written(self, ids: Iterable[str]) -> list[Taken]:
        wanted = list(ids)
        columns = (getattr(Outgoing, name) for name in Taken._fields)
        rows = self.session.execute(select(*columns).where(Outgoing.id.in_(wanted)))
        found = {row[0]: Taken(*row) for row in rows}
        return [found[one] for one in wanted]

    def _line_up(self, now: datetime) -> None:
        """Each new effect finds its place; and what waits for a moment that only a wrong clock knew waits no longer."""
        new = select(Outgoing.id, Outgoing.person_id, Outgoing.lane).where(_NEW)
        rows = self.session.execute(new.order_by(Outgoing.due_at, Outgoing.id).limit(NEW_AT_ONCE)).all()
        occupied = self._occupied({person for _, person, _ in rows}, {lane for _, _, lane in rows if lane})
        turns: dict[str, list[str]] = {"next": [], "behind": []}
        for name, person, lane in sorted((name, person, lane) for name, person, lane in rows):
            turns["behind" if (person, lane) in occupied else "next"].append(name)
            if lane:
                occupied.add((person, lane))
        for turn, ids in turns.items():
            if ids:
                self._change(Outgoing.id.in_(ids), turn=turn)
        self._change(_QUEUED, _AT_TURN, Outgoing.due_at > now + NO_PAUSE_IS_LONGER, due_at=now)

    def _occupied(self, people: Collection[int], lanes: Collection[str]) -> set[tuple[int, str]]:
        """In which of these lanes somebody stands at the front."""
        if not lanes:
            return set()
        those = (_QUEUED, _AT_TURN, Outgoing.person_id.in_(people), Outgoing.lane.in_(lanes))
        query = select(Outgoing.person_id, Outgoing.lane).where(*those)
        return {(person, lane) for person, lane in self.session.execute(query)}

    def _change(self, *those: ColumnElement[bool], **values: object) -> int:
        changed = update(Outgoing).where(*those).values(values).execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self.session.execute(changed)).rowcount

    def get(self, outgoing_id: str) -> Outgoing:
        """One row of the ledger; raises `LookupError` if there is none."""
        row = self.session.get(Outgoing, outgoing_id, options=[_PLAIN])
        if row is None:
            raise LookupError(f"no effect {outgoing_id}")
        return row

    def settle(self, row: Outgoing, state: str, code: str, now: datetime) -> None:
        """Write the outcome of an effect into the ledger; whatever waits behind it is next, from now on."""
        row.state, row.code, row.done_at, row.leased_until = state, code, now, None
        if row.kind in FORGOTTEN:
            self._change(Outgoing.id == row.id, payload={})
        self._follow(row, row.lane, now)

    def step_aside(self, row: Outgoing, now: datetime) -> None:
        """Let an effect wait without holding anything up."""
        lane, row.lane, row.turn = row.lane, "", "again"
        self._follow(row, lane, now)

    def _follow(self, row: Outgoing, lane: str, now: datetime) -> None:
        if not lane:
            return
        those = (_BEHIND, Outgoing.person_id == row.person_id, Outgoing.lane == lane)
        first = self.session.scalar(select(func.min(Outgoing.id)).where(*those))
        if first is not None:
            due_at = case((Outgoing.due_at.between(now, now + NO_PAUSE_IS_LONGER), Outgoing.due_at), else_=now)
            # A long lane keeps nobody back who has a message or two.
            more = self.session.scalar(select(Outgoing.id).where(*those).order_by(Outgoing.id).offset(FEW).limit(1))
            self._change(Outgoing.id == first, turn="next" if more is None else "again", due_at=due_at)

    def postpone(self, row: Outgoing, code: str, until: datetime) -> None:
        """Try an effect again later; what stands behind it in its lane stays there."""
        row.code, row.leased_until, row.due_at, row.turn = code, None, until, "again"

    def end(self, ids: Collection[str], code: str, now: datetime) -> None:
        """End effects that stand behind others, since something else does for them."""
        self._change(Outgoing.id.in_(ids), state="superseded", code=code, done_at=now)

    def next_due(self) -> datetime | None:
        """When the next queued effect wants to be done."""
        return self.session.scalar(select(func.min(Outgoing.due_at)).where(or_(_NEXT, _AGAIN, _NEW)))

    def queued_after(self, entry: int) -> list[Outgoing]:
        """What entries of the audit log after that number have left, oldest first; a name begins with its entry's number."""
        return list(
            self.session.scalars(select(Outgoing).where(Outgoing.id >= f"{entry + 1:012d}").order_by(Outgoing.id))
        )

    def with_codes(self, codes: Collection[str], since: datetime, most: int) -> list[tuple[str, str, str]]:
        """Effects queued since then whose last try ended with one of these codes: id, kind and code, the newest first."""
        those = (Outgoing.code.in_(codes), Outgoing.queued_at >= since, Outgoing.state.in_(("queued", "failed")))
        query = select(Outgoing.id, Outgoing.kind, Outgoing.code).where(*those).order_by(Outgoing.id.desc())
        return [(name, kind, code) for name, kind, code in self.session.execute(query.limit(most))]

    def waiting(self) -> int:
        """How many effects wait."""
        return self.session.scalar(select(func.count()).select_from(Outgoing).where(_QUEUED)) or 0

    def copy(self, matter: str, person_id: int) -> Copy | None:
        """Which message is a person's copy of a card."""
        return self.session.get(Copy, (matter, person_id))

    def shown_to(self, matter: str) -> list[int]:
        """Whoever has a message that is a copy of its card."""
        theirs = select(Copy.person_id).where(Copy.matter == matter).order_by(Copy.person_id)
        return list(self.session.scalars(theirs))

    def outdated(self, person_id: int) -> list[tuple[str, int]]:
        """Which of a person's copies show an older revision than their request has now, with nothing on its way."""
        same = (Outgoing.person_id == person_id, Outgoing.kind == "show", _QUEUED)
        on_its_way = exists().where(*same, Outgoing.payload["matter"].as_string() == Matter.id)
        older = (Copy.person_id == person_id, Copy.revision < Matter.revision, ~on_its_way)
        both = select(Matter.id, Matter.revision).join(Copy, Copy.matter == Matter.id).where(*older)
        return [(request, revision) for request, revision in self.session.execute(both.order_by(Matter.id))]

    def reached_again(self, person_id: int) -> bool:
        """Whether a card was drawn for this person after the newest one that could not be."""
        those = (Outgoing.person_id == person_id, Outgoing.kind == "show", Outgoing.state == "failed")
        failed = self.session.scalar(select(Outgoing.done_at).where(*those).order_by(Outgoing.id.desc()).limit(1))
        drawn = self.session.scalar(select(func.max(Copy.drawn_at)).where(Copy.person_id == person_id))
        return failed is not None and drawn is not None and drawn > failed

    def remember(self, copy: Copy, *, first: bool = False) -> None:
        """Remember where a card was posted, or that it was redrawn; whoever knows that it is the `first` saves a look."""
        if first:
            self.session.add(copy)
        else:
            self.session.merge(copy)
