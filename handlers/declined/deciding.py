"""What becomes of a declined call: which one it was, who decides, and what is out of reach meanwhile (P5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from handlers.acting import Context, Result
from handlers.alarms import warned_by
from handlers.cards import Option, Row
from handlers.customers.filing import join_by_number
from handlers.customers.state import asked_by_number
from handlers.declined.state import DeclinedCase
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.forms import Form, OneOf
from handlers.handling import handler
from handlers.ids import new_id
from handlers.keeping import keep_for_matters
from handlers.matters.asking import alarm_if_stuck, ask_again, bump_and_redraw, close_matter, takes_part
from handlers.matters.case import redraw_matters
from handlers.matters.reminding import line_of, remind_asked, schedule_reminder
from handlers.policy.values import Text
from handlers.rules import declined as rule
from handlers.rules.deadlines import next_morning
from handlers.rules.declined import KEPT
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.telling import reminder_line
from storage.database.store import Store
from storage.erasures import DECLINED, is_wiped
from storage.matters import Reminder
from storage.records import Recording
from storage.tables.calls import CHOOSING, Declined


class KeepForm(Form):
    """Why what was recorded is not erased."""

    name: ClassVar[str] = "declined_keep"
    title: ClassVar[str] = "Keep this recording"
    send: ClassVar[str] = "Keep"
    reason: Annotated[
        Text,
        OneOf(
            "Why is it kept?",
            lambda _: tuple(Option(name, words) for name, words in KEPT.items()),
            help="It is on the card. Staff may ask for the call again, as for any other.",
        ),
    ]


@handler("declined.go", clause="P5", about="matter")
def erase_if_not_kept(ctx: Context, matter: str) -> Result[None]:
    """The clock: nobody kept it, so it goes. What something keeps stays until that is over."""
    case = DeclinedCase.load(ctx, matter)
    if not case.matter.is_open or case.matter.erase_at is None or ctx.now < case.matter.erase_at:
        return Result(None, quiet=True)
    return _erase_calls(ctx, case, {})


@handler("declined.erase", clause="P5", about="matter")
def decide_to_erase(ctx: Context, matter: str) -> Result[None]:
    """Whoever decides has it erased; it goes the way of all erasures."""
    case, authority = _load_to_decide(ctx, matter, "going")
    case.matter.decided_by = ctx.me.id
    return _erase_calls(ctx, case, takes_part(ctx, case, authority))


@handler("declined.keep", clause="P5", about="matter")
def decide_to_keep(ctx: Context, matter: str, form: KeepForm) -> Result[None]:
    """It is kept for a reason of a closed list, and in reach again."""
    case, authority = _load_to_decide(ctx, matter, "kept")
    row = case.matter
    row.decided_by, row.reason = ctx.me.id, form.reason
    stepped_in = takes_part(ctx, case, authority)
    close_matter(ctx, case.matter, "kept")
    effects = (
        *bring_back(ctx, case.calls),
        *bump_and_redraw(DeclinedCase.of(ctx, row)),
        *_tell_decision(ctx, case, "kept what was recorded"),
    )
    return Result(None, effects, detail={"state": "kept", "reason": row.reason, **stepped_in})


@handler("declined.meet", clause="P5", about="matter")
def take_registered_calls(ctx: Context, matter: str) -> Result[None]:
    """What was recorded of it is registered by now: out of reach from the start, and it goes where the rest went."""
    case, met, others = DeclinedCase.load(ctx, matter), list[int](), 0
    for one in ctx.store.declines.recordings(matter):
        call = ctx.store.declines.registered(one) if one.recording_id is None else None
        if call is not None and rule.fits_call(call.started, case.matter.began):
            one.recording_id = call.id
            met.append(call.id)
        elif call is not None:
            one.native_id, others = "", others + 1
    named = {"others": others} if others else {}
    if not met:
        return Result(None, detail={**named}, quiet=not others)
    found = ctx.store.recordings.all_of(met)
    effects = put_out_of_reach(ctx, found) if case.matter.state != "kept" else bring_back(ctx, found)
    begun = begin_erasure(ctx, found if case.matter.state == "going" else ())
    detail = {"recordings": met, **begun, **named}
    return Result(None, (*effects, *bump_and_redraw(DeclinedCase.of(ctx, case.matter))), detail=detail)


def keep_form_introduction(ctx: Context, matter: str) -> str:
    """What stands above the form that keeps it; raises `Refused` where there is nothing left to keep, or nothing for this person."""
    _load_to_decide(ctx, matter, "kept")
    return "The customer declined to be recorded. If you keep the recording, it can be heard and is erased in time like any other call."


def _load_to_decide(ctx: Context, matter: str, wanted: str) -> tuple[DeclinedCase, Authority]:
    case, authority = DeclinedCase.load_for_decider(ctx, matter)
    row = case.matter
    if row.is_unchosen:
        raise Refused("Please say first which call it is.", clause="P5", code="unchosen")
    if row.state == wanted and row.decided_by == ctx.me.id:
        raise Repeated(matter)
    rule.check_undecided(is_open=row.is_open, kept=row.state == "kept")
    return case, authority


def _erase_calls(ctx: Context, case: DeclinedCase, stepped_in: dict[str, object]) -> Result[None]:
    begun = begin_erasure(ctx, case.calls)
    close_matter(ctx, case.matter, "going")
    word = _tell_decision(ctx, case, "decided that what was recorded is erased") if case.matter.decided_by else ()
    shown = (show for one in case.calls for show in _redraw_cards_naming(ctx, one))
    effects = (*bump_and_redraw(case), *word, *shown)
    return Result(None, effects, detail={"state": "going", **begun, **stepped_in})


def _tell_decision(ctx: Context, case: DeclinedCase, what: str) -> tuple[Effect, ...]:
    """Whoever said it hears of it, since an edited card counts as read."""
    row = case.matter
    words = f"{ctx.me.name} {what} of the call whose caller declined. Press Details to read more."
    return (Tell(row.said_by, words, f"declined:{row.id}:decided", "details", row.id),)


UNCHOSEN, HAND_OVER = "declined.unchosen", "declined.hand_over"
LAST_CALLS, OF_DAYS = 5, timedelta(days=14)
MOST_OF_A_PERSON = 50


def last_calls(store: Store, row: Declined, now: datetime) -> list[Recording]:
    """Those of whoever said it that may be the one: they began before it was said, by either clock."""
    until = row.asked_at + rule.EARLIER
    found = store.whose_data.last_calls(row.said_by, row.asked_at - OF_DAYS, until, MOST_OF_A_PERSON)
    return [one for one in found if not one.closed(now)][:LAST_CALLS]


def matters_with_new_calls(store: Store, now: datetime) -> Sequence[str]:
    """Matters of which a call was registered since that may be the one."""
    waiting = store.declines.unchosen()
    return [one.id for one in waiting if _more_calls(store, one, now)]


@handler("declined.offer", clause="P5", about="matter")
def offer_more_calls(ctx: Context, matter: str) -> Result[None]:
    """Added at the end, so that a card which was drawn before still names the same calls."""
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    if not row.is_unchosen:
        return Result(None, quiet=True)
    if not (more := _more_calls(ctx.store, row, ctx.now)):
        return Result(None, quiet=True)
    row.choices = [*row.choices, *({"recording": one.id} for one in more)]
    return Result(None, bump_and_redraw(DeclinedCase.of(ctx, row)), detail={"number": len(row.choices)})


def schedule_unchosen(ctx: Context, row: Declined) -> None:
    """The next two working mornings of whoever said it."""
    person = ctx.store.people.get(row.said_by)
    zone, at = person.zone if person.checked_at else "", ctx.now
    for kind in (UNCHOSEN, HAND_OVER):
        at = rule.next_morning(ctx.policy, zone, line_of(ctx.policy, row), at)
        ctx.store.deadlines.set(kind, row.id, at)


def drop_deadlines(ctx: Context, row: Declined) -> None:
    """It is known which call it was, or that it was none."""
    ctx.store.deadlines.drop(row.id, UNCHOSEN, HAND_OVER, REMIND)


@handler("declined.unchosen", clause="P5", about="matter")
def remind_or_hand_over(ctx: Context, matter: str) -> Result[None]:
    """Whoever said it is reminded; where that person left or is out of reach, it is handed over at once."""
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    if row.state != CHOOSING:
        return Result(None, quiet=True)
    if not ctx.store.people.there([case.said_by.id]):
        return _handed_over(ctx, case)
    schedule_reminder(ctx, row, UNCHOSEN, [row.said_by], ctx.store.deadlines.moment(UNCHOSEN, row.id) or ctx.now)
    return Result(None, detail={"reminded": [row.said_by]})


@handler("declined.hand_over", clause="P5", about="matter")
def hand_over(ctx: Context, matter: str) -> Result[None]:
    """Whoever said it was silent, so whoever decides says which call it was, and is told so in working hours."""
    case = DeclinedCase.load(ctx, matter)
    return _handed_over(ctx, case) if case.matter.state == CHOOSING else Result(None, quiet=True)


def tell_who_said_it(ctx: Context, row: Declined, what: str) -> tuple[Effect, ...]:
    """Whoever said it hears what somebody else said in that person's stead."""
    if ctx.me.id == row.said_by:
        return ()
    words = f"{ctx.me.name} said {what}. Press Details to read more."
    return (Tell(row.said_by, words, f"declined:{row.id}:chosen", "details", row.id),)


def _handed_over(ctx: Context, case: DeclinedCase) -> Result[None]:
    row = case.matter
    new, where = ask_again(ctx, case)
    drop_deadlines(ctx, row)
    schedule_next_morning(ctx, row)
    schedule_reminder(ctx, row, REMIND, new["asked"], ctx.now)
    told = alarm_if_stuck(ctx, row, case.what, where)
    return Result(None, (*told, *bump_and_redraw(case)), detail={"state": "open", **new, **warned_by(told)})


def _more_calls(store: Store, row: Declined, now: datetime) -> list[Recording]:
    """Live calls that may be the one have names of their own, which are met when they are registered."""
    if any("call_id" in one and datetime.fromisoformat(one["began"]) <= row.asked_at for one in row.choices):
        return []
    known = {one["recording"] for one in row.choices if "recording" in one}
    return [one for one in last_calls(store, row, now) if one.id not in known]


GO, REMIND = "declined.go", "declined.remind"
UNCHOSEN_CALL = "{who} said that a caller declined, but not on which call. Until that is known, the call can be heard. Press Details to choose it."


def schedule_next_morning(ctx: Context, row: Declined) -> None:
    """Ask the clock for the next morning, where somebody has to decide."""
    if row.is_open and row.erase_at is None:
        ctx.store.deadlines.set(REMIND, row.id, next_morning(ctx.policy, ctx.now))


@handler("declined.remind", clause="P5", about="matter")
def remind_of_decline(ctx: Context, matter: str) -> Result[None]:
    """Whoever is asked, each morning until it is decided."""
    case = DeclinedCase.load(ctx, matter)
    return remind_asked(ctx, case, REMIND, lambda: schedule_next_morning(ctx, case.matter))


def declined_reminder_row(case: DeclinedCase, told: Reminder) -> Row | None:
    """How one person is reminded; None for whoever has nothing to decide any more."""
    if case.matter.is_unchosen and told.person_id == case.matter.said_by:
        return reminder_line(UNCHOSEN_CALL.format(who="You"), case.matter.id)
    if case.goes_by_itself or not case.waits_for(told.person_id):
        return None
    if case.matter.is_unchosen:
        return reminder_line(UNCHOSEN_CALL.format(who=case.said_by.name), case.matter.id)
    words = (
        f"{case.said_by.name}’s caller declined to be recorded. Please decide whether the recording is erased or kept."
    )
    return reminder_line(words, case.matter.id)


def put_out_of_reach(ctx: Context, calls: Iterable[Recording]) -> tuple[Effect, ...]:
    """Nobody finds or hears these from now on; the cards that name them say so."""
    effects: list[Effect] = []
    for one in calls:
        if one.state in ("present", "out_of_scope"):
            one.state = "declined"
            effects += _redraw_cards_naming(ctx, one)
    return tuple(effects)


def bring_back(ctx: Context, calls: Iterable[Recording]) -> tuple[Effect, ...]:
    """They may be asked for again, as any other call; those whose moment has come since stay closed."""
    effects: list[Effect] = []
    for one in calls:
        if one.state == "declined":
            one.state = "present" if ctx.policy.line(one.line) else "out_of_scope"
            effects += (*join_by_number(ctx, one), *_redraw_cards_naming(ctx, one))
    return tuple(effects)


def begin_erasure(ctx: Context, calls: Iterable[Recording]) -> dict[str, Any]:
    """They go the one way that all erasures go, from now on, one that is away as soon as it is back; what is waiting for one keeps it.

    Returns what the log says of it: the ids of these erasures, and, by call, for what it is kept.
    """
    begun, kept = list[str](), dict[str, Any]()
    for one in calls:
        away = one.state == "gone" and not is_wiped(one) and ctx.store.erasures.open(one.id) is None
        if one.state == "declined" or away:
            one.state = "gone" if away else "closed"
            begun.append(ctx.store.erasures.begin_now(new_id("E"), one, DECLINED, ctx.now).id)
            if rows := keep_for_matters(ctx, one, ctx.now, granted=True, also=asked_by_number(ctx, one)):
                kept[str(one.id)] = [row.matter_id for row in rows]
    return {"erasures": begun, **({"kept": kept} if kept else {})}


def _redraw_cards_naming(ctx: Context, one: Recording) -> tuple[Effect, ...]:
    """The cards of whatever names a call."""
    erasures = ctx.store.erasures
    matters = (*erasures.naming(one.id), *asked_by_number(ctx, one), *erasures.held_for(one.id))
    return redraw_matters(ctx, {matter.id: matter for matter in matters}.values())
