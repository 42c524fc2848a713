"""Effects that wait to be done, the ledger of those that were, and keys of what was already seen."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from storage.records import Copy, Matter, Outgoing, Seen
from storage.sessions import LEFT_OUT, OF_A_VALUE, append_new, append_row

MOST_TAKEN_ALONG = 3  # effects behind one in its lane that are claimed with it
FORGOTTEN = ("blank",)  # holds typed words, of which nothing is kept once it is done
NO_PAUSE_IS_LONGER = timedelta(minutes=15)
# Written out, since a partial index serves only queries in its own words.
_QUEUED = Outgoing.state == sa.literal_column("'queued'")
_NEXT, _AGAIN = (sa.and_(_QUEUED, Outgoing.turn == sa.literal_column(f"'{turn}'")) for turn in ("next", "again"))


class NewEffect(NamedTuple):
    """An effect to be queued. It is no `Outgoing`, since making such an object takes longer than everything else here."""

    id: str
    once: str | None
    kind: str
    person_id: int
    payload: dict[str, Any]
    queued_at: datetime
    due_at: datetime
    lane: str
    seal: str
    leased_until: datetime | None


class TakenEffect(NamedTuple):
    """An effect that was taken, as it is stored. `attempts` includes this one; `code` says how the last one ended."""

    id: str
    kind: str
    person_id: int
    payload: dict[str, Any]
    attempts: int
    code: str
    seal: str
    lane: str


_TAKEN = tuple(getattr(Outgoing, name) for name in TakenEffect._fields)
_NOW, _UNTIL, _AHEAD, _FAR = (
    sa.bindparam(name, type_=Outgoing.due_at.type) for name in ("now", "until", "ahead", "far")
)
# Leased by no process. A lease far ahead was written by a wrong clock; one slightly ahead by another machine's clock.
_FREE = sa.or_(Outgoing.leased_until.is_(None), Outgoing.leased_until <= _NOW, Outgoing.leased_until > _AHEAD)
# The statements are built once: building takes longer than the database needs to answer.
# Due are the first effects of their lanes: as many new ones as ones tried before, so neither kind holds the other up.
_DUE = sa.union_all(
    *(
        sa.select(
            sa.select(Outgoing.id, Outgoing.turn)
            .where(turn, come, _FREE)
            .order_by(Outgoing.due_at, Outgoing.id)
            .limit(sa.bindparam("most", type_=sa.Integer))
            .subquery()
        )
        for come in (Outgoing.due_at <= _NOW, Outgoing.due_at > _FAR)
        for turn in (_NEXT, _AGAIN)
    )
)
_CLAIMABLE = sa.and_(_QUEUED, _FREE, Outgoing.id.in_(sa.bindparam("ids", expanding=True)))
# An effect without a lane is a lane of its own.
_FIRST_OF_EACH_LANE = (
    sa.select(sa.func.min(Outgoing.id))
    .where(_QUEUED)
    .group_by(Outgoing.person_id, Outgoing.lane, sa.case((Outgoing.lane == "", Outgoing.id), else_=""))
    .limit(10_000)
)
_DUE_AND_READABLE = (
    sa.select(Outgoing.id)
    .where(_CLAIMABLE, sa.or_(Outgoing.due_at <= _NOW, Outgoing.due_at > _FAR))
    .order_by(Outgoing.due_at, Outgoing.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_OTHER, _LAST = aliased(Outgoing), aliased(Outgoing)
# The effects behind the outer statement's in its lane. `outbox.` is written out, since SQLAlchemy names no table in
# SQLite's RETURNING, and a bare column would be the inner one.
_BEHIND, _BEHIND_TOO = (
    sa.and_(
        one.person_id == sa.literal_column("outbox.person_id"), one.lane == sa.literal_column("outbox.lane"),
        one.state == sa.literal_column("'queued'"), one.turn == sa.literal_column("'behind'"),
    )
    for one in (_OTHER, _LAST)
)  # fmt: skip
_LAST_TAKEN_ALONG = (
    sa.select(_LAST.id).where(_BEHIND_TOO).order_by(_LAST.id).limit(1).offset(MOST_TAKEN_ALONG - 1).scalar_subquery()
)
_TAKEN_ALONG = (
    sa.select(_OTHER.id)
    .select_from(Outgoing)
    .join(_OTHER, sa.and_(_BEHIND, _OTHER.id <= sa.func.coalesce(_LAST_TAKEN_ALONG, _OTHER.id)))
    .where(_CLAIMABLE)
    .correlate(None)
)
_TAKE_ALONE, _TAKE = (
    sa.update(Outgoing).where(those).values(leased_until=_UNTIL, attempts=Outgoing.attempts + 1).returning(*_TAKEN)
    for those in (_CLAIMABLE, sa.or_(_CLAIMABLE, Outgoing.id.in_(_TAKEN_ALONG)))
)
_LEASED = (
    sa.select(*_TAKEN)
    .where(Outgoing.id.in_(sa.bindparam("ids", expanding=True)), _QUEUED, Outgoing.leased_until > _NOW)
    .where(Outgoing.attempts == 1)  # a second one is another process's, after this lease
    .order_by(Outgoing.id)
)
_FIRST_BEHIND = sa.select(sa.func.min(_OTHER.id)).where(_BEHIND).scalar_subquery()
_SETTLE = (
    sa.update(Outgoing)
    .where(Outgoing.id == sa.bindparam("which"))
    .values(done_at=_NOW, leased_until=None, **{name: sa.bindparam(name) for name in ("state", "code", "platform")})
    .returning(Outgoing.kind, Outgoing.person_id, _FIRST_BEHIND)
)
_COPY = sa.select(Copy).where(Copy.matter == sa.bindparam("matter"), Copy.person_id == sa.bindparam("person"))
_COPIES = sa.select(Copy).where(Copy.matter == sa.bindparam("matter"))
_ADVANCE = sa.update(Outgoing).where(Outgoing.id == sa.bindparam("which")).values(turn="next", due_at=_NOW)


class Outbox:
    """Queries and changes about what leaves the bot, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def seen(self, key: str, now: datetime) -> bool:
        """Return True if this key was seen before; otherwise remember it."""
        if self.session.get(Seen, key) is not None:
            return True
        self.session.add(Seen(key=key, at=now))
        return False

    def has_keys(self, before: datetime) -> bool:
        """Return True if any key is older than that, so that there is something to throw away."""
        return self.session.scalar(sa.select(sa.exists().where(Seen.at < before))) or False

    def forget_keys(self, before: datetime) -> None:
        """Throw away keys that are older than that."""
        self.session.execute(delete(Seen).where(Seen.at < before))

    def queue(self, new: NewEffect) -> None:
        """Queue an effect, unless there is one with the same `once` already."""
        append_new(self.session, Outgoing, new._asdict())

    def waiting_in_lane(self, person_id: int, lane: str, kind: str, now: datetime) -> TakenEffect | None:
        """Return a person's last waiting effect of a kind in a lane that isn't taken; None if there is none."""
        free = sa.or_(Outgoing.leased_until.is_(None), Outgoing.leased_until <= now)
        query = sa.select(*_TAKEN).where(_QUEUED, Outgoing.person_id == person_id, Outgoing.lane == lane)
        last = self.session.execute(
            query.where(Outgoing.kind == kind, free).order_by(Outgoing.id.desc()).limit(1)
        ).first()
        return TakenEffect._make(last) if last is not None else None

    def rewrite(self, outgoing_id: str, payload: dict[str, Any], seal: str) -> None:
        """Replace what a waiting effect does."""
        self._update_rows(_QUEUED, Outgoing.id == outgoing_id, payload=payload, seal=seal)

    def due(self, now: datetime, lease: timedelta, most: int, *, again_first: bool = False) -> list[str]:
        """Return ids of what may be claimed, only the oldest of each lane: up to `most` new effects, and as many that
        have waited before.
        The two take turns, so no one is held up by what piles up for others, and the cost doesn't grow with the pile. A
        moment too far ahead came from a wrong clock, and counts as due.
        """
        values = {"now": now, "ahead": now + lease + NO_PAUSE_IS_LONGER, "far": now + NO_PAUSE_IS_LONGER, "most": most}
        if self.session.info.get(LEFT_OUT) is not None:  # what can't be read is left out, and holds up no lane
            return list(
                self.session.scalars(
                    _DUE_AND_READABLE, {**values, "ids": list(self.session.scalars(_FIRST_OF_EACH_LANE))}
                )
            )
        found = self.session.connection().execute(_DUE, values).all()
        new, again = ([name for name, turn in found if turn == wanted] for wanted in ("next", "again"))
        pairs = zip_longest(again, new) if again_first else zip_longest(new, again)
        return [one for pair in pairs for one in pair if one is not None]

    def claim(self, ids: Sequence[str], now: datetime, lease: timedelta) -> list[TakenEffect]:
        """Take those of these effects that are still due, until `lease` has passed; then what a dead process had taken
        comes back.
        The next few behind them in their lanes are taken along and come last; `put_back` returns those that weren't
        done.
        """
        values = {"ids": ids, "now": now, "ahead": now + lease + NO_PAUSE_IS_LONGER, "until": now + lease}
        if self.session.info.get(LEFT_OUT) is None:
            rows = list(self.session.connection().execute(_TAKE, values).all())
        else:  # one of them may be why this work failed, so each is taken alone
            rows = [row for one in ids for row in self._take_alone({**values, "ids": [one]})]
        places = {name: place for place, name in enumerate(ids)}
        return sorted(map(TakenEffect._make, rows), key=lambda one: (places.get(one.id, len(ids)), one.id))

    def leased(self, ids: Sequence[str], now: datetime) -> list[TakenEffect]:
        """Return those of these effects that are leased since they were queued, in their order."""
        return list(map(TakenEffect._make, self.session.connection().execute(_LEASED, {"ids": ids, "now": now})))

    def _take_alone(self, values: Mapping[str, object]) -> Sequence[sa.Row[Any]]:
        """Take one effect on its own; empty if its row can't be read."""
        with suppress(SQLAlchemyError, *OF_A_VALUE), self.session.begin_nested():
            return self.session.connection().execute(_TAKE_ALONE, values).all()
        return ()

    def _update_rows(self, *those: sa.ColumnElement[bool], **values: object) -> int:
        """Set these columns of the effects for which all of `those` are true; return how many there were."""
        changed = sa.update(Outgoing).where(*those).values(values).execution_options(synchronize_session=False)
        return cast("sa.CursorResult[Any]", self.session.execute(changed)).rowcount

    def settle(
        self, outgoing_id: str, state: str, code: str, now: datetime, platform: str = ""
    ) -> tuple[str, int, str | None]:
        """Store the outcome of an effect; the one behind it in its lane is next from now on.
        Return its kind, the person it is for, and the id of the one behind it or None. Raises `LookupError` for an
        unknown effect.
        """
        values = {"which": outgoing_id, "state": state, "code": code, "platform": platform, "now": now}
        # Not through the session, which would flush for each effect what is better written together at the end.
        found = self.session.connection().execute(_SETTLE, values).one_or_none()
        if found is None:
            raise LookupError(f"no effect {outgoing_id}")
        kind, person_id, behind = found
        if kind in FORGOTTEN:
            self._update_rows(Outgoing.id == outgoing_id, payload={})
        self._advance(behind, now)
        return kind, person_id, behind

    def step_aside(self, outgoing_id: str, now: datetime) -> None:
        """Take an effect out of its lane, so that it holds nothing up."""
        behind = self.session.scalar(sa.select(_FIRST_BEHIND).where(Outgoing.id == outgoing_id))
        self._update_rows(Outgoing.id == outgoing_id, lane="")
        self._advance(behind, now)

    def _advance(self, outgoing_id: str | None, now: datetime) -> None:
        """Make this effect, if any, the next of its lane."""
        if outgoing_id is not None:
            self.session.connection().execute(_ADVANCE, {"which": outgoing_id, "now": now})

    def put_back(self, outgoing_id: str) -> None:
        """Return an effect that was taken along but not tried; its turn comes as before."""
        self._update_rows(Outgoing.id == outgoing_id, leased_until=None, attempts=Outgoing.attempts - 1)

    def postpone(self, outgoing_id: str, code: str, until: datetime, *, free: bool = False) -> None:
        """Try an effect again later; those behind it in its lane keep waiting. With `free` this try doesn't count."""
        values = {"code": code, "leased_until": None, "due_at": until, "turn": "again"}
        self._update_rows(Outgoing.id == outgoing_id, **values, attempts=Outgoing.attempts - int(free))

    def next_due(self) -> datetime | None:
        """Return when the next queued effect is due; None if none is queued."""
        return self.session.scalar(sa.select(sa.func.min(Outgoing.due_at)).where(sa.or_(_NEXT, _AGAIN)))

    def queued_after(self, entry: int) -> list[Outgoing]:
        """Return the effects that were queued with later entries of the audit log than this one, oldest first.
        An effect's id begins with its entry's number.
        """
        return list(
            self.session.scalars(sa.select(Outgoing).where(Outgoing.id >= f"{entry + 1:012d}").order_by(Outgoing.id))
        )

    def with_codes(self, codes: Collection[str], since: datetime, most: int) -> list[tuple[str, str, str]]:
        """Return effects queued since then whose last try ended with one of these codes: id, kind and code, newest
        first.
        """
        those = (Outgoing.code.in_(codes), Outgoing.queued_at >= since, Outgoing.state.in_(("queued", "failed")))
        query = sa.select(Outgoing.id, Outgoing.kind, Outgoing.code).where(*those).order_by(Outgoing.id.desc())
        return [(name, kind, code) for name, kind, code in self.session.execute(query.limit(most))]

    def waiting(self) -> int:
        """Return how many effects are waiting."""
        return self.session.scalar(sa.select(sa.func.count()).select_from(Outgoing).where(_QUEUED)) or 0

    def copy(self, matter: str, person_id: int) -> Copy | None:
        """Return the message that is a person's copy of a card; None if they have none."""
        return self.session.scalars(_COPY, {"matter": matter, "person": person_id}).one_or_none()

    def matter_in(self, person_id: int, message: str) -> str:
        """Return the matter of whose card a message is a person's copy; empty if it's no copy."""
        theirs = sa.select(Copy.matter).where(Copy.person_id == person_id, Copy.message == message)
        return self.session.scalars(theirs).first() or ""

    def copies(self, matter: str) -> list[Copy]:
        """Return all messages with a copy of its card."""
        return list(self.session.scalars(_COPIES, {"matter": matter}))

    def shown_to(self, matter: str) -> list[int]:
        """Return the people who have a message with a copy of its card."""
        theirs = sa.select(Copy.person_id).where(Copy.matter == matter).order_by(Copy.person_id)
        return list(self.session.scalars(theirs))

    def outdated(self, person_id: int) -> list[tuple[str, int]]:
        """Return the matters, with their revisions, of which this person's copy is out of date while no update is on
        its way.
        """
        same = (Outgoing.person_id == person_id, Outgoing.kind == "show", _QUEUED)
        on_its_way = sa.exists().where(*same, Outgoing.payload["matter"].as_string() == Matter.id)
        older = (Copy.person_id == person_id, Copy.revision < Matter.revision, ~on_its_way)
        both = sa.select(Matter.id, Matter.revision).join(Copy, Copy.matter == Matter.id).where(*older)
        return [(request, revision) for request, revision in self.session.execute(both.order_by(Matter.id))]

    def reached_again(self, person_id: int) -> bool:
        """Return True if a card reached this person after the newest one that failed, so that they may be asked again."""
        those = (Outgoing.person_id == person_id, Outgoing.kind == "show", Outgoing.state == "failed")
        failed = self.session.scalar(sa.select(Outgoing.done_at).where(*those).order_by(Outgoing.id.desc()).limit(1))
        drawn = self.session.scalar(sa.select(sa.func.max(Copy.drawn_at)).where(Copy.person_id == person_id))
        return failed is not None and drawn is not None and drawn > failed

    def remember(self, copy: Copy) -> None:
        """Remember which message shows a card, unless one is known that shows a later revision."""
        append_row(self.session, Copy, {one.name: getattr(copy, one.name) for one in Copy.__table__.columns})
