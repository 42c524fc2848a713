"""Whom a matter goes to, the next one when somebody can't be reached, and the alarm when nobody is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypedDict, cast

from handlers.acting import Context, Result
from handlers.alarms import sound_alarm, warned_by
from handlers.door import catch_up_cards
from handlers.effects import Effect, Show
from handlers.matters.case import Case, redraw_matters, who_is_there
from handlers.policy.values import RoleName
from handlers.rules.availability import ROLES
from handlers.rules.routing import Authority, Circumstances, Route, asked_instead, current_route
from handlers.words import list_words
from storage.records import Matter, Party

GAVE_UP = "gave_up"
"""With this begins the code of a card that was given up, whatever kept it from its person."""


class Asked(TypedDict):
    """What the audit log says of those who are new: who they are, who of them is only told, and why and as what the others are asked."""

    asked: list[int]
    told: list[int]
    because: str
    roles: dict[str, str]


def find_route(ctx: Context, case: Circumstances) -> Route:
    """Where a matter goes now: past everybody in a role who may not act as things are."""
    where = current_route(case)
    while out := ctx.store.people.out_of_reach([one.person for one in where.approvers]):
        case = replace(case, unreachable=case.unreachable | out)
        where = current_route(case)
    return where


def parties_of(ctx: Context, matter: Matter, where: Route) -> list[Party]:
    """Those who are asked, and those who are told of the decision; not stored yet."""
    asked = [
        Party(
            matter_id=matter.id, person_id=one.person, part="approver", role=one.role, since=ctx.now,
            because=where.because,
        )
        for one in where.approvers
    ]  # fmt: skip
    told = [Party(matter_id=matter.id, person_id=one, part="copy", role="", since=ctx.now) for one in where.copy_to]
    return [*asked, *(one for one in told if one.person_id not in {other.person_id for other in asked})]


def begin_asking(ctx: Context, case: Case[Any]) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Ask whoever decides a new matter; what the audit log says of that, and who gets its card."""
    matter, where = case.matter, find_route(ctx, case.circumstances)
    asked = parties_of(ctx, matter, where)
    for one in asked:
        ctx.store.matters.ask(one)
    hidden, told = "", tuple[Effect, ...]()
    if matter.is_open:
        matter.state = "waiting" if where.approvers else "stuck"
        hidden, told = "copy", alarm_if_stuck(ctx, matter, case.what, where)
    first, shown = matter.begun_by, [one.person_id for one in asked if one.part != hidden]
    people = shown if first is None else [first, *shown]
    return {**on_record(asked), **warned_by(told)}, (*told, *show_to(matter, people))


def bump_and_redraw(case: Case[Any], more: Iterable[int] = ()) -> tuple[Effect, ...]:
    """A new revision, for everybody who holds a copy."""
    case.matter.revision += 1
    return show_to(case.matter, [*case.everybody(), *more])


def close_matter(ctx: Context, matter: Matter, state: str, by: int | None = None) -> None:
    """It is over, in this state, perhaps by somebody's decision; the clock does nothing more about it."""
    matter.state, matter.closed_at, matter.decided_by = state, ctx.now, by or matter.decided_by
    ctx.store.deadlines.drop(matter.id)


def show_to(matter: Matter, people: Iterable[int]) -> tuple[Effect, ...]:
    """This revision, for these people."""
    return tuple(Show(person, matter.id, matter.revision) for person in dict.fromkeys(people))


def takes_part(ctx: Context, case: Case[Any], authority: Authority) -> dict[str, object]:
    """Whoever acts on a matter can be reached after all, and holds a copy of its card from now on.

    Returns what the audit log says of it: why it is with whoever was not asked before (`stepped_in`), and as what.
    """
    me = ctx.me
    case.people[me.id] = me
    party, detail = case.party_of(me.id), dict[str, object]()
    if party is None:
        party = Party(
            matter_id=case.matter.id, person_id=me.id, part="approver", role=authority.role, since=ctx.now,
            because=current_route(case.circumstances).because,
        )  # fmt: skip
        ctx.store.matters.ask(party)
        case.parties.append(party)
        detail |= {"stepped_in": party.because, "stepped_in_as": party.role}
    party.unreachable = ""
    return detail


def no_longer_decide(case: Case[Any]) -> list[int]:
    """Those who were asked and whose turn is over keep their copies; who they are."""
    over = [party for party in case.reached if not case.entitles(party.person_id)]
    for party in over:
        party.part = "former"
    return [party.person_id for party in over]


def reroute_around(
    ctx: Context, case: Case[Any], person: int, code: str, outgoing: str, began: datetime | None
) -> Result[None]:  # fmt: skip
    """Somebody can't be reached: the deputy is asked, then the next authority, with an alarm. `code` is the platform's word.

    `began` is when the attempt began that found it out: whoever has come back since is tried once more.
    """
    if began is not None and ctx.store.people.seen_since(person, began, ctx.now):
        ctx.store.outbox.postpone(ctx.store.outbox.get(outgoing), code, ctx.now)
        return Result(None, quiet=True)
    ctx.store.outbox.settle(outgoing, "failed", code, ctx.now)
    party = case.party_of(person)
    detail: dict[str, object] = {"person": person, "code": code}
    if party is None or party.unreachable:
        return Result(None, detail=detail, clause=case.clause, quiet=party is not None)
    party.unreachable = code
    if not case.matter.is_open or party.part != "approver":
        return Result(None, detail=detail, clause=case.clause)
    new, where = ask_again(ctx, case)
    new = new if new["asked"] else brought_in(case, _brought_by_silence(ctx, case, party))
    told = alarm_if_stuck(ctx, case.matter, case.what, where) if where.approvers or case.matter.state == "stuck" else ()
    effects = (*told, *bump_and_redraw(case, new["asked"]))
    return Result(None, effects, detail=detail | new | warned_by(told), clause=case.clause)


def recheck_deciders(ctx: Context, case: Case[Any]) -> Result[None]:
    """The clock: roles and absences change, so whoever holds the role now is asked, and who no longer does is told."""
    if not case.matter.is_open:
        return Result(None, quiet=True)
    back = _reachable_again(ctx, case)
    over, before = no_longer_decide(case), case.matter.state
    new, where = ask_again(ctx, case)
    if not new["asked"] and not over and not back and case.matter.state == before and not alarm_unheard(case):
        return Result(None, quiet=True)
    told = alarm_if_stuck(ctx, case.matter, case.what, where) if case.matter.state == "stuck" else ()
    detail = {**new, "over": over, **({"back": back} if back else {}), **warned_by(told)}
    return Result(None, (*told, *bump_and_redraw(case, new["asked"])), detail=detail, clause=case.clause)


def _reachable_again(ctx: Context, case: Case[Any]) -> list[int]:
    """P7: what nobody may decide is asked again of whoever could not be reached, and was reached by another card since; who that is.

    Not where its own card was given up after many tries: it may be that card that can't be drawn, which would go on for ever.
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
    """Whoever was passed over and is there again holds copies again, up to date, and may decide what still waits."""
    back = ctx.store.matters.passed_over(person_id)
    for party, matter in back:
        party.unreachable = ""
        if matter.state == "stuck" and party.part == "approver":
            matter.state = "waiting"
    return redraw_matters(ctx, [matter for _, matter in back], person_id)


def note_press(ctx: Context, case: Case[Any]) -> Result[None]:
    """A press shows that somebody can be reached after all; what waits behind for that person is sent."""
    me = ctx.me
    party = case.party_of(me.id)
    if party is not None and party.unreachable:
        party.unreachable = ""
        return Result(None, bump_and_redraw(case), detail={"person": me.id}, clause=case.clause)
    return Result(None, catch_up_cards(ctx, me.id) if me.id in case.everybody() else (), quiet=True)


def ask_again(ctx: Context, case: Case[Any]) -> tuple[Asked, Route]:
    """Ask whoever is to decide and was not asked yet; without anybody the matter is stuck.

    Returns who is new, for the audit log: `asked`, and those of them who are only `who_was_told` of the decision.
    """
    where = find_route(ctx, case.circumstances)
    new = _newly_asked(ctx, case, parties_of(ctx, case.matter, where))
    case.matter.state = "waiting" if where.approvers or _somebody_is_there(case) else "stuck"
    return on_record(new), where


def ask_and_redraw(ctx: Context, case: Case[Any]) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Ask whoever decides now, and show everybody the new card; what the audit log says of that, and the effects."""
    new, where = ask_again(ctx, case)
    told = alarm_if_stuck(ctx, case.matter, case.what, where) if new["asked"] or case.matter.state == "stuck" else ()
    return {**new, **warned_by(told)}, (*told, *bump_and_redraw(case, new["asked"]))


def _brought_by_silence(ctx: Context, case: Case[Any], party: Party) -> list[int]:
    """Where whoever decides in the first place was asked already, it was somebody whom silence had brought in."""
    return ask_these(ctx, case, asked_instead(case.circumstances, cast("RoleName", party.role)))


def _somebody_is_there(case: Case[Any]) -> bool:
    """Whether one of those who were asked is not away; where all are, it waits for nobody, as if it were asked for now."""
    found = case.circumstances
    return any(not found.policy.is_away(one.person_id, found.today) for one in case.reached)


def ask_these(
    ctx: Context, case: Case[Any], authorities: Iterable[Authority], because: Literal["", "away"] = ""
) -> list[int]:
    """Ask those of these who are there as well, beside those who were asked; returns who of them is new. `because` as of a `Route`."""
    each = {one.person: one for one in authorities}
    there = tuple(each[one] for one in who_is_there(ctx, each))
    wanted = Route(there, (), alarm=False, passed_over=(), because=because)
    new = _newly_asked(ctx, case, parties_of(ctx, case.matter, wanted))
    known = {one.person_id for one in case.parties}
    case.parties.extend(one for one in new if one.person_id not in known)
    case.people.update(ctx.store.people.named(one.person_id for one in new))
    return [one.person_id for one in new]


def give_copies(ctx: Context, matter: Matter, people: Iterable[int]) -> list[Party]:
    """These hold a copy of the card from now on, also whoever could not be reached before; who of them is new."""
    known, new = {one.person_id: one for one in ctx.store.matters.parties(matter.id)}, list[Party]()
    for person in dict.fromkeys(people):
        if person in known:
            known[person].unreachable = ""
            continue
        new.append(Party(matter_id=matter.id, person_id=person, part="copy", role="", since=ctx.now))
        ctx.store.matters.ask(new[-1])
    return new


def _newly_asked(ctx: Context, case: Case[Any], wanted: Iterable[Party]) -> list[Party]:
    """Those of the wanted who are new in their part."""
    known, new = {one.person_id: one for one in case.parties}, list[Party]()
    for one in wanted:
        before = known.get(one.person_id)
        if before is None:
            ctx.store.matters.ask(one)
            new.append(one)
        elif one.part == "approver" != before.part:
            before.part, before.role, before.because, before.since = one.part, one.role, one.because, one.since
            new.append(before)
    return new


def on_record(parties: Iterable[Party]) -> Asked:
    """What the audit log says of those who were asked, of whom of them is only told, and of why and as what the others are asked."""
    known = list(parties)
    return {
        "asked": [one.person_id for one in known],
        "told": [one.person_id for one in known if one.part == "copy"],
        "because": next((one.because for one in known if one.part == "approver"), ""),
        "roles": {str(one.person_id): one.role for one in known if one.role},
    }


def brought_in(case: Case[Any], new: Iterable[int]) -> Asked:
    """What the audit log says of those who were asked as well (`ask_these`)."""
    known = {one.person_id: one for one in case.parties}
    return on_record(known[one] for one in new)


AGAIN = timedelta(days=1)
OUT_OF_REACH, NOBODY_LEFT = "out_of_reach", "nobody_left"


def alarm_if_stuck(ctx: Context, matter: Matter, what: str, where: Route) -> tuple[Effect, ...]:
    """A word to whoever can mend it, where a role can't be reached or nobody may decide."""
    if not where.alarm:
        return ()
    out = _names_of(ctx, [one for one, why in where.passed_over if why == "unreachable"])
    if where.approvers:
        asked = list_words(_names_of(ctx, [one.person for one in where.approvers]), "or")
        told = f"{list_words(out, 'and')} can’t be reached, so {asked} was asked about {what}."
        return sound_alarm(ctx, matter.id, OUT_OF_REACH, told)
    missed = f" {list_words(out, 'and')} can’t be reached." if out else ""
    told = f"No one may decide {what} at the moment.{missed} Please see who can."
    return sound_alarm(ctx, matter.id, NOBODY_LEFT, told)


def alarm_unheard(case: Case[Any]) -> bool:
    """Whether nobody could be told a day ago that nobody may decide it: then it is tried again."""
    if case.matter.state != "stuck" or case.alarm is None or case.alarm.state != "nobody":
        return False
    return case.now - case.alarm.raised_at >= AGAIN


def who_was_told(case: Case[Any]) -> str:
    """Who has been told or is being told; empty where nobody could be."""
    if case.alarm is None or case.alarm.person_id is None:
        return ""
    person = case.people[case.alarm.person_id]
    roles = (case.policy.held(name) for name in ROLES)
    title = next((f" ({one.title})" for one in roles if one.holder == person.id), "")
    return f"{person.name}{title} {'has been' if case.alarm.state == 'told' else 'is being'} told."


def _names_of(ctx: Context, people: list[int]) -> list[str]:
    return [ctx.store.people.get(one).name for one in people]
