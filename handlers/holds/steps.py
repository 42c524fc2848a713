"""Asking for, setting, confirming, renewing, releasing and ending a hold (P12)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from handlers import finding, phrases, sealing, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Row, When
from handlers.door import Repeated
from handlers.holds.cards import erasure_warning, hold_already_words
from handlers.holds.state import BegunHold, HoldCase, HoldForm, ReleaseForm, RenewForm, choose_calls
from handlers.matters import asking
from handlers.matters.case import More
from handlers.matters.reminding import lateness_detail, line_of, schedule_reminder
from handlers.rules import Refused, deadlines
from handlers.rules import holds as rule
from handlers.rules.routing import Authority
from storage.erasures import HOLD
from storage.matters import Reminder
from storage.records import Recording
from storage.tables.calls import Hold, Keep

Kept = Sequence[tuple[Keep, bool | None]]
"""What a hold keeps, and whether each call's time is up."""


@handler("hold.ask", clause="P12", prefetch=finding.rows_of_form)
def ask_for_hold(ctx: Context, form: HoldForm, key: str) -> Result[BegunHold]:
    """Keep the calls at once, for some working days until the Head confirms; a decider's own hold needs no one else."""
    if before := ctx.store.matters.submitted(Hold, key):
        number = ctx.store.number(Keep.matter_id == before.id)
        return Result(BegunHold(before.id, before.ends_at, (), number), quiet=True)
    chosen, concerned = choose_calls(ctx, form.recordings), finding.check_colleagues(ctx, form.concerned, "concerned")
    ids = [one.id for one in chosen.calls]
    rule.check_number_of_calls(ctx.policy, len(ids))
    asked_before = ctx.store.holds.asked_since(ids, rule.counts_since(ctx.now))
    case, kept = _store_hold(ctx, form, key, chosen.calls, concerned)
    hold = case.matter
    if case.entitles(ctx.me.id):
        hold.begun = "set"
        _put_in_force(ctx, hold, kept, form.until)
    else:
        rule.check_once(asked_before, ids)
    asked, effects = asking.begin_asking(ctx, case)
    schedule_reminders(ctx, hold)
    ctx.store.people.prefers_first(ctx.me, ctx.who.platform)
    detail = {"recordings": ids, "until": hold.ends_at.isoformat(), "concerned": sorted(concerned), **asked}
    begun = BegunHold(
        hold.id,
        hold.ends_at,
        telling.names_asked(ctx, asked) if hold.begun == "asked" else (),
        len(ids),
        chosen.erased,
        chosen.too_late,
    )
    return Result(begun, effects, hold.id, detail)


def _store_hold(
    ctx: Context, form: HoldForm, key: str, calls: list[Recording], concerned: Collection[int]
) -> tuple[HoldCase, Kept]:
    """Store a hold that was asked for, and what it keeps."""
    until = rule.provisional_end(ctx.policy, {one.line for one in calls}, ctx.now)
    hold = Hold(
        id=sealing.new_id("H"), key=key, begun="asked", asked_by=ctx.me.id, case_name=form.case, reason=form.reason, ends_at=until,
        asked_at=ctx.now, due_at=until,
    )  # fmt: skip
    hold.line = calls[0].line
    hold.concern(concerned)
    keeps = [Keep(recording_id=one.id, matter_id=hold.id, why=HOLD, since=ctx.now, ends_at=until) for one in calls]
    ctx.store.insert(*keeps)
    more = More(operators=[one.operator_id for one in calls], fields={"calls": [], "number": len(calls)})
    return HoldCase.begin(ctx, hold, more), [(one, None) for one in keeps]


def _put_in_force(ctx: Context, hold: Hold, kept: Kept, day: date | None = None) -> None:
    """Put the hold in force until that day, by default as long as a hold may last."""
    hold.state, hold.set_by, hold.set_at = "active", ctx.me.id, ctx.now
    until = rule.hold_end(ctx.policy, ctx.now, day) if day else rule.latest_end(ctx.policy, ctx.now)
    _set_end(ctx, hold, kept, until)


def release_introduction(ctx: Context, hold: str) -> str:
    """Say above the release form how many calls it erases. Raises `Refused` if the person may not release it."""
    case, _ = _load_in_force(ctx, hold)
    return erasure_warning(len(calls_to_erase(ctx, hold, _kept_now(ctx, case))))


def renewal_introduction(ctx: Context, hold: str) -> str:
    """Say above the renewal form until when it may last. Raises `Refused` like `release_introduction`."""
    case, _ = _load_in_force(ctx, hold)
    _check_set_already(case)
    most = ctx.policy.holds.most_days
    last = phrases.day_words(rule.last_day(ctx.policy, ctx.now), None)
    return f"A hold can last {most} days from today: until {last}."


@handler("hold.confirm", clause="P12", about="matter")
def confirm_hold(ctx: Context, matter: str) -> Result[None]:
    """Confirm a hold that was asked for, so that it lasts longer."""
    case, authority = _load_in_force(ctx, matter)
    hold = case.matter
    if not hold.is_open:
        if hold.set_by == ctx.me.id:
            raise Repeated(hold.id)
        raise Refused(hold_already_words(case, ctx.me), clause="P12", code="already")
    stepped_in = asking.take_part(ctx, case, authority)
    _put_in_force(ctx, hold, _kept_now(ctx, case))
    tells = _tell_setter(ctx, case, "confirmed")
    return Result(
        None, (*asking.bump_and_redraw(case), *tells), detail={"until": hold.ends_at.isoformat(), **stepped_in}
    )


@handler("hold.renew", clause="P12", about="matter")
def renew_hold(ctx: Context, matter: str, form: RenewForm) -> Result[None]:
    """Set another end, earlier or later, counted from now."""
    case, authority = _load_in_force(ctx, matter)
    _check_set_already(case)
    until, kept = rule.hold_end(ctx.policy, ctx.now, form.until), _kept_now(ctx, case)
    case.matter.renewed_by = ctx.me.id
    stepped_in = asking.take_part(ctx, case, authority)
    _set_end(ctx, case.matter, kept, until)
    return Result(None, asking.bump_and_redraw(case), detail={"until": until.isoformat(), **stepped_in})


@handler("hold.release", clause="P12", about="matter")
def release_hold(ctx: Context, matter: str, form: ReleaseForm) -> Result[None]:
    """End a hold, confirmed or not, with a reason; other holds of the same calls stay."""
    case, authority = _load_in_force(ctx, matter, closing=True)
    hold, kept = case.matter, _kept_now(ctx, case)
    erased = calls_to_erase(ctx, hold.id, kept)
    hold.state = "let_go" if hold.is_open else "released"
    hold.closed_by, hold.closing = ctx.me.id, form.words
    stepped_in = asking.take_part(ctx, case, authority)
    _close_hold(ctx, hold, kept)
    tells = _tell_setter(ctx, case, "released" if hold.state == "released" else "decided against")
    detail = {"how": hold.state, "erases": erased, **stepped_in}
    return Result(None, (*asking.bump_and_redraw(case), *tells), detail=detail)


@handler("hold.end", clause="P12", about="matter")
def end_hold(ctx: Context, matter: str) -> Result[None]:
    """End a hold whose end has come, confirmed or not. Run by the clock."""
    case = HoldCase.load(ctx, matter)
    if not case.matter.keeps or ctx.now < case.matter.ends_at:
        return Result(None, quiet=True)
    kept = _kept_now(ctx, case)
    case.matter.state = "ended"
    _close_hold(ctx, case.matter, kept)
    heard = people_of_hold(case)
    schedule_reminder(ctx, case.matter, END, heard, case.matter.ends_at)
    return Result(
        None, asking.bump_and_redraw(case), detail={"told": heard, **lateness_detail(ctx, case.matter.ends_at)}
    )


def recheck_hold_deciders(ctx: Context, case: HoldCase) -> Result[None]:
    """Ask the people who decide now; they get the card even of a hold confirmed long ago. Run by the clock."""
    closed_to = [one.person_id for one in asking.reached_by_card(case.parties) if case.has_no_part(one.person_id)]
    if case.matter.is_open or not case.matter.keeps:
        done = asking.recheck_deciders(ctx, case)
        return done if done.quiet else replace(done, effects=(*done.effects, *asking.show_to(case.matter, closed_to)))
    over, where = asking.no_longer_decide(case), asking.find_route(ctx, case.circumstances)
    asked = asking.ask_these(ctx, case, where.approvers, where.because)
    detail, quiet = {**asking.brought_in(case, asked), "over": over}, not (over or asked)
    return Result(None, () if quiet else asking.bump_and_redraw(case, closed_to), detail=detail, quiet=quiet)


def calls_to_erase(ctx: Context, hold: str, kept: Kept) -> list[int]:
    """Return the ids of calls that only this hold keeps and whose time is over: they are erased once it ends."""
    closed = {keep.recording_id for keep, past in kept if past}
    return sorted(closed - ctx.store.erasures.kept(closed, ctx.now, Keep.matter_id != hold))


def _load_in_force(ctx: Context, hold: str, *, closing: bool = False) -> tuple[HoldCase, Authority]:
    """Load a hold that this person decides about and that still keeps calls; raises `Refused` or `Repeated`."""
    case, authority = HoldCase.load_for_decider(ctx, hold)
    if closing and case.matter.closed_by == ctx.me.id:
        raise Repeated(hold)
    if case.over:
        raise Refused(hold_already_words(case, ctx.me), clause="P12", code="already")
    return case, authority


def _check_set_already(case: HoldCase) -> None:
    """Raise `Refused` unless the hold was confirmed or set; one that is only asked for is confirmed first."""
    if case.matter.is_open:
        raise Refused("No one has confirmed this hold yet. Press Confirm first.", clause="P12", code="not_confirmed")


def _set_end(ctx: Context, hold: Hold, kept: Kept, until: datetime) -> None:
    """Set when the hold and everything it keeps ends, and its reminders."""
    hold.ends_at = hold.due_at = until
    for keep, _ in kept:
        keep.ends_at = until
    schedule_reminders(ctx, hold)


def _close_hold(ctx: Context, hold: Hold, kept: Kept) -> None:
    """Close a hold, so that it keeps nothing any more."""
    asking.close_matter(ctx, hold, hold.state)
    for keep, _ in kept:
        keep.ended_at = ctx.now


def _kept_now(ctx: Context, case: HoldCase) -> Kept:
    """Return what the hold keeps. It is read before anything changes: a query in between would write the hold twice."""
    return ctx.store.holds.in_force(case.matter.id, ctx.now)


def _tell_setter(ctx: Context, case: HoldCase, did: str) -> tuple[Effect, ...]:
    """Tell the people who asked for the hold and set it what this person did, since an edited card isn't noticed."""
    words = f"{ctx.me.name} {did} your hold of {phrases.quantity_words(case.number, 'call')}."
    hold, me = case.matter, ctx.who.person_id
    others = (one for one in people_of_hold(case) if one != me)
    return telling.tell_of(hold.id, others, words, f"{hold.id}:{hold.revision}")


END, ENDING = "hold.end", "hold.ending"


def schedule_reminders(ctx: Context, hold: Hold) -> None:
    """Set the deadlines of its end and the next warning before that."""
    ctx.store.deadlines.set(END, hold.id, hold.ends_at)
    setter = ctx.store.people.get(hold.renewed_by or hold.set_by or hold.asked_by)
    coming = rule.next_reminder(ctx.policy, hold.ends_at, setter.zone, line_of(ctx.policy, hold), ctx.now)
    ctx.store.deadlines.set(ENDING, hold.id, coming)


@handler("hold.ending", clause="P12", about="matter")
def warn_of_end(ctx: Context, matter: str) -> Result[None]:
    """Warn the people who set the hold in time to renew it, or its deciders if it is still waiting. Run by the clock."""
    case = HoldCase.load(ctx, matter)
    fell = ctx.store.deadlines.moment(ENDING, matter)
    if fell is None or case.over:
        return Result(None, quiet=True)
    people = people_to_warn(ctx, case)
    schedule_reminders(ctx, case.matter)
    schedule_reminder(ctx, case.matter, ENDING, people, fell, case.matter.ends_at)
    return Result(None, detail={"reminded": people})


def people_to_warn(ctx: Context, case: HoldCase) -> list[int]:
    """Return the people who set or renewed it and may still act; if none is left, its deciders."""
    setters = (one for one in _people_who_set(case.matter) if not case.has_no_part(one))
    return asking.who_is_there(ctx, setters) or [one.person_id for one in case.approvers]


def people_of_hold(case: HoldCase) -> list[int]:
    """Return the people who asked for it or set it, and hold its card."""
    people = dict.fromkeys(one for one in (case.matter.asked_by, case.matter.set_by) if one is not None)
    return [one for one in people if one in case.everybody()]


def hold_reminder_row(case: HoldCase, reminder: Reminder) -> Row | None:
    """Return the line, with a button, that reminds a person; None if it no longer concerns them."""
    person, step = reminder.person_id, reminder.step
    to = _concerned_by_end(case, person) if step == END else _concerned_as(case, person)
    found = next((one for one in deadlines.reminders_of_step(step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(who=case.asker.name)
    ends = "ended" if case.over else "ends"
    calls = f"{phrases.quantity_words(case.number, 'call')} · {ends} "
    small = (calls, When(case.matter.ends_at, now=case.now), f" · {case.matter.id}")
    return telling.reminder_line(words, case.matter.id, small)


def _concerned_as(case: HoldCase, person: int) -> deadlines.Who | None:
    """Return the part in which a reminder before the end concerns this person; None if it doesn't."""
    if case.over or case.has_no_part(person):
        return None
    decides = case.waits_for(person)
    if case.matter.is_open:
        return "approver" if decides else None
    return "setter" if person in _people_who_set(case.matter) or decides else None


def _concerned_by_end(case: HoldCase, person: int) -> deadlines.Who | None:
    """Return the part of a person in a hold that ended on its own: requester if it was never confirmed, else setter."""
    if case.matter.state != "ended" or person not in people_of_hold(case):
        return None
    return "requester" if case.matter.set_by is None else "setter"


def _people_who_set(hold: Hold) -> list[int]:
    """Return the people who set or confirmed it, and renewed it."""
    return [one for one in (hold.set_by, hold.renewed_by) if one is not None]
