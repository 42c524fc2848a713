"""Filing, deciding, asking back, withdrawing and ending: the life of a request, each step one transaction."""

from __future__ import annotations

from handlers import approved, role_people
from handlers.access import intents
from handlers.access.asking import put, remark
from handlers.access.cards import already, ended
from handlers.access.forms import InvestigationForm, SpecialForm, form_for
from handlers.access.view import View, deciding, known, load
from handlers.access.waiting import ENDS, end_soon, over
from handlers.acting import Act, Done
from handlers.door import Repeated
from handlers.effects import Tell
from handlers.ids import new_id
from handlers.matters.asking import changed, takes_part
from handlers.matters.reminding import line_of
from handlers.policy import Policy
from handlers.rules import access as rule
from handlers.rules import reference
from handlers.rules.refusal import Refused
from handlers.rules.search import may_know
from handlers.written import Written, write
from storage.records import Grant, Request

ALTERED = (
    "What is stored of a call here is not what it was when it was asked for, and no call recording system said so. Nobody can "
    "approve it. Please tell whoever runs me, and let the request be withdrawn."
)


def file(act: Act, intent: intents.File) -> Done[intents.Filed]:
    """P7, P9: store a request and ask whoever decides it; the same request twice is one request."""
    form, me = intent.form, act.me
    fingerprint = intent.fingerprint(me.id)
    if before := act.store.requests.filed_already(intent.key, fingerprint):
        return _filed_before(intent, fingerprint, before)
    found = act.store.recordings.present(form.recordings, act.now)
    recordings = [
        one for one in found if may_know(act.policy, me.email_key, one.department, one.operator_key, one.line)
    ]
    rule.file(act.policy, form.reason, form.recordings, [one.id for one in recordings])
    crm = reference.check(form.crm, act.policy.company.crm_pattern, [one.crm for one in recordings if one.crm])
    request, written = _new_request(act, intent, fingerprint, crm)
    named = role_people.chosen(act.policy, form.named(), "concerned") if request.longer else ()
    detail, effects = put(act, request, written, me.email_key, recordings, act.store.people.ids_for(named))
    # Where somebody asks is where the answer is looked for, until another place is chosen at home.
    act.store.people.prefers_first(me, act.who.platform)
    clause = "P9" if request.longer else "P7"
    return Done(intents.Filed(request.id, state=request.state), effects, request.id, detail, clause)


def _filed_before(intent: intents.File, fingerprint: str, before: Request) -> Done[intents.Filed]:
    if before.key == intent.key and before.fingerprint != fingerprint:
        told = f"Your first try was saved after all, as {before.id}. Withdraw it on its card if it should say something else."
        raise Refused(told, code="saved_before")
    return Done(intents.Filed(before.id, before.key != intent.key, before.state), quiet=True)


def approve(act: Act, intent: intents.Approve) -> Done[None]:
    """P7, P9: the first decision wins; access begins in the same transaction."""
    view, stepped_in = _decided(act, intent.request, "approved", "")
    changing = act.store.recordings.changed(view.request.id)
    rule.as_shown(intent.seen, view.request.changes, changing=changing)
    rule.in_scope([one.state for one in view.recordings])
    _in_reach(act, view)
    _as_asked(act, view)
    grant = Grant(
        id=new_id("G"), matter_id=view.request.id, person_id=view.request.requester_id,
        starts_at=act.now, ends_at=rule.grant_until(act.policy, act.now),
    )  # fmt: skip
    act.store.grants.give(grant)
    act.store.deadlines.set("access.end", view.request.id, grant.ends_at)
    end_soon(act, grant, line_of(act.policy, view.request))
    word = Tell(
        view.request.requester_id,
        f"{act.me.name} approved your request {view.request.id}. Press Listen to hear it in your browser.",
        f"approved:{view.request.id}",
        "listen",
        view.request.id,
    )
    detail: dict[str, object] = {
        "grant": grant.id, "until": grant.ends_at.isoformat(),
        **approved.told(view.written.salt, view.recordings), **stepped_in,
    }  # fmt: skip
    return Done(None, (*changed(view), word), detail=detail, clause=view.clause)


def _in_reach(act: Act, view: View) -> None:
    """What is being erased, or was, is heard by nobody; what is kept for this request past its moment is (P12)."""
    closed = [one.id for one in view.recordings if one.closed(act.now)]
    shut = act.store.declines.shut(closed)
    kept = [one for one in closed if act.now < view.kept.get(one, act.now)]
    rule.in_reach(declined=bool(shut), audible=len(closed) - len(kept) < len(view.recordings))


def _as_asked(act: Act, view: View) -> None:
    """Nobody decides about a call that was changed behind the register's back, nor as somebody whom that lets decide."""
    entries = act.store.audit.logged([view.request.id], approved.ASKED)
    if approved.altered(entries, view.written.salt, view.recordings):
        raise Refused(ALTERED, clause="P7", code="altered")


def deny(act: Act, intent: intents.Deny) -> Done[None]:
    """P7, P9: no access, and the requester reads why."""
    view, stepped_in = _decided(act, intent.request, "denied", intent.words)
    word = Tell(
        view.request.requester_id,
        f"{act.me.name} denied your request {view.request.id}. Press Details to read why.",
        f"denied:{view.request.id}",
        "details",
        view.request.id,
    )
    return Done(None, (*changed(view), word), detail=stepped_in, clause=view.clause)


def question(act: Act, intent: intents.Question) -> Done[None]:
    """Ask the requester something; the card shows it to everybody who holds a copy."""
    view, authority = deciding(act, intent.request)
    rule.question(view.request.state, already(view, act.me))
    stepped_in = takes_part(act, view, authority)
    detail = stepped_in | remark(act, view, "question", intent.words)
    word = Tell(
        view.request.requester_id,
        f"{act.me.name} has a question about your request {view.request.id}. Press Answer to read and answer it.",
        f"question:{view.request.id}:{view.request.revision}",
        "answer",
        view.request.id,
    )
    return Done(None, (*changed(view), word), detail=detail, clause=view.clause)


def answer(act: Act, intent: intents.Answer) -> Done[None]:
    """Answer the open question; whoever may decide hears of it."""
    view, _ = known(act, intent.request, lambda seen: _holds_copy(seen, act))
    mine = act.me.id == view.request.requester_id
    rule.answer(view.request.state, already(view, act.me), requester=mine, asked=view.question is not None)
    detail = remark(act, view, "answer", intent.words)
    once = f"answer:{view.request.id}:{view.request.revision}"
    tells = tuple(
        Tell(one.person_id, _answered(act, view, one.person_id), once, "details", view.request.id)
        for one in view.approvers
    )
    return Done(None, (*changed(view), *tells), detail=detail, clause=view.clause)


def withdraw(act: Act, intent: intents.Withdraw) -> Done[None]:
    """The requester takes the request back or gives access back; an approver takes access away, at once."""
    view, _ = known(act, intent.request, lambda seen: _holds_copy(seen, act))
    request, grant, me = view.request, view.grant, act.me
    mine = me.id == request.requester_id
    if me.id in (grant.ended_by if grant else None, request.decided_by if request.state == "withdrawn" else None):
        raise Repeated(request.id)
    rule.withdraw(
        request.state, ended(view, me), requester=mine, entitled=not mine and _entitled(view, act),
        access_open=view.access_open, access_meant=intent.access,
    )  # fmt: skip
    if grant is None:
        request.state, request.closed_at, request.decided_by = "withdrawn", act.now, me.id
        over(act, request)
        return Done(None, changed(view), clause=view.clause)
    grant.ended_at, grant.ended_by = act.now, me.id
    act.store.deadlines.drop_all(ENDS, request.id, act.now)
    told = f"{me.name} withdrew your access to the calls of {request.id}. If you still need them, press Ask again."
    word = Tell(request.requester_id, told, f"withdrawn:{request.id}", "again", request.id)
    return Done(None, (*changed(view), *(() if mine else (word,))), detail={"grant": grant.id}, clause=view.clause)


def expire(act: Act, intent: intents.Expire) -> Done[None]:
    """The clock: access has ended by itself, and the cards say so."""
    view = load(act, intent.request)
    if view.grant is None or view.grant.ended_at is not None:
        return Done(None, quiet=True)
    view.grant.ended_at = view.grant.ends_at
    act.store.deadlines.drop_all(ENDS, intent.request, act.now)
    late = int((act.now - view.grant.ends_at).total_seconds())
    return Done(None, changed(view), detail={"grant": view.grant.id, "late_seconds": late}, clause=view.clause)


def end_restored(act: Act, intent: intents.EndRestored) -> Done[None]:
    """P12: the database was restored; nobody knows which access had ended since, so all of it ends, and its holders read why."""
    view = load(act, intent.request)
    if view.grant is None or not view.access_open:
        return Done(None, quiet=True)
    view.grant.ended_at, view.grant.ended_why = act.now, "restored"
    act.store.deadlines.drop_all(ENDS, intent.request, act.now)
    told = (
        f"Your access to the calls of {intent.request} has ended: my database had to be restored from a copy, and with it all"
        " access ends. If you still need the calls, press Ask again."
    )
    word = Tell(view.grant.person_id, told, f"restored:{view.grant.id}:{act.now:%Y%m%d%H%M%S}", "again", intent.request)
    return Done(None, (*changed(view), word), detail={"grant": view.grant.id}, clause="P12")


def _new_request(act: Act, intent: intents.File, fingerprint: str, crm: str) -> tuple[Request, Written]:
    form, needed = intent.form, form_for(act.policy, intent.form.reason)
    if not isinstance(form, needed):
        raise Refused.at(
            {"reason": "This reason asks for more details. Please choose it again and fill in the rest."}, "P9"
        )
    if isinstance(form, SpecialForm) and form.special == "yes":
        raise Refused.at({"reason": _another_reason(act.policy)}, "P9")
    request = Request(
        id=new_id("R"), key=intent.key, fingerprint=fingerprint, requester_id=act.me.id,
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


def _decided(act: Act, request_id: str, outcome: str, words: str) -> tuple[View, dict[str, object]]:
    me = act.me
    view, authority = deciding(act, request_id)
    if (view.request.state, view.request.decided_by) == (outcome, me.id):
        raise Repeated(request_id)
    rule.decide(view.request.state, already(view, me))
    request = view.request
    request.state, request.closed_at, request.decided_by = outcome, act.now, me.id
    view.written.decision = words
    write(act, request, view.written)
    title = act.policy.role(authority.role).title
    request.decided_as = f"deputy of the {title}" if authority.deputy else title
    over(act, request)
    return view, takes_part(act, view, authority)


def _answered(act: Act, view: View, reader: int) -> str:
    whose = "your" if view.question is not None and view.question.person_id == reader else "the"
    return f"{act.me.name} answered {whose} question about {view.request.id}. Press Details to decide."


def _holds_copy(view: View, act: Act) -> None:
    if act.who.person_id not in view.everybody():
        view.authority(act.me)


def _entitled(view: View, act: Act) -> bool:
    return act.me.id == view.request.decided_by or bool(view.authority(act.me))
