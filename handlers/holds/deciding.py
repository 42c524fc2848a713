"""Confirming, renewing, releasing and ending a hold; with the last one of a call past its moment, it is erased (P12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.acting import Act, Done
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.holds.cards import already, erases
from handlers.holds.ending import END, its_own, unwatch, watch
from handlers.holds.forms import ReleaseForm, RenewForm
from handlers.holds.view import View, deciding, load
from handlers.matters import asking
from handlers.matters.asking import ask_these, brought_in, changed, no_longer_decide, reached, shows, takes_part
from handlers.matters.reminding import lateness, tell
from handlers.rules import holds as rule
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.words import day_words
from storage.tables.erasures import Keep


def introduction(act: Act, hold: str) -> str:
    """What stands above the form of a release: how many calls it erases. Raises `Refused` for whoever may not release it."""
    view, _ = _standing(act, hold)
    return erases(len(last_of(act, view)), asked=view.hold.is_open)


def renewal(act: Act, hold: str) -> str:
    """What stands above the form of a renewal: until when it may last. Raises `Refused` as `introduction`."""
    view, _ = _standing(act, hold)
    _set_already(view)
    most = act.policy.holds.most_days
    last = day_words(rule.last_day(act.policy, act.now), None)
    return f"A hold lasts {most} days from today at most, so until {last}."


@handler("hold.confirm", clause="P12", about="matter")
def confirm(act: Act, matter: str) -> Done[None]:
    """What was asked for is kept for as long as a hold may last; renewing it names another end."""
    view, authority = _standing(act, matter)
    hold = view.hold
    if not hold.is_open:
        if hold.set_by == act.me.id:
            raise Repeated(hold.id)
        raise Refused(already(view, act.me), clause="P12", code="already")
    hold.state, hold.set_by, hold.set_at = "active", act.me.id, act.now
    stepped_in = takes_part(act, view, authority)
    _ends(act, view, rule.longest(act.policy, act.now))
    word = _word(act, view, f"{act.me.name} confirmed your hold {hold.id}.")
    return Done(None, (*changed(view), *word), detail={"until": hold.ends_at.isoformat(), **stepped_in})


@handler("hold.renew", clause="P12", about="matter")
def renew(act: Act, matter: str, form: RenewForm) -> Done[None]:
    """Another end, earlier or later, counted from now."""
    view, authority = _standing(act, matter)
    _set_already(view)
    until = rule.end(act.policy, act.now, form.until)
    view.hold.renewed_by = act.me.id
    stepped_in = takes_part(act, view, authority)
    _ends(act, view, until)
    return Done(None, changed(view), detail={"until": until.isoformat(), **stepped_in})


@handler("hold.release", clause="P12", about="matter")
def release(act: Act, matter: str, form: ReleaseForm) -> Done[None]:
    """It is let go or released with a reason; other holds of the same calls stay."""
    view, authority = _standing(act, matter, closing=True)
    hold, last = view.hold, last_of(act, view)
    how = "let go" if hold.is_open else "released"
    hold.state, hold.closed_by, hold.closing = how.replace(" ", "_"), act.me.id, form.words
    stepped_in = takes_part(act, view, authority)
    _close(act, view)
    word = _word(act, view, f"{act.me.name} {'let go of' if how == 'let go' else 'released'} your hold {hold.id}.")
    detail = {"how": hold.state, "erases": last, **stepped_in}
    return Done(None, (*changed(view), *word), detail=detail)


@handler("hold.end", clause="P12", about="matter")
def end(act: Act, matter: str) -> Done[None]:
    """The clock: its end has come, whether anybody confirmed it or not."""
    view = load(act, matter)
    if not view.hold.keeps or act.now < view.hold.ends_at:
        return Done(None, quiet=True)
    view.hold.state = "ended"
    _close(act, view)
    heard = its_own(view)
    tell(act, view.hold, END, heard, view.hold.ends_at)
    return Done(None, changed(view), detail={"told": heard, **lateness(act, view.hold.ends_at)})


@handler("hold.reroute", clause="P12", about="matter")
def reroute(
    act: Act, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None
) -> Done[None]:  # fmt: skip
    """The delivery: somebody who was asked can't be reached."""
    return asking.reroute(act, load(act, matter), person, code, outgoing, began)


@handler("hold.recheck", clause="P12", about="matter")
def recheck(act: Act, matter: str) -> Done[None]:
    """The clock: whoever sees to it now is asked, also of one that was confirmed long ago."""
    view = load(act, matter)
    if view.hold.is_open:
        done = asking.recheck(act, view)
        return done if done.quiet else replace(done, effects=(*done.effects, *shows(view.hold, _without(view))))
    if not view.hold.keeps:
        return Done(None, quiet=True)
    detail, effects = _hand_on(act, view)
    return Done(None, effects, detail=detail, quiet=not effects)


def _hand_on(act: Act, view: View) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Of one that was set whoever sees to it now holds the card; the cards of those who have no part in it any more say nothing.

    What the log is to say of it, and the cards; none where nothing is another one.
    """
    over = no_longer_decide(view)
    where = reached(act, view.circumstances)
    asked = ask_these(act, view, where.approvers, where.because)
    if not (over or asked):
        return {}, ()
    return {**brought_in(view, asked), "over": over}, changed(view, _without(view))


def _without(view: View) -> list[int]:
    """Whoever holds a copy and has no part in it: that copy is to say nothing."""
    held = [view.hold.asked_by, *(one.person_id for one in view.parties)]
    return [one for one in dict.fromkeys(held) if one not in view.everybody() and view.has_no_part(one)]


def last_of(act: Act, view: View) -> list[int]:
    """The calls that nothing else keeps and whose moment has passed: they are erased once this hold is over."""
    closed = act.store.holds.closed(view.hold.id, act.now)
    return sorted(set(closed) - act.store.erasures.kept(closed, act.now, besides=view.hold.id))


def _standing(act: Act, hold: str, *, closing: bool = False) -> tuple[View, Authority]:
    view, authority = deciding(act, hold)
    if closing and view.hold.closed_by == act.me.id:
        raise Repeated(hold)
    if view.over:
        raise Refused(already(view, act.me), clause="P12", code="already")
    return view, authority


def _set_already(view: View) -> None:
    if view.hold.is_open:
        raise Refused("Nobody has confirmed this hold yet. Press Confirm first.", clause="P12", code="not_confirmed")


def _ends(act: Act, view: View, until: datetime) -> None:
    view.hold.ends_at = view.hold.due_at = until
    for one in _keeps(act, view):
        one.ends_at = until
    watch(act, view.hold)


def _close(act: Act, view: View) -> None:
    """It keeps nothing any more."""
    view.hold.closed_at = act.now
    for one in _keeps(act, view):
        one.ended_at = act.now
    unwatch(act, view.hold)


def _keeps(act: Act, view: View) -> list[Keep]:
    return [one for one in act.store.erasures.kept_by(view.hold.id) if one.ended_at is None]


def _word(act: Act, view: View, words: str) -> tuple[Effect, ...]:
    """Whoever asked for it or set it hears of it, since an edited card counts as read."""
    hold, me = view.hold, act.who.person_id
    once = f"{hold.id}:{hold.revision}"
    told = f"{words} Press Details to read more."
    return tuple(Tell(one, told, once, "details", hold.id) for one in its_own(view) if one != me)
