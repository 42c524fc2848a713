"""What a request is promised when it is asked for: when each step falls where nobody answers, and the sum behind it (P7, P9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from pydantic import TypeAdapter

from handlers.access.view import View
from handlers.acting import Act
from handlers.cards import Line, Part, Small, When, Words
from handlers.due_words import caution, sum_words
from handlers.rules.deadlines import Schedule, returns, schedule
from handlers.rules.reasons import reason_of
from handlers.rules.routing import beyond, deputies
from handlers.unseen import unseen
from handlers.words import counted, line_words
from storage.records import Recording, Request

_SCHEDULE: TypeAdapter[Schedule] = unseen(Schedule)
_SILENT = ("access.remind", "access.deputy", "access.next")
"""What silence brings before the end."""
SOON = timedelta(days=30)
"""So long before its call goes an investigation is due: a moment a year ahead would read as if there were a year to decide."""


def promise(act: Act, request: Request, recordings: Sequence[Recording]) -> dict[str, datetime]:
    """What silence will bring and when, stored with its sum; returns the moments by kind, for the clock."""
    found = _counted(act, recordings, request.asked_at)
    moments = dict(found.moments)
    if _is_investigation(act, request):
        moments["access.undecided"] = moments.pop("access.lapse")
    _store(request, Schedule(found.promise, moments))
    return moments


def wait_anew(act: Act, request: Request, recordings: Sequence[Recording]) -> None:
    """P7: whoever gets it later, and nobody beside, has as long as whoever got it first; when it lapses stays as it was promised."""
    known = _SCHEDULE.validate_python(request.promise)
    ends = {step: at for step, at in known.moments.items() if step not in _SILENT}
    anew = _counted(act, recordings, act.now).moments
    coming = {step: anew[step] for step in _SILENT if anew[step] < max(ends.values())}
    act.store.deadlines.drop_all(_SILENT, request.id, act.now)
    for step, at in coming.items():
        act.store.deadlines.set(step, request.id, at)
    _store(request, Schedule(known.promise, {**ends, **coming}))


def never_lapses(act: Act, request: Request) -> bool:
    """P9: the policy calls it an investigation since it was asked for, so its alarm comes where it would have lapsed; whether that is new."""
    known = promised(request)
    if known is None or "access.lapse" not in known.moments or not _is_investigation(act, request):
        return False
    moments = dict(known.moments)
    at = moments.pop("access.lapse")
    act.store.deadlines.drop("access.lapse", request.id, act.now)
    act.store.deadlines.set("access.undecided", request.id, at)
    _store(request, Schedule(known.promise, {**moments, "access.undecided": at}))
    return True


def _counted(act: Act, recordings: Sequence[Recording], since: datetime) -> Schedule:
    home = act.policy.company.home_line
    lines = dict.fromkeys(one.line if one.line in act.policy.lines else home for one in recordings)
    return schedule(act.policy, lines or {home: None}, since)


def _is_investigation(act: Act, request: Request) -> bool:
    return reason_of(act.policy, request.reason, longer=request.longer).route == "investigation"


def _store(request: Request, found: Schedule) -> None:
    request.promise = _SCHEDULE.dump_python(found, mode="json")
    request.due_at = found.moments.get("access.lapse")


def promised(request: Request) -> Schedule | None:
    """What was promised when it was asked for."""
    return _SCHEDULE.validate_python(request.promise) if request.promise is not None else None


def ahead(view: View) -> tuple[str | When, ...]:
    """“If nobody decides, the deputy is asked Wed 5 May, 17:00, and it lapses Wed 19 May, 17:00.”; empty where nothing waits.

    An investigation never lapses, so that it says when its alarm comes (P9). What is held is asked of nobody else.
    """
    known = promised(view.request)
    if known is None or not view.request.is_open:
        return ()
    coming = {step: at for step, at in known.moments.items() if at > view.now}
    zone, alarm = known.promise.zone, known.moments.get("access.undecided")
    steps = [(f"{whom} is asked ", coming[step], "") for whom, step in islice(_asked(view, coming), 1)]
    if alarm is not None:
        steps.append(
            ("an alarm goes to somebody who can see to it ", returns(alarm, view.now), ", and again each week")
        )
    elif "access.lapse" in coming:
        steps.append(("it lapses ", coming["access.lapse"], ""))
    told: list[str | When] = []
    for what, at, more in steps:
        told += [f"{', and ' if told else 'If nobody decides, '}{what}", When(at, zone, view.now), more]
    return (*(one for one in told if one), ". It never lapses." if alarm else ".") if told else ()


def ends_first(view: View) -> Recording | None:
    """P12: the call that is closed to everybody before the request would lapse, if nobody decides; the earliest, or None.

    Such a request is due before that call's moment. An investigation never lapses: it is due before a moment that comes
    within `SOON`.
    """
    if not view.request.is_open:
        return None
    until = view.request.due_at or view.now + SOON
    coming = [(one.erase_at, one) for one in view.recordings if one.state == "present" and one.erase_at is not None]
    before = [(at, one) for at, one in coming if view.now < at < until]
    return min(before, key=lambda pair: pair[0])[1] if before else None


def due_first(view: View) -> tuple[tuple[str, Words], ...]:
    """By when it is to be decided, where a call's moment comes first."""
    first = ends_first(view)
    if first is None or first.erase_at is None:
        return ()
    return (("Due", ("before ", When(first.erase_at, line_words(first.line, view.policy)[1], view.now))),)


def why_first(view: View) -> tuple[Line, ...]:
    """What that moment brings, for whoever decides."""
    if ends_first(view) is None:
        return ()
    which = "The call is" if len(view.recordings) == 1 else "The first of the calls is"
    kept = counted(view.policy.holds.open_request_working_days, "working day")
    return (
        Line(
            f"{which} closed to everybody at the moment that stands beside Due. If the request is still open then, the audio "
            f"stays for this request alone, {kept} at most."
        ),
    )


def sum_of(view: View) -> tuple[Part, ...]:
    """For Details: how the last moment was counted."""
    known = promised(view.request)
    if known is None or not view.request.is_open:
        return ()
    # P9: an investigation is due at no time; what falls then is its first alarm.
    what = "Unanswered, it lapses" if "access.lapse" in known.moments else "Unanswered, it raises an alarm"
    told: list[Part] = [Line(sum_words(known.promise, view.now, what))]
    if words := caution(known.promise):
        told.append(Small(words))
    return tuple(told)


def _asked(view: View, coming: Mapping[str, datetime]) -> Iterator[tuple[str, str]]:
    """Whom silence brings in next, and by which step."""
    case = view.circumstances
    if view.request.state != "waiting":
        return
    asked = frozenset(name for name in case.chain if name in {one.role for one in view.approvers})
    known = {view.people[one.person_id].email_key for one in view.approvers}
    if "access.deputy" in coming and any(one.email not in known for name in asked for one in deputies(case, name)):
        yield "the deputy", "access.deputy"
    if "access.next" in coming and (further := beyond(case, asked)):
        yield f"the {view.policy.role(further[0].role).title}", "access.next"
