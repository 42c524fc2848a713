"""How a customer's request stands, in words that more than one part of the room needs (P8)."""

from __future__ import annotations

from handlers.customers.view import View
from handlers.words import moment_words
from storage.records import Person

ANSWERED = {
    "released": "was sent to the customer", "refused": "was refused", "erased": "was erased as the customer asked",
}  # fmt: skip


def already(view: View, me: Person) -> str:
    """Why a press came too late, for whoever made it."""
    request = view.request
    if request.state in ("sending", "unknown"):
        return "Its answer is on its way to the customer, so this can’t be changed now."
    when = moment_words(request.closed_at or request.answered_at or view.now, me.zone, view.now)
    if request.state == "withdrawn":
        return f"This request was already withdrawn by {_name(view, me)} on {when}."
    return f"This request {ANSWERED.get(request.outcome, 'was answered')} on {when}."


def withdrawn_by(view: View) -> int | None:
    """Who wrote down that they withdrew it; None once that was erased."""
    said = (one.by for one in reversed(view.known.remarks) if one.kind == "withdrawn") if view.known else iter(())
    return next(said, None)


def _name(view: View, me: Person) -> str:
    by = withdrawn_by(view)
    return "you" if by == me.id else view.people[by].name if by in view.people else "somebody"
