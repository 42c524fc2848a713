"""Days on which callers were not told: entered, and taken back where that was a mistake (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from handlers import room
from handlers.acting import Context, Result
from handlers.cards import Filled, Sheet
from handlers.door import Repeated
from handlers.effects import Effect
from handlers.handling import handler
from handlers.matters.asking import redraw_matters
from handlers.notices.forms import ALL, OutageForm, WithdrawForm
from handlers.notices.state import NAMES, last_check, redraw_homes, tell_overseers
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.sealing import hashed_name, new_id, short_key
from handlers.words import day_words, quantity_words
from storage.entered import Down
from storage.tables.reviews import NoticeCheck, Outage

GONE = "I can't find this outage."


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered: how many calls of the register are of it, and how many of them were drawn and not reviewed yet."""

    outage: str
    calls: int
    drawn: int = 0


@handler("notices.begin_outage", clause="P3")
def open_outage_form(
    ctx: Context, form: str = "", about: str = "", sought: str = "", *, new: bool = False
) -> Result[None]:
    """Who may not enter an outage reads so before anything is typed."""
    _only_who_may(ctx)
    return room.open_form(ctx, form, about, sought, new=new)


def outage_introduction(ctx: Context, _: str = "") -> str:
    """What stands above the form, with the day that it is; raises `Refused` as `open_outage_form`."""
    _only_who_may(ctx)
    today = day_words(company_day(ctx.policy, ctx.now), None)
    return f"{OutageForm.intro} In {rule.home_city(ctx.policy)} today is {today}."


def filled_outage_form(ctx: Context, matter: str) -> tuple[Sheet, Filled]:
    """The form from the last yes to today; the days and the line are there to be changed."""
    today, check = company_day(ctx.policy, ctx.now), ctx.store.matters.of_kind(NoticeCheck, matter)
    values = {"line": ALL, "first": today.isoformat(), "last": today.isoformat()}
    if check is not None and check.state == "no":
        values |= _offered_values(ctx, check)
    told = _concerned_words(ctx, Down(ctx.me.id, date.fromisoformat(values["first"]), today, list(ctx.policy.lines)))
    intro = f"{outage_introduction(ctx)} As it is filled in here, {told}. For other days you read it once it is sent."
    return OutageForm.sheet(ctx.policy, "", intro), Filled(values)


@handler("notices.enter_outage", clause="P3")
def enter_outage(ctx: Context, form: OutageForm, key: str) -> Result[Entered]:
    """It counts from now on: its calls are marked on every card, and none is drawn for review."""
    _only_who_may(ctx)
    rule.check_outage(ctx.policy, ctx.now, form.first, form.last)
    lines = list(ctx.policy.lines) if form.line == ALL else [form.line]
    alike = ctx.store.rows(Outage, Outage.ended_at.is_(None), Outage.first == form.first, Outage.last == form.last)
    same = next((one for one in alike if one.lines == lines), None)
    if same is not None or ctx.store.outbox.seen(short_key(key), ctx.now):
        return Result(_entered_reply(ctx, same), quiet=True)
    outage = Outage(
        id=new_id("O"), first=form.first, last=form.last, lines=lines, why=form.why, entered_by=ctx.me.id, entered_at=ctx.now,
    )  # fmt: skip
    ctx.store.entered.add(outage)
    detail = {
        "first": outage.first.isoformat(), "last": outage.last.isoformat(), "lines": [hashed_name(one) for one in lines],
    }  # fmt: skip
    told = f"{ctx.me.name} entered an outage, {outage_days(outage)} ({outage.id}): {_concerned_words(ctx, outage)}. Home shows it."
    effects = (*_redraw_requests(ctx, outage), *tell_overseers(ctx, told, f"outage:{outage.id}"))
    return Result(_entered_reply(ctx, outage), (*effects, *redraw_homes(ctx)), outage.id, detail)


def taking_back(ctx: Context, value: str) -> str:
    """What stands above the form that takes one back; raises `Refused` where there is none, or this person may not."""
    outage = _require_outage(ctx, value)
    return f"{outage_days(outage)}: {_concerned_words(ctx, outage)}. Drawn calls that it has taken from a review do not come back. It was entered on {day_words(company_day(ctx.policy, outage.entered_at), None)}."


@handler("notices.withdraw_outage", clause="P3", about="outage_id")
def withdraw_outage(ctx: Context, outage_id: str, form: WithdrawForm) -> Result[None]:
    """It was a mistake: its calls are marked no more, and all of it stays on record."""
    known = ctx.store.row(Outage, outage_id)
    if known is not None and known.ended_by == ctx.me.id:
        raise Repeated(known.id)
    outage = _require_outage(ctx, outage_id)
    outage.ended_by, outage.ended_why = ctx.me.id, form.why
    ctx.store.entered.end(outage, ctx.now)
    told = f"{ctx.me.name} took back the outage {outage.id}, {outage_days(outage)}. Home shows what counts."
    effects = (*_redraw_requests(ctx, outage), *tell_overseers(ctx, told, f"outage:{outage.id}:back"))
    return Result(None, (*effects, *redraw_homes(ctx)))


def outage_days(outage: Outage) -> str:
    """Its days in words."""
    if outage.first == outage.last:
        return day_words(outage.first, None)
    return f"{day_words(outage.first, None)} to {day_words(outage.last, None)}"


def _offered_values(ctx: Context, check: NoticeCheck) -> Mapping[str, str]:
    last = last_check(ctx.store, check.notice)
    since = last.closed_at if last is not None and last.closed_at is not None else check.asked_at
    why = f"{NAMES[check.notice]} ({check.id}): {check.words}"
    earliest = company_day(ctx.policy, ctx.now) - timedelta(days=rule.LONGEST_OUTAGE - 1)
    first = max(company_day(ctx.policy, since), earliest)
    return {"first": first.isoformat(), "why": why[:1000]}


def _entered_reply(ctx: Context, outage: Outage | None) -> Entered:
    if outage is None:
        return Entered("", 0)
    return Entered(outage.id, ctx.store.entered.calls(outage), ctx.store.entered.drawn(outage))


def _concerned_words(ctx: Context, outage: Outage | Down) -> str:
    number, drawn = ctx.store.entered.calls(outage), ctx.store.entered.drawn(outage)
    told = f"{quantity_words(number, 'call')} of these days {'is' if number == 1 else 'are'} concerned"
    return f"{told}, {drawn} of them drawn for review and not reviewed yet" if drawn else told


def _redraw_requests(ctx: Context, outage: Outage) -> tuple[Effect, ...]:
    """The cards of requests that wait and name one of its calls."""
    return redraw_matters(ctx, ctx.store.entered.requests(outage))


def _require_outage(ctx: Context, value: str) -> Outage:
    _only_who_may(ctx)
    outage = ctx.store.row(Outage, value)
    if outage is None:
        raise Refused(GONE, code="unknown")
    if outage.ended_at is not None:
        raise Refused("This outage was taken back already.", clause="P3", code="already")
    return outage


def _only_who_may(ctx: Context) -> None:
    if not rule.may_enter(ctx.today, ctx.me.id, company_day(ctx.policy, ctx.now)):
        titles = " or the ".join(ctx.policy.role(name).title for name in rule.OVERSEEING)
        raise Refused(
            f"Outages are entered by the {titles}. Please tell one of them.", clause="P3", code="not_entitled"
        )
