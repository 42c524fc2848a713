"""What a card says of calls that changed: what was approved is a call, and not the name that it stood under (P7)."""

from __future__ import annotations

from handlers.access.view import View
from handlers.cards import Line, Part, Sign


def changes(view: View) -> tuple[Part, ...]:
    """A line for each change that a reader should know."""
    told: list[str] = []
    if view.request.changes and view.request.state == "waiting":
        told.append("A call changed after it was asked for. Please look at the calls again.")
    if view.grant is not None and view.grant.ended_why == "call_changed":
        told.append("A call changed after it was approved, so the access ended.")
    if view.grant is not None and view.grant.ended_why == "restored":
        told.append("My database was restored from a copy, so the access ended. It can be asked for again.")
    return tuple(Line(words, Sign.ALARM) for words in told)
