"""What work is run in: a session that also takes plain rows, on a server or in a file."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pkgutil import resolve_name
from typing import Any, NamedTuple, Protocol, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import delete
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from storage.marks import SALT, Marking, is_file, raw_columns, reading_raw_text, row_of
from storage.records import Copy, Outgoing, Record

T = TypeVar("T")
OF_A_VALUE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError, RecursionError)
"""Errors that an unexpected value in a row can cause; an absent database or a refusal raises others."""
LEFT_OUT = "left_out"
"""Key in a session's `info` for the function to call with the name of a part that couldn't be drawn.
It holds None while a page is drawn for the first time.
"""
ENTRY = 12
"""Characters of an effect's id that are the number of the entry that left it."""
ONLY_READS = "only_reads"
"""Key in the `info` of a session that only reads."""


class BulkSession(Session):
    """A session that also takes plain rows: all rows of a kind are inserted at once, before anything else is read or
    written.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rows: dict[type[Record], list[dict[str, Any]]] = {}
        self.marking = Marking(self)

    def append(self, kind: type[Record], row: dict[str, Any]) -> None:
        """Store a row without making an object of it."""
        whole = {**_column_defaults(kind), **row}
        self.marking.add_row(kind, whole)
        self._rows.setdefault(kind, []).append(whole)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Insert the plain rows so far, then flush as any session does; what is written is noted for its marks before."""
        if not self._is_clean():
            self.marking.note()
        if self._rows:
            rows, self._rows = self._rows, {}
            connection = self.connection()
            for kind, those in rows.items():
                connection.execute(_insert_into(kind, connection.dialect.name), those)
        super().flush()


def append_row(session: Session, kind: type[Record], row: dict[str, Any]) -> None:
    """Store a row without making it an object of this session, which is far cheaper."""
    cast("BulkSession", session).append(kind, row)


def delete_rows(session: Session, kind: type[Record], *those: sa.ColumnElement[bool]) -> int:
    """Delete protected rows, even invalid ones, without making objects of them; return how many."""
    table = cast("sa.Table", kind.__table__)
    with reading_raw_text(session):
        gone = session.execute(delete(kind).where(*those).returning(*raw_columns(table, is_file(session)))).all()
    for one in gone:
        cast("BulkSession", session).marking.add_gone(*row_of(table, one))
    return len(gone)


def append_new(session: Session, kind: type[Record], given: Mapping[str, Any]) -> None:
    """Store a row with what is `given`; its other columns have their defaults."""
    append_row(session, kind, {name: given[name] for name in _column_names(kind) & given.keys()})


def append_record(session: Session, record: Record) -> None:
    """Store a record of no session as plain rows of its tables, which is far cheaper than adding it to this session."""
    for kind in _tables_of(type(record)):
        append_new(session, kind, vars(record))  # only what was given; to read each attribute costs many times as much


@cache
def _tables_of(kind: type[Record]) -> tuple[type[Record], ...]:
    """Return the classes with a table of their own that a record's class consists of, the parent first."""
    return tuple(one for one in reversed(kind.__mro__) if issubclass(one, Record) and "__tablename__" in vars(one))


@cache
def _column_names(kind: type[Record]) -> frozenset[str]:
    """Return the names of the columns of a table but the salt, which `Marking.add_row` makes."""
    return frozenset(one.key for one in kind.__table__.columns) - {SALT}


@cache
def _column_defaults(kind: type[Record]) -> Mapping[str, Any]:
    """Return the fixed default of each column; those that the database or the row itself determines are left out."""
    columns = (one for one in kind.__table__.columns if one.nullable or getattr(one.default, "is_scalar", False))
    return {one.key: _scalar_default(one.default) for one in columns}


def _scalar_default(default: object) -> Any:
    """Return a column's default if it is a fixed value; None for any other, or none."""
    return default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None


@cache
def _insert_into(kind: type[Record], dialect: str) -> sa.Insert:
    """Return the statement that inserts rows of a kind, which is a special one for effects and copies."""
    table, special = cast("sa.Table", kind.__table__), {Outgoing: _queue, Copy: _replace_copy}.get(kind)
    return (
        sa.insert(table) if special is None else special(table, resolve_name(f"sqlalchemy.dialects.{dialect}:insert"))
    )


def _replace_copy(table: sa.Table, made: Callable[..., Any]) -> sa.Insert:
    """Return the statement that notes which message shows a card, unless one with a later revision is known."""
    new = made(table)
    later = {"where": table.c.revision <= new.excluded.revision, "set_": dict(new.excluded)}
    return cast("sa.Insert", new.on_conflict_do_update(index_elements=[*table.primary_key], **later))


def _queue(table: sa.Table, made: Callable[..., Any]) -> sa.Insert:
    """Return the statement that queues an effect at the end of its lane, unless there is one with the same `once`."""
    given = {one.name: sa.bindparam(one.name, type_=one.type) for one in table.c if one.name != "turn"}
    ahead = sa.exists().where(
        given["lane"] != "",
        table.c.state == sa.literal_column("'queued'"),
        table.c.person_id == given["person_id"],
        table.c.lane == given["lane"],
    )
    came_along = sa.and_(
        given["kind"] == "tell", sa.func.substr(table.c.id, 1, ENTRY) == sa.func.substr(given["id"], 1, ENTRY)
    )
    # It is leased to the process that queues it, if nothing but messages of the same entry, leased as well, is ahead.
    leased = sa.and_(given["leased_until"].is_not(None), ~ahead.where(~came_along))
    values = given | {
        "turn": sa.case((ahead, "behind"), else_="next"),
        "leased_until": sa.case((leased, given["leased_until"])),
        "attempts": sa.case((leased, 1), else_=0),
    }
    row = sa.select(*values.values()).where(
        sa.true()
    )  # without it, SQLite takes the ON that follows for that of a join
    return cast("sa.Insert", made(table).from_select([*values], row).on_conflict_do_nothing())


class Forgotten(NamedTuple):
    """The result of removing overwritten data.

    `rewritten`: the file holds no copies of it any more, but a log may. `why` says in a word what was in the way, or is
    empty: `large` (it waits until few people work), `room`, `full` (the room ran out), `used` (another process still
    reads or writes it).
    """

    rewritten: bool
    why: str = ""


class Sessions(Protocol):
    """What `Database` needs from sessions.

    `engine` is the plain one below all sessions. A read sees the data of one moment. `within` is in seconds, for reads
    that may take longer than others. `examine` checks that all of it can be read (with `whole`, each page) and raises
    what is wrong. `hang_up` stops waiting for a server that doesn't answer.
    """

    engine: Engine

    async def write(self, work: Callable[[Session], T]) -> T: ...
    async def read(self, work: Callable[[Session], T], within: float | None = None) -> T: ...
    async def examine(self, *, whole: bool) -> None: ...
    async def forget(self, *, calm: bool) -> Forgotten: ...
    def hang_up(self) -> None: ...
    async def close(self) -> None: ...
