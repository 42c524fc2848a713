"""What time brings to a customer's request: reminders, the due day, a day that was missed, and the end of a link (P8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers.acting import Act, Done
from handlers.customers import post
from handlers.customers.intents import passing_time as intents
from handlers.customers.links import end_link
from handlers.customers.promised import missed, promised, watch
from handlers.customers.turns import count_from_now, reopened
from handlers.customers.view import View, load
from handlers.customers.waits import missing
from handlers.matters.asking import ask_these, brought_in, changed
from handlers.matters.case import approvers
from handlers.matters.reminding import lateness, line_of, tell
from handlers.rules.calendars import calendar_of
from handlers.rules.customer_times import last_day_before
from handlers.rules.routing import beyond
from storage.customers import ON_ITS_WAY
from storage.records import OPEN
from storage.tables.customers import ALIVE

IN_THE_POST = timedelta(hours=1)
HEAD = "head_of_customer_success"
Dated = intents.Remind | intents.DueToday | intents.Overdue


def remind(act: Act, intent: intents.Remind) -> Done[None]:
    """P8: so many working days before the due day whoever releases it is reminded; on the last of them the Head is asked as well."""
    return _spoken_of(act, intent)


def due_today(act: Act, intent: intents.DueToday) -> Done[None]:
    """P8: the morning of the due day, and an hour before its cut-off."""
    return _spoken_of(act, intent)


def overdue(act: Act, intent: intents.Overdue) -> Done[None]:
    """P8: the day has passed unanswered, which is on record for good; each working day somebody is reminded."""
    view = load(act, intent.request)
    request = view.request
    running = request.state in (*OPEN, *ON_ITS_WAY)
    return _spoken_of(act, intent, missed(act, view) if running else {})


def link_ends(act: Act, intent: intents.LinkEnds) -> Done[None]:
    """P8: the link's days are over, unless its mail has not left yet. Where nobody ever learned whether that arrived, the request is open again."""
    view = load(act, intent.request)
    over = [one for one in view.links if one.state in ALIVE and one.ends_at <= act.now]
    if not over:
        return Done(None, quiet=True)
    if view.request.state == "sending":
        return Done(None, detail=count_from_now(act, view, over[0]))
    detail: dict[str, Any] = {"links": [one.id for one in over]}
    if view.request.state in ON_ITS_WAY:
        detail["mails"] = post.call_back(act, view.mails)
        asked, effects = reopened(act, view, "ended", honoured=True)
        return Done(None, effects, detail=detail | asked)
    for one in over:
        end_link(act, one, "ended")
    if over[0].opened_at is None:
        # Who filed it speaks with the customer; who released it can send another link.
        fell, whom = over[0].ends_at, list(dict.fromkeys((*view.clerks[:1], *view.releasers)))
        tell(act, view.request, intents.LinkEnds.action, whom, fell)
        detail |= {"told": whom, **lateness(act, fell)}
    return Done(None, changed(view), detail=detail)


def _spoken_of(act: Act, intent: Dated, more: dict[str, Any] | None = None) -> Done[None]:
    """Whoever releases it is told, in the own working hours; the clock asks again when the next step falls."""
    view, fell = load(act, intent.request), act.store.deadlines.moment(intent.action, intent.request)
    request, detail = view.request, dict(more or {})
    if fell is None or request.state not in (*OPEN, *ON_ITS_WAY):
        return Done(None, quiet=True)
    watch(act, request)
    if asked := _head(act, view):
        detail |= brought_in(view, asked)
    told = _whom(act, view, intent.action, asked)
    until = request.due_at if request.due_at is not None and request.due_at > act.now else None
    tell(act, request, intent.action, told, fell, until)
    shown = tuple(one for one in changed(view) if one.person not in asked) if told or more else ()
    return Done(None, shown, detail={**detail, "reminded": told, **lateness(act, fell)}, quiet=not (told or more))


def _needs_somebody(view: View) -> bool:
    """What has just gone to the mail server needs nobody; what waits there for long, or was never taken, does."""
    if view.request.state != "sending":
        return view.request.state != "stuck"
    return any(one.settled_at is None and view.now - one.made_at >= IN_THE_POST for one in view.mails)


def _whom(act: Act, view: View, step: str, asked: list[int]) -> list[int]:
    """Whoever can do something about it: what lacks something waits for whoever filed it, until the due day or where they left.

    The Head hears of it from the last working day before; `asked` are those who are asked only now. What has just
    gone to the mail server needs nobody.
    """
    releasers = [one.person_id for one in view.approvers] if _needs_somebody(view) else []
    if not missing(view):
        return releasers
    if step != intents.Remind.action or not view.clerks:
        return [*view.clerks, *releasers]
    heads = [one.person_id for one in view.approvers if one.role == HEAD] if _near(act, view) else []
    return [*view.clerks, *asked, *heads]


def _near(act: Act, view: View) -> bool:
    calendar = calendar_of(act.policy, line_of(act.policy, view.request))
    return act.now >= last_day_before(calendar, promised(view.request))


def _head(act: Act, view: View) -> list[int]:
    """From the last working day on the next authority is asked beside whoever is silent, also of a mail in doubt; who of them is new."""
    if not _needs_somebody(view) or not _near(act, view):
        return []
    case = view.circumstances
    silent = frozenset(name for name in case.chain if name in {one.role for one in approvers(view)})
    return ask_these(act, view, [one for one in beyond(case, silent) if act.store.people.may_act(one.email)])


DOES = (
    intents.Remind.by(remind),
    intents.DueToday.by(due_today),
    intents.Overdue.by(overdue),
    intents.LinkEnds.by(link_ends),
)
DUE = {one.action: one for one in (intents.Remind, intents.DueToday, intents.Overdue, intents.LinkEnds)}
