"""What people see of a customer's request, in every state (P8)."""

from __future__ import annotations

from handlers.cards import Card, Facts, Line, Part, Sign, Small, Title, When
from handlers.customers.buttons import actions
from handlers.customers.view import View
from handlers.words import call_line, line_words

SIGNS = {
    "waiting": Sign.WAITING, "stuck": Sign.ALARM, "sending": Sign.WAITING, "unknown": Sign.QUESTION,
    "answered": Sign.APPROVED, "withdrawn": Sign.WITHDRAWN,
}  # fmt: skip


def card(view: View, reader: int, *, whole: bool = False) -> Card:
    """The card of a customer's request for one reader; `whole` as Details shows it."""
    request = view.request
    _, zone = line_words(request.line, view.policy)
    due = (("Due", When(request.due_at, zone, view.now)),) if request.due_at else ()
    return Card(
        (
            Title(SIGNS[request.state], "Customer’s request", request.state),
            Facts((("Received", When(request.received_at, zone, view.now)), *due)),
            *_calls(view),
            *actions(view, reader, whole=whole),
            Small(f"{request.id} · P8"),
        ),
        f"Customer’s request {request.id}: {request.state}.",
    )


def _calls(view: View) -> tuple[Part, ...]:
    return tuple(Line(call_line(one, view.policy, view.now)) for one in view.recordings)
