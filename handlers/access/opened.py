"""What stands above a form about a request; nobody types into a form that can't be sent any more (P7)."""

from __future__ import annotations

from handlers.access import passing
from handlers.access.cards import already, question
from handlers.access.view import View, deciding, known
from handlers.acting import Act
from handlers.rules import access as rule


def decision(act: Act, request: str) -> str:
    """Nothing more than the form says; raises `Refused` where there is nothing left to decide, or nothing for this person."""
    _to_decide(act, request)
    return ""


def pass_on(act: Act, request: str) -> str:
    """Who is asked next; raises `Refused` as `decision`."""
    return passing.introduction(_to_decide(act, request), act.me)


def answer(act: Act, request: str) -> str:
    """Who asks what; raises `Refused` where no question waits for this person's answer."""
    view, _ = known(act, request, lambda seen: _to_answer(act, seen))
    return question(view, act.me.id)


def _to_decide(act: Act, request: str) -> View:
    view, _ = deciding(act, request)
    rule.decide(view.request.state, already(view, act.me))
    return view


def _to_answer(act: Act, view: View) -> None:
    mine = act.me.id == view.request.requester_id
    rule.answer(view.request.state, already(view, act.me), requester=mine, asked=view.question is not None)
