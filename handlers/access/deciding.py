"""Deciding, asking back, passing on, withdrawing and ending: each step is one transaction (P7, P9)."""

from typing import Any

from handlers import phrases, sealing, telling
from handlers.access import asking, cards, waiting
from handlers.access.state import RequestCase
from handlers.acting import Context, Result, handler
from handlers.door import Repeated
from handlers.matters.asking import ask_these, bump_and_redraw, close_matter, find_route, pass_to_next, take_part
from handlers.matters.reminding import line_of, moment_to_tell, schedule_reminder
from handlers.rules import Refused, routing
from handlers.rules import access as rule
from storage.records import Grant


@handler("access.approve", clause="P7", about="request")
def approve_request(ctx: Context, request: str, days: str = "") -> Result[None]:
    """P7, P9: approve a request; access begins at once, for so many days, as the button says (empty: as many as usual).

    Raises `Refused` if it was decided before.
    """
    case, stepped_in = _close_with_outcome(ctx, request, "approved", "")
    rule.check_in_scope([one.state for one in case.recordings])
    _check_in_reach(case)
    grant = Grant(
        id=sealing.new_id("G"), matter_id=case.matter.id, person_id=case.matter.requester_id,
        starts_at=ctx.now, ends_at=rule.grant_until(ctx.policy, ctx.now, days),
    )  # fmt: skip
    ctx.store.insert(grant)
    _schedule_end(ctx, case, grant)
    detail = {"grant": grant.id, "until": grant.ends_at.isoformat(), **stepped_in}
    until = phrases.moment_words(grant.ends_at, case.requester.zone, ctx.now)
    words = f"approved your request to hear a call, until {until}."
    return _redraw_and_tell(ctx, case, words, detail)


def _redraw_and_tell(ctx: Context, case: RequestCase, words: str, detail: dict[str, Any]) -> Result[None]:
    """Redraw the cards, and tell the requester what the current person did; `words` follow that person's name."""
    key = f"told:{case.matter.id}:{case.matter.revision}"
    message = telling.tell_of(case.matter.id, [case.matter.requester_id], f"{ctx.me.name} {words}", key)
    return Result(None, (*bump_and_redraw(case), *message), detail=detail, clause=case.clause)


def _schedule_end(ctx: Context, case: RequestCase, grant: Grant) -> None:
    """Set the deadlines that end this access and remind its holder before that."""
    ctx.store.deadlines.set("access.end", case.matter.id, grant.ends_at)
    waiting.remind_before_end(ctx, grant, line_of(ctx.policy, case.matter))


def _check_in_reach(case: RequestCase) -> None:
    """Refuse if none of the calls can be heard, or one is locked."""
    if refused := case.out_of_reach:
        raise refused


@handler("access.deny", clause="P7", about="request")
def deny_request(ctx: Context, request: str, words: str) -> Result[None]:
    """P7, P9: deny the request; the requester reads why."""
    case, stepped_in = _close_with_outcome(ctx, request, "denied", words)
    return _redraw_and_tell(ctx, case, "denied your request to hear a call.", stepped_in)


@handler("access.question", clause="P7", about="request")
def ask_requester(ctx: Context, request: str, words: str) -> Result[None]:
    """Ask the requester something; everyone who holds the card can read it."""
    case, authority = _load_to_decide(ctx, request)
    stepped_in = take_part(ctx, case, authority)
    detail = stepped_in | asking.store_remark(ctx, case, "question", words)
    words = "asked a question about your request to hear a call."
    return _redraw_and_tell(ctx, case, words, detail)


@handler("access.answer", clause="P7", about="request")
def answer_question(ctx: Context, request: str, words: str) -> Result[None]:
    """Answer the open question, and tell the approvers."""
    case = _load_for_holder(ctx, request)
    _check_may_answer(ctx, case)
    detail = asking.store_remark(ctx, case, "answer", words)
    told = f"{ctx.me.name} answered the question about their request to hear a call."
    people, once = [one.person_id for one in case.approvers], f"answer:{case.matter.id}:{case.matter.revision}"
    tells = telling.tell_of(case.matter.id, people, told, once)
    return Result(None, (*bump_and_redraw(case), *tells), detail=detail, clause=case.clause)


@handler("access.withdraw", clause="P7", about="request_id")
def withdraw_request(ctx: Context, request_id: str) -> Result[None]:
    """Withdraw a request or its access: the requester gives it back, or an approver takes it away, at once."""
    case = _load_for_holder(ctx, request_id)
    request, grant, me = case.matter, case.grant, ctx.me
    mine = me.id == request.requester_id
    if me.id in (grant.ended_by if grant else None, request.decided_by if request.state == "withdrawn" else None):
        raise Repeated(request.id)
    rule.check_withdrawal(
        request.state, cards.already_ended_words(case, me), requester=mine, entitled=not mine and (me.id == request.decided_by or bool(case.authority(me.id))),
        access_open=case.access_open,
    )  # fmt: skip
    if grant is None:
        close_matter(ctx, request, "withdrawn", me.id)
        return Result(None, bump_and_redraw(case), clause=case.clause)
    grant.ended_at, grant.ended_by = ctx.now, me.id
    ctx.store.deadlines.drop(request.id)
    detail = {"grant": grant.id}
    if mine:
        return Result(None, bump_and_redraw(case), detail=detail, clause=case.clause)
    return _redraw_and_tell(ctx, case, "withdrew your access to a call.", detail)


@handler("access.pass_on", clause="P7", about="request")
def pass_on(ctx: Context, request: str, words: str) -> Result[None]:
    """Ask the next authority instead of everyone asked so far; this person keeps a copy but no longer decides."""
    case, authority = _load_to_decide(ctx, request)
    rule.check_pass_on(find_route(ctx, routing.case_after_passing(case.circumstances, authority)).approvers)
    detail = asking.store_remark(ctx, case, "passed_on", words)
    passed, effects = pass_to_next(ctx, case, authority)
    done = Result(None, effects, detail=detail | passed, clause=case.clause)
    return waiting.count_silence_again(ctx, case, done)


@handler("access.expire", clause="P7", about="request")
def expire_access(ctx: Context, request: str) -> Result[None]:
    """Note that access has ended, and redraw the cards. Run by the clock."""
    case = RequestCase.load(ctx, request)
    if case.grant is None or case.grant.ended_at is not None:
        return Result(None, quiet=True)
    case.grant.ended_at = case.grant.ends_at
    ctx.store.deadlines.drop(request)
    late = int((ctx.now - case.grant.ends_at).total_seconds())
    return Result(
        None, bump_and_redraw(case), detail={"grant": case.grant.id, "late_seconds": late}, clause=case.clause
    )


@handler("access.more", clause="P7", about="request")
def ask_for_more_time(ctx: Context, request: str) -> Result[None]:
    """P7: ask the approver who gave access, or their deputy, to extend it."""
    case = _load_for_holder(ctx, request)
    mine = ctx.me.id == case.matter.requester_id
    if case.wants_more and mine:
        raise Repeated(request)
    rule.check_more_time(
        requester=mine, audible=case.audible, denied=case.matter.more_denied, decided=bool(case.more_decider)
    )
    case.matter.more_asked_at = ctx.now
    return _remind_deciders(ctx, case, "access.more")


@handler("access.nudge", clause="P7", about="request")
def nudge_approvers(ctx: Context, request: str) -> Result[None]:
    """P7: remind the approvers at the requester's wish, once a day."""
    case = _load_for_holder(ctx, request)
    mine = ctx.me.id == case.matter.requester_id
    rule.check_nudge(waiting=mine and bool(case.deciding), again=case.may_nudge)
    return _remind_deciders(ctx, case, "access.more" if case.wants_more else "access.nudge")


@handler("access.nudge_again", clause="P7", about="request")
def offer_nudge(ctx: Context, request: str) -> Result[None]:
    """P7: redraw the cards once the requester may nudge again. Run by the clock."""
    case = RequestCase.load(ctx, request)
    return Result(None, bump_and_redraw(case), clause=case.clause) if case.may_nudge else Result(None, quiet=True)


def _remind_deciders(ctx: Context, case: RequestCase, step: str) -> Result[None]:
    """Remind the people who decide now, in their working hours; the next reminder has to wait a day after that."""
    matter, people, until = case.matter, case.deciding, case.grant.ends_at if case.grant else case.matter.due_at
    ask_these(ctx, case, filter(None, map(case.authority_now, people)))  # for more time, the person who stands in
    schedule_reminder(ctx, matter, step, people, ctx.now, until)
    matter.nudged = people
    matter.nudged_at = min(moment_to_tell(ctx, one, matter, ctx.now, until) for one in people)
    ctx.store.deadlines.set(offer_nudge.action, matter.id, matter.nudged_at + rule.NUDGES)
    return Result(None, bump_and_redraw(case), detail={"told": people}, clause=case.clause)


@handler("access.extend", clause="P7", about="request")
def extend_access(ctx: Context, request: str, days: str = "") -> Result[None]:
    """P7: extend access with one press of the approver who gave it, from the time it would have ended; `days` is as for
    `approve_request`.
    """
    case, grant = _load_to_extend(ctx, request)
    _check_in_reach(case)
    grant.ends_at = rule.grant_until(ctx.policy, grant.ends_at, days)
    _schedule_end(ctx, case, grant)
    until = phrases.moment_words(grant.ends_at, case.requester.zone, ctx.now)
    words = f"gave you more time to hear a call, until {until}."
    return _answer_more_time(ctx, case, grant, words)


@handler("access.keep_end", clause="P7", about="request")
def deny_more_time(ctx: Context, request: str) -> Result[None]:
    """P7: leave the end of access as it is, at one press of the approver; the requester can't ask for more time again."""
    case, grant = _load_to_extend(ctx, request)
    case.matter.more_denied = True
    words = "denied your request for more time to hear a call."
    return _answer_more_time(ctx, case, grant, words)


def _load_to_extend(ctx: Context, request: str) -> tuple[RequestCase, Grant]:
    """Load a request whose holder asked this person for more time; raises `Refused` if that was answered."""
    case, _ = RequestCase.load_for_decider(ctx, request)
    if case.grant is None or not case.extends(ctx.me.id):
        raise Refused("This has already been answered, or access has ended.", code="not_asked")
    return case, case.grant


def _answer_more_time(ctx: Context, case: RequestCase, grant: Grant, words: str) -> Result[None]:
    """Close the question for more time, and tell the holder."""
    case.matter.more_asked_at = None
    return _redraw_and_tell(ctx, case, words, {"until": grant.ends_at.isoformat()})


def _close_with_outcome(
    ctx: Context, request_id: str, outcome: str, words: str
) -> tuple[RequestCase, dict[str, object]]:
    """Approve or deny a request for the current person. Returns the request, and log details if they stepped in for another.

    Raises `Repeated` for the same decision again, and `Refused` for a decided request.
    """
    me = ctx.me
    case, authority = RequestCase.load_for_decider(ctx, request_id)
    if (case.matter.state, case.matter.decided_by) == (outcome, me.id):
        raise Repeated(request_id)
    rule.check_open(case.matter.state, cards.already_decided_words(case, me))
    request = case.matter
    close_matter(ctx, request, outcome, me.id)
    request.nudged_at = None
    case.written.decision = words
    sealing.store_request_words(ctx, request, case.written)
    title = ctx.policy.role(authority.role).title
    request.decided_as = f"deputy of the {title}" if authority.deputy else title
    return case, take_part(ctx, case, authority)


def _load_for_holder(ctx: Context, request: str) -> RequestCase:
    """Load a request for a person who holds its card or may decide it; raises `Refused` for anyone else."""
    me = ctx.me.id
    return RequestCase.load_for(ctx, request, lambda case: me in case.everybody() or case.authority(me))[0]


def open_decision(ctx: Context, request: str) -> str:
    """Return no text above a decision's form; called when it opens, to raise `Refused` if this person has nothing left
    to decide.
    """
    _load_to_decide(ctx, request)
    return ""


def open_pass_on(ctx: Context, request: str) -> str:
    """Return the text above the form, which says who is asked next; raises `Refused` like `open_decision`."""
    title = waiting.who_is_next(_load_to_decide(ctx, request)[0], ctx.me.id)
    return f"It goes to the {title} next." if title else ""


def open_answer(ctx: Context, request: str) -> str:
    """Return the open question, to be shown above the form; raises `Refused` if this person has no question to answer."""
    case, _ = RequestCase.load_for(ctx, request, lambda seen: _check_may_answer(ctx, seen))
    return cards.question_words(case, ctx.me.id)


def _load_to_decide(ctx: Context, request: str) -> tuple[RequestCase, routing.Authority]:
    """Load a request that this person may decide now; raises `Refused` with the reason."""
    case, authority = RequestCase.load_for_decider(ctx, request)
    rule.check_open(case.matter.state, cards.already_decided_words(case, ctx.me))
    return case, authority


def _check_may_answer(ctx: Context, case: RequestCase) -> None:
    """Raise `Refused` unless this person asked for it and has an open question."""
    mine = ctx.me.id == case.matter.requester_id
    rule.check_answer(
        case.matter.state, cards.already_decided_words(case, ctx.me), requester=mine, asked=case.question is not None
    )
