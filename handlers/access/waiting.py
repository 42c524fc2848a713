"""What happens to a request while no one decides, why it came to the reader of its card, and what comes next (P7, P9)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice, takewhile

from handlers import phrases
from handlers.access.asking import count_schedule, promised_schedule, restart_waiting
from handlers.access.state import RequestCase
from handlers.acting import Context, Result, handler
from handlers.cards import Actions, Button, Card, Line, Part, Row, Small, When, Words
from handlers.matters import asking
from handlers.matters.asking import NOBODY_LEFT, brought_in, bump_and_redraw, close_matter
from handlers.matters.case import who_was_told
from handlers.matters.reminding import lateness_detail, moment_to_tell, schedule_reminder
from handlers.rules import access, availability, routing
from handlers.rules.deadlines import AGAIN, Who, before_end, next_weekly, reminder_moment, reminders_of_step
from handlers.telling import reminder_line
from storage.matters import Reminder
from storage.records import Grant


@handler("access.remind", clause="P7", about="request")
def remind_approvers(ctx: Context, request: str) -> Result[None]:
    """P7: remind the approvers of a request that they haven't decided."""
    case, fell = _load_due(ctx, request, remind_approvers.action)
    asked = [one.person_id for one in case.approvers]
    if fell is None or case.matter.state != "waiting" or not asked:
        return Result(None, quiet=True)
    schedule_reminder(ctx, case.matter, "access.remind", asked, fell, case.matter.due_at)
    return Result(None, bump_and_redraw(case), detail={"told": asked, **lateness_detail(ctx, fell)}, clause=case.clause)


@handler("access.deputy", clause="P7", about="request")
def ask_deputy(ctx: Context, request: str) -> Result[None]:
    """P7: ask the deputies as well as the silent holder; either may decide."""
    return _ask_further(ctx, request, ask_deputy.action, asking.ask_deputies_of_silent)


@handler("access.next", clause="P7", about="request")
def ask_next(ctx: Context, request: str) -> Result[None]:
    """P7, P9: ask the next authority as well."""
    return _ask_further(ctx, request, ask_next.action, asking.ask_next)


@handler("access.undecided", clause="P7", about="request")
def still_undecided(ctx: Context, request: str) -> Result[None]:
    """P9: remind everyone asked so far each week, since an investigation never lapses."""
    case, fell = _load_due(ctx, request, still_undecided.action)
    if fell is None or not case.matter.is_open:
        return Result(None, quiet=True)
    ctx.store.deadlines.set("access.undecided", case.matter.id, next_weekly(fell, ctx.now))
    asked = [one.person_id for one in case.approvers] if case.matter.state == "waiting" else []
    schedule_reminder(ctx, case.matter, "access.undecided", asked, fell)
    return Result(None, detail={"told": asked, **lateness_detail(ctx, fell)}, clause=case.clause)


@handler("access.lapse", clause="P7", about="request_id")
def lapse_request(ctx: Context, request_id: str) -> Result[None]:
    """P7: lapse a request that no one decided in time. Silence is never yes."""
    case, fell = _load_due(ctx, request_id, lapse_request.action)
    if fell is None or not case.matter.is_open:
        return Result(None, quiet=True)
    request = case.matter
    close_matter(ctx, request, "lapsed")
    schedule_reminder(
        ctx, request, "access.lapse", [request.requester_id, *(one.person_id for one in case.approvers)], fell
    )
    return Result(None, bump_and_redraw(case), detail=lateness_detail(ctx, fell), clause=case.clause)


def count_silence_again(ctx: Context, case: RequestCase, done: Result[None], *, restart: bool = False) -> Result[None]:
    """Let the steps of a waiting request (reminder, deputy, next role) start again from now, if all its approvers are
    new or `restart` is set. `done` is what a handler is about to return, and comes back unchanged.
    """
    new = {*done.detail.get("asked", ())} - {*done.detail.get("told", ())}
    all_new = bool(new) and {one.person_id for one in case.approvers} <= new
    if case.matter.promise and case.matter.state == "waiting" and (restart or all_new):
        restart_waiting(ctx, case.matter, case.recordings)
    return done


def remind_before_end(ctx: Context, grant: Grant, line: str) -> None:
    """Remind the holder one working day before access ends, within working hours."""
    zone = ctx.store.people.get(grant.person_id).zone
    soon = before_end(ctx.policy, grant.ends_at, zone, line, 1)
    # After hours, and with the end at a weekend, it would fall when the last hours before the end are over.
    at = reminder_moment(ctx.policy, soon, zone, line, grant.ends_at)
    if at > ctx.now:
        ctx.store.deadlines.set("access.ending", grant.matter_id, at)


@handler("access.ending", clause="P7", about="request")
def warn_of_end(ctx: Context, request: str) -> Result[None]:
    """P7: tell the person with access while there is still time to listen."""
    case = RequestCase.load(ctx, request)
    fell = ctx.store.deadlines.moment("access.ending", request)
    if fell is None or case.grant is None or not case.access_open:
        return Result(None, quiet=True)
    schedule_reminder(ctx, case.matter, "access.ending", [case.grant.person_id], fell, case.grant.ends_at)
    return Result(None, detail={"grant": case.grant.id, **lateness_detail(ctx, fell)}, clause=case.clause)


def _load_due(ctx: Context, request: str, step: str) -> tuple[RequestCase, datetime | None]:
    """Load a request and the moment (aware) for which this step was set; None if it isn't set any more."""
    case = RequestCase.load(ctx, request)
    return case, ctx.store.deadlines.moment(step, request)


def _ask_further(
    ctx: Context, request: str, step: str, ask: Callable[[Context, RequestCase], list[int]]
) -> Result[None]:
    """Ask more people as well, as `ask` chooses them; they hear of it by a reminder in their working hours, and are
    reminded once more if they don't decide.
    """
    case, fell = _load_due(ctx, request, step)
    if fell is None or case.matter.state != "waiting":
        return Result(None, quiet=True)
    asked = ask(ctx, case)
    if not asked:
        return Result(None, quiet=True)
    before = case.everybody()
    schedule_reminder(ctx, case.matter, step, asked, fell, case.matter.due_at)
    _remind_once_more(ctx, case, asked, fell)
    # The people who are asked only now get the card with their reminder.
    effects = tuple(one for one in bump_and_redraw(case) if one.person in before and one.person not in asked)
    return Result(None, effects, detail={**brought_in(case, asked), **lateness_detail(ctx, fell)}, clause=case.clause)


def _remind_once_more(ctx: Context, case: RequestCase, asked: Iterable[int], fell: datetime) -> None:
    """Plan their reminder by the day they were asked, or by the day they hear of it if that is later, unless it lapses first."""
    action, until = remind_approvers.action, case.matter.due_at
    told = max(moment_to_tell(ctx, one, case.matter, max(fell, ctx.now), until) for one in asked)
    counted = (count_schedule(ctx, case.recordings, since).moments[action] for since in (fell, told))
    again = next(at for at in counted if at > told)
    if until is None or again < until:
        schedule_reminder(ctx, case.matter, action, asked, again, until)


_ASKED: dict[str, Who] = {
    "access.remind": "approver", "access.deputy": "deputy", "access.next": "next", "access.undecided": "approver",
    "access.nudge": "approver",
}  # fmt: skip


def reminder_row(case: RequestCase, reminder: Reminder) -> Row | None:
    """Return the reminder's line for a person; None if it no longer concerns them."""
    to = _concerned_as(case, reminder.step, reminder.person_id)
    found = next((one for one in reminders_of_step(reminder.step) if one.to == to), None)
    if found is None:
        return None
    words = found.words.format(
        who=case.requester.name,
        silent=_silent_names(case, reminder.person_id),
        role=case.as_what(reminder.person_id),
        waited=phrases.waited_words(case.matter.asked_at, case.now),
    )
    words = words if case.askable else words.removesuffix(f" {AGAIN}")  # its calls have had their time
    calls = phrases.call_words(case.recordings, case.policy, case.now)
    return reminder_line(
        words, case.matter.id, small=(*calls, *_until_words(case, reminder.step), f" · {case.matter.id}")
    )


def _concerned_as(case: RequestCase, step: str, person: int) -> Who | None:
    """Return the part in which a step concerns this person now; None if it no longer does."""
    is_requester = person == case.matter.requester_id
    if step == "access.ending":
        return "holder" if is_requester and case.audible else None
    if step == "access.lapse" and case.matter.state == "lapsed":
        return "requester" if is_requester else "approver"
    if step == "access.more":
        return "approver" if case.extends(person) else None
    # A stand-in may have stopped standing in since the clock looked last.
    decides = case.matter.state == "waiting" and case.waits_for(person)
    return _ASKED.get(step) if decides else None


def _silent_names(case: RequestCase, person: int) -> str:
    """Return who was asked before this person and did not answer."""
    mine = case.party_of(person)
    before = [one for one in case.approvers if mine is not None and one.since < mine.since]
    return phrases.list_words([case.people[one.person_id].name for one in before], "and") or "the person before you"


def _until_words(case: RequestCase, step: str) -> tuple[str | When, ...]:
    """Say until when there is access, or when the request lapses."""
    if step == "access.lapse":
        return ()
    if case.access_open and case.grant is not None:
        return " · until ", When(case.grant.ends_at, now=case.now)
    return (" · lapses ", When(case.matter.due_at, now=case.now)) if case.matter.due_at else ()


def turn_lines(case: RequestCase, reader: int, *, whole: bool = False) -> tuple[Line, ...]:
    """Return a sentence or two on why it came to an approver, or what the requester can expect; `whole` as in Details."""
    say = _requester_words if reader == case.matter.requester_id else _approver_words
    words = () if case.decides(reader) and case.out_of_reach else say(case, reader, whole=whole)
    return (Line(words),) if words else ()


def _requester_words(case: RequestCase, _reader: int, *, whole: bool) -> Words:
    """Tell the requester what they can expect or do now."""
    match case.phase:
        case "waiting":
            return _nudged_words(case)
        case "stuck":
            return _stuck_line(case)
        case "approved" if not case.audible:
            return _why_no_listen(case)
        case "approved" if case.wants_more:
            decides = f"{case.name_of(case.more_decider)} is deciding."
            return ("You asked for more time. ", *(_nudged_words(case) or (decides,)))
        case "approved" if case.grant is not None and case.matter.more_denied:
            ends = When(case.grant.ends_at, now=case.now, brief=True)
            return ("You weren’t given more time. You can listen until ", ends, ", and ask again after that.")
        case "approved" if case.grant is not None:
            # “In 7 days” would be false tomorrow, and a card stays.
            ends = When(case.grant.ends_at, now=case.now, brief=True)
            return ("You can listen until ", ends, ". Every listen is logged." if whole else ".")
        case _:
            return ""


def _nudged_words(case: RequestCase) -> phrases.Told:
    """Say whom the last nudge reached and when; empty if there was none."""
    if (at := case.reached_at) is None:
        return ()
    when, sent = When(at, now=case.now, brief=True), f"Sent to {case.reminded} ✓"
    if at <= case.now:
        return (f"{sent} ", when)
    asked, decider = case.matter.more_asked_at, case.party_of(case.more_decider) if case.wants_more else None
    if asked and decider and decider.since < asked and case.now < asked + access.NUDGES:
        return (sent,)  # on the card, which was redrawn at once; a nudge after that has a reminder alone
    return (f"Your reminder goes to {case.reminded} ", when)


def _why_no_listen(case: RequestCase) -> str:
    """P5: say why there is no Listen button, and whether it may come back."""
    if any(call.state == "declined" for call in case.recordings):
        return "A caller declined to be recorded. If that call is kept after all, you can listen again."
    return f"{'This call is' if len(case.recordings) == 1 else 'These calls are'} locked now."


def _approver_words(case: RequestCase, reader: int, *, whole: bool) -> Words:
    """Tell an approver why they are asked and what Approve gives, or that they can withdraw."""
    if case.extends(reader):
        return _approve_words(case, "")
    if case.phase == "approved" and reader == case.matter.decided_by and case.grant is not None:
        until = () if whole else ("Access until ", When(case.grant.ends_at, now=case.now, brief=True), ". ")
        return (*until, "To withdraw this access, open Home and press Manage.")
    authority = case.authority_now(reader) if case.matter.state == "waiting" and case.asks(reader) else None
    if authority is None:
        return ""
    return _approve_words(case, _why_asked(case, authority, whole=whole))


def _approve_words(case: RequestCase, why: str) -> Words:
    """Say how long the access is that Approve gives; Details has a button for each other length."""
    told = f"{why} Approve gives {_days_given(case, case.policy.access.default_days)}".strip()
    if case.grant is None:
        return f"{told}."
    until = When(access.grant_until(case.policy, case.grant.ends_at), now=case.now, brief=True)
    return (f"{told}, until ", until, ".")


def _days_given(case: RequestCase, number: int) -> str:
    """Return a number of days of access in words, or of more days for a person who has access."""
    return phrases.quantity_words(number, "more day" if case.wants_more else "day")


def _why_asked(case: RequestCase, authority: routing.Authority, *, whole: bool) -> str:
    """Say who was passed over, so that this person is asked; in Details also in which role."""
    passed = dict(routing.current_route(case.circumstances).passed_over)
    before = takewhile(lambda role: role != authority.role, case.circumstances.chain)
    held = [case.policy.held(role) for role in ((authority.role,) if authority.deputy else before)]
    # Who passed it on is in their remark.
    out = [one for one in held if passed.get(one.holder, "passed_on") != "passed_on" and one.holder != authority.person]
    role = f"You’re asked as {'deputy of the ' if authority.deputy else ''}{case.policy.role(authority.role).title}"
    if not out:
        return f"{role}." if whole else ""
    title, why = out[-1].title, phrases.OUT[passed[out[-1].holder]]
    if not whole:
        return f"{case.people[out[-1].holder].name if out[-1].holder in case.people else f'The {title}'} {why}."
    return f"{role}, {'who' if authority.deputy else f'because the {title}'} {why}."


def _stuck_line(case: RequestCase) -> str:
    """Tell the requester of a stuck request who was told of it, or whom to turn to."""
    hearer = who_was_told(case) if case.alarm is not None and case.alarm.why == NOBODY_LEFT else ""
    if hearer:
        return f"No one may decide this at the moment. {hearer}"
    whom = availability.title_to_ask(case.policy, case.involved.askers | case.involved.concerned)
    ask = f"the {whom} yourself" if whom else "the bot’s administrator, who can find it in the log"
    return f"No one may decide this at the moment, and I couldn’t reach anyone who can fix that. Please ask {ask}."


def silence_words(case: RequestCase, reader: int) -> tuple[str, ...]:
    """Say for the card what happens next, such as “Goes to your deputy on Thursday”; Details has the time."""
    day = partial(phrases.coming_day, zone=case.people[reader].zone, now=case.now)
    for what, at in islice(next_steps(case, reader), 1):
        whom = what.removesuffix(" is asked")
        return (f"{phrases.capitalise(what) if whom == what else f'Goes to {whom}'} on {day(at)}",)
    return ()


def next_lines(case: RequestCase, reader: int) -> Iterator[Line]:
    """Say in Details what happens next if no one decides; its last day is said with how it was counted."""
    known = promised_schedule(case.matter)
    for what, at in next_steps(case, reader):
        if known is None or at.at != known.promise.at:
            yield Line((f"If no one decides, {what} ", at, "."))


def next_steps(case: RequestCase, reader: int) -> Iterator[tuple[str, When]]:
    """Yield what happens next if no one decides, and when; nothing if nothing is waiting.

    An investigation never lapses; everyone asked is reminded each week (P9). A request that is held is put to no one
    else.
    """
    known = promised_schedule(case.matter)
    if known is None or not case.matter.is_open:
        return
    coming = {step: When(at, known.promise.zone, case.now) for step, at in known.moments.items() if at > case.now}
    for whom, step in islice(_asked_next(case, coming, reader), 1):
        yield f"{whom} is asked", coming[step]
    if (weekly := known.moments.get("access.undecided")) is not None:
        at = When(next_weekly(weekly, case.now), known.promise.zone, case.now)
        yield "everyone asked is reminded", at
    elif "access.lapse" in coming:
        yield "it lapses", coming["access.lapse"]


def _counting_parts(case: RequestCase) -> tuple[Part, ...]:
    """Return how the due day was counted, for Details."""
    known = promised_schedule(case.matter)
    if known is None or not case.matter.is_open:
        return ()
    # P9: an investigation never lapses; what falls then is its first weekly reminder.
    what = f"If no one decides, {'it lapses' if 'access.lapse' in known.moments else 'everyone asked is reminded'}"
    told: list[Part] = [Line(phrases.sum_words(known.promise, case.now, what))]
    if words := phrases.holiday_caution(known.promise):
        told.append(Small(words))
    return tuple(told)


def _asked_next(case: RequestCase, coming: Mapping[str, When], reader: int) -> Iterator[tuple[str, str]]:
    """Yield who is asked next if no one decides, and at which step."""
    rules = case.circumstances
    if case.matter.state != "waiting":
        return
    asked = asking.asked_roles(case)
    asked_already = {one.person_id for one in case.approvers}
    if "access.deputy" in coming and any(
        one.person not in asked_already for name in asked for one in routing.deciding_deputies(rules, name)
    ):
        mine = case.asks(reader) and (found := case.authority_now(reader)) and not found.deputy
        yield f"{'your' if mine else 'the'} deputy", "access.deputy"
    if "access.next" in coming and (next_in_line := routing.next_authorities(rules, asked)):
        yield f"the {case.policy.role(next_in_line[0].role).title}", "access.next"


def in_details(card: Card, case: RequestCase, reader: int) -> Card:
    """Return the card as Details shows it to this reader, with the buttons that are needed too rarely for the chat."""
    *parts, small = card.parts
    keep = Row("Must these calls be kept for a case?", Button("hold", "Hold", case.matter.id))
    hold = (keep,) if reader in case.everybody() else ()
    more = (*_other_lengths(case, reader), *_counting_parts(case), *_pass_on_row(case, reader), *hold)
    return replace(card, parts=(*parts, *more, small))


def _other_lengths(case: RequestCase, reader: int) -> tuple[Part, ...]:
    """P7: return the buttons for other lengths of access than the usual one."""
    if not case.decides(reader) or case.out_of_reach:
        return ()
    offered = case.policy.access
    button, others = (
        "extend" if case.wants_more else "approve",
        [one for one in offered.days if one != offered.default_days],
    )
    buttons = (Button(button, f"Approve for {_days_given(case, one)}", f"{case.matter.id}:{one}") for one in others)
    return (Actions((*buttons,)),) if others else ()


def _pass_on_row(case: RequestCase, reader: int) -> tuple[Part, ...]:
    """Offer to pass the request on, or say that no one comes next; nothing for people who may not decide."""
    if case.matter.state != "waiting" or not case.waits_for(reader):
        return ()
    title = who_is_next(case, reader)
    if not title:
        return (Line("There is no one to pass this on to."),)
    words = f"Not yours to decide? Next is the {title}."
    return (Row(words, Button("pass_on", "Pass on", case.matter.id)),)


def who_is_next(case: RequestCase, reader: int) -> str:
    """Return the title of the next role, empty if there is none. Raises `Refused` if the reader may not decide."""
    approvers = routing.current_route(routing.case_after_passing(case.circumstances, case.authority(reader))).approvers
    return case.policy.role(approvers[0].role).title if approvers else ""
