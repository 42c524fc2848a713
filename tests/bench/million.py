"""A register of invented calls, the same each time and of any size, and what people type to find one of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from handlers.acting import Actor
from handlers.rules.access import compact_reference
from storage.database.store import Database, Store
from storage.people import Account
from storage.records import Recording
from storage.searches import found_words
from storage.sessions import append_row
from storage.tables.calls import Operator

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)  # a Thursday, 14:00 in Sydney
AU, UK = "+61281979000", "+442036953777"
ZONES = {AU: ZoneInfo("Australia/Sydney"), UK: ZoneInfo("Europe/London")}
SALES, SUCCESS, BILLING = "sales", "customer_success", "accounts_billing"
KNOWN = (
    ("Anna Quill", SUCCESS), ("Bram Tolliver", SUCCESS), ("Cleo Marchetti", SUCCESS), ("Doran Whitlock", SALES), ("Esme Farrow", SALES),
    ("Felix Ngata", BILLING), ("Greta Holloway", BILLING), ("May Chen", SALES), ("Will Hart", SUCCESS), ("José Alvarez", SUCCESS),
    ("Jürgen Müller", BILLING), ("Siobhan O’Brien", SALES),
)  # fmt: skip
FIRST = [
    "Ines", "Jarek", "Kofi", "Lotte", "Milo", "Nadia", "Oskar", "Petra", "Rafael", "Sunniva", "Tomas", "Ulrike",
    "Vikram", "Wanda", "Xenia", "Yusuf", "Zofia", "Dimitri", "Elif", "Gabor",
]  # fmt: skip
LAST = [
    "Brandt", "Castell", "Dvorak", "Eklund", "Fontaine", "Grigg", "Halvorsen", "Iversen", "Jankow", "Kowal",
    "Lindholm", "Moreau",
]  # fmt: skip
SPAN = timedelta(days=350)


class Call(NamedTuple):
    """A call as people would describe it: `day` is by the line's calendar, written as 2026-11-24."""

    started: datetime
    line: str
    outgoing: bool
    caller: str
    operator: str
    department: str
    crm: str

    @property
    def day(self) -> str:
        return self.started.astimezone(ZONES[self.line]).date().isoformat()


def _known() -> Iterator[Call]:
    """One call each hour of the last days, and one each day before; the same five numbers and references with them all."""
    numbers = ("+61412345678", "+442079460123", "+61398765156", "", "+64211234567")
    hours = [*range(2, 200, 3), *range(200, 2000, 24)]
    for one, ago in enumerate(hours):
        name, department = KNOWN[one % len(KNOWN)]
        reference = {5: "CS-10442", 9: "CS-104421", 12: "CS-310442"}.get(one, f"CS-{20_000 + one}")
        yield Call(
            NOW - timedelta(hours=ago, minutes=7), (AU, UK)[one % 7 in (2, 5)], one % 4 == 1, numbers[one % 5], name, department, reference
        )  # fmt: skip


def _around(number: int) -> Iterator[Call]:
    """So many others, from newest to oldest; spread by steps that share no divisor with anything."""
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    for one in range(number):
        name = names[one * 7_919 % len(names)]
        line = UK if one % 3 == 0 else AU
        digits = one * 48_271 % 100_000_000
        caller = "" if one % 50 == 0 else f"+614{digits:08d}" if line == AU else f"+4420{digits:08d}"
        reference = "" if one % 10 == 0 else f"CS-{400_000 + number - one}"
        department = (SUCCESS, SALES, BILLING, SUCCESS)[len(name) % 4]
        yield Call(
            NOW - timedelta(hours=1) - SPAN * one / number, line, one % 5 == 0, caller, name, department, reference
        )


def calls(number: int) -> list[Call]:
    """The known calls and so many others, newest first."""
    return sorted(chain(_known(), _around(number)), reverse=True)


def row(number: int, call: Call) -> dict[str, Any]:
    """A call as the register stores it."""
    address = f"{call.operator.casefold().replace(' ', '.').replace('’', '')}@fernhill.example"
    return {
        "system": "file", "native_id": f"{call.day}/{number}.wav", "stamp": "1", "line": call.line,
        "direction": "outgoing" if call.outgoing else "incoming", "caller": call.caller, "operator_name": call.operator,
        "operator_key": address, "department": call.department, "started": call.started, "local_day": call.day, "seconds": 184.5,
        "crm": call.crm, "media_type": "audio/wav", "size": 1600, "state": "present",
        "found_by": found_words(call.caller, compact_reference(call.crm)),
    }  # fmt: skip


async def lay(database: Database, those: list[Call], at_once: int = 20_000) -> None:
    """Store them, the oldest first, so that the newest has the highest number."""
    oldest_first = list(enumerate(reversed(those), 1))

    def some(store: Store, first: int) -> None:
        rows = [{**row(number, call), "id": number} for number, call in oldest_first[first : first + at_once]]
        for one in rows:
            append_row(store.session, Recording, one)
        store.session.flush()

    for first in range(0, len(those), at_once):
        await database.write(lambda store, first=first: some(store, first))  # type: ignore[misc]
    operators = {(row(1, one)["operator_key"], one.operator, one.department) for one in those}
    await database.write(lambda store: _name(store, operators))


def _name(store: Store, operators: set[tuple[str, str, str]]) -> None:
    for key, name, department in operators:
        append_row(store.session, Operator, {"key": key, "name": name, "department": department})
    store.session.flush()


TYPED = (
    "CS10442", "cs 10442", "CS-10442", "10442", "ref 10442", "CS-20", "Ana Quill", "Quill, Anna", "anna", "QUILL",
    "quil", "anna.quill", "jose", "Cleo Marcheti", "Bram Toliver", "o'brien", "May", "will", "Muller", "tues",
    "last thursday", "thursday", "last week", "november", "24.11.", "24/11", "yesterday", "Nov 24", "oct 2026",
    "last month", "3 days ago", "16 to 18 november", "since monday", "2026-11-24", "the week before last",
    "monday to wednesday", "outgoing", "London", "New Zealand", "incoming UK", "Sydney outgoing", "•••• 156",
    "0412 345 678", "+61 412 345 678", "٠٤١٢ ٣٤٥ ٦٧٨", "345 678", "+44 (0)20 7946 0123", "02 8197 9000",
    "Anna tuesday", "outgoing London last week", "•••• 156 november", "calls Anna made last week",
    "the call from 0412 345 678 last month", "quil november incoming", "nobody at all",
)  # fmt: skip
"""What people type; the last finds nothing."""


async def asker(database: Database) -> Actor:
    """A searcher in Sydney who may see every call."""
    address = "asker@fernhill.example"
    account = Account("slack", "U0ASKER", address, address, "Asker", "Australia/Sydney", "member", NOW)
    met = await database.write(lambda store: store.meetings.meet(account))
    return Actor("slack:U0ASKER", met.person_id)
