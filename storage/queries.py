"""All that can be asked of the database and changed in it, by intent, within one transaction."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from storage.audit import Audit
from storage.chain import Sealer
from storage.customers import Customers
from storage.deadlines import Deadlines
from storage.declines import Declines
from storage.entered import Entered
from storage.erasures import Erasures
from storage.figures import Figures
from storage.grants import Grants
from storage.holds import Holds, Mirrors
from storage.inbox import Inbox
from storage.mark_check import MarkedRows
from storage.matters import Alarms, MatterKeys, Matters, Reminders
from storage.meetings import Meetings
from storage.outbox import Outbox
from storage.pauses import Pauses
from storage.people import People
from storage.recordings import Recordings
from storage.requests import Requests
from storage.reviews import Draws, PolicyTexts
from storage.rows import Rows
from storage.searches import Searches
from storage.sessions import LEFT_OUT, OF_A_VALUE
from storage.vouching import Owner, changed_since_written, not_vouched
from storage.whose_data import WhoseData

T = TypeVar("T")


class Part(Generic[T]):
    """A part of the store, opened when it is first asked for."""

    def __init__(self, opens: Callable[[Session], T]) -> None:
        self.opens = opens

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, store: Store, owner: type | None = None) -> T:
        """Open this part of the store on first use, and keep it."""
        part = vars(store)[self.name] = self.opens(store.session)
        return part


class Store(Rows):
    """What a handler may ask for and change, within one transaction."""

    audit = Part(Audit)
    alarms = Part(Alarms)
    customers = Part(Customers)
    people = Part(People)
    meetings = Part(Meetings)
    recordings = Part(Recordings)
    searches = Part(Searches)
    matters = Part(Matters)
    matter_keys = Part(MatterKeys)
    requests = Part(Requests)
    policy_texts = Part(PolicyTexts)
    grants = Part(Grants)
    outbox = Part(Outbox)
    deadlines = Part(Deadlines)
    erasures = Part(Erasures)
    declines = Part(Declines)
    draws = Part(Draws)
    entered = Part(Entered)
    holds = Part(Holds)
    mirrors = Part(Mirrors)
    figures = Part(Figures)
    pauses = Part(Pauses)
    whose_data = Part(WhoseData)
    reminders = Part(Reminders)
    inbox = Part(Inbox)
    marked = Part(MarkedRows)

    def not_vouched(self, sealer: Sealer, wanted: AbstractSet[Owner]) -> set[Owner]:
        """Return those rows that aren't as the bot left them; ask before changing anything. See `storage/vouching.py`."""
        return not_vouched(self.session, sealer, wanted) if wanted else set()

    def changed_since_written(self, sealer: Sealer, wanted: AbstractSet[Owner]) -> set[Owner]:
        """Return those rows that changed since the bot last wrote them. See `storage/vouching.py`."""
        return changed_since_written(self.session, sealer, wanted) if wanted else set()

    def write_down(self) -> None:
        """Write the changes so far to the tables for the next query; they are committed with the rest."""
        self.session.flush()

    def each_alone(self, name: str, part: Callable[[], T], otherwise: T) -> T:
        """Return a part of a page.
        If the page failed before as a whole, a part that fails again is reported by its name, and `otherwise` takes its
        place.
        """
        tell = self.session.info.get(LEFT_OUT)
        try:
            return part()
        except OF_A_VALUE as error:
            if tell is None:
                raise
            tell(f"{name} ({type(error).__name__})")
            return otherwise
