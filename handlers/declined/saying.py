"""How a decline begins, and what the phone system says of the call until it is over (P5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import phrases, sealing, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.declined import cards, deciding
from handlers.declined.deciding import DeclinedCase, Live, Trouble
from handlers.matters.asking import ask_and_redraw, bump_and_redraw, close_matter, show_to, take_part
from handlers.rules import Refused
from handlers.rules import declined as rule
from storage.declines import LIVE
from storage.tables.calls import CHOOSING, LOOKING, Declined, DeclinedRecording

UNDER_WAY = timedelta(minutes=3)
"""How long a second report by the same person is about the same call while that call is not known; later it may be another."""
MOST_LIVE = 5
UNREAD = "The phone system didn’t say enough about another live call. If that is the one, switch its recording off there yourself."
PROMPT = timedelta(seconds=5)
"""How long after the report a live call counts as the one meant; later it may be the next customer's."""
_CHOICE = sealing.unseen_adapter(Live)


@handler("declined.say", clause="P5")
def note_declined(ctx: Context) -> Result[None]:
    """Store that a caller declines, before the phone system is asked for the call, so that a crash can't lose it. A
    worker then looks for the live call.

    Two reports of one call become one.
    """
    me = ctx.me
    since = Declined.asked_at >= ctx.now - UNDER_WAY
    by_me_lately = (Declined.said_by == me.id, since, Declined.state.in_((LOOKING, CHOOSING)))
    if (before := ctx.store.first_row(Declined, *by_me_lately, by=(Declined.asked_at.desc(), Declined.id))) is not None:
        return _look_again(ctx, before)
    declined = Declined(id=sealing.new_id("D"), said_by=me.id, state=LOOKING, asked_at=ctx.asked_at)
    ctx.store.insert(declined)
    ctx.store.people.prefers_first(me, ctx.who.platform)
    return Result(None, show_to(declined, [me.id]), declined.id)


def _look_again(ctx: Context, before: Declined) -> Result[None]:
    """Look for the call again, since the same person said so twice and another call may have begun meanwhile."""
    if before.state == CHOOSING:
        before.state, before.choices, before.trouble, before.asked_at = LOOKING, [], "", ctx.asked_at
    return Result(None, bump_and_redraw(DeclinedCase.of(ctx, before)), before.id)


@handler("declined.find", clause="P5", about="matter")
def take_calls_found(ctx: Context, matter: str, calls: tuple[Live, ...] = (), trouble: Trouble = "") -> Result[None]:
    """Take the only live call as the one meant; if there are several, or only past calls, the reporter chooses. The
    worker asks for it with the live `calls` of the reporter, or the `trouble` it had in finding them.
    """
    case = DeclinedCase.load(ctx, matter)
    if case.matter.state != LOOKING:
        return Result(None, quiet=True)
    unreported = tuple(one for one in calls if _matter_of_call(ctx, one) is None)
    # A call that began after the report may not be the one that was meant, which may be over.
    said = case.matter.asked_at
    sure = ctx.now - said <= PROMPT or not any(one.began > said for one in unreported)
    if len(unreported) == 1 and sure:
        done = _begin_with_live(ctx, case, unreported[0])
        people = [case.matter.said_by] if trouble == "unread" else []
        tells = telling.tell_of(matter, people, UNREAD, f"declined:{matter}:unread")
        return replace(done, effects=(*done.effects, *tells))
    if not calls and trouble in ("unreachable", "unread") and ctx.now - said < rule.LOOKING:
        is_new = case.matter.trouble != trouble  # unknown counts as recorded; it is looked for again
        case.matter.trouble, case.matter.looked_at = trouble, ctx.now
        return Result(None, bump_and_redraw(case) if is_new else (), detail={"trouble": trouble}, quiet=not is_new)
    if calls and not unreported:
        return _tell_known(ctx, case, calls, trouble)
    return _offer_choices(ctx, case, unreported, trouble, also_last=not sure)


def _matter_of_call(ctx: Context, live: Live) -> Declined | None:
    """Return the matter of this call, if it was reported; a phone system may reuse a call's id, so its start counts as well."""
    found = ctx.store.declines.of_call(live.system, live.call_id)
    return found if found is not None and found.began == live.began else None


def _tell_known(ctx: Context, case: DeclinedCase, calls: Sequence[Live], trouble: Trouble = "") -> Result[None]:
    """Tell a reporter without a card that it was reported already.

    A call that counted as over is watched again. If another call couldn't be read, it may have been that one, so the
    reporter is asked which.
    """
    matters, effects = [one for call in calls if (one := _matter_of_call(ctx, call)) is not None], list[Effect]()
    for one in matters:
        if one.live == "over":
            one.live, one.looked_at = "asked", None
            effects += bump_and_redraw(DeclinedCase.of(ctx, one))
    if trouble == "unread":
        asked = _offer_choices(ctx, case, (), trouble, also_last=True)
        return replace(asked, effects=(*effects, *asked.effects))
    case.matter.trouble = "known_still" if any(one.live != "off" for one in matters) else "known"
    close_matter(ctx, case.matter, "none")
    return Result(None, (*effects, *bump_and_redraw(case)), detail={"known": [one.id for one in matters]})


@handler("declined.choose", clause="P5", about=lambda value: value.partition(":")[0])
def choose_call(ctx: Context, value: str) -> Result[None]:
    """Take the call that was chosen; `value` is the matter's id and the choice's place, which are checked again."""
    name, _, place = value.partition(":")
    case, stepped_in = _load_to_choose(ctx, name)
    choice: dict[str, Any] | None = {str(at): one for at, one in enumerate(case.matter.choices)}.get(place)
    if choice is None:
        raise Refused("I don’t know this call. Please say again that the caller declines.", clause="P5", code="unknown")
    if "recording" in choice:
        done = _begin_with_recording(ctx, case, choice["recording"])
    else:
        done = _begin_with_live(ctx, case, _CHOICE.validate_python(choice))
    told = deciding.tell_who_said_it(ctx, case.matter, "said on which call the caller declined", "chosen")
    return Result(None, (*done.effects, *told), detail={**done.detail, **stepped_in})


@handler("declined.dismiss", clause="P5", about="matter")
def dismiss_matter(ctx: Context, matter: str) -> Result[None]:
    """Close a report made by mistake: nothing is locked, and nothing more is asked."""
    case, stepped_in = _load_to_choose(ctx, matter)
    row = case.matter
    row.choices, row.trouble = [], "dismissed"
    close_matter(ctx, row, "none", ctx.me.id if ctx.me.id != row.said_by else None)
    what = "said that the caller didn’t decline on any of these calls"
    told = deciding.tell_who_said_it(ctx, row, what, "chosen")
    return Result(None, (*bump_and_redraw(DeclinedCase.of(ctx, row)), *told), detail=stepped_in)


def _load_to_choose(ctx: Context, matter: str) -> tuple[DeclinedCase, dict[str, object]]:
    """Load a report whose call this person may name; also returns the log's details if they do so for the reporter."""
    case = DeclinedCase.load(ctx, matter)
    mine, authority = ctx.me.id == case.matter.said_by, None
    if not mine and not case.matter.is_open and ctx.me.id not in case.everybody():
        raise Refused(case.kind.gone, code="no_copy")
    if not mine:
        authority = case.allow(ctx, lambda one: one.authority(ctx.me.id))
    if not case.matter.is_unchosen:
        raise Refused("The call has already been chosen.", clause="P5", code="already")
    return case, take_part(ctx, case, authority) if authority else {}


def _offer_choices(
    ctx: Context, case: DeclinedCase, calls: Sequence[Live], trouble: Trouble, *, also_last: bool
) -> Result[None]:
    """Store the calls that may be meant, with only what is needed to choose one and begin."""
    row = case.matter
    shown = [replace(one, caller=phrases.masked_number(one.caller)) for one in calls[:MOST_LIVE]]
    live = [_CHOICE.dump_python(one, mode="json") for one in shown]
    last = deciding.last_calls(ctx.store, row, ctx.now) if also_last or not live else []
    row.choices, row.trouble = [*({"recording": one.id} for one in last), *live], trouble
    if row.choices:
        row.state = CHOOSING
        deciding.schedule_unchosen(ctx, row)
    else:
        close_matter(ctx, row, "none")
    return Result(None, bump_and_redraw(DeclinedCase.of(ctx, row)), detail={"trouble": trouble})


def _begin_with_live(ctx: Context, case: DeclinedCase, live: Live) -> Result[None]:
    """Begin with a live call: the worker switches recording off, and the deciders are told at once."""
    row = case.matter
    if _matter_of_call(ctx, live) is not None:
        return _tell_known(ctx, case, (live,))  # another report of this call was faster
    row.how, row.live, row.system, row.call_id = "midway", "asked", live.system, live.call_id
    row.began, row.operator_id, row.choices, row.trouble = live.began, live.operator, [], ""
    row.line = live.line if live.line in ctx.policy.lines else ctx.policy.company.home_line
    ctx.store.declines.name(row, live.recordings)
    row.erase_at = rule.erased_at(ctx.policy, row.line, ctx.now)
    if row.erase_at is not None and row.erase_at > ctx.now:
        ctx.store.deadlines.set(deciding.GO, row.id, row.erase_at)
    return _ask_deciders(ctx, row, {"until": row.erase_at.isoformat() if row.erase_at else ""})


def _begin_with_recording(ctx: Context, case: DeclinedCase, number: int) -> Result[None]:
    """Lock a finished call at once; it is erased only by a decision.

    Raises `Refused` if it is locked already, or if the reporter wasn't on it.
    """
    row, call = case.matter, ctx.store.recordings.get(number)
    if call is None or call.state != "present" or call.closed(ctx.now):
        raise Refused("This call is already locked or erased.", clause="P5", code="closed")
    if call.operator_id != row.said_by:
        told = "You can only say this about a call you were on."
        raise Refused(told, clause="P5", code="not_operator")
    row.how, row.system, row.began, row.operator_id = "afterwards", call.system, call.started, call.operator_id
    row.choices, row.line = [], call.line if call.line in ctx.policy.lines else ctx.policy.company.home_line
    # Its name is not needed beside it.
    ctx.store.insert(DeclinedRecording(matter_id=row.id, system=call.system, native_id="", recording_id=call.id))
    redrawn = deciding.put_out_of_reach(ctx, [call], deciding.claims_on(ctx, [call]))
    return _ask_deciders(ctx, row, {"recording": call.id}, redrawn)


def _ask_deciders(ctx: Context, row: Declined, detail: dict[str, Any], more: Sequence[Effect] = ()) -> Result[None]:
    """Ask who decides about the recording; if it goes at once, there is nothing to decide."""
    asked, effects = ask_and_redraw(ctx, DeclinedCase.of(ctx, row))
    if row.erase_at is not None and row.erase_at <= ctx.now:  # it goes at once, so there is no decision to wait for
        row.state, row.closed_at = "going", ctx.now
    deciding.drop_deadlines(ctx, row)
    deciding.schedule_next_morning(ctx, row)
    return Result(None, (*effects, *more), detail={"how": row.how, **detail, **asked})


LEFT, A_DAY = "left", timedelta(days=1)
NOT_REGISTERED = "A caller declined to be recorded ({matter}), but the recording was never registered, so I can’t erase it. Please ask the recording system’s administrator to delete it, or to add its metadata."


@handler("declined.confirm", clause="P5", about="matter")
def note_not_recorded(ctx: Context, matter: str, recordings: tuple[str, ...] = ()) -> Result[None]:
    """Note that a second look found the call not recorded; the reporter is told if it had still been recorded."""
    case = DeclinedCase.load(ctx, matter)
    row, before = case.matter, case.matter.live
    named = ctx.store.declines.name(row, recordings)
    row.looked_at = ctx.now
    if before not in LIVE or (before == "off" and not named):
        return Result(None, quiet=True)
    row.live, row.legs, row.trouble = "off", [], ""
    if before != "off":
        row.stopped_at = ctx.now
    told = _tell_at_once(case, cards.off_message(case)) if before == "still" else ()
    return Result(None, (*bump_and_redraw(case), *told), detail={"live": "off"})


@handler("declined.still", clause="P5", about="matter")
def note_still_recorded(
    ctx: Context, matter: str, legs: tuple[str, ...] = (), trouble: Trouble = "", recordings: tuple[str, ...] = ()
) -> Result[None]:
    """Note that the call is still recorded, or that it can't be known; the reporter gets a message at once, not only a card."""
    case = DeclinedCase.load(ctx, matter)
    row = case.matter
    ctx.store.declines.name(row, recordings)
    row.looked_at = ctx.now
    as_before = (row.live, row.legs, row.trouble) == ("still", list(legs), trouble)
    if row.live not in LIVE or as_before:
        return Result(None, quiet=True)
    row.live, row.legs, row.trouble = "still", list(legs), trouble
    return Result(None, (*bump_and_redraw(case), *_tell_at_once(case, cards.STILL_TOLD)), detail={"live": "still"})


def _tell_at_once(case: DeclinedCase, words: str) -> tuple[Effect, ...]:
    """Tell the reporter in a message, once for each state of the recording."""
    row = case.matter
    return telling.tell_of(row.id, [row.said_by], words, f"declined:{row.id}:{row.live}:{row.revision}")


@handler("declined.over", clause="P5", about="matter")
def note_call_ended(ctx: Context, matter: str) -> Result[None]:
    """Note that the call has ended, so no more of it is recorded."""
    case = DeclinedCase.load(ctx, matter)
    if case.matter.live not in LIVE:
        return Result(None, quiet=True)
    case.matter.live = "over"
    return Result(None, bump_and_redraw(case), detail={"live": "over"})


@handler("declined.cleared", clause="P5", about="matter")
def forget_call_names(ctx: Context, matter: str) -> Result[None]:
    """Forget names of recordings that were never registered and so don't exist."""
    case, cleared = DeclinedCase.load(ctx, matter), False
    for one in ctx.store.declines.recordings(matter):
        if one.recording_id is None and one.native_id:
            one.native_id, cleared = "", True
    ctx.store.declines.unname(matter)
    return Result(None, bump_and_redraw(case) if cleared else (), quiet=not cleared)


@handler("declined.left", clause="P5", about="matter")
def tell_of_unregistered(ctx: Context, matter: str) -> Result[None]:
    """Tell the Head, once and a day after the decline was closed, if its recording can't be registered and so isn't
    erased automatically.
    """
    row = DeclinedCase.load(ctx, matter).matter
    if row.trouble == LEFT or row.closed_at is None or ctx.now < row.closed_at + A_DAY:
        return Result(None, quiet=True)
    row.trouble = LEFT
    return Result(None, telling.tell_head(ctx, NOT_REGISTERED.format(matter=row.id), f"declined:{row.id}:left"))
