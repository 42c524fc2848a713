"""Reviewers who can't be reached, and calls that a new day takes out of a draw (P3, P10)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.matters.asking import changed
from handlers.matters.case import party_of
from handlers.random_review import intents
from handlers.random_review.filling import fill
from handlers.random_review.freezing import nobody
from handlers.random_review.replacing import too_early
from handlers.random_review.view import load
from handlers.rules import random_review as rule


def recheck(act: Act, intent: intents.Recheck) -> Done[None]:
    """The clock: an outage of the announcement may have been entered since, so drawn calls are looked at anew; or the clock went back."""
    view = load(act, intent.matter)
    early = rule.frozen_early(act.policy, view.draw.month, view.draw.asked_at, act.now)
    if early and view.draw.state in ("waiting", "counted", "drawn"):
        return too_early(act, view)
    return fill(act, intents.Fill(intent.matter))


def reroute(act: Act, intent: intents.Reroute) -> Done[None]:
    """A reviewer can't be reached; the draw goes on without, and with nobody left the Head hears of it."""
    row = act.store.outbox.get(intent.outgoing)
    if intent.began is not None and act.store.people.seen_since(intent.person, intent.began, act.now):
        act.store.outbox.postpone(row, intent.code, act.now)
        return Done(None, quiet=True)
    act.store.outbox.settle(row, "failed", intent.code, act.now)
    view = load(act, intent.matter)
    party = party_of(view, intent.person)
    detail: dict[str, object] = {"person": intent.person, "code": intent.code}
    if party is None or party.unreachable:
        return Done(None, detail=detail, quiet=party is not None)
    party.unreachable = intent.code
    left = [one for one in view.parties if one.part == "approver" and not one.unreachable]
    told = nobody(act, view.draw, left) if party.part == "approver" else ()
    return Done(None, (*told, *changed(view)), detail=detail)
