"""What a card says of calls that changed: what was approved is a call, and not the name that it stood under (P7)."""

from __future__ import annotations

from handlers.access.view import View
from handlers.cards import Line, Part, Sign


def changes(view: View, reader: int) -> tuple[Part, ...]:
    """A line for each thing that this reader should know.

    The call that is there now may be one of which the other request goes round somebody who reads this card: so it is
    named to whoever asked, and the request of before also to whoever approved it.
    """
    told: list[str] = []
    mine = reader == view.request.requester_id
    if view.before is not None and (mine or reader == view.before.decided_by):
        told.append(f"This asks anew for the calls of {view.before.id}: one of them changed after it was approved.")
    if view.request.changes and view.request.state == "waiting":
        told.append("A call changed after it was asked for. Please look at the calls again.")
    if view.grant is not None and view.grant.ended_why == "call_changed":
        anew = f" {view.anew} asks anew." if view.anew and mine else ""
        told.append(f"A call changed after it was approved, so the access ended.{anew}")
    if view.grant is not None and view.grant.ended_why == "restored":
        told.append("My database was restored from a copy, so the access ended. It can be asked for again.")
    return tuple(Line(words, Sign.ALARM) for words in told)
