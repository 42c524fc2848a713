"""Fields of a matter that only its kind has: they are kept in `matters.body`, and read and written like columns.

    class Hold(Matter):
        case_name: str = in_body()

A field holds what its annotation says: text, a number, yes or no, a list, an object, or an aware moment, which is kept in
UTC. What a field holds is replaced, never changed in place. No query looks into a body: what is searched for is a column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Any, get_args, get_type_hints

from storage.columns import whole


class InBody:
    """One such field."""

    name: str
    owner: type

    def __init__(self, default: Any, default_factory: Callable[[], Any] | None) -> None:
        self.default, self.default_factory = default, default_factory

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, one: Any, owner: type | None = None) -> Any:
        if one is not None:
            value = one.body[self.name]
            return datetime.fromisoformat(value) if value is not None and _is_moment(self.owner, self.name) else value
        if self.default is MISSING and self.default_factory is None:
            raise AttributeError(self.name)  # by this a dataclass knows that it has to be given
        return self

    def __set__(self, one: Any, value: Any) -> None:
        if value is self:
            value = self.default if self.default_factory is None else self.default_factory()
        one.body = {**one.body, self.name: _written(value)}


def in_body(*, default: Any = MISSING, default_factory: Callable[[], Any] | None = None) -> Any:
    """A field of its kind alone; see above."""
    return InBody(default, default_factory)


def is_sound(kind: type, body: Mapping[str, Any]) -> bool:
    """Whether a body holds just the fields of its kind, each with what it may hold."""
    fields = _fields(kind)
    return body.keys() == fields.keys() and all(_fits(body[name], types) for name, types in fields.items())


@cache
def _fields(kind: type) -> Mapping[str, tuple[type, ...]]:
    hints = get_type_hints(kind)
    names = (name for one in kind.__mro__ for name, field in vars(one).items() if isinstance(field, InBody))
    return {name: _types(hints[name]) for name in names}


def _types(hint: Any) -> tuple[type, ...]:
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(getattr(one, "__origin__", one) for one in parts)


@cache
def _is_moment(kind: type, name: str) -> bool:
    return datetime in _fields(kind)[name]


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be stored")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return whole(value) if isinstance(value, str) else value


def _fits(value: Any, types: tuple[type, ...]) -> bool:
    if datetime in types and isinstance(value, str):
        try:
            return datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False
    return type(value) in types
