"""Effects that wait to be done, the ledger of those that were, and keys of what was already seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice, takewhile, zip_longest
from pkgutil import resolve_name
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased, load_only

from storage.records import Copy, Matter, Outgoing, Seen
from storage.sessions import append_new

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
    once: str | None
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
    lane: str


_TAKEN = tuple(getattr(Outgoing, name) for name in Taken._fields)


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
        """Queue an effect, unless one is there that is to be left `once` as well."""
        append_new(self.session, Outgoing, new._asdict())

    def waits(self, person_id: int, lane: str, kind: str, now: datetime) -> Taken | None:
        """What waits last of a kind in a person's lane, and that nobody has taken."""
        free = or_(Outgoing.leased_until.is_(None), Outgoing.leased_until <= now)
        query = select(Outgoing.id).where(_QUEUED, Outgoing.person_id == person_id, Outgoing.lane == lane)
        those = query.where(Outgoing.kind == kind, free).order_by(Outgoing.id.desc()).limit(1)
        return next(iter(self._read_taken(self.session.scalars(those))), None)

    def rewrite(self, outgoing_id: str, payload: dict[str, Any], seal: str) -> None:
        """Let an effect that waits ask for something else."""
        self._update_rows(_QUEUED, Outgoing.id == outgoing_id, payload=payload, seal=seal)

    def behind(self, row: Outgoing) -> list[Taken]:
        """What else waits in the lane of this one."""
        those = (Outgoing.person_id == row.person_id, Outgoing.lane == row.lane, Outgoing.id != row.id)
        return self._read_taken(self.session.scalars(select(Outgoing.id).where(_QUEUED, *those)))

    def claim(
        self, now: datetime, lease: timedelta, most: int, but: Collection[str] = (), *, again_first: bool = False,
        along: int = 0,
    ) -> list[Taken]:  # fmt: skip
        """Take effects that are due, of each lane the oldest only: half of them new ones, half such as have waited before.

        So nobody waits behind what piles up for others, and the cost does not depend on how much that is. A claim holds
        until `lease` has passed: what a dead process had taken comes back by itself. `but` is not taken; `again_first`
        says which half gets what is left over by two. So many words that came with one that is taken, in its lane, are taken `along` with
        it, after all others, and stay behind it: `put_back` gives back what was not done. No card is, which may be the same one.
        """
        followers = self._line_up()
        free = _is_free(now, lease)
        due = select(Outgoing.id).where(Outgoing.due_at <= now, free, Outgoing.id.not_in(but))
        due = due.order_by(Outgoing.due_at, Outgoing.id).limit(most).with_for_update(skip_locked=True)
        first, second = (self.session.scalars(due.where(turn)).all() for turn in (_NEXT, _AGAIN))
        if again_first:
            first, second = second, first
        ids = [one for pair in zip_longest(first, second) for one in pair if one is not None][:most]
        if not ids:
            if self._update_rows(_QUEUED, _AT_TURN, Outgoing.due_at > now + NO_PAUSE_IS_LONGER, due_at=now):
                return self.claim(now, lease, most, but, again_first=again_first, along=along)
            return []
        for name in list(ids):
            words = takewhile(lambda one: one.kind == "tell", followers.get(name, ()))
            ids += [one.id for one in islice(words, along)]
        taken = update(Outgoing).where(Outgoing.id.in_(ids)).returning(*_TAKEN)
        values = {"leased_until": now + lease, "attempts": Outgoing.attempts + 1}
        rows = self.session.execute(taken.values(values).execution_options(synchronize_session=False))
        return _in_order(ids, rows)

    def has_due(self, now: datetime, lease: timedelta) -> bool:
        """Whether a claim may find anything, or has to put right what waits for a moment that only a wrong clock knew."""
        far = Outgoing.due_at > now + NO_PAUSE_IS_LONGER
        come = and_(Outgoing.due_at <= now, _is_free(now, lease))
        waits = (exists().where(turn, or_(come, far)) for turn in (_NEXT, _AGAIN))
        return bool(self.session.scalar(select(or_(exists().where(_NEW), *waits))))

    def _read_taken(self, ids: Iterable[str]) -> list[Taken]:
        wanted = list(ids)
        return _in_order(wanted, self.session.execute(select(*_TAKEN).where(Outgoing.id.in_(wanted))))

    def _line_up(self) -> Mapping[str, list[Any]]:
        """Each new effect finds its place; which follow a new first of their lane, by that."""
        first = aliased(Outgoing)
        at_turn = first.turn.in_((literal_column("'next'"), literal_column("'again'")))
        queued = first.state == literal_column("'queued'")
        occupied = exists().where(queued, at_turn, first.person_id == Outgoing.person_id, first.lane == Outgoing.lane)
        new = select(Outgoing.id, Outgoing.person_id, Outgoing.lane, Outgoing.kind, occupied.label("waits")).where(_NEW)
        rows = self.session.execute(new.order_by(Outgoing.due_at, Outgoing.id).limit(NEW_AT_ONCE)).all()
        firsts, behind, followers = dict[tuple[int, str], str](), list[str](), defaultdict[str, list[Any]](list)
        for one in sorted(rows, key=lambda row: row.id):
            place = (one.person_id, one.lane)
            if one.lane and (one.waits or place in firsts):
                behind.append(one.id)
                followers[firsts.get(place, "")].append(one)
            elif one.lane:
                firsts[place] = one.id
        if rows:
            turn = case((Outgoing.id.in_(behind), "behind"), else_="next")
            self._update_rows(Outgoing.id.in_([row[0] for row in rows]), turn=turn)
        return followers

    def _update_rows(self, *those: ColumnElement[bool], **values: object) -> int:
        changed = update(Outgoing).where(*those).values(values).execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self.session.execute(changed)).rowcount

    def get(self, outgoing_id: str) -> Outgoing:
        """One row of the ledger; raises `LookupError` if there is none."""
        row = self.session.get(Outgoing, outgoing_id, options=[_PLAIN])
        if row is None:
            raise LookupError(f"no effect {outgoing_id}")
        return row

    def settle(self, outgoing_id: str, state: str, code: str, now: datetime, platform: str = "") -> tuple[str, int]:
        """Write the outcome of an effect into the ledger; whatever waits behind it is next, from now on.

        Returns its kind and for whom it is; raises `LookupError` if there is none.
        """
        done = {"state": state, "code": code, "platform": platform, "done_at": now, "leased_until": None}
        query = update(Outgoing).where(Outgoing.id == outgoing_id).values(done)
        told = query.returning(Outgoing.kind, Outgoing.person_id, Outgoing.lane)
        # Not through the session, which would send off for each effect what goes out together at the end.
        found = self.session.connection().execute(told).one_or_none()
        if found is None:
            raise LookupError(f"no effect {outgoing_id}")
        kind, person_id, lane = found
        if kind in FORGOTTEN:
            self._update_rows(Outgoing.id == outgoing_id, payload={})
        self._advance_lane(person_id, lane, now)
        return kind, person_id

    def step_aside(self, row: Outgoing, now: datetime) -> None:
        """Let an effect wait without holding anything up."""
        lane, row.lane, row.turn = row.lane, "", "again"
        self._advance_lane(row.person_id, lane, now)

    def _advance_lane(self, person_id: int, lane: str, now: datetime) -> None:
        if not lane:
            return
        those = select(Outgoing.id).where(_BEHIND, Outgoing.person_id == person_id, Outgoing.lane == lane)
        behind = self.session.connection().scalars(those.order_by(Outgoing.id).limit(FEW + 1)).all()
        if behind:
            due_at = case(
                (Outgoing.due_at.between(now, now + NO_PAUSE_IS_LONGER), Outgoing.due_at),
                else_=literal(now, Outgoing.due_at.type),
            )
            # A long lane keeps nobody back who has a message or two.
            self._update_rows(Outgoing.id == behind[0], turn="next" if len(behind) <= FEW else "again", due_at=due_at)

    def put_back(self, outgoing_id: str) -> None:
        """It was taken along and not tried: its turn comes as if nobody had taken it."""
        self._update_rows(Outgoing.id == outgoing_id, leased_until=None, attempts=Outgoing.attempts - 1)

    def postpone(self, row: Outgoing, code: str, until: datetime) -> None:
        """Try an effect again later; what stands behind it in its lane stays there."""
        row.code, row.leased_until, row.due_at, row.turn = code, None, until, "again"

    def end(self, ids: Collection[str], code: str, now: datetime) -> None:
        """End effects that stand behind others, since something else does for them."""
        self._update_rows(Outgoing.id.in_(ids), state="superseded", code=code, done_at=now)

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

    def remember(self, copy: Copy) -> None:
        """Remember which message shows a card, unless one is known that shows a later revision."""
        columns = Copy.__table__.columns.keys()
        insert = resolve_name(f"sqlalchemy.dialects.{self.session.get_bind().dialect.name}:insert")
        new = insert(Copy).values({name: getattr(copy, name) for name in columns})
        newer = {name: new.excluded[name] for name in columns}
        keys = [Copy.matter, Copy.person_id]
        self.session.connection().execute(
            new.on_conflict_do_update(index_elements=keys, set_=newer, where=Copy.revision <= new.excluded.revision)
        )


def _is_free(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """That nobody has taken it. The last was written by a clock that was far ahead; one that differs by less is another machine's."""
    until = Outgoing.leased_until
    return or_(until.is_(None), until <= now, until > now + lease + NO_PAUSE_IS_LONGER)


def _in_order(ids: Iterable[str], rows: Iterable[Any]) -> list[Taken]:
    found = {row[0]: Taken(*row) for row in rows}
    return [found[one] for one in ids]
