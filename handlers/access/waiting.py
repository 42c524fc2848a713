"""What silence brings to a request: a reminder, the deputy, the next authority, and in the end it lapses (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.access import intents
from handlers.access.promised import never_lapses, wait_anew
from handlers.access.view import View, load
from handlers.acting import Act, Done
from handlers.alarms import silence
from handlers.effects import Effect
from handlers.matters import asking
from handlers.matters.asking import ask_these, brought_in, changed
from handlers.matters.case import approvers, entitled
from handlers.matters.reminding import lateness, line_of, tell
from handlers.policy.values import RoleName
from handlers.rules.deadlines import LATE, before_end, returns
from handlers.rules.reminding import reminder_moment
from handlers.rules.routing import Authority, beyond, deputies
from handlers.words import listed, waited_words
from storage.records import Grant, Request

ENDS = ("access.end", "access.ending")
NEWS = ("access.deputy", "access.next")
STEPS = ("access.remind", "access.deputy", "access.next", "access.lapse", "access.undecided")


def over(act: Act, request: Request) -> None:
    """It was decided, taken back or has lapsed: nothing falls any more."""
    act.store.deadlines.drop_all(STEPS, request.id, act.now)


def remind(act: Act, intent: intents.Remind) -> Done[None]:
    """P7: whoever is to decide is reminded."""
    view, fell = _opened(act, intent)
    asked = [one.person_id for one in view.approvers]
    if fell is None or view.request.state != "waiting" or not asked:
        return Done(None, quiet=True)
    tell(act, view.request, "access.remind", asked, fell, view.request.due_at)
    return Done(None, changed(view), detail={"told": asked, **lateness(act, fell)}, clause=view.clause)


def ask_deputy(act: Act, intent: intents.AskDeputy) -> Done[None]:
    """P7: beside whoever is silent the deputies are asked; both may decide."""
    view, fell = _opened(act, intent)
    case = view.circumstances
    roles: list[RoleName] = [name for name in case.remaining if name in _roles(view)]
    return _ask(act, view, "access.deputy", fell, [one for name in roles for one in deputies(case, name)])


def ask_next(act: Act, intent: intents.AskNext) -> Done[None]:
    """P7, P9: the next authority is asked as well; with nobody further, somebody hears who should have decided."""
    view, fell = _opened(act, intent)
    further = beyond(view.circumstances, _roles(view))
    if further or fell is None or view.request.state != "waiting":
        return _ask(act, view, "access.next", fell, further)
    return _alarmed(act, view, fell)


def still_undecided(act: Act, intent: intents.StillUndecided) -> Done[None]:
    """P9: an investigation never lapses; its alarm returns each week, and whoever is silent is reminded."""
    view, fell = _opened(act, intent)
    if fell is None or not view.request.is_open:
        return Done(None, quiet=True)
    act.store.deadlines.set("access.undecided", view.request.id, returns(fell, act.now))
    asked = [one.person_id for one in view.approvers] if view.request.state == "waiting" else []
    tell(act, view.request, "access.undecided", asked, fell)
    return _alarmed(act, view, fell, asked, ", and this alarm returns each week")


def lapse(act: Act, intent: intents.Lapse) -> Done[None]:
    """P7: nobody decided it in time. Silence is never yes."""
    view, fell = _opened(act, intent)
    # P9: what the policy calls an investigation since then does not lapse; the clock's next look sees to it.
    if fell is None or not view.request.is_open or view.investigation:
        return Done(None, quiet=True)
    request = view.request
    request.state, request.closed_at = "lapsed", act.now
    over(act, request)
    tell(act, request, "access.lapse", [request.requester_id, *(one.person_id for one in view.approvers)], fell)
    return Done(None, _without_news(act, view), detail=lateness(act, fell), clause=view.clause)


def recheck(act: Act, intent: intents.Recheck) -> Done[None]:
    """The clock looks who decides."""
    view = load(act, intent.matter)
    held = view.request.state == "stuck"
    done = asking.recheck(act, view)
    if view.request.is_open and never_lapses(act, view.request):
        shown = changed(view) if done.quiet else done.effects
        done = replace(
            done, effects=shown, detail={**done.detail, "never_lapses": True}, clause=view.clause, quiet=False
        )
    came_back = held and view.request.state == "waiting"
    if came_back and (back := _there(view)):
        tell(act, view.request, "access.remind", back, act.now, view.request.due_at)
        done = replace(done, detail={**done.detail, "reminded": back})
    return whose_turn(act, view, done, anew=came_back)


def reroute(act: Act, intent: intents.Reroute) -> Done[None]:
    """P7: whoever is asked instead of somebody who can't be reached."""
    view = load(act, intent.matter)
    return whose_turn(act, view, asking.reroute(act, intent, view))


def whose_turn(act: Act, view: View, done: Done[None], *, anew: bool = False) -> Done[None]:
    """Where nobody had it before who has it now, what silence brings is counted from now; `anew` says that it is so."""
    new = {*done.detail.get("asked", ())} - {*done.detail.get("told", ())}
    alone = bool(new) and {one.person_id for one in view.approvers} <= new
    if view.request.promise and view.request.state == "waiting" and (anew or alone):
        wait_anew(act, view.request, view.recordings)
    return done


def _there(view: View) -> list[int]:
    """Those who had it before it was held and are there now: their card was only edited, and reminders passed in silence."""
    day, policy = view.circumstances.today, view.policy
    had = (one.person_id for one in view.approvers)
    return [one for one in had if entitled(view, one) and not policy.is_away(view.people[one].email_key, day)]


def end_soon(act: Act, grant: Grant, line: str) -> None:
    """The holder is reminded one working day before access ends, within working hours."""
    zone = act.store.people.get(grant.person_id).zone
    soon = before_end(act.policy, grant.ends_at, zone, line, 1)
    # After hours, and with the end at a weekend, it would fall when the last hours before the end are over.
    at = reminder_moment(act.policy, soon, zone, line, grant.ends_at)
    if at > act.now:
        act.store.deadlines.set("access.ending", grant.matter_id, at)


def ending(act: Act, intent: intents.Ending) -> Done[None]:
    """P7: whoever may hear the calls is told while there is time to."""
    view = load(act, intent.request)
    fell = act.store.deadlines.moment("access.ending", intent.request)
    if fell is None or view.grant is None or not view.access_open:
        return Done(None, quiet=True)
    tell(act, view.request, "access.ending", [view.grant.person_id], fell, view.grant.ends_at)
    return Done(None, detail={"grant": view.grant.id, **lateness(act, fell)}, clause=view.clause)


def _opened(act: Act, intent: intents.Step) -> tuple[View, datetime | None]:
    view = load(act, intent.request)
    return view, act.store.deadlines.moment(intent.action, intent.request)


def _roles(view: View) -> frozenset[RoleName]:
    """The roles of those who were asked and are silent."""
    case = view.circumstances
    asked = {one.role for one in approvers(view)}
    return frozenset(name for name in case.chain if name in asked)


def _ask(act: Act, view: View, step: str, fell: datetime | None, further: Iterable[Authority]) -> Done[None]:
    if fell is None or view.request.state != "waiting":
        return Done(None, quiet=True)
    asked = ask_these(act, view, [one for one in further if act.store.people.may_act(one.email)])
    if not asked:
        return Done(None, quiet=True)
    before = view.everybody()
    tell(act, view.request, step, asked, fell, view.request.due_at)
    effects = tuple(one for one in _without_news(act, view) if one.person in before and one.person not in asked)
    return Done(None, effects, detail={**brought_in(view, asked), **lateness(act, fell)}, clause=view.clause)


def _without_news(act: Act, view: View) -> tuple[Effect, ...]:
    """A new revision for everybody but those who have yet to hear that it came to them: their message tells how it stands."""
    coming = (one for step in NEWS for one in act.store.reminders.coming(view.request.id, step))
    new = {one.person_id for one in coming if act.store.outbox.copy(view.request.id, one.person_id) is None}
    return tuple(one for one in changed(view) if one.person not in new)


def _silent(act: Act, view: View) -> list[int]:
    """Those who were asked a working day ago at least; nobody else has been silent yet."""
    line = line_of(act.policy, view.request)
    since = before_end(act.policy, act.now, act.policy.lines[line].time_zone, line, 1) + LATE
    return [one.person_id for one in view.approvers if one.since <= since]


def _alarmed(act: Act, view: View, fell: datetime, reminded: Sequence[int] = (), again: str = "") -> Done[None]:
    """`reminded` are told as well; `again` says that it returns."""
    silent = listed([view.people[one].name for one in _silent(act, view)], "and")
    late = (
        f"{silent} should have decided {view.what}, and nobody has answered"
        if silent
        else f"Nobody has decided {view.what}"
    )
    words = f"{late}. It has waited {waited_words(view.request.asked_at, act.now)}{again}. Please see to it."
    told, whom = silence(act, view.request.id, words, fell)
    detail = {**({"told": list(reminded)} if reminded else {}), **lateness(act, fell), **whom}
    return Done(None, told, detail=detail, clause=view.clause)
