"""Telling people of what waits, in their working hours, and all that falls on one morning in one message."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from handlers.acting import Context, Digest, Effect, Result, Show, handler
from handlers.cards import Card, Heading, Row, When
from handlers.matters.case import Case
from handlers.matters.showing import kind_of
from handlers.phrases import capitalise
from handlers.policy import Policy
from handlers.room import Room
from handlers.rules import Refused, deadlines
from storage.matters import Reminder
from storage.records import Matter

DUE = "working_hours.begin"
"""Its name sorts last among the deadlines of one moment, so that what falls just then is in the same message."""
FAR = timedelta(days=365)
CARD = "card"
"""The step of a first card that waits for its reader's working hours."""


def schedule_reminder(
    ctx: Context, matter: Matter, step: str, people: Iterable[int], fell: datetime, until: datetime | None = None
) -> None:
    """Plan to tell these people of a step that happened at `fell` (aware), if possible before `until`.
    If an outage delays the message, it says so.
    """
    for person in dict.fromkeys(people):
        meant, coming = (moment_to_tell(ctx, person, matter, at, until) for at in (fell, max(fell, ctx.now)))
        ctx.store.reminders.add(matter.id, person, step, fell, meant)
        ctx.store.deadlines.advance(DUE, str(person), max(ctx.now, coming))


def hold_cards(ctx: Context, matter: Matter, people: Iterable[int]) -> None:
    """Hold a matter's first card back for new readers who aren't at work now; it comes when their working hours begin."""
    later = [one for one in people if moment_to_tell(ctx, one, matter, ctx.now) > ctx.now]
    schedule_reminder(ctx, matter, CARD, later, ctx.now)


def keep_for_morning(ctx: Context, matter: Matter, effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Hold back a new matter's cards among these effects: each comes in its reader's working hours, in one message with
    everything else of that morning.
    """
    each = tuple(effects)
    schedule_reminder(ctx, matter, CARD, [one.person for one in each if isinstance(one, Show)], ctx.now)
    return tuple(one for one in each if not isinstance(one, Show))


def remind_asked(ctx: Context, case: Case[Any], step: str, schedule: Callable[[], object]) -> Result[None]:
    """Remind the people asked until it is decided; `schedule` sets the next reminder. Run by the clock."""
    if not case.matter.is_open:
        return Result(None, quiet=True)
    untold = {one.person_id for one in ctx.store.reminders.coming(case.matter.id, CARD)}
    people = [one.person_id for one in case.approvers if one.person_id not in untold]
    fell = min(ctx.now, ctx.store.deadlines.moment(step, case.matter.id) or ctx.now)
    schedule()
    schedule_reminder(ctx, case.matter, step, people, fell)
    return Result(None, detail={"reminded": people})


def lateness_detail(ctx: Context, fell: datetime) -> dict[str, int]:
    """Return, for the log, how many seconds late a step due at `fell` (aware) is, if that is worth mentioning."""
    late = ctx.now - fell
    return {"late_seconds": int(late.total_seconds())} if late > deadlines.LATE else {}


def line_of(policy: Policy, matter: Matter) -> str:
    """Return the line whose calendar counts for a matter; the home line if it has none of the policy's."""
    return matter.line if matter.line in policy.lines else policy.company.home_line


@handler("matters.remind", about=lambda person_id: f"person:{person_id}")
def send_reminders(ctx: Context, person_id: str) -> Result[None]:
    """Send a person all open reminders in one message when working hours begin. Run by the clock.
    If the only one is about a card they don't have yet, the card itself is sent.
    """
    person = int(person_id)
    if (put_off_to := _later_moment(ctx, person)) is not None:
        ctx.store.deadlines.set(DUE, person_id, put_off_to)
        return Result(None, quiet=True)
    due = ctx.store.reminders.untold(person, ctx.now)
    for one in due:
        one.told_at = ctx.now
    if (coming := ctx.store.reminders.next(person)) is not None:
        ctx.store.deadlines.set(DUE, person_id, coming)
    sent = [one for one in due if _reminder_row(ctx, one) is not None]
    detail = {"told": [{"matter": one.matter_id, "step": one.step, "late_seconds": _seconds_late(one)} for one in sent]}
    return Result(None, _reminder_effects(ctx, person, sent), detail=detail, quiet=not sent)


class Morning(NamedTuple):
    """Everything a person is told at one time, in one message; `about` is the matter if it is about just one."""

    card: Card
    about: str = ""


def morning_message(ctx: Context, ids: Iterable[str]) -> Morning | None:
    """Return the message with these reminders as they are now, what is due first on top; None if none of them holds any
    more.
    """
    each = {(one.matter_id, one.step): one for one in ctx.store.reminders.named(ids)}
    drawn = ((one.matter_id, _reminder_row(ctx, one)) for one in each.values())
    rows = [(matter, row) for matter, row in drawn if row is not None]
    rows.sort(key=lambda one: getattr(ctx.store.matters.get(one[0]), "due_at", None) or ctx.now + FAR)
    if len(rows) < 2:
        return next((Morning(Card((row,), _plain_words(row)), matter) for matter, row in rows), None)
    heading = f"{len(rows)} things for your attention"
    return Morning(Card((Heading(heading), *(row for _, row in rows)), f"{heading}."))


def still_asked(ctx: Context, matter: str, person: int) -> bool:
    """Return True unless this person was asked to decide a matter and no longer may, so that a reminder makes no sense."""
    case = kind_of(matter).case(ctx, matter)
    party = case.party_of(person)
    return party is None or party.part != "approver" or case.entitles(person)


def moment_to_tell(ctx: Context, person: int, matter: Matter, at: datetime, until: datetime | None = None) -> datetime:
    """Return when to tell a person of something that happened at `at` (aware), if possible before `until`."""
    last = until if until is not None and until > ctx.now else ctx.now + FAR
    row = ctx.store.people.get(person)
    zone = row.zone if row.checked_at else ""  # a person never looked up gets the line's days
    return deadlines.reminder_moment(ctx.policy, at, zone, line_of(ctx.policy, matter), last)


def _later_moment(ctx: Context, person: int) -> datetime | None:
    """Return until when to put the message off after an outage, so that what came due meanwhile fits in; None to send
    it now.
    It is put off only once, so that a message is never held up for good. The program may also have started outside the
    person's working hours.
    """
    meant = ctx.store.deadlines.moment(DUE, str(person))
    if meant is None or ctx.now - meant <= deadlines.LATE:
        return None
    waiting = [ctx.store.matters.get(one.matter_id) for one in ctx.store.reminders.untold(person, ctx.now)]
    hours = min(
        (moment_to_tell(ctx, person, matter, ctx.now) for matter in waiting if matter is not None), default=ctx.now
    )
    following = ctx.store.deadlines.next(meant)
    more_to_come = following is not None and following.due_at <= ctx.now
    return max(hours, ctx.now) if more_to_come or hours > ctx.now else None


def _reminder_effects(ctx: Context, person: int, reminders: Sequence[Reminder]) -> tuple[Effect, ...]:
    """Return what sends these reminders: the card itself if it is new to the person, else one message."""
    if not reminders:
        return ()
    first, again = reminders[0].matter_id, f"{ctx.now:%Y%m%d%H%M%S%f}"
    matter = ctx.store.matters.get(first)
    # What is late says so in a message of its own: a card has no place for that.
    alone = len(reminders) == 1 and _seconds_late(reminders[0]) <= deadlines.LATE.total_seconds()
    shown = ctx.store.outbox.copy(first, person) is not None
    if alone and not shown and matter is not None and (matter.is_open or reminders[0].step == CARD):
        return (Show(person, first, matter.revision, again),)
    return (Digest(person, tuple(one.id for one in reminders), f"digest:{again}:{reminders[0].id}"),)


def _reminder_row(ctx: Context, one: Reminder) -> Row | None:
    """Return the line for a reminder, marked if it is late; None if it no longer concerns the person."""
    try:
        row = kind_of(one.matter_id).reminded(ctx, one)
    except Refused:
        return None
    if row is not None and one.step == CARD and isinstance(row.words, str):
        row = replace(row, words=capitalise(row.words.removeprefix("Reminder: ")))  # it is the first they hear of it
    if row is None or _seconds_late(one) <= deadlines.LATE.total_seconds():
        return row
    small = row.small if isinstance(row.small, tuple) else (row.small or "",)
    return replace(row, small=(*small, " · late, this was due ", When(one.fell_at, now=ctx.now)))


def _seconds_late(one: Reminder) -> int:
    """Return how many seconds later than possible the person was told."""
    return int(((one.told_at or one.tell_at) - one.tell_at).total_seconds())


def _plain_words(row: Row) -> str:
    """Return the words of a row as one string, without its moments, for notifications."""
    words = row.words if isinstance(row.words, tuple) else (row.words,)
    return "".join(one for one in words if isinstance(one, str)).strip()


ROOM = Room("reminding", due={DUE: send_reminders})
