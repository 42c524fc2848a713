"""Days on which callers were not told: entered, by hand or after a no, and taken back where that was a mistake (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from handlers import opening
from handlers.acting import Act, Done
from handlers.cards import Filled, Sheet
from handlers.commitments import down, not_down
from handlers.door import Repeated
from handlers.effects import Effect
from handlers.ids import hashed, new_id, short
from handlers.matters.asking import changed, shows
from handlers.notices import hearing, intents
from handlers.notices.forms import ALL, OutageForm
from handlers.notices.view import seen
from handlers.notices.words import NAMES
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.words import counted, day_words
from storage.notices import Down as Span
from storage.tables.notices import NoticeCheck, Outage

GONE = "I can't find this outage."
OFFERED = timedelta(days=60)
"""For so long after a no an outage that is entered belongs to it."""


def begin(act: Act, intent: intents.BeginOutage) -> Done[None]:
    """Whoever may not enter an outage reads so before anything is typed."""
    _only_who_may(act)
    return opening.begin(act, intent)


def introduction(act: Act, _: str = "") -> str:
    """What stands above the form, with the day that it is; raises `Refused` as `begin`."""
    _only_who_may(act)
    today = day_words(company_day(act.policy, act.now), None)
    return f"{OutageForm.intro} In {rule.home(act.policy)} today is {today}."


def filled(act: Act, matter: str) -> tuple[Sheet, Filled]:
    """The form from the last yes to today, for the line that was answered no; the days are there to be changed."""
    today, check = company_day(act.policy, act.now), act.store.notices.get(matter)
    values = {"line": ALL, "first": today.isoformat(), "last": today.isoformat()}
    if check is not None and check.state == "no":
        values |= _offered(act, check)
    lines = list(act.policy.lines) if values["line"] == ALL else [values["line"]]
    told = _concerned(act, Span(date.fromisoformat(values["first"]), today, lines))
    intro = f"{introduction(act)} As it is filled in here, {told}. For other days you read it once it is sent."
    return OutageForm.sheet(act.policy, "", intro), Filled(values)


def enter(act: Act, intent: intents.Enter) -> Done[intents.Entered]:
    """It counts from now on: its calls are marked on every card, and none is drawn for review."""
    _only_who_may(act)
    form = intent.form
    rule.outage(act.policy, act.now, form.first, form.last)
    lines = list(act.policy.lines) if form.line == ALL else [form.line]
    same = next((one for one in act.store.outages.all() if _is(one, form.first, form.last, lines)), None)
    if same is not None or act.store.outbox.seen(short(intent.key), act.now):
        return Done(_entered(act, same), quiet=True)
    source = _source(act, form.first, form.last)
    outage = Outage(
        id=new_id("O"), first=form.first, last=form.last, lines=lines, why=form.why, entered_by=act.me.id, entered_at=act.now,
        source=source.id if source else "",
    )  # fmt: skip
    act.store.outages.add(outage)
    detail = {
        "first": outage.first.isoformat(), "last": outage.last.isoformat(), "lines": [hashed(one) for one in lines],
        "source": outage.source, "words": down(outage),
    }  # fmt: skip
    told = f"{act.me.name} entered an outage, {days(outage)} ({outage.id}): {_concerned(act, outage)}. Home shows it."
    effects = (*_marked(act, outage), *_card(act, source), *hearing.word(act, told, f"outage:{outage.id}"))
    return Done(_entered(act, outage), (*effects, *hearing.homes(act)), outage.id, detail)


def taking_back(act: Act, value: str) -> str:
    """What stands above the form that takes one back; raises `Refused` where there is none, or this person may not."""
    outage = _there(act, value)
    return f"{days(outage)}: {_concerned(act, outage)}. Drawn calls that it has taken from a review do not come back. It was entered on {day_words(company_day(act.policy, outage.entered_at), None)}."


def withdraw(act: Act, intent: intents.Withdraw) -> Done[None]:
    """It was a mistake: its calls are marked no more, and all of it stays on record."""
    known = act.store.outages.get(intent.outage)
    if known is not None and known.ended_by == act.me.id:
        raise Repeated(known.id)
    outage = _there(act, intent.outage)
    act.store.outages.end(outage, act.me.id, intent.form.why, act.now)
    source = act.store.notices.get(outage.source) if outage.source else None
    told = f"{act.me.name} took back the outage {outage.id}, {days(outage)}. Home shows what counts."
    effects = (*_marked(act, outage), *_card(act, source), *hearing.word(act, told, f"outage:{outage.id}:back"))
    return Done(None, (*effects, *hearing.homes(act)), detail={"words": not_down(outage)})


def days(outage: Outage) -> str:
    """Its days in words."""
    if outage.first == outage.last:
        return day_words(outage.first, None)
    return f"{day_words(outage.first, None)} to {day_words(outage.last, None)}"


def _offered(act: Act, check: NoticeCheck) -> Mapping[str, str]:
    answers, last = act.store.notices.answers(check.id), act.store.notices.last(check.notice)
    wrong = [one.line for one in answers if "no" in one.answers.values() and one.line in act.policy.lines]
    since = last.closed_at if last is not None and last.closed_at is not None else check.asked_at
    why = f"{NAMES[check.notice]} ({check.id}): {answers[-1].words if answers else ''}"
    earliest = company_day(act.policy, act.now) - timedelta(days=rule.LONGEST_OUTAGE - 1)
    first = max(company_day(act.policy, since), earliest)
    return {"line": wrong[0] if wrong else ALL, "first": first.isoformat(), "why": why[:1000]}


def _source(act: Act, first: date, last: date) -> NoticeCheck | None:
    """The no to which it belongs: one of these days, about which nothing was entered yet."""
    for check in act.store.notices.refused(act.now - OFFERED):
        day = company_day(act.policy, check.closed_at) if check.closed_at else None
        if day is not None and first <= day <= last and act.store.outages.of_check(check.id) is None:
            return check
    return None


def _is(one: Outage, first: date, last: date, lines: list[str]) -> bool:
    return one.ended_at is None and (one.first, one.last, one.lines) == (first, last, lines)


def _entered(act: Act, outage: Outage | None) -> intents.Entered:
    if outage is None:
        return intents.Entered("", 0)
    return intents.Entered(outage.id, act.store.outages.calls(outage), act.store.outages.drawn(outage))


def _concerned(act: Act, outage: Outage | Span) -> str:
    number, drawn = act.store.outages.calls(outage), act.store.outages.drawn(outage)
    told = f"{counted(number, 'call')} of these days {'is' if number == 1 else 'are'} concerned"
    return f"{told}, {drawn} of them drawn for review and not reviewed yet" if drawn else told


def _marked(act: Act, outage: Outage) -> tuple[Effect, ...]:
    """The cards of requests that wait and name one of its calls."""
    effects: list[Effect] = []
    for one in act.store.outages.requests(outage):
        one.revision += 1
        effects += shows(one, act.store.matters.holders(one))
    return tuple(effects)


def _card(act: Act, check: NoticeCheck | None) -> tuple[Effect, ...]:
    return changed(seen(act, check)) if check is not None else ()


def _there(act: Act, value: str) -> Outage:
    _only_who_may(act)
    outage = act.store.outages.get(value)
    if outage is None:
        raise Refused(GONE, code="unknown")
    if outage.ended_at is not None:
        raise Refused("This outage was taken back already.", clause="P3", code="already")
    return outage


def _only_who_may(act: Act) -> None:
    if not rule.may_enter(act.today, act.me.email_key, company_day(act.policy, act.now)):
        titles = " or the ".join(act.policy.role(name).title for name in rule.OVERSEEING)
        raise Refused(
            f"Outages are entered by the {titles}. Please tell one of them.", clause="P3", code="not_entitled"
        )
