"""A call that is no longer the same call: access to it ends, and an open request shows the call that is there now (P7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.access import intents
from handlers.access.view import View, load
from handlers.access.waiting import ENDS
from handlers.acting import Act, Done
from handlers.approved import asked, versions
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.matters.asking import changed
from handlers.policy.values import RoleName
from handlers.rules import access as rule
from handlers.rules.calls import were_on
from storage.records import RequestedRecording

OVERSEERS: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


def call_changed(act: Act, intent: intents.CallChanged) -> Done[None]:
    """P7: an open request shows the call that is there now; access that was given for another one has ended."""
    view = load(act, intent.request)
    others = _others(act, view)
    if not others:
        raise Repeated(intent.request)
    if view.request.is_open:
        now = [one for one in view.recordings if one.id in others]
        detail = {**_noted(act, view, others), **asked(view.written.salt, now)}
        view.request.changes += 1
        told = _told(act, view, "is no longer the call that was asked for", (one.person_id for one in view.approvers))
        return Done(None, (*changed(view), *told), detail=detail, clause=view.clause)
    if view.grant is None or not view.access_open:
        return Done(None, quiet=True)
    detail = {**_noted(act, view, others), "grant": view.grant.id}
    view.grant.ended_at, view.grant.ended_why = act.now, "call_changed"
    act.store.deadlines.drop_all(ENDS, view.request.id, act.now)
    words = "is no longer the call that was approved, so the access has ended"
    told = _told(act, view, words, (one for one in (view.request.decided_by,) if one))
    return Done(None, (*changed(view), *told), detail=detail, clause=view.clause)


def _others(act: Act, view: View) -> dict[int, RequestedRecording]:
    """By recording: those that have become others since they were named."""
    now = {one.id: one.version for one in view.recordings}
    named = act.store.recordings.named_by(view.request.id)
    return {one.recording_id: one for one in named if one.version != now[one.recording_id]}


def _noted(act: Act, view: View, others: Mapping[int, RequestedRecording]) -> dict[str, object]:
    """Take down that these have become others; returns what the audit log says of it."""
    now = [one for one in view.recordings if one.id in others]
    for one in now:
        others[one.id].version, others[one.id].changed_at = one.version, act.now
    return {"recordings": [*others], **versions(now)}


def _told(act: Act, view: View, words: str, approvers: Iterable[int]) -> tuple[Effect, ...]:
    """The requester, whoever decides or has decided, and the Head of Customer Success, who has no card of it."""
    words = f"A call of request {view.request.id} {words}."
    once = f"call_changed:{view.request.id}:{view.request.revision}"
    people = dict.fromkeys([view.request.requester_id, *approvers, *_overseers(act, view)])
    copies = view.everybody()
    return tuple(
        Tell(one, f"{words} Press Details to read more.", once, "details", view.request.id)
        if one in copies
        else Tell(one, words, once)
        for one in people
    )


def _overseers(act: Act, view: View) -> list[int]:
    """The Head, or else the Manager, Human Resources: nobody whom it concerns, or who was on one of these calls, as they are or as they were."""
    keys = {key for one in view.recordings for key in were_on(one.operator_key, one.operators_before)}
    own = act.store.people.aliases(keys) | view.mine | view.conflicted
    day = rule.company_day(act.policy, act.now)
    for role in OVERSEERS:
        there = [one for one in view.policy.holders_on(role, day) if one not in own]
        if there:
            return list(act.store.people.ids_for(there).values())
    return []
