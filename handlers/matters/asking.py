"""Whom a matter goes to, who is next when that person can't decide it, and the alarm when no one is left.

Features say who has a conflict and in which order roles are asked. Only this module knows who is available.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from handlers import phrases, sealing
from handlers.acting import Alert, Context, Effect, Result, Show, Warn, handler
from handlers.policy import Policy, RoleName
from handlers.rules import availability, routing
from handlers.rules.routing import Authority, Circumstances, Involved, Route, current_route
from storage.database.store import Store
from storage.records import Alarm, Matter, Party, Person

if TYPE_CHECKING:
    from handlers.matters.case import Case

GAVE_UP = "gave_up"
"""How the code begins when a card couldn't be delivered and was given up."""
PASSED = "passed"
"""The part of a person who passed a matter on."""
AGAIN = timedelta(days=1)
OUT_OF_REACH, NOBODY_LEFT, UNDECIDED = "out_of_reach", "nobody_left", "undecided"


def find_route(ctx: Context, case: Circumstances) -> Route:
    """Return whom a matter goes to now, skipping everyone who may not act at present."""
    route = current_route(case)
    while out := ctx.store.people.out_of_reach([one.person for one in route.approvers]):
        case = case.without(out)
        route = current_route(case)
    return route


def parties_of(ctx: Context, matter: Matter, route: Route) -> list[Party]:
    """Return the people who are asked to decide, and those who are only told of the decision; not stored yet."""
    asked = [_make_party(ctx, matter, one.person, role=one.role, because=route.because) for one in route.approvers]
    copied = [_make_party(ctx, matter, one, "copy") for one in route.copy_to]
    return [*asked, *(one for one in copied if one.person_id not in {other.person_id for other in asked})]


def _make_party(
    ctx: Context, matter: Matter, person: int, part: str = "approver", role: str = "", because: str = ""
) -> Party:
    return Party(matter_id=matter.id, person_id=person, part=part, role=role, since=ctx.now, because=because)


def begin_asking(ctx: Context, case: Case[Any]) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Ask the deciders of a new matter. Return the details for the audit log, and the effects that deliver the card."""
    matter, route = case.matter, find_route(ctx, case.circumstances)
    asked = parties_of(ctx, matter, route)
    for one in asked:
        ctx.store.insert(one)
    hidden, alarm = "", tuple[Effect, ...]()
    if matter.is_open:
        matter.state = "waiting" if route.approvers else "stuck"
        hidden, alarm = "copy", alarm_if_stuck(ctx, matter, case.what, route)
    first, shown = matter.begun_by, [one.person_id for one in asked if one.part != hidden]
    people = shown if first is None else [first, *shown]
    return {**asked_detail(asked), **warned_by(alarm)}, (*alarm, *show_to(matter, people))


def bump_and_redraw(case: Case[Any], more: Iterable[int] = ()) -> tuple[Effect, ...]:
    """Raise the matter's revision, and redraw its card for everyone with a copy, and for `more` people."""
    case.matter.revision += 1
    return show_to(case.matter, [*case.everybody(), *more])


def close_matter(ctx: Context, matter: Matter, state: str, by: int | None = None) -> None:
    """Close a matter in this state, perhaps by a person's decision; its deadlines are dropped."""
    matter.state, matter.closed_at, matter.decided_by = state, ctx.now, by or matter.decided_by
    ctx.store.deadlines.drop(matter.id)


def show_to(matter: Matter, people: Iterable[int]) -> tuple[Effect, ...]:
    """Redraw the present revision for these people."""
    return tuple(Show(person, matter.id, matter.revision) for person in dict.fromkeys(people))


def take_part(ctx: Context, case: Case[Any], authority: Authority) -> dict[str, object]:
    """Count a person who acts as reachable, and give them a copy of the card.
    Return the details for the audit log: why a person who wasn't asked takes part (`stepped_in`), and their role.
    """
    me = ctx.me
    case.people[me.id] = me
    party, detail = case.party_of(me.id), dict[str, object]()
    if party is None:
        because = current_route(case.circumstances).because
        party = _make_party(ctx, case.matter, me.id, role=authority.role, because=because)
        ctx.store.insert(party)
        case.parties.append(party)
        detail |= {"stepped_in": party.because, "stepped_in_as": party.role}
    mark_reachable(party)
    return detail


def no_longer_decide(case: Case[Any]) -> list[int]:
    """Turn approvers who no longer decide into former ones, who keep their copies; return their ids."""
    over = [party for party in case.reached if not case.entitles(party.person_id)]
    for party in over:
        party.part = "former"
    return [party.person_id for party in over]


def reroute_around(
    ctx: Context, case: Case[Any], person: int, code: str, outgoing: str, began: datetime | None
) -> Result[None]:  # fmt: skip
    """Ask the deputy, then the next authority, when a person can't be reached, and raise an alarm.

    `code` is the platform's word. `began` is when the attempt began: a person seen since then is tried once more.
    """
    if began is not None and ctx.store.people.seen_since(person, began, ctx.now):
        ctx.store.outbox.postpone(outgoing, code, ctx.now)
        return Result(None, quiet=True)
    ctx.store.outbox.settle(outgoing, "failed", code, ctx.now)
    party = case.party_of(person)
    detail: dict[str, object] = {"person": person, "code": code}
    if party is None or party.unreachable:
        return Result(None, detail=detail, clause=case.clause, quiet=party is not None)
    party.unreachable = code
    if not case.matter.is_open or party.part != "approver":
        return Result(None, detail=detail, clause=case.clause)
    new, route = ask_again(ctx, case)
    if not new["asked"]:  # silence had brought this person in, since the regular deciders were asked before
        instead = routing.asked_instead(case.circumstances, cast("RoleName", party.role))
        new = brought_in(case, ask_these(ctx, case, instead))
    alarm = (
        alarm_if_stuck(ctx, case.matter, case.what, route) if route.approvers or case.matter.state == "stuck" else ()
    )
    effects = (*alarm, *bump_and_redraw(case, new["asked"]))
    return Result(None, effects, detail=detail | new | warned_by(alarm), clause=case.clause)


def recheck_deciders(ctx: Context, case: Case[Any]) -> Result[None]:
    """Ask the people who decide now, after a change of roles or absences, and tell those who no longer do."""
    if not case.matter.is_open:
        return Result(None, quiet=True)
    back = _reachable_again(ctx, case)
    over, before = no_longer_decide(case), case.matter.state
    new, route = ask_again(ctx, case)
    alarm_unheard = case.alarm is not None and case.alarm.state == "nobody" and case.now - case.alarm.raised_at >= AGAIN
    if not (
        new["asked"] or over or back or case.matter.state != before or (alarm_unheard and case.matter.state == "stuck")
    ):
        return Result(None, quiet=True)
    alarm = alarm_if_stuck(ctx, case.matter, case.what, route) if case.matter.state == "stuck" else ()
    detail = {**new, "over": over, **({"back": back} if back else {}), **warned_by(alarm)}
    return Result(None, (*alarm, *bump_and_redraw(case, new["asked"])), detail=detail, clause=case.clause)


def _reachable_again(ctx: Context, case: Case[Any]) -> list[int]:
    """P7: ask unreachable approvers of a stuck matter again if another card has reached them since; return their ids.

    Those whose card was given up after many tries are left out: it may be the card itself that fails.
    """
    if case.matter.state != "stuck":
        return []
    asked = (one for one in case.parties if one.part == "approver")
    missed = (one for one in asked if one.unreachable and not one.unreachable.startswith(GAVE_UP))
    back = [one for one in missed if ctx.store.outbox.reached_again(one.person_id)]
    for one in back:
        one.unreachable = ""
    return [one.person_id for one in back]


def back_in_reach(ctx: Context, person_id: int) -> tuple[Effect, ...]:
    """Redraw the copies of a person who is reachable again; they may decide what is still open."""
    back = ctx.store.matters.passed_over(person_id)
    for party, matter in back:
        party.unreachable = ""
        if matter.state == "stuck" and party.part == "approver":
            matter.state = "waiting"
    return redraw_matters(ctx, [matter for _, matter in back], person_id)


def mark_reachable(party: Party | None) -> bool:
    """Mark a person who just pressed something as reachable; return True if they weren't before."""
    missed = party is not None and bool(party.unreachable)
    if party is not None:
        party.unreachable = ""
    return missed


def ask_again(ctx: Context, case: Case[Any]) -> tuple[dict[str, Any], Route]:
    """Ask the deciders who weren't asked yet, or mark the matter stuck; return who is new, for the log, and the route."""
    route = find_route(ctx, case.circumstances)
    new = _newly_asked(ctx, case, parties_of(ctx, case.matter, route))
    # If everyone who was asked is away, it is as if the matter were new.
    anyone_there = any(case.circumstances.is_there(one.person_id) for one in case.reached)
    case.matter.state = "waiting" if route.approvers or anyone_there else "stuck"
    return asked_detail(new), route


def ask_and_redraw(ctx: Context, case: Case[Any]) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Ask the current deciders and redraw every copy. Return the details for the audit log, and the effects."""
    new, route = ask_again(ctx, case)
    alarm = alarm_if_stuck(ctx, case.matter, case.what, route) if new["asked"] or case.matter.state == "stuck" else ()
    return {**new, **warned_by(alarm)}, (*alarm, *bump_and_redraw(case, new["asked"]))


def ask_deputies_of_silent(ctx: Context, case: Case[Any]) -> list[int]:
    """Ask the deputies of those who haven't answered, who stay asked too; return the ids of those who are new."""
    rules = case.circumstances
    roles = [name for name in rules.remaining if name in asked_roles(case)]
    return ask_these(ctx, case, [one for name in roles for one in routing.deciding_deputies(rules, name)])


def ask_next(ctx: Context, case: Case[Any]) -> list[int]:
    """Ask the next role of the chain, since those who were asked haven't answered; return the ids of those who are new."""
    return ask_these(ctx, case, routing.next_authorities(case.circumstances, asked_roles(case)))


def asked_roles(case: Case[Any]) -> frozenset[RoleName]:
    """Return the roles of the chain that were asked and can be reached."""
    asked = {one.role for one in case.approvers}
    return frozenset(name for name in case.circumstances.chain if name in asked)


def pass_to_next(ctx: Context, case: Case[Any], authority: Authority) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Ask the next authority instead of everyone asked so far; this person keeps a copy but no longer decides."""
    stepped_in = take_part(ctx, case, authority)
    party = next(one for one in case.parties if one.person_id == ctx.me.id)
    party.part, party.role = PASSED, authority.role
    over = no_longer_decide(case)
    asked, effects = ask_and_redraw(ctx, case)
    return {**stepped_in, "passed_as": party.role, **asked, "over": over}, effects


def ask_these(
    ctx: Context, case: Case[Any], authorities: Iterable[Authority], because: Literal["", "away"] = ""
) -> list[int]:
    """Ask these people as well, as far as they are available; return the ids of those who are new. `because` is as in
    `Route`.
    """
    each = {one.person: one for one in authorities}
    available = tuple(each[one] for one in who_is_there(ctx, each))
    wanted = Route(available, (), alarm=False, passed_over=(), because=because)
    new = _newly_asked(ctx, case, parties_of(ctx, case.matter, wanted))
    before = {one.person_id for one in case.parties}
    case.parties.extend(one for one in new if one.person_id not in before)
    case.people.update(ctx.store.people.named(one.person_id for one in new))
    return [one.person_id for one in new]


def give_copies(ctx: Context, matter: Matter, people: Iterable[int]) -> list[Party]:
    """Give these people a copy of the card, including any who couldn't be reached before; return the new ones."""
    before, new = {one.person_id: one for one in ctx.store.matters.parties(matter.id)}, list[Party]()
    for person in dict.fromkeys(people):
        if person in before:
            mark_reachable(before[person])
        else:
            new.append(_make_party(ctx, matter, person, "copy"))
            ctx.store.insert(new[-1])
    return new


def _newly_asked(ctx: Context, case: Case[Any], wanted: Iterable[Party]) -> list[Party]:
    """Store the parties that are new, or new in their part, and return them."""
    known, new = {one.person_id: one for one in case.parties}, list[Party]()
    for one in wanted:
        before = known.get(one.person_id)
        if before is None:
            ctx.store.insert(one)
            new.append(one)
        elif one.part == "approver" != before.part:
            before.part, before.role, before.because, before.since = one.part, one.role, one.because, one.since
            new.append(before)
    return new


def asked_detail(parties: Iterable[Party]) -> dict[str, Any]:
    """Return what the audit log keeps of these parties: who is asked, who is only told, and why and in which roles."""
    each = list(parties)
    return {
        "asked": [one.person_id for one in each],
        "told": [one.person_id for one in each if one.part == "copy"],
        "because": next((one.because for one in each if one.part == "approver"), ""),
        "roles": {str(one.person_id): one.role for one in each if one.role},
    }


def brought_in(case: Case[Any], new: Iterable[int]) -> dict[str, Any]:
    """Return what the audit log keeps of people who were asked in addition (`ask_these`)."""
    parties = {one.person_id: one for one in case.parties}
    return asked_detail(parties[one] for one in new)


def alarm_if_stuck(ctx: Context, matter: Matter, what: str, route: Route) -> tuple[Effect, ...]:
    """Alert the people who can fix it if a role can't be reached or no one may decide."""
    if not route.alarm:
        return ()
    out = [ctx.store.people.get(one).name for one, why in route.passed_over if why == "unreachable"]
    if route.approvers:
        asked = phrases.list_words([ctx.store.people.get(one.person).name for one in route.approvers], "and")
        words = f"I couldn’t reach {phrases.list_words(out, 'and')}, so I asked {asked} about {what}."
        return sound_alarm(ctx, matter.id, OUT_OF_REACH, words)
    missed = f" I can’t reach {phrases.list_words(out, 'and')}." if out else ""
    words = f"No one may decide {what} at the moment.{missed} Please find someone who can decide."
    return sound_alarm(ctx, matter.id, NOBODY_LEFT, words)


def redraw_matters(ctx: Context, matters: Iterable[Matter], back: int | None = None) -> tuple[Show, ...]:
    """Redraw these matters for everyone with a copy, and for the person who is `back`, if any."""
    each, found = list(matters), list[Show]()
    holders = ctx.store.matters.holders(*each)
    for matter in each:
        matter.revision += 1
        people = dict.fromkeys((*holders[matter.id], *([back] if back is not None else [])))
        found += [Show(one, matter.id, matter.revision, "back" if one == back else "") for one in people]
    return tuple(found)


def involved_people(
    store: Store, *, askers: Iterable[int] = (), operators: Iterable[int] = (), concerned: Iterable[int] = ()
) -> Involved:
    """Return whose own case something is, with everyone who may be one of them, such as a second account."""
    return Involved(*store.people.all_selves(askers, operators, concerned))


def cannot_be_asked(store: Store, policy: Policy, more: Iterable[int] = ()) -> frozenset[int]:
    """Return which of the people in roles, of those who release customers' calls, and of `more`, may not act at present."""
    return store.people.out_of_reach(policy.seats.in_roles.union(policy.seats.releasers, more))


def who_is_there(ctx: Context, people: Iterable[int]) -> list[int]:
    """Return those of these people who may act at present, each once."""
    each = list(dict.fromkeys(people))
    out = ctx.store.people.out_of_reach(each)
    return [one for one in each if one not in out]


def people_filling(ctx: Context, *roles: RoleName) -> list[int]:
    """Return who fills these roles today, as a deputy where the holder is away, and may act."""
    day = ctx.policy.company_day(ctx.now)
    return who_is_there(ctx, (one for role in roles for one in ctx.today.holders_on(role, day)))


def not_away(ctx: Context, people: Iterable[int]) -> list[int]:
    """Return those of these people who aren't away today."""
    day = ctx.policy.company_day(ctx.now)
    return [one for one in people if not ctx.today.is_away(one, day)]


def reached_by_card(parties: Iterable[Party]) -> list[Party]:
    """Return the parties whom the card could reach."""
    return [one for one in parties if not one.unreachable]


def passed_over(parties: Iterable[Party]) -> list[int]:
    """Return the people whom the card couldn't reach."""
    return [one.person_id for one in parties if one.unreachable]


def sound_alarm(ctx: Context, subject: str, why: str, words: str) -> tuple[Effect, ...]:
    """Tell the person who can fix it.

    `subject` is a matter's id, or a person as the audit log names them (`person:7`).
    """
    first = Alarm(
        id="", alarm=sealing.new_id("A"), subject=subject, why=why, words=words, person_id=None, state="telling",
        raised_at=ctx.now,
    )  # fmt: skip
    return _tell_next(ctx, first, frozenset())


def warned_by(effects: tuple[Effect, ...]) -> dict[str, Any]:
    """Return for the audit log whom these effects alert; empty if no one could be chosen."""
    sounded = [one for one in effects if isinstance(one, Warn | Alert)]
    return {"warned": [one.person for one in sounded if isinstance(one, Warn)]} if sounded else {}


def may_look(ctx: Context, matter: Matter, reader: int) -> bool:
    """Return True if this person was told of an alarm about a matter, may still be told of alarms, and isn't involved."""
    day = ctx.policy.company_day(ctx.now)
    return ctx.store.has(
        Alarm.subject == matter.id, Alarm.person_id == reader, Alarm.state == "told"
    ) and reader in availability.whom_to_tell(ctx.policy, day, _kept_from_alarm(ctx, matter))


@handler("alarm.told")
def note_warned(ctx: Context, outgoing: str, alarm: str, platform: str) -> Result[None]:
    """Note that the alarm reached its person, by the effect `outgoing`; the card's holders may now read who was told."""
    row = ctx.store.alarms.get(alarm)
    ctx.store.outbox.settle(outgoing, "sent", "", ctx.now, platform)
    row.state = "told"
    detail = {"alarm": row.alarm, "person": row.person_id, "why": row.why, "platform": platform}
    return Result(None, _redraw_open_matter(ctx, row), row.subject, detail)


@handler("alarm.unheard")
def warn_next(ctx: Context, outgoing: str, alarm: str, code: str) -> Result[None]:
    """Alert the next person, since the effect `outgoing` failed; if no one is left, write to the program's own log."""
    row = ctx.store.alarms.get(alarm)
    ctx.store.outbox.settle(outgoing, "failed", code, ctx.now)
    row.state = "failed"
    tried = frozenset(one.person_id for one in ctx.store.rows(Alarm, Alarm.alarm == row.alarm) if one.person_id)
    effects = _tell_next(ctx, row, tried)
    detail = {"alarm": row.alarm, "person": row.person_id, "why": row.why, "code": code, **warned_by(effects)}
    return Result(None, (*effects, *_redraw_open_matter(ctx, row)), row.subject, detail)


def _tell_next(ctx: Context, row: Alarm, tried: frozenset[int]) -> tuple[Effect, ...]:
    """Log whom an alarm goes to next, and return what tells them; an `Alert` if no one is left."""
    about, person_id = next_to_tell(ctx, row.subject, row.why, tried)
    following = Alarm(
        id=f"{ctx.store.audit.lock().seq:012d}.{row.alarm}", alarm=row.alarm, subject=row.subject, why=row.why, words=row.words,
        person_id=person_id, state="telling" if person_id else "nobody", raised_at=row.raised_at,
    )  # fmt: skip
    ctx.store.insert(following)
    if person_id is None:
        return (Alert(about.id, row.subject, row.alarm),)
    matter = "" if row.subject.startswith("person:") else row.subject
    return (Warn(person_id, row.words, following.id, matter),)


def next_to_tell(
    ctx: Context, subject: str, why: str, tried: frozenset[int] = frozenset()
) -> tuple[Person, int | None]:
    """Return the person an alarm is about, and who is told next: an id, or None if no one is left.
    Left out are the person it is about, those already tried, and those who couldn't be reached in the matter, were on
    one of its calls, didn't answer or are concerned. One started by the clock is about the Head, who is never told of
    alarms.
    """
    if (matter := ctx.store.matters.get(subject)) is None:
        about = ctx.store.people.get(int(subject.removeprefix("person:")))
        out = involved_people(ctx.store, askers=[about.id]).everybody
    else:
        head, parties = ctx.policy.held("head_of_customer_success").holder, ctx.store.matters.parties(subject)
        about = ctx.store.people.get(head if matter.begun_by is None else matter.begun_by)
        silent = [one.person_id for one in parties if why == UNDECIDED and one.part == "approver"]
        out = _kept_from_alarm(ctx, matter, about.id).union(passed_over(parties), silent)
    order = availability.whom_to_tell(ctx.today, ctx.policy.company_day(ctx.now), tried | out)
    return about, next(iter(who_is_there(ctx, order)), None)


def _kept_from_alarm(ctx: Context, matter: Matter, *about: int) -> frozenset[int]:
    """Return who may not hear an alarm: operators of the matter's calls, those it concerns, and `about`, under any account."""
    on_it = filter(None, ctx.store.recordings.operators([matter.id])[matter.id])
    return involved_people(ctx.store, askers=about, operators=on_it, concerned=matter.concerned).everybody


def _redraw_open_matter(ctx: Context, row: Alarm) -> tuple[Effect, ...]:
    matter = ctx.store.matters.get(row.subject)
    return redraw_matters(ctx, [matter]) if matter is not None and matter.is_open else ()
