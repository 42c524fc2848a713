"""A new request: who decides it, what it is promised, and its words; the same request twice is one (P7, P9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from handlers import role_people
from handlers.access.forms import AccessForm, InvestigationForm, SpecialForm, form_for
from handlers.access.state import Filed, RequestCase
from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.effects import Effect
from handlers.finding import may_know
from handlers.handling import handler
from handlers.ids import new_id
from handlers.matters.asking import alarm_if_stuck, find_route, on_record, parties_of, show_to
from handlers.matters.case import involved_people
from handlers.policy import Policy
from handlers.rules import access as rule
from handlers.rules import reasons
from handlers.rules.deadlines import Schedule, schedule_silence
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.reasons import reason_of
from handlers.rules.refusal import Refused
from handlers.rules.routing import Route
from handlers.sealing import Seal, Written, store_written
from handlers.unseen import unseen_adapter
from storage.prefetch import Prefetch
from storage.records import Recording, Remark, Request


def concerned_fingerprint(chosen: Iterable[str]) -> tuple[str, ...]:
    """What those whom it concerns add to a request's fingerprint, by the values of their options; nothing where there are none."""
    values = sorted(set(chosen))
    return (f"concerned {' '.join(values)}",) if values else ()


NOBODY: Mapping[str, int] = MappingProxyType({})

_SCHEDULE: TypeAdapter[Schedule] = unseen_adapter(Schedule)
_SILENT = ("access.remind", "access.deputy", "access.next")
"""What silence brings before the end."""


def fingerprint_of(person_id: int, form: AccessForm) -> str:
    """What another request would have in common with this one to be the same."""
    concerned = concerned_fingerprint(form.named())
    return rule.request_fingerprint(str(person_id), form.reason, form.recordings, form.crm, *form.claim(), *concerned)


def _rows_to_prefetch(person_id: int | None, form: AccessForm, key: str, named: Collection[str]) -> Prefetch | None:
    """Filing is what everybody does at once, so its rows are read together."""
    if person_id is None:
        return None
    return Prefetch(
        frozenset({person_id}),
        frozenset(form.recordings),
        frozenset({key, fingerprint_of(person_id, form)}),
        frozenset(named),
    )


@handler("access.file", clause="P7", prefetch=_rows_to_prefetch)
def file_request(act: Act, form: AccessForm, key: str) -> Done[Filed]:
    """P7, P9: store a request and ask whoever decides it; the same request twice is one request."""
    me = act.me
    fingerprint = fingerprint_of(me.id, form)
    if before := act.store.requests.filed_already(me.id, key, fingerprint):
        return _filed_before(key, fingerprint, before)
    found = act.store.recordings.present(form.recordings, act.now)
    recordings = [one for one in found if may_know(act, one)]
    rule.check_request(act.policy, form.reason, form.recordings, [one.id for one in recordings])
    crm = reasons.check_reference(form.crm, act.policy.company.crm_pattern, [one.crm for one in recordings if one.crm])
    request, written = _new_request(act, form, key, fingerprint, crm)
    named = role_people.chosen_addresses(act.policy, form.named(), "concerned") if request.longer else ()
    detail, effects = file_and_ask_approvers(act, request, written, recordings, named)
    # Where somebody asks is where the answer is looked for, until another place is chosen at home.
    act.store.people.prefers_first(me, act.who.platform)
    clause = "P9" if request.longer else "P7"
    return Done(Filed(request.id), effects, request.id, detail, clause)


def _filed_before(key: str, fingerprint: str, before: Request) -> Done[Filed]:
    if before.key == key and before.fingerprint != fingerprint:
        told = f"Your first try was saved after all, as {before.id}. Withdraw it on its card if it should say something else."
        raise Refused(told, code="saved_before")
    return Done(Filed(before.id, before.key != key), quiet=True)


def _new_request(act: Act, form: AccessForm, key: str, fingerprint: str, crm: str) -> tuple[Request, Written]:
    needed = form_for(act.policy, form.reason)
    if not isinstance(form, needed):
        raise Refused.at(
            {"reason": "This reason asks for more details. Please choose it again and fill in the rest."}, "P9"
        )
    if isinstance(form, SpecialForm) and form.special == "yes":
        raise Refused.at({"reason": _another_reason(act.policy)}, "P9")
    request = Request(
        id=new_id("R"), key=key, fingerprint=fingerprint, requester_id=act.me.id,
        reason=form.reason, crm=crm, asked_at=act.now,
    )  # fmt: skip
    written = Written(purpose=form.purpose, not_special=isinstance(form, SpecialForm))
    if isinstance(form, InvestigationForm) and needed is InvestigationForm:
        request.longer = True
        written.legal_matter, written.basis, written.audience = form.matter, form.basis, form.audience
    return request, written


def _another_reason(policy: Policy) -> str:
    labels = " or ".join(f"“{one.label}”" for one in policy.reasons.values() if one.route == "investigation")
    return f"Then please choose {labels} as the reason. The {policy.role('head_of_customer_success').title} decides it (P9)."


def route_request(act: Act, request: Request, recordings: list[Recording], concerned: Iterable[int] = ()) -> Route:
    """Where a new request goes."""
    on_it = (one.operator_id for one in recordings if one.operator_id)
    case = RequestCircumstances(
        policy=act.today,
        today=rule.company_day(act.policy, act.now),
        involved=involved_people(act.store, askers=[request.requester_id], operators=on_it, concerned=concerned),
        reason=request.reason,
        longer=request.longer,
    )
    return find_route(act, case)


def file_and_ask_approvers(
    act: Act, request: Request, written: Written, recordings: list[Recording], concerned: Collection[int] = (),
) -> tuple[dict[str, object], tuple[Effect, ...]]:  # fmt: skip
    """Store a new request with what was written and ask whoever decides it; what the audit log says of it, and who gets its card."""
    where = route_request(act, request, recordings, concerned)
    request.state, request.line = "waiting" if where.approvers else "stuck", recordings[0].line
    asked = parties_of(act, request, where)
    moments = store_promise(act, request, recordings)
    request.concern(concerned)
    Seal(act).begin(request)
    store_written(act, request, written)
    act.store.requests.add(request, recordings, asked)
    act.store.deadlines.begin(request.id, moments)
    detail: dict[str, object] = {
        "recordings": [one.id for one in recordings],
        "reason": request.reason,
        "longer": request.longer,
        **on_record(asked),
        **({"concerned": sorted(concerned)} if concerned else {}),
    }
    approvers, told = (
        [one.person_id for one in asked if one.part == "approver"],
        alarm_if_stuck(act, request, f"{RequestCase.kind.what} {request.id}", where),
    )
    return detail | warned_by(told), (*told, *show_to(request, [request.requester_id, *approvers]))


def store_remark(act: Act, case: RequestCase, kind: str, words: str) -> dict[str, Any]:
    """Store somebody's words about a request, which stay on its card; returns what the audit log is to hold of them."""
    request = case.matter
    in_order = f"{request.id}.{request.revision:06d}"
    said = Remark(in_order, act.me.id, kind, act.now)
    request.add_remark(said)
    case.written.remarks[said.id] = words
    store_written(act, request, case.written)
    return {"remark": said.id}


def store_promise(act: Act, request: Request, recordings: Sequence[Recording]) -> dict[str, datetime]:
    """What silence will bring and when, stored with its sum; returns the moments by kind, for the clock."""
    found = _count_schedule(act, recordings, request.asked_at)
    moments = dict(found.moments)
    if reason_of(act.policy, request.reason, longer=request.longer).route == "investigation":
        moments["access.undecided"] = moments.pop("access.lapse")
    _set_schedule(request, Schedule(found.promise, moments))
    return moments


def restart_waiting(act: Act, request: Request, recordings: Sequence[Recording]) -> None:
    """P7: whoever gets it later, and nobody beside, has as long as whoever got it first; when it lapses stays as it was promised."""
    known = _SCHEDULE.validate_python(request.promise)
    ends = {step: at for step, at in known.moments.items() if step not in _SILENT}
    anew = _count_schedule(act, recordings, act.now).moments
    coming = {step: anew[step] for step in _SILENT if anew[step] < max(ends.values())}
    act.store.deadlines.drop(request.id, *_SILENT)
    for step, at in coming.items():
        act.store.deadlines.set(step, request.id, at)
    _set_schedule(request, Schedule(known.promise, {**ends, **coming}))


def _count_schedule(act: Act, recordings: Sequence[Recording], since: datetime) -> Schedule:
    home = act.policy.company.home_line
    lines = dict.fromkeys(one.line if one.line in act.policy.lines else home for one in recordings)
    return schedule_silence(act.policy, lines or {home: None}, since)


def _set_schedule(request: Request, found: Schedule) -> None:
    request.promise = _SCHEDULE.dump_python(found, mode="json")
    request.due_at = found.moments.get("access.lapse")


def promised_schedule(request: Request) -> Schedule | None:
    """What was promised when it was asked for."""
    return _SCHEDULE.validate_python(request.promise) if request.promise is not None else None
