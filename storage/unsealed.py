"""What an earlier version kept in words, until it is sealed: nothing is ever put here but by an upgrade."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.tables.keys import UnsealedRemark, UnsealedWords


class Unsealed:
    """Queries and changes about words that wait to be sealed, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def some(self, most: int) -> list[UnsealedWords]:
        """What was kept of so many requests."""
        return list(self.session.scalars(select(UnsealedWords).order_by(UnsealedWords.matter_id).limit(most)))

    def remarks(self, matters: Collection[str]) -> Mapping[str, dict[str, str]]:
        """The words of their remarks: by the remark's id, by request."""
        found: dict[str, dict[str, str]] = {one: {} for one in matters}
        for row in self.session.scalars(select(UnsealedRemark).where(UnsealedRemark.matter_id.in_(matters))):
            found[row.matter_id][row.id] = row.words
        return found

    def forget(self, matters: Collection[str]) -> None:
        """These are sealed now."""
        for kind in (UnsealedRemark, UnsealedWords):
            self.session.execute(delete(kind).where(kind.matter_id.in_(matters)))
