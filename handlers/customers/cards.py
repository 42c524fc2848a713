"""The card of a customer's request for one reader, in every state, with its buttons; and its row at home (P8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from handlers.acting import Act
from handlers.cards import Actions, Button, Card, Facts, Line, Part, Row, Sign, Small, Title, When, Words
from handlers.customers.forms import ASKERS, WANTS
from handlers.customers.lines import history, names, outcome, receipt_shown, receipts, said, turn, warnings
from handlers.customers.state import COLLEAGUE, Identified, Receipt, View, promised, view_of
from handlers.matters import showing
from handlers.matters.reminding import line_of
from handlers.room import Rows
from handlers.rules.access import company_day
from handlers.rules.customers import left_words
from handlers.rules.working_days import calendar_of
from handlers.words import call_and_reference, call_words, day_words, line_words, masked
from storage.customers import ON_ITS_WAY
from storage.tables.customers import CustomerRequest

WHAT = "Customer’s request"
SIGNS = {
    "waiting": Sign.WAITING, "stuck": Sign.ALARM, "sending": Sign.WAITING, "unknown": Sign.QUESTION,
    "answered": Sign.APPROVED, "withdrawn": Sign.WITHDRAWN,
}  # fmt: skip
STATES = {
    "stuck": "no one may release it", "sending": "being sent", "unknown": "no one knows whether it arrived", "withdrawn": "withdrawn",
}  # fmt: skip
ANSWERED = {"released": "sent to the customer", "refused": "refused, and the customer told"}
FIRST = 5
"""Calls on the card itself; all of them are in Details."""
PLACES = 3
"""Buttons on the card itself; the others are in Details."""
MORE = "More actions are in Details."
NOT_IDENTIFIED = "not identified yet"
NO_ADDRESS = "none named yet"
TWICE = "No one knows whether the mail arrived. Sent again, the customer may get it twice, with the same link."
REOPENS = "The link stops working at once, and the request waits again, with the same day."
ONCE_MORE = "The customer gets another e-mail, with a new link to the same calls."
FETCHED = "The calls were fetched by this link, so the mail did arrive. "
Fact = tuple[str, Words]


def card(view: View, reader: int, *, whole: bool = False) -> Card:
    """What this reader sees; `whole` as Details shows it, with what is done too rarely to be in the chat."""
    state = _state(view, reader)
    return Card(
        (
            Title(SIGNS[view.request.state], WHAT, state),
            *outcome(view),
            Facts((*_who(view, reader), *_when(view, whole=whole), *_where(view, reader))),
            *_calls(view, whole=whole),
            *receipts(view),
            *said(view, reader, whole=whole),
            *warnings(view, reader),
            *(history(view) if whole else ()),
            *turn(view, reader),
            *_actions(view, reader, whole=whole),
            Small(_small(view, reader)),
        ),
        f"{WHAT} {view.request.id}: {state}.",
    )


def lists(act: Act) -> Mapping[str, Rows]:
    """Those that are not answered yet, of which this person holds the card; then those that went out and whose link nobody has opened yet."""
    mine = [*act.store.customers.held_by(act.me.id), *act.store.customers.to_ring(act.me.id)]
    if not mine:
        return {}
    waiting = {one.id for one in act.store.matters.waiting_for(act.me.id, CustomerRequest)}
    asked = sum(one.id in waiting for one in mine)

    def rows(most: int, skip: int) -> list[Row]:
        return [_row(view_of(act, one), act.me.id) for one in mine[skip : skip + most]]

    return {"customers": Rows("Customers’ requests", len(mine), rows, ((asked, "waiting for you"),))}


def mask_address(address: str) -> str:
    """An address for whoever need not read it: its first letter, and the end of its domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@•••.{domain.rpartition('.')[2]}"


def _state(view: View, reader: int) -> str:
    request = view.request
    if request.state == "answered":
        return ANSWERED.get(request.outcome, "answered")
    if request.state != "waiting":
        return STATES[request.state]
    if view.question is not None:
        return "a question is waiting for an answer"
    if view.waits_for:
        return "waiting for the customer"
    return "waiting for you" if view.may_release(reader) else f"waiting for {names(view)}"


def _who(view: View, reader: int) -> Iterator[Fact]:
    request, known = view.request, view.known
    asker = next(one.label for one in ASKERS if one.value == request.asker)
    yield "Who asks", f"{asker}: {known.name}" if known is not None and view.shows_names_to(reader) else asker
    wants = next(one.label for one in WANTS if one.value == request.wants)
    yield "What", f"{wants}, {_which(view)}" if view.recordings else wants


def _which(view: View) -> str:
    number, known = len(view.recordings), view.known
    if known is not None and known.number:
        return f"all calls with {masked(known.number)} ({number})"
    return "one call" if number == 1 else f"{number} calls"


def _when(view: View, *, whole: bool) -> Iterator[Fact]:
    """Moments; how many days are left is told only in Details, since a card in a chat stays as it was drawn."""
    request, due = view.request, promised(view.request)
    _, zone = line_words(view.recordings[0].line if view.recordings else request.line, view.policy)
    first = view.known.first() if view.known else Receipt(at=request.received_at, told_at=request.asked_at, by=0)
    yield "First asked", receipt_shown(first, zone, view.now)
    running = request.is_open or request.state in ON_ITS_WAY
    yield "Due", When(due.at, due.zone, view.now, _left(view) if running and whole else "")
    yield "Filed", (f"{view.people[request.filed_by].name}, ", When(request.asked_at, now=view.now))


def _where(view: View, reader: int) -> Iterator[Fact]:
    known, named = view.known, view.shows_names_to(reader)
    if known is None:
        return
    yield "Identity", _identity(view, known.identified)
    if known.authority:
        yield "Authority", known.authority if named else "shown by a letter"
    address = known.address if named or not known.address else mask_address(known.address)
    yield "Mail goes to", address or NO_ADDRESS


def _identity(view: View, told: Identified | None) -> str:
    if told is None:
        return NOT_IDENTIFIED
    if told.check == COLLEAGUE:
        return "A colleague, known here"
    how = view.policy.customers.identity_checks.get(told.check, told.check.replace("_", " "))
    return f"{how}, {day_words(told.seen_on, company_day(view.policy, view.now))} · {view.people[told.by].name}"


def _calls(view: View, *, whole: bool) -> Iterator[Part]:
    shown = view.recordings if whole else view.recordings[:FIRST]
    for one in shown:
        yield Line(call_and_reference(one, view.policy, view.now, view.erased.get(one.id)))
    if more := len(view.recordings) - len(shown):
        yield Line(f"And {more} more. They are in Details.")


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(dict.fromkeys(others))}" if others else ""
    return f"{view.request.id} · P8{seen}"


def _left(view: View) -> str:
    calendar = calendar_of(view.policy, line_of(view.policy, view.request))
    return left_words(calendar, promised(view.request).at, view.now)


def _row(view: View, reader: int) -> Row:
    request, due, link = view.request, promised(view.request), view.link
    first = view.recordings[0] if view.recordings else None
    which = call_words(view.recordings, view.policy, view.now) if first else ("no call found yet",)
    until = ("due ", When(due.at, due.zone, view.now, _left(view)))
    if request.state == "answered" and link is not None:
        until = ("the link works until ", When(link.ends_at, due.zone, view.now))
    small = (f"{first.crm} · " if first is not None and first.crm else "", *until, f" · {request.id}")
    mine = view.may_release(reader) and not view.waits_for
    return Row(
        (f"{SIGNS[request.state]} ", *which),
        Button("details", "Details", request.id, "primary" if mine else "plain"),
        small,
    )


def _actions(view: View, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """What this reader may do now: the usual first, three at most unless it is the whole of the card."""
    found = tuple(_buttons(view, reader)) if view.known is not None else ()
    shown = found if whole else found[:PLACES]
    if not shown:
        return ()
    more = Row(MORE, Button(showing.DETAILS, "Details", view.request.id))
    return (Actions(shown), more) if len(shown) < len(found) else (Actions(shown),)


def _buttons(view: View, reader: int) -> Iterator[Button]:
    if view.may_release(reader):
        yield from _of_releaser(view, reader)
    elif reader in view.everybody() and view.request.is_open:
        if view.question is not None:
            yield Button("customer_answer", "Answer", view.request.id, "primary")
        yield from _identified(view)
    if reader in view.everybody():
        yield from _of_everybody(view)


def _of_releaser(view: View, reader: int) -> Iterator[Button]:
    request = view.request
    match request.state:
        case "waiting":
            yield from _to_answer(view)
        case "unknown":
            yield Button("customer_send_again", "Send again", request.id, "primary", confirm=TWICE)
            yield Button("customer_arrived", "It arrived", request.id)
            yield _bounced(view)
        case "answered":
            if view.needs_new_link:
                seen = f"{request.id}:{view.shown_mark}"
                yield Button("customer_new_link", "Send a new link", seen, "primary", confirm=ONCE_MORE)
            elif view.link is not None:
                yield Button("customer_passcode", "Passcode", request.id, "primary")
            yield _bounced(view)
            yield Button("customer_wrong_address", "Wrong address", request.id, "danger", confirm=REOPENS)
            if view.link is not None and view.allows_numbers(view.people[reader]):
                yield Button("customer_number", "Allow another number", request.id)


def _to_answer(view: View) -> Iterator[Button]:
    seen = f"{view.request.id}:{view.shown_mark}"
    style: Literal["primary", "plain"] = "plain" if view.waits_for else "primary"
    yield from _identified(view)
    yield Button("customer_release", "Release", seen, style)
    yield Button("customer_refuse", "Refuse", seen, "danger")
    yield Button("customer_question", "Ask a question", view.request.id)


def _identified(view: View) -> Iterator[Button]:
    if view.known is not None and view.known.identified is None:
        yield Button("customer_identity", "Identified", view.request.id, "primary")


def _bounced(view: View) -> Button:
    fetched = any(one.fetched_at is not None for one in view.links)
    return Button("customer_bounced", "It bounced", view.request.id, confirm=FETCHED * fetched + REOPENS)


def _of_everybody(view: View) -> Iterator[Button]:
    """What anybody may still write down who has the card."""
    request = view.request
    if request.is_open:
        yield Button("customer_address", "Another address", request.id)
    if request.is_open or request.state in ON_ITS_WAY or (request.state == "answered" and view.link is not None):
        yield Button("customer_withdraw", "Withdraw", request.id)
