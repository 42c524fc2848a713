"""Asking for, setting, confirming, renewing, releasing and ending a hold (P12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from handlers import finding
from handlers.acting import Context, Result
from handlers.cards import Row, When
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.holds.cards import Chosen, choose_calls, erasure_warning, hold_already_words
from handlers.holds.forms import AskForm, HoldForm, ReleaseForm, RenewForm
from handlers.holds.state import Begun, HoldCase
from handlers.matters import asking
from handlers.matters.asking import (
    ask_these,
    brought_in,
    bump_and_redraw,
    close_matter,
    find_route,
    no_longer_decide,
    show_to,
    takes_part,
    who_is_there,
)
from handlers.matters.reminding import lateness_detail, line_of, schedule_reminder
from handlers.rules import holds as rule
from handlers.rules.deadlines import Who, reminders_of_step
from handlers.rules.holds import next_reminder
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.sealing import new_id
from handlers.telling import reminder_line
from handlers.words import day_words, quantity_words
from storage.erasures import HOLD
from storage.matters import Reminder
from storage.tables.calls import Hold, Keep


@handler("hold.ask", clause="P12")
def ask_for_hold(ctx: Context, form: AskForm, key: str) -> Result[Begun]:
    """The calls are kept at once, for some working days; the Head confirms it or lets it go."""
    if before := ctx.store.matters.submitted(Hold, key):
        return _begun_before(ctx, before)
    found = choose_calls(ctx, form.recordings)
    rule.number_of_calls(ctx.policy, len(found.calls))
    ids = [one.id for one in found.calls]
    rule.check_once(ctx.store.holds.asked_since(ids, rule.counts_since(ctx.now)), ids)
    until = rule.provisional_end(ctx.policy, {one.line for one in found.calls}, ctx.now)
    hold = _new_hold(ctx, key, "asked", (form.case, form.reason), until)
    return _store_hold(ctx, hold, found, finding.colleagues(ctx, form.concerned, "concerned"))


@handler("hold.set", clause="P12")
def set_hold(ctx: Context, form: HoldForm, key: str) -> Result[Begun]:
    """A hold that needs nobody to confirm it; whose it is not to set asks for it by the same form."""
    if before := ctx.store.matters.submitted(Hold, key):
        return _begun_before(ctx, before)
    until = rule.hold_end(ctx.policy, ctx.now, form.until)
    hold = _new_hold(ctx, key, "set", (form.case, form.reason), until)
    hold.state, hold.set_by, hold.set_at = "active", ctx.me.id, ctx.now
    found = choose_calls(ctx, form.recordings)
    rule.number_of_calls(ctx.policy, len(found.calls))
    return _store_hold(ctx, hold, found, finding.colleagues(ctx, form.concerned, "concerned"))


def _new_hold(ctx: Context, key: str, begun: str, words: tuple[str, str], until: datetime) -> Hold:
    return Hold(
        id=new_id("H"), key=key, begun=begun, asked_by=ctx.me.id, case_name=words[0], reason=words[1], ends_at=until,
        asked_at=ctx.now, due_at=until,
    )  # fmt: skip


def _begun_before(ctx: Context, hold: Hold) -> Result[Begun]:
    number = ctx.store.number(Keep.matter_id == hold.id)
    return Result(Begun(hold.id, hold.ends_at, hold.begun == "asked", number), quiet=True)


def _store_hold(ctx: Context, hold: Hold, found: Chosen, about: Collection[int]) -> Result[Begun]:
    """Store it with its calls, and ask whoever sees to it."""
    hold.line = found.calls[0].line
    keeps = [
        Keep(recording_id=one.id, matter_id=hold.id, why=HOLD, since=ctx.now, ends_at=hold.ends_at)
        for one in found.calls
    ]
    hold.concern(about)
    ctx.store.insert(hold, *keeps)
    case = HoldCase.of(ctx, hold)
    if hold.begun == "set" and not case.entitles(ctx.me.id):
        _ask_instead(ctx, hold, keeps)
    asked, effects = asking.begin_asking(ctx, case)
    schedule_reminders(ctx, hold)
    ctx.store.people.prefers_first(ctx.me, ctx.who.platform)
    detail = {
        "recordings": [one.id for one in found.calls], "until": hold.ends_at.isoformat(),
        **({"concerned": sorted(about)} if about else {}), **asked,
    }  # fmt: skip
    number, asks = len(found.calls), hold.begun == "asked"
    begun = Begun(hold.id, hold.ends_at, asks, number, found.erased, found.too_late)
    return Result(begun, effects, hold.id, detail)


def _ask_instead(ctx: Context, hold: Hold, keeps: Iterable[Keep]) -> None:
    """Somebody sets a hold that is not for him or her to set: it is asked for, like anybody else's."""
    ids = [one.recording_id for one in keeps]
    rule.check_once(ctx.store.holds.asked_since(ids, rule.counts_since(ctx.now)), ids)
    until = rule.provisional_end(ctx.policy, {one.line for one in ctx.store.recordings.all_of(ids)}, ctx.now)
    hold.begun, hold.state, hold.set_by, hold.set_at, hold.ends_at, hold.due_at = (
        "asked",
        "waiting",
        None,
        None,
        until,
        until,
    )
    for one in keeps:
        one.ends_at = until


def release_introduction(ctx: Context, hold: str) -> str:
    """What stands above the form of a release: how many calls it erases. Raises `Refused` for whoever may not release it."""
    case, _ = _load_in_force(ctx, hold)
    return erasure_warning(len(calls_to_erase(ctx, case)), asked=case.matter.is_open)


def renewal_introduction(ctx: Context, hold: str) -> str:
    """What stands above the form of a renewal: until when it may last. Raises `Refused` as `release_introduction`."""
    case, _ = _load_in_force(ctx, hold)
    _check_set_already(case)
    most = ctx.policy.holds.most_days
    last = day_words(rule.last_day(ctx.policy, ctx.now), None)
    return f"A hold lasts {most} days from today at most, so until {last}."


@handler("hold.confirm", clause="P12", about="matter")
def confirm_hold(ctx: Context, matter: str) -> Result[None]:
    """What was asked for is kept for as long as a hold may last; renewing it names another end."""
    case, authority = _load_in_force(ctx, matter)
    hold = case.matter
    if not hold.is_open:
        if hold.set_by == ctx.me.id:
            raise Repeated(hold.id)
        raise Refused(hold_already_words(case, ctx.me), clause="P12", code="already")
    hold.state, hold.set_by, hold.set_at = "active", ctx.me.id, ctx.now
    stepped_in = takes_part(ctx, case, authority)
    _set_end(ctx, case, rule.latest_end(ctx.policy, ctx.now))
    word = _tell_setter(ctx, case, f"{ctx.me.name} confirmed your hold {hold.id}.")
    return Result(None, (*bump_and_redraw(case), *word), detail={"until": hold.ends_at.isoformat(), **stepped_in})


@handler("hold.renew", clause="P12", about="matter")
def renew_hold(ctx: Context, matter: str, form: RenewForm) -> Result[None]:
    """Another end, earlier or later, counted from now."""
    case, authority = _load_in_force(ctx, matter)
    _check_set_already(case)
    until = rule.hold_end(ctx.policy, ctx.now, form.until)
    case.matter.renewed_by = ctx.me.id
    stepped_in = takes_part(ctx, case, authority)
    _set_end(ctx, case, until)
    return Result(None, bump_and_redraw(case), detail={"until": until.isoformat(), **stepped_in})


@handler("hold.release", clause="P12", about="matter")
def release_hold(ctx: Context, matter: str, form: ReleaseForm) -> Result[None]:
    """It is let go or released with a reason; other holds of the same calls stay."""
    case, authority = _load_in_force(ctx, matter, closing=True)
    hold, last = case.matter, calls_to_erase(ctx, case)
    how = "let go" if hold.is_open else "released"
    hold.state, hold.closed_by, hold.closing = how.replace(" ", "_"), ctx.me.id, form.words
    stepped_in = takes_part(ctx, case, authority)
    _close_hold(ctx, case)
    word = _tell_setter(
        ctx, case, f"{ctx.me.name} {'let go of' if how == 'let go' else 'released'} your hold {hold.id}."
    )
    detail = {"how": hold.state, "erases": last, **stepped_in}
    return Result(None, (*bump_and_redraw(case), *word), detail=detail)


@handler("hold.end", clause="P12", about="matter")
def end_hold(ctx: Context, matter: str) -> Result[None]:
    """The clock: its end has come, whether anybody confirmed it or not."""
    case = HoldCase.load(ctx, matter)
    if not case.matter.keeps or ctx.now < case.matter.ends_at:
        return Result(None, quiet=True)
    case.matter.state = "ended"
    _close_hold(ctx, case)
    heard = people_of_hold(case)
    schedule_reminder(ctx, case.matter, END, heard, case.matter.ends_at)
    return Result(None, bump_and_redraw(case), detail={"told": heard, **lateness_detail(ctx, case.matter.ends_at)})


def look_who_decides(ctx: Context, case: HoldCase) -> Result[None]:
    """The clock: whoever sees to it now is asked, also of one that was confirmed long ago."""
    if case.matter.is_open:
        done = asking.recheck_deciders(ctx, case)
        return (
            done
            if done.quiet
            else replace(done, effects=(*done.effects, *show_to(case.matter, _holders_without_part(case))))
        )
    if not case.matter.keeps:
        return Result(None, quiet=True)
    detail, effects = _hand_card_on(ctx, case)
    return Result(None, effects, detail=detail, quiet=not effects)


def _hand_card_on(ctx: Context, case: HoldCase) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Of one that was set whoever sees to it now holds the card; the cards of those who have no part in it any more say nothing.

    What the log is to say of it, and the cards; none where nothing is another one.
    """
    over = no_longer_decide(case)
    where = find_route(ctx, case.circumstances)
    asked = ask_these(ctx, case, where.approvers, where.because)
    if not (over or asked):
        return {}, ()
    return {**brought_in(case, asked), "over": over}, bump_and_redraw(case, _holders_without_part(case))


def _holders_without_part(case: HoldCase) -> list[int]:
    """Whoever holds a copy and has no part in it: that copy is to say nothing."""
    held = [case.matter.asked_by, *(one.person_id for one in case.parties)]
    return [one for one in dict.fromkeys(held) if one not in case.everybody() and case.has_no_part(one)]


def calls_to_erase(ctx: Context, case: HoldCase) -> list[int]:
    """The calls that nothing else keeps and whose moment has passed: they are erased once this hold is over."""
    closed = ctx.store.holds.closed(case.matter.id, ctx.now)
    return sorted(set(closed) - ctx.store.erasures.kept(closed, ctx.now, Keep.matter_id != case.matter.id))


def _load_in_force(ctx: Context, hold: str, *, closing: bool = False) -> tuple[HoldCase, Authority]:
    case, authority = HoldCase.load_for_decider(ctx, hold)
    if closing and case.matter.closed_by == ctx.me.id:
        raise Repeated(hold)
    if case.over:
        raise Refused(hold_already_words(case, ctx.me), clause="P12", code="already")
    return case, authority


def _check_set_already(case: HoldCase) -> None:
    if case.matter.is_open:
        raise Refused("No one has confirmed this hold yet. Press Confirm first.", clause="P12", code="not_confirmed")


def _set_end(ctx: Context, case: HoldCase, until: datetime) -> None:
    case.matter.ends_at = case.matter.due_at = until
    for one in _keeps_in_force(ctx, case):
        one.ends_at = until
    schedule_reminders(ctx, case.matter)


def _close_hold(ctx: Context, case: HoldCase) -> None:
    """It keeps nothing any more."""
    close_matter(ctx, case.matter, case.matter.state)
    for one in _keeps_in_force(ctx, case):
        one.ended_at = ctx.now


def _keeps_in_force(ctx: Context, case: HoldCase) -> list[Keep]:
    return [one for one in ctx.store.erasures.kept_by(case.matter.id) if one.ended_at is None]


def _tell_setter(ctx: Context, case: HoldCase, words: str) -> tuple[Effect, ...]:
    """Whoever asked for it or set it hears of it, since an edited card counts as read."""
    hold, me = case.matter, ctx.who.person_id
    once = f"{hold.id}:{hold.revision}"
    told = f"{words} Press Details to read more."
    return tuple(Tell(one, told, once, "details", hold.id) for one in people_of_hold(case) if one != me)


END, ENDING = "hold.end", "hold.ending"


def schedule_reminders(ctx: Context, hold: Hold) -> None:
    """Its end and the next word before it, as they are now."""
    ctx.store.deadlines.set(END, hold.id, hold.ends_at)
    setter = ctx.store.people.get(hold.renewed_by or hold.set_by or hold.asked_by)
    coming = next_reminder(ctx.policy, hold.ends_at, setter.zone, line_of(ctx.policy, hold), ctx.now)
    if coming is None:
        ctx.store.deadlines.drop(hold.id, ENDING)
    else:
        ctx.store.deadlines.set(ENDING, hold.id, coming)


@handler("hold.ending", clause="P12", about="matter")
def warn_of_end(ctx: Context, matter: str) -> Result[None]:
    """Whoever set it is told while there is time to renew it; of one that waits, whoever it waits for."""
    case = HoldCase.load(ctx, matter)
    fell = ctx.store.deadlines.moment(ENDING, matter)
    if fell is None or case.over:
        return Result(None, quiet=True)
    people = people_to_warn(ctx, case)
    schedule_reminders(ctx, case.matter)
    schedule_reminder(ctx, case.matter, ENDING, people, fell, case.matter.ends_at)
    return Result(None, detail={"reminded": people})


def people_to_warn(ctx: Context, case: HoldCase) -> list[int]:
    """Whoever set or renewed it and may still act; with none of them left, whoever sees to it now."""
    mine = (one for one in _people_who_set(case.matter) if not case.has_no_part(one))
    return who_is_there(ctx, mine) or [one.person_id for one in case.approvers]


def people_of_hold(case: HoldCase) -> list[int]:
    """Whoever asked for it or set it, and has its card."""
    mine = dict.fromkeys(one for one in (case.matter.asked_by, case.matter.set_by) if one is not None)
    return [one for one in mine if one in case.everybody()]


def hold_reminder_row(case: HoldCase, reminder: Reminder) -> Row | None:
    """One line with a button; None where it concerns that person no more."""
    person, step = reminder.person_id, reminder.step
    to = _concerned_by_end(case, person) if step == END else _concerned_as(case, person)
    found = next((one for one in reminders_of_step(step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(who=case.asker.name)
    ends = "ended" if case.over else "ends"
    small = (
        f"{quantity_words(case.number, 'call')} · {ends} ",
        When(case.matter.ends_at, now=case.now),
        f" · {case.matter.id}",
    )
    return reminder_line(words, case.matter.id, small)


def _concerned_as(case: HoldCase, person: int) -> Who | None:
    if case.over or case.has_no_part(person):
        return None
    sees_to_it = case.waits_for(person)
    if case.matter.is_open:
        return "approver" if sees_to_it else None
    return "setter" if person in _people_who_set(case.matter) or sees_to_it else None


def _concerned_by_end(case: HoldCase, person: int) -> Who | None:
    """Of one that ended by itself: whether anybody had confirmed it."""
    if case.matter.state != "ended" or person not in people_of_hold(case):
        return None
    return "requester" if case.matter.set_by is None else "setter"


def _people_who_set(hold: Hold) -> list[int]:
    return [one for one in (hold.set_by, hold.renewed_by) if one is not None]
