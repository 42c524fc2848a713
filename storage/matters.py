"""What every matter has: who holds its card, whom it is to remind, alarms about it, and the wrapped key of its words."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple, TypeVar, cast

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, literal_column, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.util import identity_key

from storage import columns, sessions
from storage.customers import ON_ITS_WAY
from storage.deadlines import Deadline, Deadlines
from storage.records import OPEN, Alarm, Grant, Matter, Party, Person, Record, Request, RequestedRecording
from storage.rows import Rows
from storage.tables.calls import CHOOSING
from storage.tables.customers import CustomerLetter, CustomerRequest
from storage.tables.reviews import CallReview

M = TypeVar("M", bound=Matter)
UNFINISHED = (*OPEN, CHOOSING, *ON_ITS_WAY, "active")
"""States of a matter, other than a request, from which something is still to follow."""
# Put together once: each card asks them, and that takes longer than the database needs to answer.
_OF_SOMEBODY = select(Party).where(exists().where(Person.id == Party.person_id))
"""Leaves out parties without a person, which a SQLite file accepts if a row is written by hand."""
_PARTIES = _OF_SOMEBODY.where(Party.matter_id == bindparam("matter")).order_by(Party.since, Party.person_id)
_WAITING_FOR = (
    select(Matter)
    .join(Party, Party.matter_id == Matter.id)
    .where(Party.person_id == bindparam("person"), Party.part == "approver", Party.unreachable == "")
    .where(Matter.state == "waiting")
    .order_by(Matter.asked_at, Matter.id)
)


@cache
def _unfinished_of() -> Select[Matter, Party | None]:
    # It lists the kinds, since the index begins with them.
    kinds, person = set(Matter.__mapper__.polymorphic_map) - {"access"}, bindparam("person", type_=Integer)
    told = or_(
        Party.part != "copy", Matter.state.not_in(OPEN)
    )  # who is only told of the decision joins once it is made
    mine = and_(Party.matter_id == Matter.id, Party.person_id == person, Party.unreachable == "", told)
    both = select(Matter, Party).outerjoin(Party, mine).where(Matter.kind.in_(kinds), Matter.state.in_(UNFINISHED))
    return both.where(or_(Matter.begun_by == person, Party.person_id.is_not(None))).order_by(Matter.asked_at, Matter.id)


@cache
def _by_id(kind: type[M]) -> Select[M]:
    """Return the query for one matter of a kind by its id."""
    return select(kind).where(kind.id == bindparam("matter"))


@cache
def _with_deadlines(kind: type[M]) -> Select[M, Deadline | None]:
    """Return the query for one matter of a kind by its id, along with the row of its deadlines."""
    both = select(kind, Deadline).outerjoin(Deadline, Deadline.subject == kind.id)
    return both.where(kind.id == bindparam("matter"))


class Matters(Rows):
    """Queries and changes about any kind of matter."""

    def get(self, matter: str) -> Matter | None:
        """Return one matter of any kind; the caller decides who may know of it."""
        return self.of_kind(Matter, matter)

    def of_kind(self, kind: type[M], matter: str) -> M | None:
        """Return one matter if it is of this kind; the caller decides who may know of it."""
        known = self.session.identity_map.get(identity_key(Matter, matter))
        if known is None:
            known = self.session.scalars(_by_id(kind), {"matter": matter}).one_or_none()
        return known if isinstance(known, kind) else None

    def to_act_on(self, kind: type[M], matter: str) -> M | None:
        """Return one like `of_kind`; work that writes reads its deadlines in the same query, since most of it changes
        them.
        """
        known = identity_key(Matter, matter) in self.session.identity_map
        if not known and not self.session.info.get(sessions.ONLY_READS):
            both = self.session.execute(_with_deadlines(kind), {"matter": matter}).one_or_none()
            if both is not None:
                Deadlines(self.session).remember(matter, both[1])
                return cast("M", both[0])
        return self.of_kind(kind, matter)  # perhaps only its deadlines can't be read

    def submitted(self, kind: type[M], key: str) -> M | None:
        """Return the matter of this kind with this key: the submission of a form, or a month or week. None if there is
        none.
        """
        return self.first_row(kind, kind.key == key)

    def open(self, kind: type[M], *those: ColumnElement[bool]) -> list[M]:
        """Return open matters of a kind, oldest first."""
        return self.rows(kind, kind.state.in_(OPEN), *those, by=(kind.asked_at, kind.id))

    def name_call(self, matter: str, recording: int, place: int = 0) -> None:
        """Add a call to those a matter names."""
        row = {"request_id": matter, "recording_id": recording, "place": place}
        sessions.append_row(self.session, RequestedRecording, row)

    def held_by(self, kind: type[M], person: int, *, waiting: bool | None = None) -> list[M]:
        """Return unfinished matters of a kind that this person began or holds a card of, earliest due first; with
        `waiting`, only those that are waiting for this person, or only the others.
        """
        asked = {one.id for one in self.waiting_for(person, kind)}
        held = (one for one, _ in self.unfinished_of(person) if waiting in (None, one.id in asked))
        mine = [one for one in held if isinstance(one, kind)]
        return sorted(mine, key=lambda one: (one.due_at or one.asked_at, one.id))

    def ids(self, kind: type[Matter], states: Collection[str] = OPEN) -> list[str]:
        """Return the ids of matters of a kind in these states, oldest first."""
        those = select(kind.id).where(kind.state.in_(states))
        return list(self.session.scalars(those.order_by(kind.asked_at, kind.id)))

    def stuck(self) -> list[str]:
        """Return the stuck matters of every kind, oldest first."""
        those = select(Matter.id).where(Matter.state == literal_column("'stuck'"))  # as its index says
        return list(self.session.scalars(those.order_by(Matter.asked_at)))

    def open_but(self, kind: type[Matter]) -> list[Matter]:
        """Return open matters of every kind but this one, oldest first."""
        found = self.rows(Matter, Matter.any_open(), by=(Matter.asked_at, Matter.id))
        return [one for one in found if not isinstance(one, kind)]

    def parties(self, matter: str) -> list[Party]:
        """Return everyone but the requester who holds a copy, in the order in which they were asked."""
        return list(self.session.scalars(_PARTIES, {"matter": matter}))

    def holders(self, *matters: Matter) -> dict[str, list[int]]:
        """Return, by matter, everyone who holds a copy of its card and can be reached.
        People who are only told of the decision join once it is made.
        """
        found = {one.id: [] if one.begun_by is None else [one.begun_by] for one in matters}
        hidden = {one.id: "copy" if one.is_open else "" for one in matters}
        for one in self.values(_OF_SOMEBODY.order_by(Party.since, Party.person_id), Party.matter_id, found):
            if not one.unreachable and one.part != hidden[one.matter_id]:
                found[one.matter_id].append(one.person_id)
        return {matter: list(dict.fromkeys(people)) for matter, people in found.items()}

    def waiting_for(self, person_id: int, kind: type[M]) -> list[M]:
        """Return matters of a kind that are waiting for this person, oldest first; not requests, which may be many and
        are paged.
        """
        asked = (one for one, part in self.unfinished_of(person_id) if part is not None and part.part == "approver")
        return [one for one in asked if isinstance(one, kind) and one.state == "waiting"]

    def unfinished_of(self, person: int) -> list[tuple[Matter, Party | None]]:
        """Return the unfinished matters, except requests, that this person began or has a part in, with that part if
        they can be reached by its card; oldest first. Every room of a home asks, so it is read once.
        """
        return self.once(
            ("unfinished", person),
            lambda: [(one, part) for one, part in self.session.execute(_unfinished_of(), {"person": person})],
        )

    def all_waiting_for(self, person_id: int) -> list[Matter]:
        """Return matters of every kind that wait for this person, oldest first."""
        return list(self.session.scalars(_WAITING_FOR, {"person": person_id}))

    def passed_over(self, person_id: int) -> list[tuple[Party, Matter]]:
        """Return the parties, with their matters, in which this person was asked and couldn't be reached: once they can,
        their cards are brought up to date.
        """
        missed = (Party.person_id == person_id, Party.unreachable != "")
        both = select(Party, Matter).join(Matter, Matter.id == Party.matter_id).where(*missed)
        return [(party, matter) for party, matter in self.session.execute(both.order_by(Matter.id))]

    def missed(self) -> dict[int, str]:
        """Return the people whom the card of an open matter didn't reach, with the platform's word for why."""
        open_ones = (Matter.any_open(), Party.unreachable != "")
        both = select(Party.person_id, Party.unreachable).join(Matter, Matter.id == Party.matter_id)
        return {person: code for person, code in self.session.execute(both.where(*open_ones))}  # noqa: C416  Row is no pair


def standing_matters(session: Session, now: datetime) -> list[str]:
    """Return the ids of matters waiting for a decision, and of those whose calls can be heard at `now` (aware).
    Both lists are always short and have their own index. Query what belongs to them by these ids: for one joined query,
    a database may read everything there ever was.
    """
    waiting = session.scalars(select(Matter.id).where(Matter.any_open()))
    heard = session.scalars(select(Grant.matter_id).where(Grant.ended_at.is_(None), Grant.ends_at > now))
    return sorted({*waiting, *heard})


class Reminder(Record):
    """Something to tell a person about a matter: which `step`, when it happened, and from when they may be told."""

    __tablename__ = "reminders"
    __table_args__ = (columns.partial_index("reminders_untold", "told_at IS NULL", "person_id", "tell_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    matter_id: Mapped[str] = mapped_column(columns.foreign_key("matters.id"), index=True)
    person_id: Mapped[int] = mapped_column(columns.foreign_key("people.id"))
    step: Mapped[str]
    fell_at: Mapped[datetime]
    tell_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(default=None)


class Reminders(Rows):
    """Queries and changes about reminders."""

    def add(self, matter: str, person_id: int, step: str, fell_at: datetime, tell_at: datetime) -> None:
        """Note that a person must be told of a step from `tell_at` on; repeated calls note it once."""
        key = f"{matter}:{step}:{person_id}:{fell_at:%Y%m%d%H%M%S}"
        if self.session.get(Reminder, key) is None:
            row = Reminder(id=key, matter_id=matter, person_id=person_id, step=step, fell_at=fell_at, tell_at=tell_at)
            self.session.add(row)

    def untold(self, person_id: int, now: datetime) -> list[Reminder]:
        """Return what this person may be told of now, in the order in which it happened."""
        those = (Reminder.person_id == person_id, Reminder.told_at.is_(None), Reminder.tell_at <= now)
        return self.rows(Reminder, *those, by=(Reminder.fell_at, Reminder.id))

    def next(self, person_id: int) -> datetime | None:
        """Return when this person may next be told of something; None if nothing is left."""
        those = (Reminder.person_id == person_id, Reminder.told_at.is_(None))
        return self.session.scalar(select(Reminder.tell_at).where(*those).order_by(Reminder.tell_at).limit(1))

    def coming(self, matter: str, step: str) -> list[Reminder]:
        """Return the reminders of a matter's step that weren't sent yet, in order."""
        those = (Reminder.matter_id == matter, Reminder.step == step, Reminder.told_at.is_(None))
        return self.rows(Reminder, *those, by=(Reminder.tell_at, Reminder.id))

    def asks(self, matter: str, person_id: int) -> bool:
        """Return True if a reminder, sent or still to come, is how this person was last asked about a matter: then they
        get no card unasked.
        """
        asked = and_(Party.matter_id == Reminder.matter_id, Party.person_id == Reminder.person_id)
        since_then = or_(Reminder.told_at.is_(None), Reminder.told_at >= Party.since)
        those = (Reminder.matter_id == matter, Reminder.person_id == person_id, Reminder.fell_at <= Party.since)
        return (
            self.session.scalar(select(Reminder.id).join(Party, asked).where(*those, since_then).limit(1)) is not None
        )

    def named(self, ids: Iterable[str]) -> list[Reminder]:
        """Return these reminders, ordered by when they happened."""
        return self.rows(Reminder, Reminder.id.in_(set(ids)), by=(Reminder.fell_at, Reminder.id))


# Put together once, since each card asks.
_LATEST = select(Alarm).where(Alarm.subject == bindparam("subject")).order_by(Alarm.id.desc()).limit(1)


class Alarms(Rows):
    """Queries and changes about alarms."""

    def get(self, row_id: str) -> Alarm:
        """Return one attempt to alert a person; raises `LookupError` if there is none."""
        row = self.session.get(Alarm, row_id)
        if row is None:
            raise LookupError(f"no alarm {row_id}")
        return row

    def latest(self, subject: str) -> Alarm | None:
        """Return the last attempt at the newest alarm about this subject; None if there was none."""
        return self.session.scalars(_LATEST, {"subject": subject}).first()


# Written out, since a partial index serves only queries in its own words; without a type, or SQLite gets `= 1`.
_UNSHOWN: ColumnElement[bool] = literal_column("words_erased_at IS NOT NULL AND NOT erasure_shown")


class ClosedMatter(NamedTuple):
    """A matter that has a key and is closed: since when, and which line's calendar counts for it."""

    matter: str
    at: datetime
    line: str


class MatterKeys(Rows):
    """Queries and changes about the keys of matters.
    `open` holds keys unwrapped in this transaction, by matter: a request is often read several times, and unwrapping is
    slow.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.open: dict[str, bytes] = {}

    def get(self, matter: str) -> Matter | None:
        """Return a matter that has its key; None if it never had one, or if the key was destroyed."""
        with self.session.no_autoflush:
            found = self.session.get(Matter, matter)
        return found if found is not None and found.wrap is not None else None

    def destroy(self, matter: Matter, now: datetime) -> None:
        """Destroy the key, and with it all that it sealed, along with anything that would help to guess it."""
        matter.wrap, matter.words_erased_at = None, now
        self.open.pop(matter.id, None)
        match matter:
            case Request() as request:
                request.sealed, request.fingerprint = None, ""
            case CustomerRequest() as request:
                request.sealed, request.salt, request.same = b"", "", ""
                for letter in self.rows(CustomerLetter, CustomerLetter.matter_id == request.id):
                    letter.sealed, letter.passcode = b"", ""
            case CallReview() as review:
                review.sealed = None
            case _:
                pass

    def closed(self, before: datetime, after: str, most: int) -> list[ClosedMatter]:
        """Return matters that have a key and were closed before a moment, by id after `after`, at most so many."""
        those = (Matter.wrap.is_not(None), Matter.id > after, Matter.closed_at < before)
        moments = select(Matter.id, Matter.closed_at, Matter.line).where(*those).order_by(Matter.id).limit(most)
        return [ClosedMatter(matter, at, line) for matter, at, line in self.session.execute(moments) if at is not None]

    def unshown(self, most: int) -> list[str]:
        """Return matters whose key was destroyed and whose cards do not say so yet."""
        return list(self.session.scalars(select(Matter.id).where(_UNSHOWN).order_by(Matter.id).limit(most)))
