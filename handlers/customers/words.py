"""How a customer's request stands, in words that more than one part of the room needs (P8)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.cards import When
from handlers.customers.known import Receipt
from handlers.customers.view import View
from handlers.words import day_words, moment_words
from storage.records import Person

ANSWERED = {
    "released": "was sent to the customer", "refused": "was refused",
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


def receipt_words(at: datetime, zone: str, now: datetime, *, timed: bool) -> str:
    """When they asked, in an IANA zone: nobody reads a time that nobody told."""
    here = ZoneInfo(zone)
    return moment_words(at, zone, now) if timed else day_words(at.astimezone(here).date(), now.astimezone(here).date())


def receipt_shown(one: Receipt, zone: str, now: datetime) -> str | When:
    """The same on a card."""
    return When(one.at, zone, now) if one.timed else receipt_words(one.at, zone, now, timed=False)


def withdrawn_by(view: View) -> int | None:
    """Who wrote down that they withdrew it; None once that was erased."""
    said = (one.by for one in reversed(view.known.remarks) if one.kind == "withdrawn") if view.known else iter(())
    return next(said, None)


def _name(view: View, me: Person) -> str:
    by = withdrawn_by(view)
    return "you" if by == me.id else view.people[by].name if by in view.people else "somebody"
