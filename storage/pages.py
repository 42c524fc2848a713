"""A part of a list: of rows, as a query reads it, and of names, as many as one question takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select

Name = TypeVar("Name", int, str)
Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])

AT_ONCE = 500
"""Ids or names in one question."""


@dataclass(frozen=True, slots=True)
class Page:
    """At most so many rows (None: all), after those that are skipped."""

    most: int | None = None
    skip: int = 0

    def of(self, query: Q) -> Q:
        """The query for this part."""
        return query.limit(self.most).offset(self.skip) if self.most is not None else query


ALL = Page()


def pages(names: Iterable[Name]) -> Iterator[list[Name]]:
    """These, so many at once as one question takes."""
    left = iter(names)
    while some := list(islice(left, AT_ONCE)):
        yield some
