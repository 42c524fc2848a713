"""Calls that arrive and that a hold looks for are held, as many as it may hold (P12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers.acting import Act, Done
from handlers.effects import Effect, Tell
from handlers.holds import intents
from handlers.holds.beginning import keep
from handlers.holds.ending import hearers
from handlers.holds.view import View, load, seen
from handlers.matters.asking import ask_these, brought_in, changed, no_longer_decide, reached, shows
from handlers.matters.asking import recheck as recheck_open
from storage.database.store import Store


def found(store: Store, now: datetime) -> Sequence[str]:
    """Holds that look for calls which they do not keep yet."""
    return [one.hold_id for one in store.holds.looking() if store.holds.matching(one, now, 1)]


def take(act: Act, intent: intents.Take) -> Done[None]:
    """What matches is kept from now on; whoever is on one of these calls has no part in the hold any more."""
    view = load(act, intent.matter)
    if view.over or view.search is None:
        return Done(None, quiet=True)
    room = act.policy.holds.most_calls - view.number
    calls = act.store.holds.matching(view.search, act.now, max(room, 0) + 1)
    if not calls:
        return Done(None, quiet=True)
    taken = [one.id for one in calls[: max(room, 0)]]
    full = len(calls) > len(taken)
    if full:
        view.search.full_at = act.now
    act.store.holds.keep(keep(act, view.hold, one) for one in taken)
    detail, effects = hand_on(act, seen(act, view.hold), always=True)
    told = _full(act, view) if full else ()
    return Done(None, (*effects, *told), detail={"recordings": taken, "full": full, **detail})


def recheck(act: Act, intent: intents.Recheck) -> Done[None]:
    """The clock: whoever sees to it now is asked, also of one that was confirmed long ago."""
    view = load(act, intent.matter)
    if view.hold.is_open:
        done = recheck_open(act, view)
        return done if done.quiet else replace(done, effects=(*done.effects, *shows(view.hold, _without(view))))
    if not view.hold.keeps:
        return Done(None, quiet=True)
    detail, effects = hand_on(act, view)
    return Done(None, effects, detail=detail, quiet=not effects)


def hand_on(act: Act, view: View, *, always: bool = False) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Of one that was set whoever sees to it now holds the card; the cards of those who have no part in it any more say nothing.

    What the log is to say of it, and the cards; none where nothing is another one, unless `always`.
    """
    over = no_longer_decide(view)
    where = reached(act, view.circumstances)
    asked = ask_these(act, view, where.approvers, where.because)
    if not (over or asked or always):
        return {}, ()
    return {**brought_in(view, asked), "over": over}, changed(view, _without(view))


def _without(view: View) -> list[int]:
    """Whoever holds a copy and has no part in it: that copy is to say nothing."""
    held = [view.hold.asked_by, *(one.person_id for one in view.parties)]
    return [one for one in dict.fromkeys(held) if one not in view.everybody() and view.has_no_part(one)]


def _full(act: Act, view: View) -> tuple[Effect, ...]:
    most = act.policy.holds.most_calls
    words = f"Hold {view.hold.id} holds {most} calls, as many as it may. Others that match are not held: please set another one."
    return tuple(Tell(one, words, f"full:{view.hold.id}", "details", view.hold.id) for one in hearers(act, view))
