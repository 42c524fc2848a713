"""Marks: the log vouches for every protected row. What a piece of work wrote is marked in the entry that it leaves.

A mark is a keyed BLAKE2b (RFC 7693) of the row. Its key is a salt that is kept in the row and goes with it: nothing can be guessed from
the log afterwards. Beside it an entry has the mark of the row as it was before, as `before>after`, with nothing before a
new row and nothing after a deleted one: so a row that was changed by hand is found even after it was written again.
"""

from __future__ import annotations

import json
import os
from binascii import b2a_base64
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.base import LoaderCallableStatus
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from storage.chain import compact
from storage.columns import Moment, Words, storable_text

if TYPE_CHECKING:
    from sqlalchemy.orm.state import InstanceState

Value = str | int | float | list[str] | None
SALT = "mark_salt"
_UNREAD = LoaderCallableStatus.NO_VALUE
AFTER = ">"
"""Between the mark of a row before an entry and the one after it."""
_canonical = json.JSONEncoder(separators=(",", ":")).encode

UNPROTECTED: Mapping[str, str] = {
    "audit": "its own chain proves it",
    "audit_head": "the chain and the journal prove it",
    "breach_*": "the log never mentions reports (P13); the journal says how often each was written",
    "copies": "which message shows a card: each row bears a seal",
    "operators": "names to search by, collected from protected calls",
    "outbox": "work still to be delivered, claimed and counted with each try; its content bears a seal",
    "reminders": "which reminders are due to go out together",
    "seen": "keys of requests that were answered, kept for a while",
    "unregistered_files": "looked up in the recording system again and again",
}
"""Tables whose rows have no mark, and why."""

_TRIES = "counts and times of attempts"
LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "accounts": {"checked_at": "each look-up changes it", "home_at": "which homes are redrawn"},
    "erasures": {"next_at": "when it is tried next; a call not erased in time is reported as late"},
    "inbox": {"attempts": _TRIES, "code": _TRIES, "due_at": _TRIES, "leased_until": _TRIES},
    "matters": {"revision": "counts how often its cards changed", "erasure_shown": "whether cards were redrawn"},
    "page_looks": {"looked_at": "each look changes it"},
    "people": {"checked_at": "each look-up changes it", "prefers": "which of the person's own accounts comes first"},
    "recordings": {"peaks": "drawn from the audio"},
}
"""Columns that a mark leaves out, and why."""


def new_salt() -> bytes:
    """Return 128 random bits, the key of a new row's mark."""
    return os.urandom(16)


class Marked(MappedAsDataclass, kw_only=True):
    """A table whose rows are marked."""

    mark_salt: Mapped[bytes] = mapped_column(sa.LargeBinary, default_factory=new_salt, init=False, repr=False)


def is_protected(table: sa.Table) -> bool:
    """Return True if the rows of this table are marked."""
    return SALT in table.c


@cache
def marked_columns(table: sa.Table) -> tuple[sa.Column[Any], ...]:
    """Return the columns that go into the mark of a row, sorted by name."""
    left_out = LEFT_OUT.get(table.name, {})
    included = (one for one in table.c if one.name not in {SALT, *left_out})
    return tuple(sorted(included, key=lambda one: one.name))


def mark_of_row(salt: bytes, row: Mapping[str, Value]) -> str:
    """Return the mark of a row by its columns, sorted by name and without empty ones."""
    key = salt[:64] if isinstance(salt, bytes) else b""  # a SQLite file accepts any value put there by hand
    keyed = blake2b(_canonical(row).encode(), key=key, digest_size=24)
    return b2a_base64(keyed.digest(), newline=False).decode()


def row_key(table: sa.Table, row: Mapping[str, Value]) -> str:
    """Return how the log names a row."""
    key = [str(row.get(name, "")) for name in _key_names(table)]
    if len(key) > 1:
        key = [one.replace("%", "%25").replace("/", "%2F") for one in key]
    return "/".join([table.name, *key])


@cache
def _key_names(table: sa.Table) -> tuple[str, ...]:
    return tuple(one.name for one in table.primary_key)


def _moment_text(value: datetime) -> str:
    """Return a moment as a SQLite file holds it: in UTC, without the offset at its end."""
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _text_value(value: str) -> str:
    """Return text as it is stored; plain ASCII is stored unchanged, which saves a call."""
    return value if value.isascii() and "\0" not in value else storable_text(value)


def _bytes_value(value: bytes) -> list[str]:
    """Return bytes as JSON can hold them; in a list, so that no text has the same mark."""
    return [bytes(value).hex()]


_WRITTEN: tuple[tuple[tuple[type, ...], Callable[[Any], Value]], ...] = (
    ((Moment,), _moment_text), ((Words, sa.String), _text_value), ((sa.LargeBinary,), _bytes_value), ((sa.Boolean,), int), ((sa.Float,), float),
    ((sa.Date,), date.isoformat), ((sa.JSON,), compact),
)  # fmt: skip


def written_as(column: sa.Column[Any]) -> Callable[[Any], Value] | None:
    """Return the function that turns a value of this column into what a SQLite file holds; None if that is the value
    itself.
    """
    return next((write for types, write in _WRITTEN if isinstance(column.type, types)), None)


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """How the rows of one table are marked: each column's name, the attribute that holds it, and what writes it.

    `salt` is the attribute with the salt, and `held` are all these attributes.
    """

    table: sa.Table
    columns: tuple[tuple[str, str, Callable[[Any], Value] | None], ...]
    salt: str
    held: frozenset[str]


def _make_plan(table: sa.Table, attribute: Callable[[sa.Column[Any]], str], held: Container[object]) -> _Plan:
    """Make the plan of a table; `held` are the columns that rows of this class use, since the others are always empty."""
    columns = tuple((one.name, attribute(one), written_as(one)) for one in marked_columns(table) if one in held)
    salt = attribute(table.c[SALT])
    return _Plan(table, columns, salt, frozenset([salt, *(name for _, name, _ in columns)]))


@cache
def _plans_of(kind: type[DeclarativeBase]) -> tuple[_Plan, ...]:
    """Return the protected tables of a class."""
    mapper = kind.__mapper__
    tables = (one for one in cast("list[sa.Table]", mapper.tables) if is_protected(one))
    held = {column for one in mapper.column_attrs for column in one.columns}
    return tuple(_make_plan(one, lambda column: mapper.get_property_by_column(column).key, held) for one in tables)


@cache
def _plan_of_rows(kind: type[DeclarativeBase]) -> _Plan | None:
    """Make the plan for plain rows, whose names are their columns'."""
    table = cast("sa.Table", kind.__table__)
    return _make_plan(table, lambda column: column.name, table.columns.values()) if is_protected(table) else None


@dataclass(slots=True)
class _Touched:
    """An object whose rows were written, held here because the session forgets objects that no one holds.
    `loaded` is what it held before; None if it is new.
    """

    one: DeclarativeBase
    plans: set[_Plan]
    loaded: Mapping[str, Any] | None
    gone: bool = False


class Marking:
    """What the piece of work under way wrote of protected rows, in one session, until its entry takes the marks.

    `_bag` has the mark before and after of each row, by key, for the next entry, and `_last` the marks that earlier work
    in this session left. `_touched` are objects that are still to be marked, and `_told` what each held when it was.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._bag: dict[str, tuple[str | None, str | None]] = {}
        self._last: dict[str, str | None] = {}
        self._touched: dict[InstanceState[Any], _Touched] = {}
        self._told: dict[InstanceState[Any], dict[str, Any]] = {}

    def add_row(self, kind: type[DeclarativeBase], row: dict[str, Any]) -> None:
        """Give a plain row its salt and note its mark, unless the database assigns its key."""
        plan = _plan_of_rows(kind)
        if plan is None:
            return
        row.setdefault(SALT, new_salt())
        if plan.held <= row.keys():
            key, mark = _key_and_mark(plan, row)
            self._put(key, mark)

    def add_gone(self, key: str, mark: str) -> None:
        """Note that a row was deleted without becoming an object; `mark` is the one that it had."""
        self._last.setdefault(key, mark)
        self._put(key, None)

    def note(self) -> None:
        """Note the objects that are about to be flushed."""
        one: DeclarativeBase
        for one in self.session.new:
            self._touch(one, _plans_of(type(one)))
        for one in self.session.dirty:
            self._touch(one, _changed_tables(one))
        for one in self.session.deleted:
            self._touch(one, _plans_of(type(one)), gone=True)

    def has_unlogged_writes(self) -> bool:
        """Return True if something was written that no entry vouches for yet."""
        self.note()
        return bool(self._bag or self._touched)

    def take(self) -> dict[str, str]:
        """Return the marks of what was written since the last time, for the entry that vouches for it."""
        self.note()
        if any(map(_is_unnumbered, self._touched)):
            self.session.flush()
        # Deleted rows first, since another row may have taken their place.
        for state, touched in sorted(self._touched.items(), key=lambda one: not one[1].gone):
            for plan in touched.plans:
                values = _current_values(plan, state, touched.one)
                row, loaded = _row_values(plan, values), touched.loaded
                key = row_key(plan.table, row)
                if key not in self._bag and key not in self._last and loaded is not None:
                    self._last[key] = _mark_before(plan, values, row, loaded)
                self._put(key, None if touched.gone else mark_of_row(values[plan.salt], row))
            self._told[state] = dict(state.dict)
        found, self._bag, self._touched = self._bag, {}, {}
        self._last.update((key, after) for key, (_, after) in found.items())
        return {
            key: f"{before}{AFTER}{after or ''}" if before else after or "" for key, (before, after) in found.items()
        }

    def _put(self, key: str, after: str | None) -> None:
        """Note a row's new mark; its mark before is what earlier work left."""
        self._bag[key] = self._bag[key][0] if key in self._bag else self._last.get(key), after

    def _touch(self, one: DeclarativeBase, plans: Iterable[_Plan], *, gone: bool = False) -> None:
        """Note an object that was changed or deleted, and what it held before."""
        state = instance_state(one)
        # What earlier work in this commit marked may not be flushed yet, but this work has nothing to do with it.
        if plans and (gone or self._told.get(state) != state.dict):
            touched = self._touched.get(state)
            if touched is None:
                loaded = self._loaded(state) if state.key is not None else None
                touched = self._touched[state] = _Touched(one, set(), loaded)
            touched.plans.update(plans)
            touched.gone = gone

    def _loaded(self, state: InstanceState[Any]) -> dict[str, Any]:
        """Return what an object held when it was loaded; values that were overwritten unread are read now."""
        loaded = {**state.dict, **state.committed_state}
        if any(value is _UNREAD for value in state.committed_state.values()):
            names = [name for name, value in loaded.items() if value is _UNREAD]
            key = zip(state.mapper.primary_key, state.identity or (), strict=True)
            query = sa.select(*(state.mapper.class_manager[name] for name in names)).where(
                *(one == value for one, value in key)
            )
            with self.session.no_autoflush:
                loaded.update(zip(names, self.session.execute(query).one(), strict=True))
        return loaded


def _current_values(plan: _Plan, state: InstanceState[Any], one: DeclarativeBase) -> Mapping[str, Any]:
    """Return what the object holds, reading what isn't loaded."""
    if all(attribute in state.dict for _, attribute, _ in plan.columns):
        return state.dict
    return {name: getattr(one, name) for name in (plan.salt, *(attribute for _, attribute, _ in plan.columns))}


def _key_and_mark(plan: _Plan, values: Mapping[str, Any]) -> tuple[str, str]:
    """Return how the log names a row, and its mark, from the values of its attributes."""
    row, salt = _row_values(plan, values), values[plan.salt]
    return row_key(plan.table, row), mark_of_row(salt, row)


def _row_values(plan: _Plan, values: Mapping[str, Any]) -> dict[str, Value]:
    """Return a row's values as they go into its mark, without empty ones."""
    return {
        name: value if write is None else write(value)
        for name, attribute, write in plan.columns
        if (value := values[attribute]) is not None
    }


def _mark_before(plan: _Plan, values: Mapping[str, Any], row: Mapping[str, Value], loaded: Mapping[str, Any]) -> str:
    """Return the mark of a row as it was `loaded`. Where its object still holds the same, in `values`, what is written of
    that is taken from `row`.
    """
    before = {
        name: row[name] if value is values[attribute] else value if write is None else write(value)
        for name, attribute, write in plan.columns
        if (value := loaded.get(attribute, values[attribute])) is not None
    }
    return mark_of_row(loaded.get(plan.salt, values[plan.salt]), before)


def _changed_tables(one: DeclarativeBase) -> list[_Plan]:
    """Return the tables in which a dirty object differs from its row, as far as the mark covers it."""
    state = instance_state(one)
    names = {name for name, before in state.committed_state.items() if state.dict.get(name) != before}
    return [plan for plan in _plans_of(type(one)) if names and not names.isdisjoint(plan.held)]


def _is_unnumbered(state: InstanceState[Any]) -> bool:
    """Return True for a new object whose key the database assigns when it is flushed."""
    return state.key is None and any(state.dict.get(one.name) is None for one in state.mapper.primary_key)


class Row(NamedTuple):
    """A row by its key, with the mark that follows from what it holds."""

    key: str
    mark: str


def row_of(table: sa.Table, values: Sequence[Any]) -> Row:
    """Return a row's key and mark, from the raw values of its columns, its salt last."""
    salt = values[-1]
    row = {
        name: [one.hex()] if isinstance(one, bytes) else one
        for name, one in zip(_column_names(table), values, strict=False)
        if one is not None
    }
    return Row(row_key(table, row), mark_of_row(salt, row))


@cache
def _column_names(table: sa.Table) -> tuple[str, ...]:
    return tuple(one.name for one in marked_columns(table))


def raw_columns(table: sa.Table, file: bool) -> list[ColumnElement[Any]]:  # noqa: FBT001  a file or a server
    """Return the columns of a table as a mark has them, and its salt."""
    raw = _as_stored if file else _as_sqlite_stores_it
    return [raw(one) for one in (*marked_columns(table), table.c[SALT])]


def is_file(session: Session) -> bool:
    """Return True for a SQLite file, False for a server."""
    return session.connection().dialect.name == "sqlite"


def _as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column that is read as the driver gives it, without its type's conversion."""
    return sa.type_coerce(column, NullType())


def _as_sqlite_stores_it(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the SQL for a server's value as a SQLite file would hold it."""
    kind = column.type
    if isinstance(kind, Moment | sa.Date):
        at = sa.func.timezone("UTC", column) if isinstance(kind, Moment) else column
        text = sa.func.to_char(at, "YYYY-MM-DD HH24:MI:SS.USBC" if isinstance(kind, Moment) else "YYYY-MM-DDBC")
        return sa.func.coalesce(sa.func.replace(text, "AD", ""), sa.cast(column, sa.Text))
    if isinstance(kind, sa.JSON):
        return sa.cast(sa.type_coerce(column, sa.JSON()), sa.Text)
    return sa.cast(column, sa.Integer) if isinstance(kind, sa.Boolean) else _as_stored(column)


@contextmanager
def reading_raw_text(session: Session) -> Iterator[None]:
    """Let text be read even if a file holds invalid bytes, which become lone surrogates."""
    if not is_file(session):
        yield
        return
    driver: Any = session.connection().connection.dbapi_connection
    before, driver.text_factory = driver.text_factory, lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before
