"""When each notice is to be confirmed: asked for by the clock, and anew where what it is about has changed (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.effects import Effect
from handlers.ids import new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import changed, on_record, parties, reached, shows
from handlers.notices import hearing, intents
from handlers.notices.standing import ended_as, standing
from handlers.notices.view import seen
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from storage.tables.notices import NoticeCheck

ASK, REMIND = "notices.ask", "notices.remind"


def wanted(act: Act) -> Mapping[str, datetime]:
    """When (UTC) the clock has to ask for a notice, of those for which it would not do so then; only reads."""
    found: dict[str, datetime] = {}
    waiting = {one.notice: one for one in act.store.notices.open()}
    for notice in rule.NOTICES:
        coming = act.store.deadlines.coming(ASK, notice)
        at = _due(act, notice, waiting.get(notice), coming)
        if at is not None and (coming is None or coming != at):
            found[notice] = at
    return found


def plan(act: Act, intent: intents.Plan) -> Done[None]:
    """Ask the clock for what comes next; what it will do already stays as it is."""
    for notice, at in wanted(act).items():
        act.store.deadlines.set(ASK, notice, at)
    return Done(None, quiet=True)


def open_(act: Act, intent: intents.Open) -> Done[None]:
    """A notice is to be confirmed now; one that waits and is about another wording is over, and begins anew."""
    notice = next((one for one in rule.NOTICES if one == intent.notice), None)
    before = next((one for one in act.store.notices.open() if one.notice == notice), None)
    if notice is None or (before is not None and before.digest == rule.digest(act.policy, notice)):
        return Done(None, quiet=True)
    at, why = (act.now, "changed") if before is not None else _next(act, notice)
    if at > act.now:
        act.store.deadlines.set(ASK, notice, at)
        return Done(None, quiet=True)
    over = _over(act, before) if before is not None else ()
    check = NoticeCheck(
        id=new_id("N"), notice=notice, why=why, digest=rule.digest(act.policy, notice), asked_at=act.now,
        due_on=company_day(act.policy, act.now).isoformat(), line=act.policy.company.home_line,
    )  # fmt: skip
    detail, effects = _put(act, check)
    told = {"notice": notice, "why": why, "digest": check.digest, "instead_of": before.id if before else ""}
    homes = hearing.homes(act) if why == "lost" else ()  # no look changed what stands there; time did
    return Done(None, (*over, *effects, *homes), check.id, detail | told)


def end(act: Act, check: NoticeCheck, state: str) -> None:
    """It waits for nobody any more, and the next one is asked for in its time."""
    check.state, check.closed_at = state, act.now
    act.store.deadlines.drop(REMIND, check.id, act.now)
    plan(act, intents.Plan())


def _over(act: Act, before: NoticeCheck) -> tuple[Effect, ...]:
    before.state, before.closed_at = "over", act.now
    act.store.deadlines.drop(REMIND, before.id, act.now)
    return changed(seen(act, before))


def _put(act: Act, check: NoticeCheck) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Store it and ask whoever is to confirm it; what the audit log says of it, and who gets its card."""
    act.store.notices.add(check)
    view = seen(act, check)
    where = reached(act, view.circumstances)
    check.state = "waiting" if where.approvers else "stuck"
    asked = parties(act, check, where)
    for one in asked:
        act.store.matters.ask(one)
    act.store.deadlines.set(REMIND, check.id, rule.next_working_morning(act.policy, act.now))
    told = alarm(act, check, view.what, where)
    effects = (*told, *shows(check, [one.person_id for one in asked]))
    return {**on_record(asked), **warned_by(told), "due": check.due_on}, effects


def _due(act: Act, notice: rule.Notice, waiting: NoticeCheck | None, coming: datetime | None) -> datetime | None:
    if waiting is not None:
        return None if waiting.digest == rule.digest(act.policy, notice) else _sooner(coming, act.now)
    at, why = _next(act, notice)
    if why == "first":  # a morning that moves on with each day would never come
        return coming or at
    return _sooner(coming, at) if at <= act.now else at


def _sooner(coming: datetime | None, at: datetime) -> datetime:
    return coming if coming is not None and coming <= at else at


def _next(act: Act, notice: rule.Notice) -> tuple[datetime, rule.Why]:
    """When it is to be confirmed next, and why; what is due for the first time is due once its morning has come."""
    last, confirmed = (
        ended_as(act.store.notices.last(notice, states)) for states in (("confirmed", "no"), ("confirmed",))
    )
    stands = standing(act) if notice == "website" else None
    at, why = rule.due(act.policy, notice, last, confirmed, stands, act.now)
    coming = act.store.deadlines.moment(ASK, notice)
    return (min(at, coming) if why == "first" and coming is not None else at), why
