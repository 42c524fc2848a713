"""Whom a request goes to: the approvers when it is filed, others when they can't be reached or their role changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from handlers import commitments
from handlers.access import intents
from handlers.access.alarming import alarm, unheard
from handlers.access.view import View, load
from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.door import behind
from handlers.effects import Effect, Show, Stray, at_home
from handlers.rules import access as rule
from handlers.rules.refusal import Refused
from handlers.rules.routing import Circumstances, Route, route
from storage.records import Party, Recording, Remark, Request


def way(act: Act, request: Request, requester: str, recordings: list[Recording]) -> Route:
    """Where a new request goes; who was on the call counts under every address that he or she ever had."""
    operators = act.store.people.aliases(one.operator_key for one in recordings if one.operator_key)
    day = rule.company_day(act.policy, act.now)
    return reached(act, Circumstances(act.policy, requester, operators, request.reason, day))


def reached(act: Act, case: Circumstances) -> Route:
    """Where a request goes now: past everybody in a role who may not act as things are."""
    where = route(case)
    while out := frozenset(one.email for one in where.approvers if not act.store.people.may_act(one.email)):
        case = replace(case, unreachable=case.unreachable | out)
        where = route(case)
    return where


def put(
    act: Act, request: Request, requester: str, recordings: list[Recording]
) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Store a new request and ask whoever decides it; what the audit log says of it, and who gets its card."""
    where = way(act, request, requester, recordings)
    request.state, request.line = "waiting" if where.approvers else "stuck", recordings[0].line
    asked = parties(act, request, where)
    act.store.requests.add(request, recordings, asked)
    detail: dict[str, object] = {
        "recordings": [one.id for one in recordings],
        "reason": request.reason,
        **on_record(asked),
        "words": commitments.asked(request),
    }
    approvers, told = [one.person_id for one in asked if one.part == "approver"], alarm(act, request, where)
    return detail | warned_by(told), (*told, *shows(request, [request.requester_id, *approvers]))


def parties(act: Act, request: Request, where: Route) -> list[Party]:
    """Those who are asked, and those who are told of the decision; not stored yet."""
    ids = act.store.people.ids_for([*(one.email for one in where.approvers), *where.copy_to])
    asked = [
        Party(matter_id=request.id, person_id=ids[one.email], part="approver", role=one.role, since=act.now)
        for one in where.approvers
    ]
    told = [
        Party(matter_id=request.id, person_id=ids[one], part="copy", role="", since=act.now) for one in where.copy_to
    ]
    return [*asked, *(one for one in told if one.person_id not in {other.person_id for other in asked})]


def changed(view: View, more: Iterable[int] = ()) -> tuple[Effect, ...]:
    """A new revision, for everybody who holds a copy."""
    view.request.revision += 1
    return shows(view.request, [*view.everybody(), *more])


def shows(request: Request, people: Iterable[int]) -> tuple[Effect, ...]:
    """This revision, for these people."""
    return tuple(Show(person, request.id, request.revision) for person in dict.fromkeys(people))


def takes_part(act: Act, view: View) -> Party:
    """Whoever acts on a request can be reached after all, and holds a copy of its card from now on."""
    me = act.me
    view.people[me.id] = me
    party = _party(view, me.id)
    if party is None:
        role = view.authority(me).role
        party = Party(matter_id=view.request.id, person_id=me.id, part="approver", role=role, since=act.now)
        act.store.matters.ask(party)
        view.parties.append(party)
    party.unreachable = ""
    return party


def remark(act: Act, view: View, kind: str, words: str) -> dict[str, Any]:
    """Store somebody's words about a request, which stay on its card; returns what the audit log is to hold of them."""
    request = view.request
    in_order = f"{request.id}.{request.revision:06d}"
    said = Remark(id=in_order, matter_id=request.id, person_id=act.me.id, kind=kind, words=words, at=act.now)
    act.store.matters.say(said)
    return {"remark": said.id, "words": commitments.remarked(request, said)}


def no_longer_decide(view: View) -> list[int]:
    """Those who were asked and whose turn is over keep their copies; who they are."""
    over = [party for party in view.approvers if not _entitled(view, party)]
    for party in over:
        party.part = "former"
    return [party.person_id for party in over]


def reroute(act: Act, intent: intents.Reroute) -> Done[None]:
    """Somebody can't be reached: the deputy is asked, then the next authority, with an alarm."""
    view, row = load(act.store, act.policy, act.now, intent.matter), act.store.outbox.get(intent.outgoing)
    if intent.began is not None and act.store.people.seen_since(intent.person, intent.began, act.now):
        act.store.outbox.postpone(row, intent.code, act.now)
        return Done(None, quiet=True)
    act.store.outbox.settle(row, "failed", intent.code, act.now)
    party = _party(view, intent.person)
    detail: dict[str, object] = {"person": intent.person, "code": intent.code}
    if party is None or party.unreachable:
        return Done(None, detail=detail, clause=view.clause, quiet=party is not None)
    party.unreachable = intent.code
    if view.request.state not in rule.OPEN or party.part != "approver":
        return Done(None, detail=detail, clause=view.clause)
    new, where = ask_anew(act, view)
    told = alarm(act, view.request, where) if where.approvers or view.request.state == "stuck" else ()
    effects = (*told, *changed(view, new["asked"]))
    return Done(None, effects, detail=detail | new | warned_by(told), clause=view.clause)


def recheck(act: Act, intent: intents.Recheck) -> Done[None]:
    """The clock: roles and absences change, so whoever holds the role now is asked, and who no longer does is told."""
    view = load(act.store, act.policy, act.now, intent.matter)
    if view.request.state not in rule.OPEN:
        return Done(None, quiet=True)
    over, before = no_longer_decide(view), view.request.state
    new, where = ask_anew(act, view)
    if not new["asked"] and not over and view.request.state == before and not unheard(view):
        return Done(None, quiet=True)
    told = alarm(act, view.request, where) if view.request.state == "stuck" else ()
    detail = {**new, "over": over, **warned_by(told)}
    return Done(None, (*told, *changed(view, new["asked"])), detail=detail, clause=view.clause)


def notice(act: Act, intent: intents.Notice) -> Done[None]:
    """A copy that we lost sight of in a crash is brought up to date as soon as somebody presses it."""
    view, me, platform = load(act.store, act.policy, act.now, intent.matter), act.me, act.who.platform
    copy, home = (act.store.outbox.copy(matter, me.id) for matter in (intent.matter, at_home(platform)))
    party = _party(view, me.id)
    if party is not None and party.unreachable:
        party.unreachable = ""
        return Done(None, changed(view), detail={"person": me.id}, clause=view.clause)
    if me.id not in view.everybody() or copy is None:
        return Done(None, quiet=True)
    if intent.message in {one.message for one in (copy, home) if one is not None}:
        return Done(None, behind(act, me.id), quiet=True)
    stray = Stray(me.id, intent.matter, intent.conversation, intent.message, platform)
    return Done(None, (stray,), detail={"person": me.id}, clause=view.clause)


def ask_anew(act: Act, view: View) -> tuple[dict[str, list[int]], Route]:
    """Ask whoever is to decide and was not asked yet; without anybody the request is stuck.

    Returns who is new, for the audit log: `asked`, and those of them who are only `told` of the decision.
    """
    where = reached(act, view.circumstances)
    known, new = {one.person_id: one for one in view.parties}, list[Party]()
    for one in parties(act, view.request, where):
        before = known.get(one.person_id)
        if before is None:
            act.store.matters.ask(one)
            new.append(one)
        elif one.part == "approver" != before.part:
            before.part, before.role = one.part, one.role
            new.append(before)
    view.request.state = "waiting" if where.approvers or view.approvers else "stuck"
    return on_record(new), where


def on_record(parties: Iterable[Party]) -> dict[str, list[int]]:
    """What the audit log says of those who were asked, and of whom of them is only told."""
    known = list(parties)
    return {"asked": [one.person_id for one in known], "told": [one.person_id for one in known if one.part == "copy"]}


def _entitled(view: View, party: Party) -> bool:
    try:
        return bool(view.authority(view.people[party.person_id]))
    except Refused:
        return False


def _party(view: View, person_id: int) -> Party | None:
    return next((one for one in view.parties if one.person_id == person_id), None)
