"""A part of a list, as a query reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Page:
    """At most so many rows (None: all), after those that are skipped."""

    most: int | None = None
    skip: int = 0

    def of(self, query: Q) -> Q:
        """The query for this part."""
        return query.limit(self.most).offset(self.skip) if self.most is not None else query


ALL = Page()
