"""A register of invented calls, the same each time, of any size; sixty searches in people's own words; and which calls each of them means, as plain filters."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from handlers.acting import Actor, Context, seated
from handlers.finding import Looked, look_for_calls
from handlers.policy import Policy
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
    """A call as people would tell it: `day` is of the line's calendar, written as 2026-11-24."""

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

    @property
    def digits(self) -> str:
        return self.caller.removeprefix("+")


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


Fits = Callable[[Call], bool]


def _never(_: Call) -> bool:
    return False


class Words(NamedTuple):
    """What is typed, which calls it means, those that may be meant by it otherwise, and those of operators with a similar name."""

    typed: str
    exactly: Fits
    otherwise: Fits = _never
    alike: Fits = _never


def _by(*names: str) -> Fits:
    return lambda call: call.operator in names


def _day(first: str, last: str = "") -> Fits:
    return lambda call: first <= call.day <= (last or first)


def _all(*fits: Fits) -> Fits:
    return lambda call: all(one(call) for one in fits)


def _out(call: Call) -> bool:
    return call.outgoing


def _in(call: Call) -> bool:
    return not call.outgoing


def _on(line: str) -> Fits:
    return lambda call: call.line == line


def _number(part: str) -> Fits:
    return lambda call: part in call.digits


def _ends(part: str) -> Fits:
    return lambda call: call.digits.endswith(part)


def _reference(part: str) -> Fits:
    return lambda call: part in call.crm


def _either(part: str) -> Fits:
    return lambda call: part in call.digits or part in call.crm


def _is(reference: str) -> Fits:
    return lambda call: call.crm == reference


ANNA = _by("Anna Quill")
TUESDAY, LAST_WEEK, NOVEMBER = _day("2026-11-24"), _day("2026-11-16", "2026-11-22"), _day("2026-11-01", "2026-11-26")
_MORE = _reference("CS-10442")
SIXTY: tuple[Words, ...] = (
    Words("CS10442", _is("CS-10442"), _MORE),
    Words("cs 10442", _is("CS-10442"), _MORE),
    Words("CS-10442", _is("CS-10442"), _MORE),
    Words("10442", _either("10442")),
    Words("ref 10442", _either("10442")),
    Words("CS-20", _is("CS-20"), _reference("CS-20")),
    Words("Ana Quill", _never, alike=ANNA),
    Words("Quill, Anna", ANNA),
    Words("anna", ANNA),
    Words("QUILL", ANNA),
    Words("quil", ANNA),
    Words("anna.quill", ANNA),
    Words("jose", _by("José Alvarez")),
    Words("Cleo Marcheti", _never, alike=_by("Cleo Marchetti")),
    Words("Bram Toliver", _never, alike=_by("Bram Tolliver")),
    Words("o'brien", _by("Siobhan O’Brien")),
    Words("May", _by("May Chen"), _day("2026-05-01", "2026-05-31")),
    Words("will", _by("Will Hart")),
    Words("Muller", _by("Jürgen Müller")),
    Words("tues", TUESDAY),
    Words("last thursday", _day("2026-11-19")),
    Words("thursday", _day("2026-11-26")),
    Words("last week", LAST_WEEK),
    Words("november", NOVEMBER),
    Words("24.11.", TUESDAY),
    Words("24/11", TUESDAY),
    Words("yesterday", _day("2026-11-25")),
    Words("Nov 24", TUESDAY),
    Words("oct 2026", _day("2026-10-01", "2026-10-31")),
    Words("last month", _day("2026-10-01", "2026-10-31")),
    Words("3 days ago", _day("2026-11-23")),
    Words("16 to 18 november", _day("2026-11-16", "2026-11-18")),
    Words("since monday", _day("2026-11-23", "2026-11-26")),
    Words("2026-11-24", TUESDAY),
    Words("the week before last", _day("2026-11-09", "2026-11-15")),
    Words("monday to wednesday", _day("2026-11-23", "2026-11-25")),
    Words("outgoing", _out),
    Words("London", _on(UK)),
    Words("New Zealand", _on(AU)),
    Words("incoming UK", _all(_in, _on(UK))),
    Words("Sydney outgoing", _all(_out, _on(AU))),
    Words("•••• 156", _ends("156")),
    Words("0412 345 678", _number("412345678")),
    Words("+61 412 345 678", _number("61412345678")),
    Words("٠٤١٢ ٣٤٥ ٦٧٨", _number("412345678")),
    Words("345 678", _either("345678")),
    Words("+44 (0)20 7946 0123", _number("442079460123")),
    Words("02 8197 9000", _on(AU)),
    Words("Anna tuesday", _all(ANNA, TUESDAY)),
    Words("outgoing London last week", _all(_out, _on(UK), LAST_WEEK)),
    Words("•••• 156 november", _all(_ends("156"), NOVEMBER)),
    Words("calls Anna made last week", _all(ANNA, LAST_WEEK)),
    Words("the call from 0412 345 678 last month", _all(_number("412345678"), _day("2026-10-01", "2026-10-31"))),
    Words("quil november incoming", _all(ANNA, NOVEMBER, _in)),
    Words("nobody at all", _never),
)


def meant(words: Words, calls: Sequence[Call], most: int) -> tuple[list[Call], list[Call]]:
    """Of calls that stand newest first: those that the words find, and behind them those that they find as similar."""
    found = list(islice(filter(words.exactly, calls), most))
    others = (one for one in calls if words.otherwise(one) and not words.exactly(one))
    found += islice(others, most)
    near = (one for one in calls if words.alike(one))
    return found[:most], list(islice(near, max(0, most - len(found))))


async def asker(database: Database) -> Actor:
    """A searcher who may know of every call, in Sydney."""
    address = "asker@fernhill.example"
    account = Account("slack", "U0ASKER", address, address, "Asker", "Australia/Sydney", "member", NOW)
    met = await database.write(lambda store: store.meetings.meet(account))
    return Actor("slack:U0ASKER", met.person_id)


async def looked(database: Database, policy: Policy, who: Actor, typed: str) -> Looked:
    """What the search finds."""
    return await database.read(lambda store: look_for_calls(Context(store, seated(store, policy), NOW, who), typed))


def differs(words: Words, found: Looked, calls: Sequence[Call], most: int) -> str:
    """How what was found differs from what is meant; empty where it does not. `calls` stand newest first, and were stored the oldest first."""
    exactly, alike = meant(words, calls, most)
    theirs = [calls[len(calls) - int(one.value)] for one in found.all]
    near = {one.value for one in found.alike}
    both = list(zip(theirs, found.all, strict=True))
    plainly = [one for one, option in both if option.value not in near]
    if plainly != exactly:
        return f"{len(exactly)} calls are meant, and {len(plainly)} were found, first {plainly[:2]}"
    marked = [one for one, option in both if option.value in near]
    return "" if marked == alike else f"{len(alike)} have a similar name, and {len(marked)} were found"
