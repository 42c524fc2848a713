"""A call that is no longer the same call: access to it ends, and whoever decides is asked anew (P7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers import role_people
from handlers.access import intents
from handlers.access.asking import put
from handlers.access.view import View, load
from handlers.access.waiting import ENDS
from handlers.acting import Act, Done
from handlers.approved import asked, versions
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.ids import new_id
from handlers.matters.asking import changed
from handlers.policy.values import RoleName
from handlers.rules import access as rule
from handlers.rules.calls import were_on
from handlers.rules.search import may_know
from handlers.written import Written
from storage.records import Recording, Request, RequestedRecording

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
    act.store.deadlines.set("access.anew", view.request.id, act.now)
    words = "is no longer the call that was approved, so the access has ended"
    told = _told(act, view, words, (one for one in (view.request.decided_by,) if one))
    return Done(None, (*changed(view), *told), detail=detail, clause=view.clause)


def ask_anew(act: Act, intent: intents.AskAnew) -> Done[None]:
    """P7: the same request once more, about the calls that are there now, to whoever decides it now."""
    view = load(act, intent.request)
    there = (one for one in view.recordings if one.state == "present" and not one.closed(act.now))
    mine = [one for one in there if _may_know(act, view, one)]
    concerned = {one.email_key: one.person_id for one in view.concerned}
    request = _copy(act, view, mine, concerned)
    if not mine or view.gone or view.requester.standing != "member":
        return Done(None, quiet=True)
    if act.store.requests.filed_already(request.key, request.fingerprint):
        return Done(None, quiet=True)
    old = view.written
    written = Written(
        purpose=old.purpose, not_special=old.not_special, legal_matter=old.legal_matter, basis=old.basis, audience=old.audience
    )  # fmt: skip
    detail, effects = put(act, request, written, view.requester.email_key, mine, concerned)
    detail = {**detail, "instead_of": view.request.id, "person": request.requester_id}
    return Done(None, (*changed(view), *effects), request.id, detail, view.clause)


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


def _may_know(act: Act, view: View, recording: Recording) -> bool:
    who = view.requester.email_key
    return may_know(act.policy, who, recording.department, recording.operator_key, recording.line)


def _copy(act: Act, view: View, recordings: list[Recording], concerned: Iterable[str]) -> Request:
    old, said = view.request, view.written
    more = (said.legal_matter, said.basis, said.audience, *intents.concerning(map(role_people.value_of, concerned)))
    fingerprint = rule.fingerprint(str(old.requester_id), old.reason, [one.id for one in recordings], old.crm, *more)
    return Request(
        id=new_id("R"), key=f"anew:{old.id}", fingerprint=fingerprint, requester_id=old.requester_id,
        reason=old.reason, crm=old.crm, longer=old.longer, asked_at=act.now, instead_of=old.id,
    )  # fmt: skip


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
