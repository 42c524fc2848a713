"""The wrapped keys of matters."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from storage.records import Matter, Request
from storage.rows import Rows
from storage.tables.customers import CustomerLetter, CustomerRequest
from storage.tables.reviews import CallReview

# Written out, since a partial index serves only whoever says its own words; of no type, else SQLite is told `= 1`.
_UNSHOWN: ColumnElement[bool] = literal_column("words_erased_at IS NOT NULL AND NOT erasure_shown")


class Closed(NamedTuple):
    """A matter that has a key and is closed: since when, and which line's calendar counts for it."""

    matter: str
    at: datetime
    line: str


class MatterKeys(Rows):
    """Queries and changes about the keys of matters.

    `open` holds those that were unwrapped in it, by matter: a request is often read several times, and a key is dear to unwrap.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.open: dict[str, bytes] = {}

    def get(self, matter: str) -> Matter | None:
        """A matter that has its key; None where it never had one, or where it was destroyed."""
        with self.session.no_autoflush:
            found = self.session.get(Matter, matter)
        return found if found is not None and found.wrap is not None else None

    def destroy(self, matter: Matter, now: datetime) -> None:
        """The key goes, and with it all that it sealed, and whatever would let somebody try out what that was."""
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

    def closed(self, before: datetime, after: str, most: int) -> list[Closed]:
        """Matters that have a key and were closed before a moment, so many at a time; the next come `after` the last."""
        those = (Matter.wrap.is_not(None), Matter.id > after, Matter.closed_at < before)
        moments = select(Matter.id, Matter.closed_at, Matter.line).where(*those).order_by(Matter.id).limit(most)
        return [Closed(matter, at, line) for matter, at, line in self.session.execute(moments) if at is not None]

    def unshown(self, most: int) -> list[str]:
        """Matters whose key was destroyed and whose cards do not say so yet."""
        return list(self.session.scalars(select(Matter.id).where(_UNSHOWN).order_by(Matter.id).limit(most)))
