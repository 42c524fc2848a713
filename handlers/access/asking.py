"""A new request: who decides it, what it is promised, and its words; the same request twice is one (P7, P9)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from handlers import finding
from handlers.access.forms import AccessForm, InvestigationForm, SpecialForm, form_for
from handlers.access.state import Filed, RequestCase
from handlers.acting import Context, Effect, Result, handler
from handlers.matters import asking
from handlers.rules import Refused, access, deadlines
from handlers.rules.routing import Route
from handlers.sealing import Seal, Written, new_id, store_request_words, unseen_adapter
from storage.prefetch import Prefetch
from storage.records import Recording, Remark, Request

_SCHEDULE: TypeAdapter[deadlines.Schedule] = unseen_adapter(deadlines.Schedule)
_SILENT = ("access.remind", "access.deputy", "access.next")
"""The steps that follow if no one decides, before the request lapses."""


def fingerprint_of(person_id: int, form: AccessForm) -> str:
    """Return the fingerprint by which a second filing of the same request by this person is recognised."""
    named = sorted(set(form.named()))
    concerned = (f"concerned {' '.join(named)}",) if named else ()
    return access.request_fingerprint(str(person_id), form.reason, form.recordings, form.crm, *form.claim(), *concerned)


def _rows_to_prefetch(person_id: int | None, form: AccessForm, key: str, named: Collection[str]) -> Prefetch | None:
    """Name the rows that a filing will read, so that they are read ahead: many people may file at once."""
    if person_id is None:
        return None
    filed_by = frozenset({key, fingerprint_of(person_id, form)})
    return replace(finding.rows_of_form(person_id, form, named), requests=filed_by)


@handler("access.file", clause="P7", prefetch=_rows_to_prefetch)
def file_request(ctx: Context, form: AccessForm, key: str) -> Result[Filed]:
    """P7, P9: store a request and ask the people who decide it; filing the same request twice makes one request."""
    me = ctx.me
    fingerprint = fingerprint_of(me.id, form)
    if before := ctx.store.requests.filed_already(me.id, key, fingerprint):
        return _filed_before(key, fingerprint, before)
    found = ctx.store.recordings.present(form.recordings, ctx.now)
    recordings = [one for one in found if finding.may_know(ctx, one)]
    access.check_request(ctx.policy, form.reason, form.recordings, [one.id for one in recordings])
    crm = access.check_reference(form.crm, ctx.policy.company.crm_pattern, [one.crm for one in recordings if one.crm])
    request, written = _new_request(ctx, form, key, fingerprint, crm)
    named = finding.check_people_in_roles(ctx.policy, form.named(), "concerned") if request.longer else ()
    approvers, detail, effects = file_and_ask_approvers(ctx, request, written, recordings, named)
    asked = tuple(ctx.store.people.get(one).name for one in approvers)
    if (ended := ctx.store.requests.ended_before(fingerprint)) is not None:
        ended.asked_again = True  # its card no longer offers what was done
        effects += asking.redraw_matters(ctx, [ended])
    # The answer appears where the person asks, unless they choose another place at home.
    ctx.store.people.prefers_first(me, ctx.who.platform)
    clause = "P9" if request.longer else "P7"
    return Result(Filed(request.id, asked), effects, request.id, detail, clause)


def _filed_before(key: str, fingerprint: str, before: Request) -> Result[Filed]:
    """Answer a filing that was stored already; raises `Refused` if the same submission now says something else."""
    if before.key == key and before.fingerprint != fingerprint:
        told = f"Your first request was saved after all, as {before.id}. To change it, withdraw that one on its card first."
        raise Refused(told, code="saved_before")
    return Result(Filed(before.id, again=before.key != key), quiet=True)


def _new_request(ctx: Context, form: AccessForm, key: str, fingerprint: str, crm: str) -> tuple[Request, Written]:
    """Make the request and its words from the form; raises `Refused` at the reason if it needs another form."""
    needed = form_for(ctx.policy, form.reason)
    if not isinstance(form, needed):
        raise Refused.at(
            {"reason": "This reason needs more details. Please choose it again and fill in the rest."}, "P9"
        )
    if isinstance(form, SpecialForm) and form.special == "yes":
        labels = " or ".join(f"“{one.label}”" for one in ctx.policy.reasons.values() if one.route == "investigation")
        title = ctx.policy.role("head_of_customer_success").title
        told = f"Then please choose {labels} as the reason. The {title} decides those (P9)."
        raise Refused.at({"reason": told}, "P9")
    request = Request(
        id=new_id("R"), key=key, fingerprint=fingerprint, requester_id=ctx.me.id,
        reason=form.reason, crm=crm, asked_at=ctx.now,
    )  # fmt: skip
    written = Written(purpose=form.purpose, not_special=isinstance(form, SpecialForm))
    if isinstance(form, InvestigationForm) and needed is InvestigationForm:
        request.longer = True
        written.legal_matter, written.basis, written.audience = form.matter, form.basis, form.audience
    return request, written


def route_request(ctx: Context, request: Request, recordings: list[Recording], concerned: Iterable[int] = ()) -> Route:
    """Return whom a request that isn't stored yet goes to; it is stuck if there is no one."""
    staff = (one.operator_id for one in recordings if one.operator_id)
    case = access.RequestCircumstances(
        policy=ctx.today,
        today=ctx.policy.company_day(ctx.now),
        involved=asking.involved_people(ctx.store, askers=[request.requester_id], operators=staff, concerned=concerned),
        reason=request.reason,
        longer=request.longer,
    )
    return asking.find_route(ctx, case)


def file_and_ask_approvers(
    ctx: Context, request: Request, written: Written, recordings: list[Recording], concerned: Collection[int] = (),
) -> tuple[list[int], dict[str, object], tuple[Effect, ...]]:  # fmt: skip
    """Store a new request and ask its approvers; returns their ids, the audit log's details, and the effects."""
    where = route_request(ctx, request, recordings, concerned)
    request.state, request.line = "waiting" if where.approvers else "stuck", recordings[0].line
    asked = asking.parties_of(ctx, request, where)
    moments = store_promise(ctx, request, recordings)
    request.concern(concerned)
    Seal(ctx).begin(request)
    store_request_words(ctx, request, written)
    ctx.store.requests.add(request, recordings, asked)
    ctx.store.deadlines.begin(request.id, moments)
    detail: dict[str, object] = {
        "recordings": [one.id for one in recordings],
        "reason": request.reason,
        "longer": request.longer,
        **asking.asked_detail(asked),
        **({"concerned": sorted(concerned)} if concerned else {}),
    }
    approvers, told = (
        [one.person_id for one in asked if one.part == "approver"],
        asking.alarm_if_stuck(ctx, request, f"{RequestCase.kind.what} {request.id}", where),
    )
    return (
        approvers,
        detail | asking.warned_by(told),
        (*told, *asking.show_to(request, [request.requester_id, *approvers])),
    )


def store_remark(ctx: Context, case: RequestCase, kind: str, words: str) -> dict[str, Any]:
    """Store a person's words about a request, shown on its card from then on. Returns the details for the audit log."""
    request = case.matter
    in_order = f"{request.id}.{request.revision:06d}"
    said = Remark(in_order, ctx.me.id, kind, ctx.now)
    request.add_remark(said)
    case.written.remarks[said.id] = words
    store_request_words(ctx, request, case.written)
    return {"remark": said.id}


def store_promise(ctx: Context, request: Request, recordings: Sequence[Recording]) -> dict[str, datetime]:
    """Store what happens when, if no one decides, with how it was counted; returns the times by step, for the clock.

    An investigation gets a weekly reminder in place of the lapse.
    """
    counted = count_schedule(ctx, recordings, request.asked_at)
    moments = dict(counted.moments)
    if access.reason_of(ctx.policy, request.reason, longer=request.longer).route == "investigation":
        moments["access.undecided"] = moments.pop("access.lapse")
    _set_schedule(request, deadlines.Schedule(counted.promise, moments))
    return moments


def restart_waiting(ctx: Context, request: Request, recordings: Sequence[Recording]) -> None:
    """P7: give people who are asked later as much time as the first ones had; when it lapses doesn't change."""
    known = _SCHEDULE.validate_python(request.promise)
    ends = {step: at for step, at in known.moments.items() if step not in _SILENT}
    counted = count_schedule(ctx, recordings, ctx.now).moments
    coming = {step: counted[step] for step in _SILENT if counted[step] < max(ends.values())}
    ctx.store.deadlines.drop(request.id, *_SILENT)
    for step, at in coming.items():
        ctx.store.deadlines.set(step, request.id, at)
    _set_schedule(request, deadlines.Schedule(known.promise, {**ends, **coming}))


def count_schedule(ctx: Context, recordings: Sequence[Recording], since: datetime) -> deadlines.Schedule:
    """Count the steps from `since` (aware), by the calendars of the lines of its calls."""
    home = ctx.policy.company.home_line
    lines = dict.fromkeys(one.line if one.line in ctx.policy.lines else home for one in recordings)
    return deadlines.schedule_silence(ctx.policy, lines or {home: None}, since)


def _set_schedule(request: Request, found: deadlines.Schedule) -> None:
    """Store the schedule with the request, and when the request lapses, if it does."""
    request.promise = _SCHEDULE.dump_python(found, mode="json")
    request.due_at = found.moments.get("access.lapse")


def promised_schedule(request: Request) -> deadlines.Schedule | None:
    """Return the steps and times that were promised for a request; None if nothing was."""
    return _SCHEDULE.validate_python(request.promise) if request.promise is not None else None
