"""How a run goes on: two people agree, and neither of them counts twice (P12)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.matters.asking import changed, takes_part
from handlers.rules import breaker as rule
from handlers.rules.refusal import Refused
from handlers.stopped_runs import intents
from handlers.stopped_runs.reminding import REMIND
from handlers.stopped_runs.view import View, agreeing, load
from handlers.words import counted
from storage.stopped_runs import OVER
from storage.tables.erasures import StoppedRun


def agree(act: Act, intent: intents.Agree) -> Done[None]:
    """P12: the first of the two waits for a second; with the second the erasures go on."""
    view, authority = agreeing(act, intent.matter)
    run = view.run
    if run.state == OVER:
        raise Refused("Nothing waits in it any more, so nobody has to agree.", clause="P12", code="over")
    if not run.is_open and act.me.id == run.second_by:
        raise Repeated(run.id)
    rule.agree(is_open=run.is_open, again=_is_first(act, view))
    stepped_in = takes_part(act, view, authority)
    if run.first_by is None:
        run.first_by, run.first_at = act.me.id, act.now
        return Done(None, (*changed(view), *_word(act, view)), detail={"place": 1, **stepped_in})
    run.second_by, run.state, run.closed_at = act.me.id, "agreed", act.now
    act.store.deadlines.drop(REMIND, run.id, act.now)
    return Done(None, changed(view), detail={"place": 2, **stepped_in})


def end(act: Act, intent: intents.End) -> Done[None]:
    """P12: what had stopped was erased before and came back, or went by itself: two people would agree to nothing."""
    view = load(act, intent.matter)
    if not view.run.is_open or act.store.stopped_runs.waits(view.run):
        return Done(None, quiet=True)
    view.run.state, view.run.closed_at = OVER, act.now
    act.store.deadlines.drop(REMIND, view.run.id, act.now)
    return Done(None, changed(view))


def _is_first(act: Act, view: View) -> bool:
    """Whether this is whoever agreed first: by the person, and by every address that he or she ever had."""
    if view.run.first_by is None:
        return False
    first = view.people[view.run.first_by]
    people = act.store.people
    return act.me.id == first.id or bool(people.aliases([act.me.email_key]) & people.aliases([first.email_key]))


def _word(act: Act, view: View) -> tuple[Effect, ...]:
    """The others hear that it takes one more, since an edited card counts as read."""
    lost = " Holds that were lost with the restore must be set again before." if view.restored is not None else ""
    words = f"{act.me.name} agreed that {counted_calls(view.run)} are erased ({view.run.id}). One more has to agree.{lost} Press Details to read more."
    once = f"stopped_run:{view.run.id}:first"
    return tuple(Tell(one.person_id, words, once, "details", view.run.id) for one in view.asked)


def counted_calls(run: StoppedRun) -> str:
    """How many calls it is about."""
    return counted(run.number, "call")
