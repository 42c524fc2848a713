"""How a decline begins, and what the phone system says of the call until it is over (P5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.acting import Context, Result
from handlers.alarms import warned_by
from handlers.declined.cards import off_told, still_told
from handlers.declined.deciding import (
    GO,
    drop_deadlines,
    last_calls,
    put_out_of_reach,
    schedule_next_morning,
    schedule_unchosen,
    tell_who_said_it,
)
from handlers.declined.state import DeclinedCase, Live, Trouble
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.ids import new_id
from handlers.matters.asking import alarm_if_stuck, ask_again, bump_and_redraw, show_to, takes_part
from handlers.rules import declined as rule
from handlers.rules.refusal import Refused
from handlers.telling import tell_head
from handlers.words import masked_number
from storage.declines import LIVE
from storage.records import Recording
from storage.tables.calls import CHOOSING, LOOKING, Declined

UNREAD = "The phone system says too little about another live call. If that is the one, switch its recording off there yourself."
UNDER_WAY = timedelta(minutes=3)
"""For so long a second word of the same person is about the same call, while that is not known: later it may be another caller's."""
MOST_LIVE = 5
PROMPT = timedelta(seconds=5)
"""So soon after it was said a live call is the one whatever the phone system's clock says; later it may be the next customer's."""


@handler("declined.say", clause="P5")
def note_declined(ctx: Context) -> Result[None]:
    """Stored before anybody asks the phone system, so that no crash forgets it. Two words about one call are one."""
    me = ctx.me
    if (before := ctx.store.declines.under_way(me.id, ctx.now - UNDER_WAY)) is not None:
        return _look_again(ctx, before)
    declined = Declined(id=new_id("D"), said_by=me.id, state=LOOKING, asked_at=ctx.asked_at)
    ctx.store.declines.add(declined)
    ctx.store.people.prefers_first(me, ctx.who.platform)
    return Result(None, show_to(declined, [me.id]), declined.id, {"state": LOOKING, **_said_earlier(ctx)})


def _said_earlier(ctx: Context) -> dict[str, str]:
    """For the log: when it was said, where it had to wait."""
    return {} if ctx.asked_at == ctx.now else {"since": ctx.asked_at.isoformat()}


def _look_again(ctx: Context, before: Declined) -> Result[None]:
    """While it is not known which call it is, another may have begun since, so they are looked for anew."""
    anew = before.state == CHOOSING
    if anew:
        before.state, before.choices, before.trouble, before.asked_at = LOOKING, [], "", ctx.asked_at
    detail: dict[str, Any] = {"state": LOOKING, **_said_earlier(ctx)} if anew else {"again": True}
    return Result(None, bump_and_redraw(DeclinedCase.of(ctx, before)), before.id, detail)


@handler("declined.find", clause="P5", about="matter")
def take_calls_found(ctx: Context, matter: str, calls: tuple[Live, ...] = (), trouble: Trouble = "") -> Result[None]:
    """One live call is the one; of several, or of the last ones where there is none, whoever said it chooses."""
    case = DeclinedCase.load(ctx, matter)
    if case.matter.state != LOOKING:
        return Result(None, quiet=True)
    fresh = tuple(one for one in calls if _matter_of_call(ctx, one) is None)
    sure = not any(_began_later(ctx, case.matter, one) for one in fresh)
    if len(fresh) == 1 and sure:
        return _warn_of_unread(ctx, case, trouble, _begin_with_live(ctx, case, fresh[0]))
    if not calls and trouble in ("unreachable", "unread") and _is_early(ctx, case):
        return _keep_looking(ctx, case, trouble)
    if calls and not fresh:
        return _tell_known(ctx, case, calls)
    return _offer_choices(ctx, case, fresh, trouble, also_last=not sure)


def _began_later(ctx: Context, row: Declined, live: Live) -> bool:
    """Whether a call that goes on began after it was said, as far as that can be told: then the one that was meant may be over."""
    return ctx.now - row.asked_at > PROMPT and live.began > row.asked_at


def _matter_of_call(ctx: Context, live: Live) -> Declined | None:
    """The matter of this call. A phone system may give a name anew, so it is also known by when it began."""
    found = ctx.store.declines.of_call(live.system, live.call_id)
    return found if found is not None and found.began == live.began else None


def _tell_known(ctx: Context, case: DeclinedCase, calls: Sequence[Live]) -> Result[None]:
    """It was said already, and how it stands is told to whoever has no card of it."""
    matters = [one for call in calls if (one := _matter_of_call(ctx, call)) is not None]
    return _offer_choices(ctx, case, (), "known_still" if any(one.live != "off" for one in matters) else "known")


def _warn_of_unread(ctx: Context, case: DeclinedCase, trouble: Trouble, done: Result[None]) -> Result[None]:
    """One call was found, and another one could not be read, which may be the one."""
    if trouble != "unread":
        return done
    word = Tell(case.matter.said_by, UNREAD, f"declined:{case.matter.id}:unread", "details", case.matter.id)
    return Result(None, (*done.effects, word), detail={**done.detail, "unread": True})


def _is_early(ctx: Context, case: DeclinedCase) -> bool:
    return ctx.now - case.matter.asked_at < rule.LOOKING


@handler("declined.choose", clause="P5", about=lambda value: value.partition(":")[0])
def choose_call(ctx: Context, value: str) -> Result[None]:
    """The call that whoever said it means; judged again, since what a client sends may be anything."""
    case, choice, stepped_in = _load_choice(ctx, value)
    done = (
        _begin_with_live(ctx, case, _choice_as_live(choice))
        if "recording" not in choice
        else _begin_with_recording(ctx, case, choice["recording"])
    )
    told = tell_who_said_it(ctx, case.matter, "which call it was whose customer declined")
    return Result(None, (*done.effects, *told), detail={**done.detail, **stepped_in})


def _begin_with_recording(ctx: Context, case: DeclinedCase, number: int) -> Result[None]:
    call = ctx.store.recordings.get(number)
    if call is None or call.state != "present" or call.closed(ctx.now):
        raise Refused("This call is already locked or erased.", clause="P5", code="closed")
    rule.check_own_call(theirs=call.operator_id == case.matter.said_by)
    return _begin_afterwards(ctx, case, call)


@handler("declined.dismiss", clause="P5", about="matter")
def dismiss_matter(ctx: Context, matter: str) -> Result[None]:
    """It was none of them, or pressed by mistake: nothing is out of reach, and nothing waits any more."""
    case, stepped_in = _load_to_choose(ctx, matter)
    row = case.matter
    row.state, row.choices, row.trouble, row.closed_at = "none", [], "dismissed", ctx.now
    row.decided_by = ctx.me.id if ctx.me.id != row.said_by else None
    drop_deadlines(ctx, row)
    told = tell_who_said_it(ctx, row, "that it was none of the calls whose customer may have declined")
    return Result(
        None,
        (*bump_and_redraw(DeclinedCase.of(ctx, row)), *told),
        detail={"state": "none", "trouble": row.trouble, **stepped_in},
    )


def _load_to_choose(ctx: Context, matter: str) -> tuple[DeclinedCase, dict[str, object]]:
    """One of which this person may say which call it was, and what the log says of whoever says it for somebody else."""
    case = DeclinedCase.load(ctx, matter)
    mine, authority = ctx.me.id == case.matter.said_by, None
    if not mine and not case.matter.is_open and ctx.me.id not in case.everybody():
        raise Refused(case.kind.gone, code="no_copy")
    if not mine:
        authority = case.allow(ctx, lambda one: one.authority(ctx.me.id))
    if not case.matter.is_unchosen:
        raise Refused("The call has been chosen already.", clause="P5", code="already")
    return case, takes_part(ctx, case, authority) if authority else {}


def _load_choice(ctx: Context, value: str) -> tuple[DeclinedCase, dict[str, Any], dict[str, object]]:
    name, _, place = value.partition(":")
    case, stepped_in = _load_to_choose(ctx, name)
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if not 0 <= number < len(case.matter.choices):
        raise Refused("I don't know this call. Please say again that the caller declines.", clause="P5", code="unknown")
    return case, case.matter.choices[number], stepped_in


def _keep_looking(ctx: Context, case: DeclinedCase, trouble: Trouble) -> Result[None]:
    """Nobody can tell, so it counts as recorded; it is looked for again."""
    row, before = case.matter, case.matter.trouble
    row.trouble, row.looked_at = trouble, ctx.now
    if before == trouble:
        return Result(None, quiet=True)
    return Result(None, bump_and_redraw(case), detail={"state": LOOKING, "trouble": trouble})


def _offer_choices(
    ctx: Context, case: DeclinedCase, calls: Sequence[Live], trouble: Trouble, *, also_last: bool = False
) -> Result[None]:
    row = case.matter
    live = [_live_as_choice(one) for one in calls[:MOST_LIVE]]
    last = [{"recording": one.id} for one in last_calls(ctx.store, row, ctx.now)] if also_last or not live else []
    row.choices = [*last, *live]
    row.trouble, row.state = trouble, CHOOSING if row.choices else "none"
    row.closed_at = None if row.choices else ctx.now
    drop_deadlines(ctx, row)
    if row.choices:
        schedule_unchosen(ctx, row)
    detail = {"state": row.state, "trouble": trouble, "number": len(row.choices)}
    return Result(None, bump_and_redraw(DeclinedCase.of(ctx, row)), detail=detail)


def _begin_with_live(ctx: Context, case: DeclinedCase, live: Live) -> Result[None]:
    """The call goes on: the worker switches it off, and whoever decides hears of it at once."""
    row = case.matter
    if _matter_of_call(ctx, live) is not None:
        return _tell_known(ctx, case, (live,))  # somebody else on the line was faster
    row.how, row.live, row.system, row.call_id = "midway", "asked", live.system, live.call_id
    row.began, row.operator_id, row.choices, row.trouble = live.began, live.operator, [], ""
    row.line = live.line if live.line in ctx.policy.lines else ctx.policy.company.home_line
    ctx.store.declines.name(row, live.recordings)
    row.erase_at = rule.erased_at(ctx.policy, row.line, ctx.now)
    if row.erase_at is not None and row.erase_at > ctx.now:
        ctx.store.deadlines.set(GO, row.id, row.erase_at)
    detail = {"until": row.erase_at.isoformat() if row.erase_at else ""}
    return _ask_deciders(ctx, row, detail, ())


def _begin_afterwards(ctx: Context, case: DeclinedCase, call: Recording) -> Result[None]:
    """A finished call: out of reach at once, and nothing goes unless somebody decides it."""
    row = case.matter
    row.how, row.system, row.began, row.operator_id = "afterwards", call.system, call.started, call.operator_id
    row.choices, row.line = [], call.line if call.line in ctx.policy.lines else ctx.policy.company.home_line
    ctx.store.declines.take(row, call)
    gone = put_out_of_reach(ctx, [call])
    return _ask_deciders(ctx, row, {"recording": call.id}, gone, call)


def _ask_deciders(
    ctx: Context, row: Declined, detail: dict[str, Any], more: Sequence[Effect], *calls: Recording
) -> Result[None]:
    case = DeclinedCase.of(ctx, row)
    new, where = ask_again(ctx, case)
    if row.erase_at is not None and row.erase_at <= ctx.now:  # nobody has to wait for, or may stop, what goes at once
        row.state, row.closed_at = "going", ctx.now
    drop_deadlines(ctx, row)
    schedule_next_morning(ctx, row)
    told = alarm_if_stuck(ctx, row, case.what, where)
    effects = (*told, *bump_and_redraw(case, new["asked"]), *more)
    state = "open" if row.is_open else row.state
    which = {"began": row.began.isoformat() if row.began else ""}
    return Result(None, effects, detail={"state": state, "how": row.how, **which, **detail, **new, **warned_by(told)})


def _live_as_choice(live: Live) -> dict[str, Any]:
    """As little of a live call as it takes to choose it and to begin."""
    return {
        "system": live.system, "call_id": live.call_id, "line": live.line, "caller": masked_number(live.caller),
        "operator": live.operator, "began": live.began.isoformat(), "recordings": list(live.recordings),
    }  # fmt: skip


def _choice_as_live(choice: dict[str, Any]) -> Live:
    return Live(
        choice["system"], choice["call_id"], choice["line"], "", choice["operator"],
        datetime.fromisoformat(choice["began"]), tuple(choice["recordings"]),
    )  # fmt: skip


LEFT, A_DAY = "left", timedelta(days=1)
NOT_REGISTERED = (
    "What was recorded of a call whose customer declined ({matter}) is in the recording system and was never registered, so I can't erase"
    " it. Please ask its administrator to take it away, or give it its metadata."
)


@handler("declined.confirm", clause="P5", about="matter")
def note_not_recorded(ctx: Context, matter: str, recordings: tuple[str, ...] = ()) -> Result[None]:
    """Read back another way: nothing of it is recorded. Said once, and again where that was not so in between."""
    case = DeclinedCase.load(ctx, matter)
    row, before = case.matter, case.matter.live
    named = ctx.store.declines.name(row, recordings)
    row.looked_at = ctx.now
    if before not in LIVE or (before == "off" and not named):
        return Result(None, quiet=True)
    row.live, row.legs, row.trouble = "off", [], ""
    if before != "off":
        row.stopped_at = ctx.now
    told = _tell_who_said_it(case, off_told(case), "off") if before == "still" else ()
    return Result(None, (*bump_and_redraw(case), *told), detail={"live": "off", "at": ctx.now.isoformat()})


@handler("declined.still", clause="P5", about="matter")
def note_still_recorded(
    ctx: Context, matter: str, legs: tuple[str, ...] = (), trouble: Trouble = "", recordings: tuple[str, ...] = ()
) -> Result[None]:
    """It is recorded all the same, or nobody can tell: the agent hears so at once, in a message and not only on a card."""
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    ctx.store.declines.name(row, recordings)
    row.looked_at = ctx.now
    as_before = (row.live, row.legs, row.trouble) == ("still", list(legs), trouble)
    if row.live not in LIVE or as_before:
        return Result(None, quiet=True)
    row.live, row.legs, row.trouble = "still", list(legs), trouble
    detail = {"live": "still", "legs": len(legs), "trouble": trouble}
    return Result(None, (*bump_and_redraw(case), *_tell_who_said_it(case, still_told(), "still")), detail=detail)


@handler("declined.over", clause="P5", about="matter")
def note_call_ended(ctx: Context, matter: str) -> Result[None]:
    """The call has ended, so nothing more of it is recorded."""
    case = DeclinedCase.load(ctx, matter)
    if case.matter.live not in LIVE:
        return Result(None, quiet=True)
    case.matter.live = "over"
    return Result(None, bump_and_redraw(case), detail={"live": "over"})


@handler("declined.again", clause="P5", about="matter")
def note_call_again(ctx: Context, matter: str) -> Result[None]:
    """The phone system shows it once more: what was said of it is not certain any more."""
    case = DeclinedCase.load(ctx, matter)
    if case.matter.live != "over":
        return Result(None, quiet=True)
    case.matter.live, case.matter.looked_at = "asked", None
    return Result(None, bump_and_redraw(case), detail={"live": "asked"})


@handler("declined.cleared", clause="P5", about="matter")
def forget_call_names(ctx: Context, matter: str) -> Result[None]:
    """What was never registered is not in the recording system either, so its name is not needed any more."""
    case, number = DeclinedCase.load(ctx, matter), 0
    for one in ctx.store.declines.recordings(matter):
        if one.recording_id is None and one.native_id:
            one.native_id, number = "", number + 1
    ctx.store.declines.unname(matter)
    return Result(None, bump_and_redraw(case) if number else (), detail={"number": number}, quiet=not number)


def _tell_who_said_it(case: DeclinedCase, words: str, what: str) -> tuple[Effect, ...]:
    once = f"declined:{case.matter.id}:{what}:{case.matter.revision}"
    return (Tell(case.matter.said_by, words, once, "details", case.matter.id),)


@handler("declined.left", clause="P5", about="matter")
def tell_of_unregistered(ctx: Context, matter: str) -> Result[None]:
    """What was recorded can't be registered, so nothing erases it by itself: a day later the Head hears so, once."""
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    if row.trouble == LEFT or row.closed_at is None or ctx.now < row.closed_at + A_DAY:
        return Result(None, quiet=True)
    row.trouble = LEFT
    words = NOT_REGISTERED.format(matter=row.id)
    return Result(None, tell_head(ctx, words, f"declined:{row.id}:left"), detail={"trouble": LEFT})
