"""The card of a customer's request for one reader, in every state, with its buttons; and its row at home (P8, P11, P12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from handlers.acting import Act
from handlers.cards import Actions, Button, Card, Facts, Line, Part, Row, Said, Sign, Small, Title, When, Words
from handlers.customers.forms import ASKERS
from handlers.customers.state import COLLEAGUE, Identified, Receipt, View, promised, view_of
from handlers.matters import showing
from handlers.matters.asking import told
from handlers.matters.case import entitled
from handlers.matters.reminding import line_of
from handlers.room import Rows
from handlers.rules.access import company_day
from handlers.rules.customers import left_words
from handlers.rules.working_days import calendar_of
from handlers.words import (
    call_and_reference,
    call_words,
    caution,
    counted,
    day_words,
    line_words,
    listed,
    masked,
    moment_words,
    sum_words,
)
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
FIRST = 2
"""Calls on the card itself; all of them are in Details."""
PLACES = 3
"""Buttons on the card itself; the others are in Details."""
LABELS = {
    "question": "Question from {who}", "answer": "Answer from {who}", "note": "{who} notes", "withdrawn": "{who} on the withdrawal",
    "another_voice": "{who} on another person in it", "asked_number": "{who} asks to phone another number",
    "allowed_number": "{who} allowed another number", "told_otherwise": "{who} on how they were told",
}  # fmt: skip
NO_CALL = "No call is named yet. A release needs one; a refusal does not."
SHARED = "This number is used by more than one customer. A matching number is no proof."
BESIDE = "Another request for one of these calls is open: {others}. Please make sure whose call it is."
LOCKED = (
    "The caller asked not to be recorded on {days}, so that is locked, but we still hold the recording. Please don’t tell the customer"
    " that we have none. It can be released once it is decided that it is kept."
)
CONFIRM = "You confirm who asks, that the call is theirs, and the address."
IN_TIME, LATE = "If it runs late, that stays on record", "It is late, and that stays on record"
TWICE = "No one knows whether the mail arrived. Sent again, the customer may get it twice, with the same link."
REOPENS = "The link stops working at once, and the request waits again, with the same day."
ONCE_MORE = "The customer gets another e-mail, with a new link to the same calls."
FETCHED = "The calls were fetched by this link, so the mail did arrive. "
Fact = tuple[str, Words]


def card(view: View, reader: int, *, whole: bool = False) -> Card:
    """What this reader sees; `whole` as Details shows it, with what is read or done too rarely to be in the chat."""
    state = _state(view, reader)
    asks = view.request.state == "waiting" and view.may_release(reader) and not view.waits_for and view.question is None
    who = view.name(view.request.filed_by)
    return Card(
        (
            Title(SIGNS[view.request.state], _title(view, reader), state),
            *_outcome(view),
            Facts((*_facts(view, reader, whole=whole), *(_details(view) if whole else ()))),
            *_calls(view, whole=whole),
            *(_history(view) if whole else ()),
            *_said(view, reader, whole=whole),
            *_warnings(view, reader),
            *_turn(view, reader),
            *_actions(view, reader, whole=whole),
            Small(_small(view, reader, whole=whole)),
        ),
        f"{who} asks you to confirm a customer’s request." if asks else f"{WHAT} {view.request.id}: {state}.",
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


def cautions(view: View) -> tuple[str, ...]:
    """What should be known before it is released; nothing is refused for it."""
    if view.known is None:
        return ()
    return (*(() if view.recordings else (NO_CALL,)), *((SHARED,) if view.known.shared else ()))


def locked(view: View) -> tuple[str, ...]:
    """That audio is still there which nobody finds, for whoever releases it: else a refusal would say that there is none."""
    days = dict.fromkeys(
        moment_words(one.started, line_words(one.line, view.policy)[1], view.now) for one in view.locked
    )
    return (LOCKED.format(days=" and ".join(days)),) if days else ()


def _title(view: View, reader: int) -> str:
    named = view.known is not None and view.shows_names_to(reader)
    who = (
        view.known.name
        if view.known is not None and named
        else "A colleague"
        if view.request.asker == "operator"
        else "A customer"
    )
    known = view.known
    if known is not None and known.number:
        return f"{who} asks for all calls with {masked(known.number)} ({len(view.recordings)})"
    return f"{who} asks for {'a call' if len(view.recordings) < 2 else counted(len(view.recordings), 'call')}"


def _state(view: View, reader: int) -> str:
    request = view.request
    if request.state == "answered":
        return "refused, and the customer told" if request.outcome == "refused" else _progress(view)[0]
    if request.state != "waiting":
        return STATES[request.state]
    if view.question is not None:
        return "a question is waiting for an answer"
    if view.waits_for:
        return "waiting for the customer"
    return "waiting for you" if view.may_release(reader) else f"waiting for {_names(view)}"


def _names(view: View) -> str:
    """Whoever is asked to release it."""
    asked = (one.person_id for one in view.approvers if entitled(view, one.person_id))
    there = list(dict.fromkeys(view.people[one].name for one in asked))
    return listed(there or ["someone who may release it"], "or")


def _outcome(view: View) -> Iterator[Part]:
    """First what it came to, who decided it, and that its day was missed."""
    request, known = view.request, view.known
    if known is None:
        at = ("was erased on ", _when(view, view.gone_at), ", as the policy says.") if view.gone_at else ("is gone.",)
        yield Line(("Who the customer is, and what anyone wrote about it, ", *at))
    if request.state == "withdrawn" and request.closed_at is not None:
        wrote = [one.by for one in known.remarks if one.kind == "withdrawn"] if known else []
        withdrawn = f"Withdrawn, as {view.name(wrote[-1])} wrote down " if wrote else "Withdrawn "
        yield Line((withdrawn, _when(view, request.closed_at), "."))
    if request.outcome and request.decided_at is not None:
        role = f" ({request.decided_as})" if request.decided_as else ""
        decided = f"{request.outcome.capitalize()} by {view.name(request.decided_by)}{role}, "
        yield Line((decided, _when(view, request.decided_at)))
    if request.refusal:
        reason = view.policy.customers.refusals.get(request.refusal, request.refusal)
        yield Said("The reason, as the customer reads it", reason)
    if request.answered_at is not None:
        yield Line(_progress(view)[1])
    if request.missed_at is not None:
        missed = When(request.missed_at, promised(request).zone, view.now)
        yield Line(("It was due ", missed, " and not answered by then. That stays on record."), Sign.ALARM)


def _progress(view: View) -> tuple[str, tuple[str | When, ...]]:
    """How far the answer came, in a word and in full: sent → opened → heard."""
    answered = view.request.answered_at or view.now
    steps: list[str | When] = ["Sent ", _when(view, answered)]
    letter = next((one for one in view.letters if one.link), None)
    if letter is None or view.request.outcome == "refused":
        return "sent", (*steps, ".")
    heard = min((one.at for one in view.listenings if one.letter_id == letter.id), default=letter.fetched_at)
    if letter.opened_at is None and letter is not view.link:
        return "the link expired unopened", (*steps, ". The link is over, and the customer never opened it.")
    if letter.opened_at is None:
        return "sent", (*steps, " → not opened yet. The link works until ", _when(view, letter.ends_at), ".")
    steps += [" → opened ", _when(view, letter.opened_at)]
    if heard is None:
        return "opened", (*steps, " → not heard yet.")
    return "heard", (*steps, " → heard ", _when(view, heard), ".")


def _facts(view: View, reader: int, *, whole: bool) -> Iterator[Fact]:
    """What whoever decides needs, for as long as there is something to decide."""
    request, known, due = view.request, view.known, promised(view.request)
    if request.asker != "customer":
        yield "Who asks", next(one.label for one in ASKERS if one.value == request.asker)
    if not whole and (request.is_open or request.state in ON_ITS_WAY):
        yield "Due", When(due.at, due.zone, view.now)
    if known is None:
        return
    if len(known.receipts) > 1:
        yield f"First of {len(known.receipts)} times asked", _receipt(view, known.first())
    if request.is_open or whole:
        yield "Identity", _identity(view, known.identified)
    named = view.shows_names_to(reader)
    if known.authority:
        yield "Authority", known.authority if named else "shown by a letter"
    address = known.address if named or not known.address else mask_address(known.address)
    yield "Mail goes to", address or "none named yet"


def _identity(view: View, found: Identified | None) -> str:
    if found is None:
        return "not checked yet"
    if found.check == COLLEAGUE:
        return "A colleague, known here"
    how = view.policy.customers.identity_checks.get(found.check, found.check.replace("_", " "))
    return f"{how} · {view.name(found.by)}"


def _details(view: View) -> Iterator[Fact]:
    """For Details. How many days are left is told only there, since a card in a chat stays as it was drawn."""
    request, due = view.request, promised(view.request)
    first = view.known.first() if view.known else Receipt(at=request.received_at, told_at=request.asked_at, by=0)
    yield "First asked", _receipt(view, first)
    left = _left(view) if request.is_open or request.state in ON_ITS_WAY else ""
    yield "Due", When(due.at, due.zone, view.now, left)
    yield "Filed", (f"{view.name(request.filed_by)}, ", When(request.asked_at, now=view.now))
    if view.known and (found := view.known.identified):
        yield "Identified", When(found.at, now=view.now)


def _calls(view: View, *, whole: bool) -> Iterator[Part]:
    shown = view.recordings if whole else view.recordings[:FIRST]
    for one in shown:
        yield Line(call_and_reference(one, view.policy, view.now, view.erased.get(one.id)))
    if more := len(view.recordings) - len(shown):
        yield Line(f"And {more} more. They are in Details.")


def _history(view: View) -> Iterator[Part]:
    """For Details: each time they asked, to which numbers the passcode was read, what was heard or fetched, and how the day was counted."""
    known = view.known
    for one in known.receipts if known and len(known.receipts) > 1 else ():
        yield Line(
            (
                "Asked ",
                _receipt(view, one),
                f", as {view.name(one.by)} wrote down ",
                When(one.told_at, now=view.now),
                ".",
            )
        )
    on_calls = {masked(one.caller) for one in view.recordings}
    for rung in known.rung if known else ():
        number, other = masked(rung.number), "" if rung.on_call else f", which {view.name(rung.allowed_by)} allowed"
        if not rung.on_call and number in on_calls:
            number = f"a different number that also ends in {rung.number[-3:]}"
        yield Line((f"Passcode read to {number}{other}, by {view.name(rung.by)}, ", _when(view, rung.at), "."))
    for call in view.recordings:
        mine = [one for one in view.listenings if one.recording_id == call.id]
        for kind, what in (("played", "Heard"), ("downloaded", "Downloaded")):
            if times := [one.at for one in mine if one.kind == kind]:
                began = When(call.started, line_words(call.line, view.policy)[1], view.now)
                yield Line(
                    (f"{what} {counted(len(times), 'time')}, last ", _when(view, max(times)), ": call of ", began)
                )
    due = promised(view.request)
    yield Line(sum_words(due, view.now))
    if words := caution(due):
        yield Small(words)


def _receipt(view: View, one: Receipt) -> str | When:
    """When they asked: nobody reads a time that nobody told."""
    return day_words(one.day, company_day(view.policy, view.now)) if one.day else _when(view, one.at)


def _said(view: View, reader: int, *, whole: bool) -> Iterator[Part]:
    """The last that was said, for whoever may read it; in Details all of it."""
    if view.known is None or not view.shows_names_to(reader):
        return
    for one in view.known.remarks if whole else view.known.remarks[-1:]:
        who = "You" if one.by == reader else view.name(one.by)
        yield Said(LABELS.get(one.kind, "{who}").format(who=who), one.words)


def _warnings(view: View, reader: int) -> Iterator[Part]:
    """For as long as there is something to decide. A hold stops nothing (P8), and whom its case is about learns of none (P12)."""
    if not view.request.is_open:
        return
    beside = (BESIDE.format(others=", ".join(view.beside)),) if view.beside else ()
    for words in (*cautions(view), *((*locked(view), *beside) if view.may_release(reader) else ())):
        yield Line(words, Sign.ALARM)


def _turn(view: View, reader: int) -> Iterator[Part]:
    """Whose turn it is, and what they do."""
    if view.request.state == "stuck":
        yield Line(f"No one may release it at the moment. {told(view)}".strip(), Sign.ALARM)
    elif view.waits_for:
        yield Line(f"The customer has yet {view.waits_for}. Until then it can’t be released.")
    elif view.request.is_open:
        yield Line(CONFIRM if view.may_release(reader) else f"{_names(view)} confirms it next.")


def _small(view: View, reader: int, *, whole: bool) -> str:
    request = view.request
    late = request.due_at is not None and view.now > request.due_at
    running = f"{LATE if late else IN_TIME} · " if request.is_open else ""
    others = [view.name(one) for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(dict.fromkeys(others))}" if others and whole else ""
    return f"{running}{request.id} · P8{seen}"


def _left(view: View) -> str:
    calendar = calendar_of(view.policy, line_of(view.policy, view.request))
    return left_words(calendar, promised(view.request).at, view.now)


def _when(view: View, at: datetime) -> When:
    return When(at, line_words(view.request.line, view.policy)[1], view.now)


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
    more = Row("More actions are in Details.", Button(showing.DETAILS, "Details", view.request.id))
    return (Actions(shown), more) if len(shown) < len(found) else (Actions(shown),)


def _buttons(view: View, reader: int) -> Iterator[Button]:
    request = view.request
    if view.may_release(reader):
        yield from _of_releaser(view, reader)
    elif reader in view.everybody() and request.is_open:
        if view.question is not None:
            yield Button("customer_answer", "Answer", request.id, "primary")
        yield from _identified(view)
    if reader in view.everybody():
        if request.is_open:
            yield Button("customer_address", "Another address", request.id)
        if request.is_open or request.state in ON_ITS_WAY or (request.state == "answered" and view.link is not None):
            yield Button("customer_withdraw", "Withdraw", request.id)


def _of_releaser(view: View, reader: int) -> Iterator[Button]:
    request, seen = view.request, f"{view.request.id}:{view.shown_mark}"
    fetched = any(one.fetched_at is not None for one in view.letters)
    back = Button("customer_bounced", "It bounced", request.id, confirm=FETCHED * fetched + REOPENS)
    match request.state:
        case "waiting":
            style: Literal["primary", "plain"] = "plain" if view.waits_for else "primary"
            yield from _identified(view)
            yield Button("customer_release", "Release", seen, style)
            yield Button("customer_refuse", "Refuse", seen, "danger")
            yield Button("customer_question", "Ask a question", request.id)
        case "unknown":
            yield Button("customer_send_again", "Send again", request.id, "primary", confirm=TWICE)
            yield Button("customer_arrived", "It arrived", request.id)
            yield back
        case "answered":
            if (
                view.known
                and view.known.last("asked_number", "allowed_number")
                and view.allows_numbers(view.people[reader])
            ):
                yield Button("customer_allow_number", "Allow this number", request.id, "primary")
            if view.needs_new_link:
                yield Button("customer_new_link", "Send a new link", seen, "primary", confirm=ONCE_MORE)
            elif view.link is not None:
                yield Button("customer_passcode", "Passcode", request.id, "primary")
            yield back
            yield Button("customer_wrong_address", "Wrong address", request.id, "danger", confirm=REOPENS)


def _identified(view: View) -> Iterator[Button]:
    if view.known is not None and view.known.identified is None:
        yield Button("customer_identity", "Identified", view.request.id, "primary")
