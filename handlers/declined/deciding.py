"""What becomes of a declined call: which one it was, who decides, and what is out of reach meanwhile (P5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from handlers.acting import Act, Done
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
def erase_if_not_kept(act: Act, matter: str) -> Done[None]:
    """The clock: nobody kept it, so it goes. What something keeps stays until that is over."""
    case = DeclinedCase.load(act, matter)
    if not case.matter.is_open or case.matter.erase_at is None or act.now < case.matter.erase_at:
        return Done(None, quiet=True)
    return _erase_calls(act, case, {})


@handler("declined.erase", clause="P5", about="matter")
def decide_to_erase(act: Act, matter: str) -> Done[None]:
    """Whoever decides has it erased; it goes the way of all erasures."""
    case, authority = _load_to_decide(act, matter, "going")
    case.matter.decided_by = act.me.id
    return _erase_calls(act, case, takes_part(act, case, authority))


@handler("declined.keep", clause="P5", about="matter")
def decide_to_keep(act: Act, matter: str, form: KeepForm) -> Done[None]:
    """It is kept for a reason of a closed list, and in reach again."""
    case, authority = _load_to_decide(act, matter, "kept")
    row = case.matter
    row.decided_by, row.reason = act.me.id, form.reason
    stepped_in = takes_part(act, case, authority)
    close_matter(act, case.matter, "kept")
    effects = (
        *bring_back(act, case.calls),
        *bump_and_redraw(DeclinedCase.of(act, row)),
        *_tell_decision(act, case, "kept what was recorded"),
    )
    return Done(None, effects, detail={"state": "kept", "reason": row.reason, **stepped_in})


@handler("declined.meet", clause="P5", about="matter")
def take_registered_calls(act: Act, matter: str) -> Done[None]:
    """What was recorded of it is registered by now: out of reach from the start, and it goes where the rest went."""
    case, met, others = DeclinedCase.load(act, matter), list[int](), 0
    for one in act.store.declines.recordings(matter):
        call = act.store.declines.registered(one) if one.recording_id is None else None
        if call is not None and rule.fits_call(call.started, case.matter.began):
            one.recording_id = call.id
            met.append(call.id)
        elif call is not None:
            one.native_id, others = "", others + 1
    named = {"others": others} if others else {}
    if not met:
        return Done(None, detail={**named}, quiet=not others)
    found = act.store.recordings.all_of(met)
    effects = put_out_of_reach(act, found) if case.matter.state != "kept" else bring_back(act, found)
    begun = begin_erasure(act, found if case.matter.state == "going" else ())
    detail = {"recordings": met, **begun, **named}
    return Done(None, (*effects, *bump_and_redraw(DeclinedCase.of(act, case.matter))), detail=detail)


def keep_form_introduction(act: Act, matter: str) -> str:
    """What stands above the form that keeps it; raises `Refused` where there is nothing left to keep, or nothing for this person."""
    _load_to_decide(act, matter, "kept")
    return "The customer declined to be recorded. If you keep the recording, it can be heard and is erased in time like any other call."


def _load_to_decide(act: Act, matter: str, wanted: str) -> tuple[DeclinedCase, Authority]:
    case, authority = DeclinedCase.load_for_decider(act, matter)
    row = case.matter
    if row.is_unchosen:
        raise Refused("Please say first which call it is.", clause="P5", code="unchosen")
    if row.state == wanted and row.decided_by == act.me.id:
        raise Repeated(matter)
    rule.check_undecided(is_open=row.is_open, kept=row.state == "kept")
    return case, authority


def _erase_calls(act: Act, case: DeclinedCase, stepped_in: dict[str, object]) -> Done[None]:
    begun = begin_erasure(act, case.calls)
    close_matter(act, case.matter, "going")
    word = _tell_decision(act, case, "decided that what was recorded is erased") if case.matter.decided_by else ()
    shown = (show for one in case.calls for show in _redraw_cards_naming(act, one))
    effects = (*bump_and_redraw(case), *word, *shown)
    return Done(None, effects, detail={"state": "going", **begun, **stepped_in})


def _tell_decision(act: Act, case: DeclinedCase, what: str) -> tuple[Effect, ...]:
    """Whoever said it hears of it, since an edited card counts as read."""
    row = case.matter
    words = f"{act.me.name} {what} of the call whose caller declined. Press Details to read more."
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
def offer_more_calls(act: Act, matter: str) -> Done[None]:
    """Added at the end, so that a card which was drawn before still names the same calls."""
    case = DeclinedCase.load(act, matter)
    row = case.matter
    if not row.is_unchosen:
        return Done(None, quiet=True)
    if not (more := _more_calls(act.store, row, act.now)):
        return Done(None, quiet=True)
    row.choices = [*row.choices, *({"recording": one.id} for one in more)]
    return Done(None, bump_and_redraw(DeclinedCase.of(act, row)), detail={"number": len(row.choices)})


def schedule_unchosen(act: Act, row: Declined) -> None:
    """The next two working mornings of whoever said it."""
    person = act.store.people.get(row.said_by)
    zone, at = person.zone if person.checked_at else "", act.now
    for kind in (UNCHOSEN, HAND_OVER):
        at = rule.next_morning(act.policy, zone, line_of(act.policy, row), at)
        act.store.deadlines.set(kind, row.id, at)


def drop_deadlines(act: Act, row: Declined) -> None:
    """It is known which call it was, or that it was none."""
    act.store.deadlines.drop(row.id, UNCHOSEN, HAND_OVER, REMIND)


@handler("declined.unchosen", clause="P5", about="matter")
def remind_or_hand_over(act: Act, matter: str) -> Done[None]:
    """Whoever said it is reminded; where that person left or is out of reach, it is handed over at once."""
    case = DeclinedCase.load(act, matter)
    row = case.matter
    if row.state != CHOOSING:
        return Done(None, quiet=True)
    if not act.store.people.there([case.said_by.id]):
        return _handed_over(act, case)
    schedule_reminder(act, row, UNCHOSEN, [row.said_by], act.store.deadlines.moment(UNCHOSEN, row.id) or act.now)
    return Done(None, detail={"reminded": [row.said_by]})


@handler("declined.hand_over", clause="P5", about="matter")
def hand_over(act: Act, matter: str) -> Done[None]:
    """Whoever said it was silent, so whoever decides says which call it was, and is told so in working hours."""
    case = DeclinedCase.load(act, matter)
    return _handed_over(act, case) if case.matter.state == CHOOSING else Done(None, quiet=True)


def tell_who_said_it(act: Act, row: Declined, what: str) -> tuple[Effect, ...]:
    """Whoever said it hears what somebody else said in that person's stead."""
    if act.me.id == row.said_by:
        return ()
    words = f"{act.me.name} said {what}. Press Details to read more."
    return (Tell(row.said_by, words, f"declined:{row.id}:chosen", "details", row.id),)


def _handed_over(act: Act, case: DeclinedCase) -> Done[None]:
    row = case.matter
    new, where = ask_again(act, case)
    drop_deadlines(act, row)
    schedule_next_morning(act, row)
    schedule_reminder(act, row, REMIND, new["asked"], act.now)
    told = alarm_if_stuck(act, row, case.what, where)
    return Done(None, (*told, *bump_and_redraw(case)), detail={"state": "open", **new, **warned_by(told)})


def _more_calls(store: Store, row: Declined, now: datetime) -> list[Recording]:
    """Live calls that may be the one have names of their own, which are met when they are registered."""
    if any("call_id" in one and datetime.fromisoformat(one["began"]) <= row.asked_at for one in row.choices):
        return []
    known = {one["recording"] for one in row.choices if "recording" in one}
    return [one for one in last_calls(store, row, now) if one.id not in known]


GO, REMIND = "declined.go", "declined.remind"
UNCHOSEN_CALL = "{who} said that a caller declined, but not on which call. Until that is known, the call can be heard. Press Details to choose it."


def schedule_next_morning(act: Act, row: Declined) -> None:
    """Ask the clock for the next morning, where somebody has to decide."""
    if row.is_open and row.erase_at is None:
        act.store.deadlines.set(REMIND, row.id, next_morning(act.policy, act.now))


@handler("declined.remind", clause="P5", about="matter")
def remind_of_decline(act: Act, matter: str) -> Done[None]:
    """Whoever is asked, each morning until it is decided."""
    case = DeclinedCase.load(act, matter)
    return remind_asked(act, case, REMIND, lambda: schedule_next_morning(act, case.matter))


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


def put_out_of_reach(act: Act, calls: Iterable[Recording]) -> tuple[Effect, ...]:
    """Nobody finds or hears these from now on; the cards that name them say so."""
    effects: list[Effect] = []
    for one in calls:
        if one.state in ("present", "out_of_scope"):
            one.state = "declined"
            effects += _redraw_cards_naming(act, one)
    return tuple(effects)


def bring_back(act: Act, calls: Iterable[Recording]) -> tuple[Effect, ...]:
    """They may be asked for again, as any other call; those whose moment has come since stay closed."""
    effects: list[Effect] = []
    for one in calls:
        if one.state == "declined":
            one.state = "present" if act.policy.line(one.line) else "out_of_scope"
            effects += (*join_by_number(act, one), *_redraw_cards_naming(act, one))
    return tuple(effects)


def begin_erasure(act: Act, calls: Iterable[Recording]) -> dict[str, Any]:
    """They go the one way that all erasures go, from now on, one that is away as soon as it is back; what is waiting for one keeps it.

    Returns what the log says of it: the ids of these erasures, and, by call, for what it is kept.
    """
    begun, kept = list[str](), dict[str, Any]()
    for one in calls:
        away = one.state == "gone" and not is_wiped(one) and act.store.erasures.open(one.id) is None
        if one.state == "declined" or away:
            one.state = "gone" if away else "closed"
            begun.append(act.store.erasures.begin_now(new_id("E"), one, DECLINED, act.now).id)
            if rows := keep_for_matters(act, one, act.now, granted=True, also=asked_by_number(act, one)):
                kept[str(one.id)] = [row.matter_id for row in rows]
    return {"erasures": begun, **({"kept": kept} if kept else {})}


def _redraw_cards_naming(act: Act, one: Recording) -> tuple[Effect, ...]:
    """The cards of whatever names a call."""
    erasures = act.store.erasures
    matters = (*erasures.naming(one.id), *asked_by_number(act, one), *erasures.held_for(one.id))
    return redraw_matters(act, {matter.id: matter for matter in matters}.values())
