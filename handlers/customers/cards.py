"""The card of a customer's request for one reader, in every state; its parts have modules of their own (P8)."""

from __future__ import annotations

from handlers.cards import Card, Line, Part, Sign, Small, Title
from handlers.customers.buttons import actions, releases
from handlers.customers.cautions import beside, cautions, locked, own_address
from handlers.customers.facts import calls, facts
from handlers.customers.history import had, outcome, receipts, said
from handlers.customers.promised import sum_of
from handlers.customers.view import View
from handlers.customers.waits import names, question, turn, waits_for

WHAT = "Customer’s request"
SIGNS = {
    "waiting": Sign.WAITING, "stuck": Sign.ALARM, "sending": Sign.WAITING, "unknown": Sign.QUESTION,
    "answered": Sign.APPROVED, "withdrawn": Sign.WITHDRAWN,
}  # fmt: skip
ANSWERED = {
    "released": "sent to the customer", "refused": "refused, and the customer told",
}  # fmt: skip


def card(view: View, reader: int, *, whole: bool = False) -> Card:
    """What this reader sees; `whole` as Details shows it, with what is done too seldom to stand in the chat."""
    details = (*had(view), *sum_of(view)) if whole else ()
    return Card(
        (
            Title(SIGNS[view.request.state], WHAT, _state(view, reader)),
            *outcome(view),
            facts(view, reader),
            *calls(view, whole=whole),
            *receipts(view),
            *said(view, reader, whole=whole),
            *_warned(view, reader),
            *details,
            *turn(view, reader),
            *actions(view, reader, whole=whole),
            Small(_small(view, reader)),
        ),
        f"{WHAT} {view.request.id}: {_state(view, reader)}.",
    )


def _state(view: View, reader: int) -> str:
    request = view.request
    match request.state:
        case "stuck":
            return "nobody may release it"
        case "sending":
            return "being sent"
        case "unknown":
            return "nobody knows whether it arrived"
        case "answered":
            return ANSWERED.get(request.outcome, "answered")
        case "withdrawn":
            return "withdrawn"
        case _:
            return _waiting(view, reader)


def _waiting(view: View, reader: int) -> str:
    if question(view) is not None:
        return "a question waits for an answer"
    if waits_for(view):
        return "waiting for the customer"
    return "waiting for you" if releases(view, reader) else f"waiting for {names(view)}"


def _warned(view: View, reader: int) -> tuple[Part, ...]:
    """For as long as there is something to decide. A hold stops nothing (P8), and whom its case is about learns of none (P12)."""
    if not view.request.is_open:
        return ()
    hidden = locked(view) if releases(view, reader) else ()
    told = (*own_address(view, reader), *cautions(view), *hidden, *beside(view, reader))
    return tuple(Line(words, Sign.ALARM) for words in told)


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(dict.fromkeys(others))}" if others else ""
    return f"{view.request.id} · P8{seen}"
