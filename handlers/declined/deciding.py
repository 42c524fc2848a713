"""What becomes of what was recorded: it goes by itself or by decision, or is kept; what is registered later follows (P5)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from handlers.acting import Act, Done
from handlers.cards import Option
from handlers.declined.choosing import GO, REMIND
from handlers.declined.reaching import begin_erasure, bring_back, put_out_of_reach
from handlers.declined.view import View, deciding, load, seen
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.forms import Form, OneOf
from handlers.handling import handler
from handlers.matters.asking import changed, takes_part
from handlers.policy.values import Text
from handlers.rules import declined as rule
from handlers.rules.declined import KEPT
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority


class KeepForm(Form):
    """Why what was recorded is not erased."""

    name: ClassVar[str] = "declined_keep"
    title: ClassVar[str] = "Keep this recording"
    send: ClassVar[str] = "Keep"
    reason: Annotated[
        Text,
        OneOf(
            "Why is it kept?",
            lambda _: tuple(Option(name, words) for name, words in KEPT.items()),
            help="It stands on the card. Staff may ask for the call again, as for any other.",
        ),
    ]


@handler("declined.go", clause="P5", about="matter")
def go(act: Act, matter: str) -> Done[None]:
    """The clock: nobody kept it, so it goes. What something keeps stays until that is over."""
    view = load(act, matter)
    if not view.declined.is_open or view.declined.erase_at is None or act.now < view.declined.erase_at:
        return Done(None, quiet=True)
    return _going(act, view, {})


@handler("declined.erase", clause="P5", about="matter")
def erase(act: Act, matter: str) -> Done[None]:
    """Whoever decides has it erased; it goes the way of all erasures."""
    view, authority = _deciding(act, matter, "going")
    view.declined.decided_by = act.me.id
    return _going(act, view, takes_part(act, view, authority))


@handler("declined.keep", clause="P5", about="matter")
def keep(act: Act, matter: str, form: KeepForm) -> Done[None]:
    """It is kept for a reason of a closed list, and in reach again."""
    view, authority = _deciding(act, matter, "kept")
    row = view.declined
    row.decided_by, row.reason = act.me.id, form.reason
    stepped_in = takes_part(act, view, authority)
    _close(act, view, "kept")
    effects = (*bring_back(act, view.calls), *changed(seen(act, row)), *_word(act, view, "kept what was recorded"))
    return Done(None, effects, detail={"state": "kept", "reason": row.reason, **stepped_in})


@handler("declined.meet", clause="P5", about="matter")
def meet(act: Act, matter: str) -> Done[None]:
    """What was recorded of it is registered by now: out of reach from the start, and it goes where the rest went."""
    view, met, others = load(act, matter), list[int](), 0
    for one in act.store.declines.recordings(matter):
        call = act.store.declines.registered(one) if one.recording_id is None else None
        if call is not None and rule.is_of(call.started, view.declined.began):
            one.recording_id = call.id
            met.append(call.id)
        elif call is not None:
            one.native_id, others = "", others + 1
    named = {"others": others} if others else {}
    if not met:
        return Done(None, detail={**named}, quiet=not others)
    found = act.store.recordings.all_of(met)
    effects = put_out_of_reach(act, found) if view.declined.state != "kept" else bring_back(act, found)
    begun = begin_erasure(act, found if view.declined.state == "going" else ())
    detail = {"recordings": met, **begun, **named}
    return Done(None, (*effects, *changed(seen(act, view.declined))), detail=detail)


def introduction(act: Act, matter: str) -> str:
    """What stands above the form that keeps it; raises `Refused` where there is nothing left to keep, or nothing for this person."""
    _deciding(act, matter, "kept")
    return "The customer declined to be recorded. What is kept is in reach again, and goes after its time like any other call."


def _deciding(act: Act, matter: str, wanted: str) -> tuple[View, Authority]:
    view, authority = deciding(act, matter)
    row = view.declined
    if row.is_unchosen:
        raise Refused("It is not known yet which call it is. Please say that first.", clause="P5", code="unchosen")
    if row.state == wanted and row.decided_by == act.me.id:
        raise Repeated(matter)
    rule.decide(is_open=row.is_open, kept=row.state == "kept")
    return view, authority


def _going(act: Act, view: View, stepped_in: dict[str, object]) -> Done[None]:
    begun = begin_erasure(act, view.calls)
    _close(act, view, "going")
    word = _word(act, view, "decided that what was recorded is erased") if view.declined.decided_by else ()
    effects = (*changed(seen(act, view.declined)), *word)
    return Done(None, effects, detail={"state": "going", **begun, **stepped_in})


def _close(act: Act, view: View, state: str) -> None:
    view.declined.state, view.declined.closed_at = state, act.now
    for kind in (GO, REMIND):
        act.store.deadlines.drop(kind, view.declined.id, act.now)


def _word(act: Act, view: View, what: str) -> tuple[Effect, ...]:
    """Whoever said it hears of it, since an edited card counts as read."""
    row = view.declined
    words = f"{act.me.name} {what} of the call whose customer declined ({row.id}). Press Details to read more."
    return (Tell(row.said_by, words, f"declined:{row.id}:decided", "details", row.id),)
