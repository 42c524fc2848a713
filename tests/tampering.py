"""An intruder who changes the database behind the bot's back, and a house with rows in every protected table."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from storage.audit import Entry
from storage.chain import compact
from storage.columns import Moment, Values, Words, _body_fields
from storage.database.store import Database, Store
from storage.marks import SALT, is_protected, marked_columns
from storage.records import Record
from tests.moments import NOW

ROWS = 3
"""How many rows each table gets: one to change, and others to leave alone."""


def protected() -> list[sa.Table]:
    """Return the tables whose rows are marked."""
    return [one for one in Record.metadata.sorted_tables if is_protected(one)]


async def furnish(database: Database) -> None:
    """Put rows into every protected table, with the entry that vouches for them."""
    await database.write(_furnished)


def _furnished(store: Store) -> None:
    kinds = [one.class_ for one in Record.registry.mappers if is_protected(one.local_table)]  # type: ignore[arg-type]
    order = {one.name: place for place, one in enumerate(Record.metadata.sorted_tables)}
    kinds.sort(key=lambda one: order[one.__table__.name])
    for kind in kinds:
        if kind.__mapper__.polymorphic_on is not None and kind.__mapper__.polymorphic_identity is None:
            continue  # only its kinds have rows
        for number in range(1, ROWS + 1):
            store.session.add(_row(kind, number))
        store.session.flush()
    store.audit.append(Entry("command", "test.seed", "house"), NOW)


def _row(kind: type[Any], number: int) -> Any:
    mapper, given = kind.__mapper__, {}
    synonyms = {name: one.name for name, one in mapper.synonyms.items()}
    name_of_row = NAMES.get(mapper.polymorphic_identity, mapper.polymorphic_identity) or mapper.local_table.name
    for field in (one for one in fields(kind) if one.init):
        column = mapper.columns.get(synonyms.get(field.name, field.name))
        if column is not None:
            given[field.name] = _value(column, name_of_row, number)
        elif field.default is MISSING:
            given[field.name] = {str: f"{field.name}-{number}", int: number, list: [number], datetime: NOW}.get(
                _body_fields(cast("Hashable", kind))[field.name][0], {"number": number}
            )
    return kind(**given)


def _value(column: sa.Column[Any], name: str, number: int) -> Any:
    for reference in column.foreign_keys:
        if not (column.primary_key and column.name == "id"):  # else a kind's own
            return _value(reference.column, NAMES.get(reference.column.table.name, reference.column.table.name), number)
    match column.type:
        case Moment():
            return NOW + timedelta(minutes=number)
        case sa.Date():
            return NOW.date() + timedelta(days=number)
        case sa.Boolean():
            return False
        case sa.Integer() | sa.Float():
            return number
        case sa.LargeBinary():
            return b"sealed %d" % number
        case Values(shape=shape):
            return [number] if shape is list else {"number": number}
    return f"{name}-{number}"


NAMES = {"access": "requests", "hold": "holds", "matters": "requests"}
"""How the ids of a kind's rows begin; whatever belongs to a matter belongs to a request."""


class Edit(NamedTuple):
    """A column of one row: where the row is, what is there, and what to put there instead."""

    table: sa.Table
    key: dict[str, Any]
    name: str
    before: Any
    after: Any

    def made(self) -> sa.Executable:
        return self._set(self.key, self.after)

    def undone(self) -> sa.Executable:
        return self._set({**self.key, **({self.name: self.after} if self.name in self.key else {})}, self.before)

    def _set(self, key: dict[str, Any], value: Any) -> sa.Executable:
        where = (self.table.c[name] == one for name, one in key.items())
        return sa.update(self.table).where(*where).values({self.name: value})

    @property
    def row(self) -> str:
        return "/".join([self.table.name, *map(str, self.key.values())]) + " "


def edits(rows: dict[str, list[dict[str, Any]]]) -> Iterator[list[Edit]]:
    """Yield every column of every table, in turns over the tables; always of the first row."""
    widest = max(len(marked_columns(one)) + 1 for one in protected())
    for place in range(widest):
        found = []
        for table in protected():
            columns = [*marked_columns(table), table.c[SALT]]
            if rows[table.name] and place < len(columns):
                row, name = rows[table.name][0], columns[place].name
                key = {one.name: row[one.name] for one in table.primary_key}
                found.append(Edit(table, key, name, row[name], other(row[name], columns[place])))
        yield found


def other(value: object, column: sa.Column[Any]) -> Any:
    """Return another value that might be there."""
    match value:
        case None:
            if isinstance(column.type, Words):
                return "x"
            return {Moment: NOW, sa.Date: NOW.date(), sa.LargeBinary: b"x"}.get(type(column.type), 1)
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case bytes():
            return value + b"x"
        case bool():
            return not value
        case int() | float():
            return value + 1000
        case str():
            return value + "x"
    return {"other": 1}


Change = tuple[list[sa.Executable], list[sa.Executable]]
"""What is done, and what undoes it."""


def deleted(table: sa.Table, first: dict[str, Any], _second: dict[str, Any]) -> Change:
    """Remove a row."""
    return [sa.delete(table).where(*_same(table, first))], [sa.insert(table).values(first)]


def put_in(table: sa.Table, _first: dict[str, Any], _second: dict[str, Any]) -> Change:
    """Add a row."""
    row = {one.name: _value(one, NAMES.get(table.name, table.name), 99) for one in table.c}
    return [sa.insert(table).values(row)], [sa.delete(table).where(*_same(table, row))]


def exchanged(table: sa.Table, first: dict[str, Any], second: dict[str, Any]) -> Change:
    """Swap the contents of two rows, salts included."""
    fixed = {one.name for key in (table.primary_key, *_unique(table)) for one in key.columns}
    told = [{name: value for name, value in one.items() if name not in fixed} for one in (first, second)]

    def write(values: Iterable[dict[str, Any]]) -> list[sa.Executable]:
        pairs = zip((first, second), values, strict=True)
        return [sa.update(table).where(*_same(table, row)).values(new) for row, new in pairs]

    return write(reversed(told)), write(told)


def _same(table: sa.Table, row: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    return [one == row[one.name] for one in table.primary_key]


def _unique(table: sa.Table) -> list[Any]:
    constraints = (one for one in table.constraints if isinstance(one, sa.UniqueConstraint))
    return [*constraints, *(one for one in table.indexes if one.unique)]


async def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the protected tables."""

    def read(store: Store) -> dict[str, list[dict[str, Any]]]:
        ask = store.session.connection().execute
        return {
            one.name: [dict(row._mapping) for row in ask(sa.select(one).order_by(*one.primary_key))]
            for one in protected()
        }

    return await database.read(read)


async def tamper(database: Database, *statements: sa.Executable) -> None:
    """Change rows behind the program's back, whatever refers to them."""
    if database.is_sqlite:
        engine = sa.create_engine(database.engine.url.set(drivername="sqlite"), json_serializer=compact)
        with engine.begin() as connection:
            for one in statements:
                connection.execute(one)
        engine.dispose()
        return
    async with database.engine.begin() as server:
        await server.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for one in statements:
            await server.execute(one)


def named(faults: Iterable[str], row: str) -> bool:
    """Return True if one of the findings is about this row."""
    return any(one.startswith(f"row {row}") for one in faults)
