"""The buttons of a customer's request: which of them stand on its card for one reader, in every state (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from handlers.cards import Actions, Button, Part, Row
from handlers.customers.view import View
from handlers.customers.waits import question, waits_for
from handlers.matters import showing
from handlers.matters.case import entitled

PLACES = 3
"""Buttons on the card itself; the others stand in Details."""
MORE = "More actions are in Details."
TWICE = "Nobody knows whether the mail arrived. Sent again, the customer may get it twice, with the same link."
BOUNCED = "The link stops working at once, and the request waits again, with the same day."
ONCE_MORE = "The customer gets another e-mail, with a new link to the same calls."
FETCHED = "The calls were fetched by this link, so the mail did arrive. "
ASTRAY = "The link stops working at once, and the request waits again, with the same day."


def actions(view: View, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """What this reader may do now: the usual first, three at most unless it is the whole of the card."""
    found = tuple(_all(view, reader))
    shown = found if whole else found[:PLACES]
    if not shown:
        return ()
    more = Row(MORE, Button(showing.DETAILS, "Details", view.request.id))
    return (Actions(shown), more) if len(shown) < len(found) else (Actions(shown),)


def releases(view: View, reader: int) -> bool:
    """Whether this reader may answer it as things are, or has answered it."""
    if reader in view.filers:
        return False
    mine = reader == view.request.decided_by and not view.request.is_open
    return mine or (view.asks(reader) and entitled(view, reader))


def _all(view: View, reader: int) -> Iterator[Button]:
    if view.known is None:
        return
    if releases(view, reader):
        yield from _of_releaser(view, reader)
    elif reader in view.everybody():
        yield from _to_add(view)
    if reader in view.everybody():
        yield from _to_change(view)


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
            yield Button("customer_wrong_address", "Wrong address", request.id, "danger", confirm=ASTRAY)
            if view.link is not None and view.allows_numbers(view.people[reader]):
                yield Button("customer_number", "Allow another number", request.id)


def _bounced(view: View) -> Button:
    fetched = any(one.fetched_at is not None for one in view.links)
    return Button("customer_bounced", "It bounced", view.request.id, confirm=FETCHED * fetched + BOUNCED)


def _to_answer(view: View) -> Iterator[Button]:
    request, seen = view.request, f"{view.request.id}:{view.shown_mark}"
    ready = not waits_for(view)
    if view.known is not None and view.known.identified is None:
        yield Button("customer_identity", "Identified", request.id, "primary")
    style: Literal["primary", "plain"] = "primary" if ready else "plain"
    yield Button("customer_release", "Release", seen, style)
    yield Button("customer_refuse", "Refuse", seen, "danger")
    yield Button("customer_question", "Ask a question", request.id)
    yield Button("customer_late", "Tell the customer", seen)


def _to_add(view: View) -> Iterator[Button]:
    """What somebody waits for."""
    if view.request.is_open and question(view) is not None:
        yield Button("customer_answer", "Answer", view.request.id, "primary")
    if view.request.is_open and view.known is not None and view.known.identified is None:
        yield Button("customer_identity", "Identified", view.request.id, "primary")


def _to_change(view: View) -> Iterator[Button]:
    """What anybody may still write down who has the card."""
    request = view.request
    if request.is_open:
        yield Button("customer_address", "Another address", request.id)
    if (
        request.is_open
        or request.state in ("sending", "unknown")
        or (request.state == "answered" and view.link is not None)
    ):
        yield Button("customer_withdraw", "Withdraw", request.id)
