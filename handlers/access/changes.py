"""What a card says of calls that changed: what was approved is a call, and not the name that it stood under (P7)."""

from __future__ import annotations

from handlers.access.view import View
from handlers.cards import Line, Part, Sign


def changes(view: View) -> tuple[Part, ...]:
    """A line for each thing that whoever reads the card should know."""
    told: list[str] = []
    if view.request.instead_of:
        told.append(
            f"This asks anew for the calls of {view.request.instead_of}: one of them changed after it was approved."
        )
    if view.request.changes and view.request.state == "waiting":
        told.append("A call changed after it was asked for. Please look at the calls again.")
    if view.grant is not None and view.grant.ended_why == "call_changed":
        anew = f" {view.anew} asks anew." if view.anew else ""
        told.append(f"A call changed after it was approved, so the access ended.{anew}")
    return tuple(Line(words, Sign.ALARM) for words in told)
