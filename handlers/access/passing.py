"""Passing a request on: an approver gives it to the next authority, with a reason that stays on its card (P7, P9)."""

from __future__ import annotations

from dataclasses import replace

from handlers.access import intents
from handlers.access.asking import remark
from handlers.access.cards import already
from handlers.access.promised import sum_of
from handlers.access.view import View, deciding
from handlers.access.waiting import whose_turn
from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.cards import Button, Card, Line, Part, Row
from handlers.matters.alarming import alarm
from handlers.matters.asking import ask_anew, changed, no_longer_decide, reached, takes_part
from handlers.rules import access as rule
from handlers.rules.holds import may_set
from handlers.rules.routing import after, route
from storage.records import Person


def pass_on(act: Act, intent: intents.PassOn) -> Done[None]:
    """The next authority is asked instead of everybody who was; whoever passed it on keeps a copy and decides no more."""
    view, authority = deciding(act, intent.request)
    rule.decide(view.request.state, already(view, act.me))
    rule.pass_on(reached(act, after(view.circumstances, authority)).approvers)
    detail = remark(act, view, "passed_on", intent.words)
    detail |= takes_part(act, view, authority)
    party = next(one for one in view.parties if one.person_id == act.me.id)
    party.part, party.role = "passed", authority.role
    detail["passed_as"] = party.role
    over = no_longer_decide(view)
    asked, where = ask_anew(act, view)
    told = alarm(act, view.request, view.what, where)
    effects = (*told, *changed(view, asked["asked"]))
    done = Done(None, effects, detail=detail | asked | {"over": over} | warned_by(told), clause=view.clause)
    return whose_turn(act, view, done)


def whole(card: Card, view: View, reader: int) -> Card:
    """The card as Details shows it: with what is done too seldom to stand among the three buttons in the chat."""
    *parts, small = card.parts
    return replace(card, parts=(*parts, *sum_of(view), *_passing(view, reader), *_holding(view, reader), small))


def introduction(view: View, reader: Person) -> str:
    """What stands above the field of the form: who is asked next. Raises `Refused` for who may not decide."""
    title = _next(view, reader)
    return f"The {title} is asked next." if title else ""


def _passing(view: View, reader: int) -> tuple[Part, ...]:
    if view.request.state != "waiting" or reader not in {party.person_id for party in view.approvers}:
        return ()
    title = _next(view, view.people[reader])
    if not title:
        return (Line("Nobody comes after you, so this can't be passed on."),)
    words = f"Not yours to decide? Next is the {title}."
    return (Row(words, Button("pass_on", "Pass on", view.request.id)),)


def _holding(view: View, reader: int) -> tuple[Part, ...]:
    """P12: whoever holds the card may have its calls kept; whoever sees to holds sets one, and anybody else asks."""
    if reader not in view.everybody():
        return ()
    sets = may_set(view.policy, view.people[reader].email_key)
    action, label = ("hold", "Set a hold") if sets else ("hold_ask", "Ask for a hold")
    return (Row("Must these calls be kept for a case?", Button(action, label, view.request.id)),)


def _next(view: View, reader: Person) -> str:
    """The title of the role that comes next; empty where nobody does. Raises `Refused` for who may not decide."""
    approvers = route(after(view.circumstances, view.authority(reader))).approvers
    return view.policy.role(approvers[0].role).title if approvers else ""
