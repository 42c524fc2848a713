"""Alarms tell somebody who can fix it, else the next person, and else the operator of the bot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from handlers.acting import Context, Result
from handlers.cards import Actions, Button, Card, Line, Part, Sign
from handlers.effects import Alert, Effect, Warn
from handlers.handling import handler
from handlers.matters.case import involved_people, passed_over, redraw_matters, who_is_there
from handlers.room import Room
from handlers.rules import access
from handlers.rules import availability as rule
from handlers.rules.deadlines import LATE, days_of, next_working_moment
from handlers.rules.routing import Involved
from handlers.sealing import new_id
from handlers.telling import ON_A_LINE
from handlers.words import moment_words
from storage.records import Alarm, Person


def sound_alarm(ctx: Context, subject: str, why: str, words: str, fell: datetime | None = None) -> tuple[Effect, ...]:
    """Tell the person who can see to it. `subject` is a matter's id, or a person's as in the audit log (`person:7`).

    One that comes later than it should says when it `fell` (aware). That somebody is silent is told in working hours: then
    nothing is left to be done now, and the clock is asked for it.
    """
    first = Alarm(
        id="", alarm=new_id("A"), subject=subject, why=why, words=f"{words}{_late_words(ctx, fell)}", person_id=None, state="telling",
        raised_at=ctx.now,
    )  # fmt: skip
    return _told_next(ctx, first, frozenset())


def tell_of_silence(
    ctx: Context, subject: str, words: str, fell: datetime | None = None
) -> tuple[tuple[Effect, ...], dict[str, Any]]:
    """Tell somebody that those who were asked are silent, and for the log whom: `to_warn` once they work (P7, P9)."""
    effects = sound_alarm(ctx, subject, rule.UNDECIDED, words, fell)
    last = ctx.store.alarms.latest(subject)
    later = [] if effects or last is None else [last.person_id]
    return effects, {"to_warn": later} if later else warned_by(effects)


def warned_by(effects: tuple[Effect, ...]) -> dict[str, Any]:
    """For the audit log: whom these effects tell of an alarm, if they do; empty where nobody could be chosen."""
    sounded = [one for one in effects if isinstance(one, Warn | Alert)]
    return {"warned": [one.person for one in sounded if isinstance(one, Warn)]} if sounded else {}


def may_look(ctx: Context, matter: str, reader: int) -> bool:
    """Whether this person was told of an alarm about a matter, hears alarms to this day, and was on none of its calls."""
    if not ctx.store.alarms.told(matter, reader):
        return False
    day = access.company_day(ctx.policy, ctx.now)
    return reader in rule.whom_to_tell(ctx.policy, day, _own_case(ctx, matter).everybody)


@handler("alarm.morning")
def warn_in_the_morning(ctx: Context, alarm: str) -> Result[None]:
    """Whoever works now is told, unless somebody has answered meanwhile."""
    row = ctx.store.alarms.get(alarm)
    matter = ctx.store.matters.get(row.subject)
    if matter is None or not matter.is_open:
        row.state = "failed"
        return Result(None, quiet=True)
    told = _warn_effects(row)
    return Result(None, told, row.subject, {**_log_facts(row), **warned_by(told)})


@handler("alarm.told")
def note_warned(ctx: Context, outgoing: str, alarm: str, platform: str) -> Result[None]:
    """Record it; the people who hold the card may now read who was told."""
    row = ctx.store.alarms.get(alarm)
    ctx.store.outbox.settle(outgoing, "sent", "", ctx.now, platform)
    row.state = "told"
    return Result(None, _redraw_matter(ctx, row), row.subject, {**_log_facts(row), "platform": platform})


@handler("alarm.unheard")
def warn_next(ctx: Context, outgoing: str, alarm: str, code: str) -> Result[None]:
    """The next one is told; with nobody left, the log of the program itself."""
    row = ctx.store.alarms.get(alarm)
    ctx.store.outbox.settle(outgoing, "failed", code, ctx.now)
    row.state = "failed"
    tried = frozenset(one.person_id for one in ctx.store.alarms.tried(row.alarm) if one.person_id)
    told = _told_next(ctx, row, tried)
    detail = {**_log_facts(row), "code": code, **warned_by(told)}
    return Result(None, (*told, *_redraw_matter(ctx, row)), row.subject, detail)


def alarm_card(words: str, matter: str) -> Card:
    """What somebody who is told gets; the matter's card stands behind Details."""
    details = (Actions((Button(f"{ON_A_LINE}details", "Details", matter),)),) if matter else ()
    parts: tuple[Part, ...] = (Line(words, Sign.ALARM), *details)
    return Card(parts, words)


def _late_words(ctx: Context, fell: datetime | None) -> str:
    if fell is None or ctx.now - fell <= LATE:
        return ""
    # Whoever is told may be anywhere, and the next one elsewhere: as the company tells the time.
    zone = ctx.policy.lines[ctx.policy.company.home_line].time_zone
    return f" This is late, it fell {moment_words(fell, zone, ctx.now)}."


def _told_next(ctx: Context, row: Alarm, tried: frozenset[int]) -> tuple[Effect, ...]:
    about, out = _concerned_people(ctx, row)
    order = rule.whom_to_tell(ctx.today, access.company_day(ctx.policy, ctx.now), tried | out)
    person_id = next(iter(who_is_there(ctx, order)), None)
    following = Alarm(
        id=f"{ctx.store.audit.lock().seq:012d}.{row.alarm}", alarm=row.alarm, subject=row.subject, why=row.why, words=row.words,
        person_id=person_id, state="telling" if person_id else "nobody", raised_at=row.raised_at,
    )  # fmt: skip
    ctx.store.alarms.add(following)
    if person_id is None:
        return (Alert(about.id, row.subject, row.alarm),)
    if row.why == rule.UNDECIDED and (at := _in_hours(ctx, person_id, row.subject)) > ctx.now:
        ctx.store.deadlines.set(warn_in_the_morning.action, following.id, at)
        return ()
    return _warn_effects(following)


def _warn_effects(row: Alarm) -> tuple[Effect, ...]:
    matter = "" if row.subject.startswith("person:") else row.subject
    return (Warn(row.person_id or 0, row.words, row.id, matter),)


def _in_hours(ctx: Context, person_id: int, subject: str) -> datetime:
    """When somebody works next, by the own days or those of the matter's line."""
    person, matter = ctx.store.people.get(person_id), ctx.store.matters.get(subject)
    home = ctx.policy.company.home_line
    line = matter.line if matter is not None and matter.line in ctx.policy.lines else home
    calendar, here = days_of(ctx.policy, person.zone if person.checked_at else "", line)
    return next_working_moment(calendar, ctx.now, here)


def _concerned_people(ctx: Context, row: Alarm) -> tuple[Person, frozenset[int]]:
    """Whom an alarm is about, and all who are not told: that person, and who was out of reach in that matter, was on one of its
    calls, is silent, or is concerned.

    What the clock began is about the Head of Customer Success, who hears no alarms in any case.
    """
    subject = row.subject
    matter = ctx.store.matters.get(subject)
    if matter is None:
        about = ctx.store.people.get(int(subject.removeprefix("person:")))
        return about, involved_people(ctx.store, askers=[about.id]).everybody
    parties = ctx.store.matters.parties(subject)
    silent = [one.person_id for one in parties if row.why == rule.UNDECIDED and one.part == "approver"]
    head = ctx.policy.held("head_of_customer_success").holder
    about = ctx.store.people.get(head if matter.begun_by is None else matter.begun_by)
    return about, _own_case(ctx, subject, about.id).everybody.union(passed_over(parties), silent)


def _own_case(ctx: Context, subject: str, *about: int) -> Involved:
    """Whose own case a matter is, and whom an alarm of it is about."""
    on_it = ctx.store.recordings.operators([subject]).get(subject, ())
    matter = ctx.store.matters.get(subject)
    named = matter.concerned if matter is not None else ()
    return involved_people(ctx.store, askers=about, operators=on_it, concerned=named)


def _redraw_matter(ctx: Context, row: Alarm) -> tuple[Effect, ...]:
    matter = ctx.store.matters.get(row.subject)
    if matter is None or not matter.is_open:
        return ()
    return redraw_matters(ctx, [matter])


def _log_facts(row: Alarm) -> dict[str, Any]:
    return {"alarm": row.alarm, "person": row.person_id, "why": row.why}


ROOM = Room("alarms", due={warn_in_the_morning.action: warn_in_the_morning})
