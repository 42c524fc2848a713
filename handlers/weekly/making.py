"""The card of a week is made once, as things stand then; nobody who has seen it in time, the other one is asked as well."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from handlers.acting import Act, Done
from handlers.alarms import silence, warned_by
from handlers.commitments import frozen
from handlers.door import Repeated
from handlers.effects import Effect, Home
from handlers.ids import new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import ask_these, brought_in, changed, on_record, parties, reached, shows, takes_part
from handlers.matters.case import approvers
from handlers.matters.reminding import tell
from handlers.policy.values import RoleName
from handlers.rules import weekly
from handlers.rules.ahead import week_of
from handlers.rules.routing import beyond
from handlers.weekly import intents
from handlers.weekly.facts import stored
from handlers.weekly.gathering import Rooms, gathered
from handlers.weekly.view import View, load, seeing, seen
from storage.tables.weeks import WeeklyCard

NOT_SEEN = "weekly.not_seen"


def due(act: Act) -> bool:
    """Whether the card of this week is to be made now; only reads."""
    week = week_of(act.policy, act.now).isoformat()
    made, before = act.store.weeks.of(week) is not None, act.store.weeks.before(week) is not None
    return weekly.is_due(act.policy, act.now, made=made, before=before)


def make(act: Act, intent: intents.Make, rooms: Rooms) -> Done[None]:
    """Whoever comes second, another process or a clock that was put back, makes none."""
    if not due(act):
        return Done(None, quiet=True)
    week, upto = week_of(act.policy, act.now).isoformat(), act.store.audit.lock().seq
    facts = gathered(act, rooms, act.store.weeks.before(week), upto, intent.verified)
    card = WeeklyCard(
        id=new_id("WK"), week=week, asked_at=act.now, facts=stored(facts), digest=frozen(stored(facts)), upto=upto,
        line=act.policy.company.home_line,
    )  # fmt: skip
    act.store.weeks.add(card)
    detail, effects = _put(act, card)
    act.store.deadlines.set(NOT_SEEN, card.id, weekly.to_be_seen(act.policy, act.now))
    return Done(None, effects, card.id, {**detail, "week": week, "digest": card.digest, "upto": upto})


def see(act: Act, intent: intents.See) -> Done[None]:
    """Whoever was asked attests that he or she has seen what the digest stands for."""
    view, authority = seeing(act, intent.card)
    if not view.card.is_open:
        raise Repeated(view.card.id)
    detail = takes_part(act, view, authority)
    view.card.state, view.card.seen_by, view.card.closed_at = "seen", act.me.id, act.now
    act.store.deadlines.drop(NOT_SEEN, view.card.id, act.now)
    detail |= {"week": view.card.week, "digest": view.card.digest, "role": authority.role}
    return Done(None, (*_redrawn(act, view), *_homes(act, view)), detail=detail)


def pass_on(act: Act, intent: intents.PassOn) -> Done[None]:
    """Silence brings in whoever comes next, who hears of it in working hours; where nobody is left, somebody who can see to it is told."""
    view, fell = load(act, intent.matter), act.store.deadlines.moment(NOT_SEEN, intent.matter)
    if not view.card.is_open or view.card.passed_at is not None:
        return Done(None, quiet=True)
    asked = frozenset(cast("RoleName", one.role) for one in approvers(view))
    found = beyond(view.circumstances, asked)
    new = ask_these(act, view, [one for one in found if act.store.people.may_act(one.email)])
    view.card.passed_at = act.now
    tell(act, view.card, NOT_SEEN, new, fell or act.now)
    told, whom = ((), {}) if new else _nobody(act, view, fell)
    detail = {**brought_in(view, new), **whom}
    return Done(None, (*told, *_redrawn(act, view)), detail=detail)


def _redrawn(act: Act, view: View) -> tuple[Effect, ...]:
    """A new revision for everybody but those who have yet to hear that it came to them."""
    coming = (one.person_id for one in act.store.reminders.coming(view.card.id, NOT_SEEN))
    new = {one for one in coming if act.store.outbox.copy(view.card.id, one) is None}
    return tuple(one for one in changed(view) if one.person not in new)


def _put(act: Act, card: WeeklyCard) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Ask whoever is to see it; what the audit log says of it, and who gets its card."""
    view = seen(act, card)
    where = reached(act, view.circumstances)
    card.state = "waiting" if where.approvers else "stuck"
    asked = parties(act, card, where)
    for one in asked:
        act.store.matters.ask(one)
    told = alarm(act, card, view.what, where)
    effects = (*told, *shows(card, [one.person_id for one in asked]))
    return {**on_record(asked), **warned_by(told)}, effects


def _nobody(act: Act, view: View, fell: datetime | None) -> tuple[tuple[Effect, ...], dict[str, Any]]:
    words = f"Nobody has seen {view.what}, and nobody else is left to ask. Please see that somebody does."
    return silence(act, view.card.id, words, fell)


def _homes(act: Act, view: View) -> tuple[Effect, ...]:
    return tuple(Home(one, home.platform) for one in view.everybody() for home in act.store.people.homes(one))
