"""Somebody says that they are away, or are back; nobody says it for anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers import opening
from handlers.acting import Act, Done
from handlers.away import words
from handlers.cards import Actions, Button
from handlers.door import Repeated
from handlers.effects import Effect, Home
from handlers.handling import handler
from handlers.ids import new_id, short
from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.rules import availability as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.telling import ON_A_LINE
from storage.tables.absences import Absence


@dataclass(frozen=True)
class Said:
    """What the person reads afterwards: from when until when, the button that takes it back, and what stands still meanwhile."""

    words: str
    back: tuple[Actions, ...]
    cautions: tuple[str, ...]


OVERSEERS: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


@handler("away.begin")
def begin(act: Act, form: str = "", about: str = "", sought: str = "", *, new: bool = False) -> Done[None]:
    """For whoever has something to hand over; whoever has not is told so at once."""
    rule.only_who_may(act.policy, act.me.email_key)
    return opening.open_form(act, form, about, sought, new=new)


@handler("away.say")
def say(act: Act, first: date, last: date, key: str) -> Done[Said]:
    """It counts at once; days that meet others of this person's are one absence with them."""
    return enter(act, rule.Span(first, last), key)


def enter(act: Act, wanted: rule.Span, key: str = "") -> Done[Said]:
    """The same for whoever presses; `key` is that of a form, which may be sent twice."""
    me, today = act.me, company_day(act.policy, act.now)
    rule.only_who_may(act.policy, me.email_key)
    known = act.store.absences.of(me.id, today)
    span = rule.say(*wanted, today, [rule.Span(one.first, one.last) for one in known])
    met = [one for one in known if rule.meets(span, rule.Span(one.first, one.last))]
    seen = bool(key) and act.store.outbox.seen(short(key), act.now)
    if seen or [(one.first, one.last) for one in met] == [span]:
        return Done(_said(act, span), quiet=True)
    absence = Absence(id=new_id("W"), person_id=me.id, first=span.first, last=span.last, entered_at=act.now)
    for one in met:
        act.store.absences.end(one, act.now)
    act.store.absences.add(absence)
    detail = {"first": span.first.isoformat(), "last": span.last.isoformat(), "instead_of": [one.id for one in met]}
    return Done(_said(act, span), homes(act), absence.id, detail)


@handler("away.back", about="absence_id")
def back(act: Act, absence_id: str) -> Done[None]:
    """It counts no more, from now on; what is over already stays as it is."""
    absence = act.store.absences.get(absence_id)
    if absence is None or absence.person_id != act.me.id:
        raise Refused("I can't find this absence.", code="unknown")
    if absence.ended_at is not None or absence.last < company_day(act.policy, act.now):
        raise Repeated(absence.id)
    act.store.absences.end(absence, act.now)
    detail = {"first": absence.first.isoformat(), "last": absence.last.isoformat()}
    return Done(None, homes(act), detail=detail)


def oversees(act: Act, policy: Policy, email: str) -> bool:
    """Whether this person sees who is away: the Head and the Manager, Human Resources, and whoever stands in for them."""
    return email in _overseers(act, policy)


def homes(act: Act) -> tuple[Effect, ...]:
    """The homes that show it: the person's own, and those of whoever sees who is away."""
    found = (act.store.people.by_key(one) for one in _overseers(act, act.today))
    people = dict.fromkeys((act.me.id, *(one.id for one in found if one)))
    return tuple(Home(one, home.platform) for one in people for home in act.store.people.homes(one))


def _overseers(act: Act, policy: Policy) -> Iterator[str]:
    day = company_day(policy, act.now)
    for name in OVERSEERS:
        yield from dict.fromkeys((policy.role(name).holder, *policy.holders_on(name, day)))


def away(act: Act, span: rule.Span) -> tuple[str, tuple[Actions, ...]]:
    """That these days are entered, and the button that takes them back; what the policy file says has none."""
    today = company_day(act.policy, act.now)
    told = f"You are away {words.days(span, today)}."
    for one in act.store.absences.of(act.me.id, today):
        if one.first <= span.first and span.last <= one.last:
            label = words.taking_back(one.first, today)
            button = Button(f"{ON_A_LINE}away_back", label, one.id)
            return f"{told} Press {label} if that changes.", (Actions((button,)),)
    return told, ()


def _said(act: Act, span: rule.Span) -> Said:
    policy, today, me = act.today, company_day(act.policy, act.now), act.me.email_key
    out = act.store.people.out_of_reach(policy.roles.everybody())
    act.store.write_down()
    return Said(*away(act, span), tuple(words.cautions(policy, me, span, today, out)))
