"""Rows for the storage tests, each complete and plain; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.audit import Entry
from storage.database.store import Database, Store
from storage.outbox import NewEffect
from storage.people import Account
from storage.records import Outgoing, Person
from storage.searches import Wanted, found_words

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)

# An effect for a person who is in no table, as only a change by hand can put it in.
LOST = (
    "INSERT INTO outbox (id, once, kind, person_id, lane, turn, payload, queued_at, due_at, state, attempts, code, platform, seal) "
    "VALUES ('{0}', '{0}', 'show', 4711, '', 'next', '{{}}', '2026-11-24', '2026-11-24', 'failed', 1, 'no_person', '', '')"
)


def person(name: str) -> Person:
    return Person(email_key=f"{name}@fernhill.example", email=f"{name}@fernhill.example", name=name.title())


def account(account_id: str, name: str = "tara", standing: str = "member", **more: Any) -> Account:
    """An account as the platform describes it; `name` is the address before the @, empty for an account without one."""
    email = f"{name}@fernhill.example" if name else ""
    told = {"email": email, "email_key": email, "name": name.title() or "Nobody", "zone": "Australia/Sydney"}
    return Account(
        **{**told, "platform": "slack", **more}, account_id=account_id, standing=standing, checked_at=NOW,
    )  # fmt: skip


def effect(person_id: int, number: int = 1, due_at: datetime = NOW, kind: str = "show", **payload: Any) -> Outgoing:
    """A queued effect; `number` gives the order in which it was queued. Cards and words have one, homes their own."""
    lane = {"show": "in order", "tell": "in order", "home": "home:slack"}.get(kind, "")
    return Outgoing(
        id=f"{number:012d}.000.aaaaaa", kind=kind, person_id=person_id,
        payload=payload or {"matter": "R-1", "revision": number}, queued_at=NOW, due_at=due_at, lane=lane,
    )  # fmt: skip


def left(row: Outgoing) -> NewEffect:
    """The same, as the door leaves it."""
    return NewEffect(*(getattr(row, name) for name in NewEffect._fields))


def call(native_id: str, **more: Any) -> dict[str, Any]:
    """A recording as the register stores it."""
    told = {
        "native_id": native_id, "stamp": "1", "line": "+61281979000", "direction": "incoming", "caller": "+61412345678",
        "operator_name": "Bram Tolliver", "operator_key": "bram@fernhill.example", "department": "customer_success",
        "started": NOW, "local_day": "2026-11-24", "seconds": 60.0, "crm": "CS-10442", "media_type": "audio/wav",
        "size": 1000, "state": "present", "found_by": "+61412345678;#cs10442.",
    }  # fmt: skip
    return {**told, **more}


def note(store: Store, subject: str) -> None:
    """One entry in the audit log."""
    store.audit.append(Entry("clock", "test.note", subject), NOW)


def subjects(store: Store) -> list[str]:
    return [row["subject"] for row in store.audit.exported()]


async def lay(database: Database, *found: dict[str, Any]) -> None:
    """Have the recording system report these."""
    await database.write(lambda store: store.recordings.register("file", found))


def numbered(native_id: str, number: str = "", reference: str = "", **more: Any) -> dict[str, Any]:
    """Return a call with that number and reference."""
    words = found_words(number, reference)
    return call(native_id, caller=number, crm=reference, found_by=words, **more)


async def names(database: Database, wanted: Wanted, most: int = 40) -> list[str]:
    """Return what is found."""
    return await database.read(lambda store: [one.native_id for one in store.searches.find(wanted, most, NOW)])


def hours(number: int) -> dict[str, Any]:
    """Make that call begin so many hours ago."""
    return {"started": NOW - timedelta(hours=number), "local_day": f"{NOW - timedelta(hours=number):%Y-%m-%d}"}
