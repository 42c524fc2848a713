"""What columns hold and how they refer: moments in UTC, text that every database takes, keys and indexes."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from datetime import UTC, datetime
from functools import cache
from secrets import token_hex
from types import UnionType
from typing import Any, get_args, get_type_hints

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, String, Text, TypeDecorator
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.roles import DDLConstraintColumnRole
from sqlalchemy.types import TypeEngine


def foreign_key(column: str) -> ForeignKey:
    """Return a foreign key that is checked at commit: rows of one transaction may be written in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


def partial_index(name: str, these: str, *columns: str | DDLConstraintColumnRole, unique: bool = False) -> Index:
    """Return an index over the rows for which the SQL in `these` is true: its cost doesn't depend on how many others
    there are.
    """
    return Index(name, *columns, unique=unique, info={"where": these})


@compiles(CreateIndex)
def _write_index(create: CreateIndex, compiler: Any, **kw: Any) -> str:
    """Add the condition of a `partial_index`. As an option of each dialect, it would import PostgreSQL's at every start."""
    written, where = compiler.visit_create_index(create, **kw), create.element.info.get("where")
    return f"{written} WHERE {where}" if where else f"{written}"


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused at the border.

    SQLAlchemy calls its methods with each value on its way into the database and out of it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def folder_of(native_id: str) -> str:
    """Return the folder in which a call is kept in its recording system; empty if it is in none."""
    return native_id.rpartition("/")[0]


def folder_of_row(context: DefaultExecutionContext) -> str:
    """Return the folder of a row that is just being stored; SQLAlchemy asks for it as the column's default."""
    return folder_of(context.get_current_parameters()["native_id"])  # type: ignore[no-untyped-call]


def storable_text(text: str) -> str:
    """Return text that every database accepts: NUL and lone surrogates become U+FFFD."""
    if text.isascii():
        return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", "\N{REPLACEMENT CHARACTER}")


class Words(TypeDecorator[str]):
    """Text; NUL and lone surrogates are replaced in each value that SQLAlchemy is about to store."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else storable_text(value)


class Bytewise(Words):
    """Text that is compared byte by byte, in any locale of the server."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(collation=collation))


class LongWords(Words):
    """Text of any length; NUL and lone surrogates are replaced before it is stored."""

    impl = Text
    cache_ok = True


class Values(JSON):
    """JSON of one shape, an object or a list; None is stored as NULL."""

    def __init__(self, shape: type[dict[str, Any] | list[Any]]) -> None:
        super().__init__(none_as_null=True)
        self.shape = shape

    @property
    def python_type(self) -> type[Any]:
        return self.shape


def new_salt() -> str:
    """Return 128 random bits, as text, so that a mark shown in a chat can't be guessed at."""
    return token_hex(16)


class InBody:
    """A field of a matter that is kept in the matter's JSON `body` instead of a column."""

    name: str
    owner: type

    def __init__(self, default: Any, default_factory: Callable[[], Any] | None) -> None:
        self.default, self.default_factory = default, default_factory

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, one: Any, owner: type | None = None) -> Any:
        """Return the value from a matter's body, a moment as such; asked of the class, the field itself."""
        if one is not None:
            value = one.body.get(self.name) if self.default is None else one.body[self.name]
            return datetime.fromisoformat(value) if value is not None and _is_moment(self.owner, self.name) else value
        if self.default is MISSING and self.default_factory is None:
            raise AttributeError(self.name)  # tells a dataclass that the field has no default
        return self

    def __set__(self, one: Any, value: Any) -> None:
        """Put a value into a matter's body, as a new dictionary, so that SQLAlchemy sees the change."""
        if value is self:  # what a dataclass passes for a field that wasn't given
            value = self.default if self.default_factory is None else self.default_factory()
        one.body = {**one.body, self.name: _body_value(value)}


def in_body(*, default: Any = MISSING, default_factory: Callable[[], Any] | None = None) -> Any:
    """Return a field that only one kind of matter has; it is kept in the matter's `body`.
    One that is added after a release must allow None, which it is in rows from before.
    """
    return InBody(default, default_factory)


def is_sound(kind: type, body: Mapping[str, Any]) -> bool:
    """Return True if a body has exactly the fields of its kind, each with a value of the right type.
    A field that may be None may be missing: the row may be older than the field.
    """
    fields = _body_fields(kind)
    return body.keys() <= fields.keys() and all(_is_of_type(body.get(name), types) for name, types in fields.items())


@cache
def _body_fields(kind: type) -> Mapping[str, tuple[type, ...]]:
    """Return the fields in the body of a kind of matter, by name, each with the types that it may have."""
    hints = get_type_hints(kind)
    names = (name for one in kind.__mro__ for name, field in vars(one).items() if isinstance(field, InBody))
    return {name: _hint_types(hints[name]) for name in names}


def _hint_types(hint: Any) -> tuple[type, ...]:
    """Return the types that an annotation allows, such as `str` and `None`; of `list[str]` only `list`."""
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(getattr(one, "__origin__", one) for one in parts)


@cache
def _is_moment(kind: type, name: str) -> bool:
    """Return True if a field in the body is a moment, which JSON holds as text."""
    return datetime in _body_fields(kind)[name]


def _body_value(value: Any) -> Any:
    """Return a value as JSON holds it; raises `ValueError` for a moment without a time zone."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be stored")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return storable_text(value) if isinstance(value, str) else value


def _is_of_type(value: Any, types: tuple[type, ...]) -> bool:
    """Return True if a value of a body has one of these types; a moment is text with a time zone."""
    if datetime in types and isinstance(value, str):
        try:
            return datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False
    return type(value) in types
