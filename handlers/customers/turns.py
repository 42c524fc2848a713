"""What a press on a customer's request finds: who may, whether it still waits, and how it is open or answered again (P8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers import commitments
from handlers.acting import Act
from handlers.customers.intents.passing_time import LinkEnds
from handlers.customers.known import Known, Remarked
from handlers.customers.links import end_link
from handlers.customers.paper import write
from handlers.customers.promised import missed, unwatch, watch
from handlers.customers.view import View, known
from handlers.door import Repeated
from handlers.effects import Effect
from handlers.going import keeps
from handlers.matters.alarming import alarm
from handlers.matters.asking import ask_anew, changed, takes_part
from handlers.matters.reminding import line_of
from handlers.rules import customer_release as rule
from handlers.rules.calendars import calendar_of
from handlers.rules.customer_deciders import for_the_head as head
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, may_decide
from handlers.rules.working_days import due
from handlers.words import moment_words
from storage.erasures import COPY, REQUEST
from storage.records import Person
from storage.tables.customers import ALIVE, CustomerLink, CustomerRequest

FORGOTTEN = "What was known of this request is erased, so nothing can be done about it any more."


@dataclass(frozen=True, slots=True)
class Turn:
    """A request with what is known of it, and as what whoever pressed may answer it."""

    view: View
    known: Known
    authority: Authority


def turn(act: Act, request_id: str) -> Turn:
    """A request for whoever releases it, or did, however it stands. Raises `Refused` for anybody else, and once nothing is known of it."""
    return _turn(act, request_id, lambda view: view.authority(act.me))


def for_the_head(act: Act, request_id: str) -> Turn:
    """The same for the Head alone, or whoever stands in."""
    return _turn(act, request_id, lambda view: may_decide(head(view.circumstances), act.me.email_key, view.asked))


def _turn(act: Act, request_id: str, may: Callable[[View], Authority]) -> Turn:
    view, authority = known(act, request_id, may)
    if view.known is None:
        raise Refused(FORGOTTEN, clause="P8", code="forgotten")
    return Turn(view, view.known, authority)


def to_answer(act: Act, request_id: str) -> Turn:
    """For whoever may release it now, where it waits for its answer; raises `Repeated` where the same person has just given it."""
    found = _turn(act, request_id, lambda view: view.authority(act.me))
    request = found.view.request
    if request.is_open:
        return found
    if request.state == "sending" and request.decided_by == act.me.id:
        raise Repeated(request_id)
    raise Refused(already(found.view, act.me), clause="P8", code="already")


def as_shown(found: Turn, seen: str) -> None:
    """A letter is for what was shown above its form; raises `Refused` where that is another by now. `seen` is empty where none was."""
    if seen:
        rule.as_shown(seen, found.view.shown_mark)


def already(view: View, me: Person) -> str:
    """How a request stands that can't be answered (again), for whoever pressed."""
    request = view.request
    who = "you" if request.decided_by == me.id else view.people[request.decided_by].name if request.decided_by else ""
    by = f" by {who}" if who else ""
    match request.state:
        case "sending":
            return f"This request was already {request.outcome}{by}, and its mail is on its way."
        case "unknown":
            return "Nobody knows yet whether its mail arrived. Press Send again or It arrived on its card."
        case "withdrawn":
            return "The customer withdrew this request."
        case _:
            when = moment_words(request.answered_at or view.now, me.zone, view.now)
            return f"This request was already {request.outcome}{by}, and answered on {when}."


def decided(act: Act, found: Turn, outcome: str) -> dict[str, Any]:
    """Who answers it, as what and how; returns what the audit log says of that."""
    request, authority = found.view.request, found.authority
    title = act.policy.role(authority.role).title
    holds = act.me.email_key == act.policy.role(authority.role).holder
    as_what = title if holds else f"deputy of the {title}" if authority.deputy else "handler of customers’ requests"
    request.outcome, request.decided_by, request.decided_as, request.decided_at = outcome, act.me.id, as_what, act.now
    request.state = "sending"
    return {"as": commitments.decided_as(as_what), **takes_part(act, found.view, authority)}


def remarked(act: Act, view: View, told: Known, kind: str, words: str) -> dict[str, str]:
    """Somebody's words stay with the request, with all that is `told`; returns what the audit log holds of them."""
    told.remarks.append(Remarked(kind=kind, by=act.me.id, at=act.now, words=words))
    return write(act, view.request, told)


def answered(act: Act, view: View) -> dict[str, str]:
    """It is honoured; of one that had been honoured before the first moment stays. Returns what the log says of a day that was missed."""
    request, late = view.request, missed(act, view)
    request.state, request.closed_at = "answered", act.now
    request.answered_at = request.answered_at or act.now
    unwatch(act, request)
    return late


def reopened(
    act: Act, view: View, link_state: str, *, honoured: bool = False
) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """It waits again, with the day that was promised, and its link is dead (`link_state`); whoever releases it now is asked.

    `honoured`: if it was answered before, it stays so for what was promised. Returns what the log says of it, and who sees it.
    """
    request = view.request
    for link in act.store.customers.links(request.id):
        if link.state in ALIVE:
            end_link(act, link, link_state)
    request.state, request.closed_at, request.decided_by, request.decided_at = "waiting", None, None, None
    request.outcome = request.refusal = request.decided_as = ""
    request.answered_at = request.answered_at if honoured else None
    _kept_while_it_waits(act, request)
    asked, where = ask_anew(act, view)
    watch(act, request)
    told = alarm(act, request, view.what, where) if request.state == "stuck" else ()
    kept = keeps(act.store.erasures.kept_by(request.id), "recording_id")
    return {**asked, **kept}, (*told, *changed(view, asked["asked"]))


def _kept_while_it_waits(act: Act, request: CustomerRequest) -> None:
    """P12: what was kept for the link is kept for the request, as long as for any that is open."""
    lines = {one.id: one.line for one in act.store.customers.recordings(request.id)}
    kept = act.store.erasures.kept_by(request.id)
    for keep in [one for one in kept if one.why == COPY and one.ended_at is None]:
        calendar = calendar_of(act.policy, lines[keep.recording_id])
        keep.why = REQUEST
        keep.ends_at = due(calendar, keep.since, act.policy.holds.open_request_working_days).at


def count_from_now(act: Act, view: View, link: CustomerLink) -> dict[str, Any]:
    """P8: the link's days begin now, once the mail server has the mail, and what is kept for it stays that long; what the log says of it."""
    link.ends_at = act.now + timedelta(days=act.policy.customers.link_days)
    act.store.deadlines.set(LinkEnds.action, view.request.id, link.ends_at)
    return {"link": link.id, "until": link.ends_at.isoformat(), **kept_for_link(act, view, link)}


def kept_for_link(act: Act, view: View, link: CustomerLink) -> dict[str, Any]:
    """P12: what was kept while the request waited stays for its link, so many working days from now, and no longer than that works.

    Returns what the log says of it.
    """
    line, days = line_of(act.policy, view.request), act.policy.customers.copy_kept_working_days
    until = due(calendar_of(act.policy, line), act.now, days).at
    kept = act.store.erasures.kept_by(view.request.id)
    for keep in [one for one in kept if one.ended_at is None]:
        keep.why, keep.ends_at = COPY, min(until, link.ends_at)
    return keeps(kept, "recording_id")
