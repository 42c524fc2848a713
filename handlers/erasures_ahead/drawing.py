"""When the card is drawn anew, and who has it that day; with the first working day of a week it is a new one (P12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.acting import Act, Done
from handlers.effects import Effect
from handlers.erasures_ahead import intents
from handlers.erasures_ahead.asked_for import MayKnow, told
from handlers.erasures_ahead.view import View, load, seen, worth_a_card
from handlers.ids import new_id
from handlers.matters.asking import reached, shows
from handlers.rules.ahead import draws_now, next_drawing, week_of
from handlers.rules.routing import Authority
from storage.records import Party
from storage.tables.erasures import AheadCard

DRAW, CARD = "erasures_ahead.draw", "card"


def draw(act: Act, intent: intents.Draw, may_know: MayKnow) -> Done[None]:
    """P12: once each working day; a day without one is left out. Whoever is asked for what ends soon is told besides."""
    act.store.deadlines.set(DRAW, CARD, next_drawing(act.policy, act.now))
    if not draws_now(act.policy, act.now):
        return Done(None, quiet=True)
    done, words = _drawn(act), told(act, may_know)
    soon = {"ending_soon": sorted({one.matter for one in words})} if words else {}
    return replace(done, effects=(*done.effects, *words), detail=done.detail | soon, quiet=done.quiet and not words)


def _drawn(act: Act) -> Done[None]:
    """The card of this week, or a new one; the very first only once it has something to tell."""
    before, week = act.store.ahead_cards.current(), week_of(act.policy, act.now).isoformat()
    if before is None and not worth_a_card(act):
        return Done(None, quiet=True)
    if before is not None and before.week >= week:
        return _redrawn(act, seen(act, before))
    closed = _over(act, before) if before is not None else ()
    card = AheadCard(
        id=new_id("EA"), week=week, asked_at=act.now, state="current", line=act.policy.company.home_line
    )  # fmt: skip
    act.store.ahead_cards.add(card)
    done = _redrawn(act, seen(act, card), new=True)
    detail = {**done.detail, "week": week, "before": before.id if before is not None else None}
    return Done(None, (*closed, *done.effects), card.id, detail)


def recheck(act: Act, intent: intents.Recheck) -> Done[None]:
    """P12: roles and absences change, so whoever is there now has the card."""
    view = load(act, intent.matter)
    if view.card.state != "current":
        return Done(None, quiet=True)
    detail = _parties(act, view)
    if not detail["asked"] and not detail["over"]:
        return Done(None, quiet=True)
    return Done(None, _shown(act, view), detail=detail)


def _redrawn(act: Act, view: View, *, new: bool = False) -> Done[None]:
    detail = _parties(act, view)
    quiet = not (detail["asked"] or detail["over"] or new)
    return Done(None, _shown(act, view, new=new), view.card.id, detail, quiet=quiet)


def _shown(act: Act, view: View, *, new: bool = False) -> tuple[Effect, ...]:
    view.card.revision += 0 if new else 1
    return shows(view.card, seen(act, view.card).everybody())


def _over(act: Act, card: AheadCard) -> tuple[Effect, ...]:
    """The card of the week before says that there is a newer one."""
    card.state, card.closed_at = "over", act.now
    card.revision += 1
    return shows(card, seen(act, card).everybody())


def _parties(act: Act, view: View) -> dict[str, Any]:
    """What the audit log says of whoever has the card from today on, as what, and of who has it no more."""
    wanted = reached(act, view.circumstances).approvers
    ids = act.store.people.ids_for(one.email for one in wanted)
    known = {one.person_id: one for one in view.parties}
    over = [party for party in view.parties if party.part == "copy" and party.person_id not in ids.values()]
    for party in over:
        party.part = "former"
    new = [one for one in wanted if known.get(ids[one.email]) is None or known[ids[one.email]].part != "copy"]
    for one in new:
        _has(act, view, ids[one.email], one, known.get(ids[one.email]))
    act.store.write_down()
    asked, roles = [ids[one.email] for one in new], {str(ids[one.email]): one.role for one in new}
    return {"asked": asked, "told": asked, "roles": roles, "over": [party.person_id for party in over]}


def _has(act: Act, view: View, person: int, as_what: Authority, before: Party | None) -> None:
    if before is not None:
        before.part, before.role = "copy", as_what.role
        return
    act.store.matters.ask(
        Party(matter_id=view.card.id, person_id=person, part="copy", role=as_what.role, since=act.now)
    )
