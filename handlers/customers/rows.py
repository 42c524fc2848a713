"""Customers' requests at home: for whoever filed or releases them, the one that is due first at the top (P8)."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act
from handlers.cards import Button, Row, When
from handlers.customers.buttons import releases
from handlers.customers.cards import SIGNS
from handlers.customers.promised import promised
from handlers.customers.view import View, seen
from handlers.customers.waits import waits_for
from handlers.matters.reminding import line_of
from handlers.room import Rows
from handlers.rules.calendars import calendar_of
from handlers.rules.received import left_words
from handlers.words import call_words


def lists(act: Act) -> Mapping[str, Rows]:
    """Those that are not answered yet, of which this person holds the card; then those that went out and whose link nobody has opened yet."""
    mine = [*act.store.customers.held_by(act.me.id), *act.store.customers.to_ring(act.me.id)]
    if not mine:
        return {}
    waiting = {one.id for one in act.store.matters.waiting_for(act.me.id)}
    asked = sum(one.id in waiting for one in mine)

    def rows(most: int, skip: int) -> list[Row]:
        return [_row(seen(act, one), act.me.id) for one in mine[skip : skip + most]]

    return {"customers": Rows("Customers’ requests", len(mine), rows, ((asked, "waiting for you"),))}


def _row(view: View, reader: int) -> Row:
    request = view.request
    which = call_words(view.recordings, view.policy, view.now) if view.recordings else ("no call found yet",)
    first = view.recordings[0] if view.recordings else None
    small = (
        f"{first.crm} · " if first is not None and first.crm else "",
        *_until(view),
        f" · {request.id}",
    )
    mine = releases(view, reader) and not waits_for(view)
    button = Button("details", "Details", request.id, "primary" if mine else "plain")
    return Row((f"{SIGNS[request.state]} ", *which), button, small)


def _until(view: View) -> tuple[str | When, ...]:
    """When it is due; of what went out, how long its link works."""
    due, link = promised(view.request), view.link
    if view.request.state == "answered" and link is not None:
        return "the link works until ", When(link.ends_at, due.zone, view.now)
    left = left_words(calendar_of(view.policy, line_of(view.policy, view.request)), due.at, view.now)
    return "due ", When(due.at, due.zone, view.now, left)
