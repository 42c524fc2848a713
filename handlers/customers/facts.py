"""The facts of a customer's request on its card: who asks for what, since when, until when, and where it goes (P8)."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.cards import Facts, Line, Part, When, Words
from handlers.customers.buttons import releases
from handlers.customers.filing import COLLEAGUE
from handlers.customers.forms import ASKERS, WANTS
from handlers.customers.known import Identified, Receipt
from handlers.customers.promised import promised
from handlers.customers.view import View
from handlers.customers.words import receipt_shown
from handlers.matters.reminding import line_of
from handlers.rules.access import company_day
from handlers.rules.calendars import calendar_of
from handlers.rules.received import left_words
from handlers.words import call_and_reference, day_words, line_words, masked
from storage.customers import ON_ITS_WAY
from storage.records import Recording

FIRST = 5
"""Calls on the card itself; all of them stand in Details."""
NOT_IDENTIFIED = "not identified yet"
NO_ADDRESS = "none named yet"
Fact = tuple[str, Words]


def knows(view: View, reader: int) -> bool:
    """Whether this reader may read who asks, and what they said: whoever wrote it down, is asked, or has answered it."""
    return reader in view.filers or view.asks(reader) or releases(view, reader)


def facts(view: View, reader: int) -> Facts:
    """In two columns; names and words for whoever may read them alone."""
    return Facts((*_who(view, reader), *_when(view), *_where(view, reader)))


def calls(view: View, *, whole: bool) -> tuple[Part, ...]:
    """Each call in a line, with its CRM reference."""
    shown = view.recordings if whole else view.recordings[:FIRST]
    more = len(view.recordings) - len(shown)
    rest = (Line(f"And {more} more. They stand in Details."),) if more else ()
    return (*(Line(_call(view, one)) for one in shown), *rest)


def mask_address(address: str) -> str:
    """An address for whoever need not read it: its first letter, and the end of its domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@•••.{domain.rpartition('.')[2]}"


def _who(view: View, reader: int) -> Iterator[Fact]:
    request, known = view.request, view.known
    asker = next(one.label for one in ASKERS if one.value == request.asker)
    yield "Who asks", f"{asker}: {known.name}" if known is not None and knows(view, reader) else asker
    wants = next(one.label for one in WANTS if one.value == request.wants)
    yield "What", f"{wants}, {_which(view)}" if view.recordings else wants


def _which(view: View) -> str:
    number, known = len(view.recordings), view.known
    if known is not None and known.number:
        return f"all calls with {masked(known.number)} ({number})"
    return "one call" if number == 1 else f"{number} calls"


def _when(view: View) -> Iterator[Fact]:
    request, due = view.request, promised(view.request)
    _, zone = line_words(view.recordings[0].line if view.recordings else request.line, view.policy)
    first = view.known.first() if view.known else Receipt(at=request.received_at, told_at=request.asked_at, by=0)
    yield "First asked", receipt_shown(first, zone, view.now)
    running = request.is_open or request.state in ON_ITS_WAY
    left = left_words(calendar_of(view.policy, line_of(view.policy, request)), due.at, view.now) if running else ""
    yield "Due", When(due.at, due.zone, view.now, left)
    by = view.people[request.filed_by].name
    yield "Filed", (f"{by}, ", When(request.asked_at, now=view.now))


def _where(view: View, reader: int) -> Iterator[Fact]:
    known = view.known
    if known is None:
        return
    yield "Identity", _identity(view, known.identified)
    if known.authority:
        yield "Authority", known.authority if knows(view, reader) else "shown by a letter"
    address = known.address if knows(view, reader) else mask_address(known.address) if known.address else ""
    yield "Mail goes to", address or NO_ADDRESS


def _identity(view: View, told: Identified | None) -> str:
    if told is None:
        return NOT_IDENTIFIED
    if told.check == COLLEAGUE:
        return "A colleague, known here"
    how = view.policy.customers.identity_checks.get(told.check, told.check.replace("_", " "))
    return f"{how}, {day_words(told.seen_on, company_day(view.policy, view.now))} · {view.people[told.by].name}"


def _call(view: View, one: Recording) -> Words:
    return call_and_reference(one, view.policy, view.now, view.erased.get(one.id))
