"""Deciding, asking back, passing on, withdrawing and ending: each step is one transaction (P7, P9)."""

from __future__ import annotations

from handlers.access.asking import store_remark
from handlers.access.cards import already, ended, question_words
from handlers.access.state import View, load, load_for, load_to_decide
from handlers.access.waiting import ENDS, count_silence_again, drop_steps, remind_before_end, who_is_next
from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.door import Repeated
from handlers.effects import Tell
from handlers.handling import handler
from handlers.ids import new_id
from handlers.matters.asking import alarm, ask_anew, changed, no_longer_decide, reached, takes_part
from handlers.matters.reminding import line_of
from handlers.rules import access as rule
from handlers.rules.routing import after
from handlers.sealing import write
from storage.records import Grant


@handler("access.approve", clause="P7", about="request")
def approve_request(act: Act, request: str) -> Done[None]:
    """P7, P9: the first decision wins; access begins in the same transaction."""
    view, stepped_in = _decided(act, request, "approved", "")
    rule.in_scope([one.state for one in view.recordings])
    _in_reach(act, view)
    grant = Grant(
        id=new_id("G"), matter_id=view.request.id, person_id=view.request.requester_id,
        starts_at=act.now, ends_at=rule.grant_until(act.policy, act.now),
    )  # fmt: skip
    act.store.grants.give(grant)
    act.store.deadlines.set("access.end", view.request.id, grant.ends_at)
    remind_before_end(act, grant, line_of(act.policy, view.request))
    word = Tell(
        view.request.requester_id,
        f"{act.me.name} approved your request {view.request.id}. Press Listen to hear it in your browser.",
        f"approved:{view.request.id}",
        "listen",
        view.request.id,
    )
    detail = {"grant": grant.id, "until": grant.ends_at.isoformat(), **stepped_in}
    return Done(None, (*changed(view), word), detail=detail, clause=view.clause)


def _in_reach(act: Act, view: View) -> None:
    """What is being erased, or was, is heard by nobody; what is kept for this request past its moment is (P12)."""
    shut = act.store.declines.shut([one.id for one in view.recordings if one.closed(act.now)])
    rule.in_reach(declined=bool(shut), audible=any(map(view.hears, view.recordings)))


@handler("access.deny", clause="P7", about="request")
def deny_request(act: Act, request: str, words: str) -> Done[None]:
    """P7, P9: no access, and the requester reads why."""
    view, stepped_in = _decided(act, request, "denied", words)
    word = Tell(
        view.request.requester_id,
        f"{act.me.name} denied your request {view.request.id}. Press Details to read why.",
        f"denied:{view.request.id}",
        "details",
        view.request.id,
    )
    return Done(None, (*changed(view), word), detail=stepped_in, clause=view.clause)


@handler("access.question", clause="P7", about="request")
def ask_requester(act: Act, request: str, words: str) -> Done[None]:
    """Ask the requester something; the card shows it to everybody who holds a copy."""
    view, authority = load_to_decide(act, request)
    rule.decide(view.request.state, already(view, act.me))
    stepped_in = takes_part(act, view, authority)
    detail = stepped_in | store_remark(act, view, "question", words)
    word = Tell(
        view.request.requester_id,
        f"{act.me.name} has a question about your request {view.request.id}. Press Answer to read and answer it.",
        f"question:{view.request.id}:{view.request.revision}",
        "answer",
        view.request.id,
    )
    return Done(None, (*changed(view), word), detail=detail, clause=view.clause)


@handler("access.answer", clause="P7", about="request")
def answer_question(act: Act, request: str, words: str) -> Done[None]:
    """Answer the open question; whoever may decide hears of it."""
    view, _ = load_for(act, request, lambda seen: _holds_copy(seen, act))
    mine = act.me.id == view.request.requester_id
    rule.answer(view.request.state, already(view, act.me), requester=mine, asked=view.question is not None)
    detail = store_remark(act, view, "answer", words)
    once = f"answer:{view.request.id}:{view.request.revision}"
    tells = tuple(
        Tell(one.person_id, _answered(act, view, one.person_id), once, "details", view.request.id)
        for one in view.approvers
    )
    return Done(None, (*changed(view), *tells), detail=detail, clause=view.clause)


@handler("access.withdraw", clause="P7", about="request_id")
def withdraw_request(act: Act, request_id: str) -> Done[None]:
    """The requester takes the request back or gives access back; an approver takes access away, at once."""
    view, _ = load_for(act, request_id, lambda seen: _holds_copy(seen, act))
    request, grant, me = view.request, view.grant, act.me
    mine = me.id == request.requester_id
    if me.id in (grant.ended_by if grant else None, request.decided_by if request.state == "withdrawn" else None):
        raise Repeated(request.id)
    rule.withdraw(
        request.state, ended(view, me), requester=mine, entitled=not mine and _entitled(view, act),
        access_open=view.access_open,
    )  # fmt: skip
    if grant is None:
        request.state, request.closed_at, request.decided_by = "withdrawn", act.now, me.id
        drop_steps(act, request)
        return Done(None, changed(view), clause=view.clause)
    grant.ended_at, grant.ended_by = act.now, me.id
    act.store.deadlines.drop_all(ENDS, request.id, act.now)
    told = f"{me.name} withdrew your access to the calls of {request.id}. If you still need them, press Ask again."
    word = Tell(request.requester_id, told, f"withdrawn:{request.id}", "again", request.id)
    return Done(None, (*changed(view), *(() if mine else (word,))), detail={"grant": grant.id}, clause=view.clause)


@handler("access.pass_on", clause="P7", about="request")
def pass_on(act: Act, request: str, words: str) -> Done[None]:
    """The next authority is asked instead of everybody who was; whoever passed it on keeps a copy and decides no more."""
    view, authority = load_to_decide(act, request)
    rule.decide(view.request.state, already(view, act.me))
    rule.pass_on(reached(act, after(view.circumstances, authority)).approvers)
    detail = store_remark(act, view, "passed_on", words)
    detail |= takes_part(act, view, authority)
    party = next(one for one in view.parties if one.person_id == act.me.id)
    party.part, party.role = "passed", authority.role
    detail["passed_as"] = party.role
    over = no_longer_decide(view)
    asked, where = ask_anew(act, view)
    told = alarm(act, view.request, view.what, where)
    effects = (*told, *changed(view, asked["asked"]))
    done = Done(None, effects, detail=detail | asked | {"over": over} | warned_by(told), clause=view.clause)
    return count_silence_again(act, view, done)


@handler("access.expire", clause="P7", about="request")
def expire_access(act: Act, request: str) -> Done[None]:
    """The clock: access has ended by itself, and the cards say so."""
    view = load(act, request)
    if view.grant is None or view.grant.ended_at is not None:
        return Done(None, quiet=True)
    view.grant.ended_at = view.grant.ends_at
    act.store.deadlines.drop_all(ENDS, request, act.now)
    late = int((act.now - view.grant.ends_at).total_seconds())
    return Done(None, changed(view), detail={"grant": view.grant.id, "late_seconds": late}, clause=view.clause)


def _decided(act: Act, request_id: str, outcome: str, words: str) -> tuple[View, dict[str, object]]:
    me = act.me
    view, authority = load_to_decide(act, request_id)
    if (view.request.state, view.request.decided_by) == (outcome, me.id):
        raise Repeated(request_id)
    rule.decide(view.request.state, already(view, me))
    request = view.request
    request.state, request.closed_at, request.decided_by = outcome, act.now, me.id
    view.written.decision = words
    write(act, request, view.written)
    title = act.policy.role(authority.role).title
    request.decided_as = f"deputy of the {title}" if authority.deputy else title
    drop_steps(act, request)
    return view, takes_part(act, view, authority)


def _answered(act: Act, view: View, reader: int) -> str:
    whose = "your" if view.question is not None and view.question.person_id == reader else "the"
    return f"{act.me.name} answered {whose} question about {view.request.id}. Press Details to decide."


def _holds_copy(view: View, act: Act) -> None:
    if act.who.person_id not in view.everybody():
        view.authority(act.me)


def _entitled(view: View, act: Act) -> bool:
    return act.me.id == view.request.decided_by or bool(view.authority(act.me))


def open_decision(act: Act, request: str) -> str:
    """Nothing more than the form says; raises `Refused` where there is nothing left to decide, or nothing for this person."""
    _to_decide(act, request)
    return ""


def open_pass_on(act: Act, request: str) -> str:
    """Who is asked next; raises `Refused` as `open_decision`."""
    title = who_is_next(_to_decide(act, request), act.me)
    return f"The {title} is asked next." if title else ""


def open_answer(act: Act, request: str) -> str:
    """Who asks what; raises `Refused` where no question waits for this person's answer."""
    view, _ = load_for(act, request, lambda seen: _to_answer(act, seen))
    return question_words(view, act.me.id)


def _to_decide(act: Act, request: str) -> View:
    view, _ = load_to_decide(act, request)
    rule.decide(view.request.state, already(view, act.me))
    return view


def _to_answer(act: Act, view: View) -> None:
    mine = act.me.id == view.request.requester_id
    rule.answer(view.request.state, already(view, act.me), requester=mine, asked=view.question is not None)
