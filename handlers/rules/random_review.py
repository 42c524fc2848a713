"""When the month's calls are drawn, what is left out of the draw, and who may do what with it (P10).

| step                              | when                                                                            |
|-----------------------------------|---------------------------------------------------------------------------------|
| lists frozen, hashes announced    | on working day `working_day` of the month, when work begins at the home line    |
| lines counted                     | when the second one is in, or one working day later                              |
| number told, calls drawn          | five minutes after it was announced which lines count                            |
| calls reviewed                    | by the end of so many working days; then access ends                             |

| left out     | which calls                                                                                        |
|--------------|----------------------------------------------------------------------------------------------------|
| declined     | the customer declined to be recorded, whatever was decided of the recording                        |
| restricted   | out of reach until somebody decides                                                                |
| erased       | the audio has had its time, or is erased                                                           |
| gone         | the recording system does not show it any more                                                     |
| unannounced  | the announcement was known to be down when the call began (P3)                                     |
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.policy.values import RoleName

from .calendars import Calendar, calendar_of
from .customer_times import days_before
from .local_time import moment_of
from .refusal import Refused
from .reminding import days_of, last_working_moment
from .routing import Circumstances, Why
from .working_days import due

Cause = Literal["", "declined", "restricted", "erased", "gone", "unannounced"]
LEFT_OUT: tuple[Cause, ...] = ("declined", "restricted", "erased", "gone", "unannounced")
BEFORE_THE_NUMBER = timedelta(minutes=5)
"""So long it is known which lines count before anybody but the bot knows the number."""
LINES = 2
"""So many reviewers type a line."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCircumstances(Circumstances):
    """A draw, or a call to review: for reviewers, who act beside the Head as `customers.handlers` do beside the team leader."""

    @property
    def clause(self) -> str:
        return "P10"

    @property
    def chain(self) -> tuple[RoleName, ...]:
        return ("head_of_customer_success",)

    @property
    def copy_to(self) -> tuple[str, ...]:
        return ()

    def own_case(self, person: str) -> Why | None:
        return None


def home(policy: Policy) -> Calendar:
    """The calendar by which the draw goes."""
    return calendar_of(policy, policy.company.home_line)


def opens_at(policy: Policy, year: int, month: int) -> datetime:
    """When the lists of the month before are frozen in that month (UTC).

    A month with too few working days has it on the last of them, and one without any on its last day: each month has its draw.
    """
    calendar, last = home(policy), date(year, month, monthrange(year, month)[1])
    days = (date(year, month, number) for number in range(1, last.day + 1))
    works = list(islice((day for day in days if calendar.off(day) is None), policy.random_review.working_day))
    return calendar.begins(works[-1] if works else last)


def next_opening(policy: Policy, after: datetime) -> datetime:
    """The first such moment (UTC) that is later than `after` (aware)."""
    day = after.astimezone(ZoneInfo(home(policy).zone)).date().replace(day=1)
    while True:
        if (at := opens_at(policy, day.year, day.month)) > after:
            return at
        day = (day + 31 * _DAY).replace(day=1)


def opening_anew(policy: Policy, stood: datetime | None, now: datetime) -> datetime:
    """When the clock draws next (UTC), where an opening `stood` (aware, None where none did) by the policy of before.

    One that has come stays. One that is ahead moves to where the policy has it now; where that is over already, the month that
    it stood for is due at once: the next opening would be another month's, and of each month there is one first draw.
    """
    if stood is None:
        return next_opening(policy, now)
    if stood <= now:
        return stood
    # By a zone to the west of where it was asked for, its first morning is the last day of the month before.
    day = (stood + _DAY).astimezone(ZoneInfo(home(policy).zone))
    its = opens_at(policy, day.year, day.month)
    return its if its <= now else next_opening(policy, now)


def frozen_early(policy: Policy, month: str, frozen: datetime, now: datetime) -> bool:
    """Whether the lists of a month (`2026-10`) were frozen (aware) by a clock that was ahead, and their day is yet to come."""
    after = date.fromisoformat(f"{month}-01") + 31 * _DAY
    return now < frozen and now < opens_at(policy, after.year, after.month)


def due_again(policy: Policy, month: str, frozen: datetime, now: datetime) -> datetime | None:
    """From when on (UTC) a month (`2026-10`) can be drawn again, whose lists were frozen (aware) before; None where it can be now.

    Only a clock that was ahead can have frozen lists of a month that is not over, or before their day; a day that the policy has
    since, and that is later, stands in nobody's way.
    """
    early = frozen_early(policy, month, frozen, now) or now < within(policy, month)[1]
    after = date.fromisoformat(f"{month}-01") + 31 * _DAY
    return opens_at(policy, after.year, after.month) if early else None


def month_of(policy: Policy, opened: datetime) -> str:
    """The month whose calls are drawn at a moment (aware), such as `2026-10`: the one before, at the home line."""
    first = opened.astimezone(ZoneInfo(home(policy).zone)).date().replace(day=1)
    return f"{first - _DAY:%Y-%m}"


def within(policy: Policy, month: str) -> tuple[datetime, datetime]:
    """From when on and until before when (UTC) calls are of a month: by the home line, whatever their own line, so that each is of one
    month, and that is over everywhere when it is drawn from.
    """
    first, zone = date.fromisoformat(f"{month}-01"), home(policy).zone
    after = (first + 31 * _DAY).replace(day=1)
    return moment_of(first, time.min, zone), moment_of(after, time.min, zone)


def counts_at(policy: Policy, opened: datetime) -> datetime:
    """When the lines are counted that there are (UTC): one working day later, at the end of work."""
    return due(home(policy), opened, 1).at


def reviewed_by(policy: Policy, drawn: datetime) -> datetime:
    """Until when drawn calls can be heard and are to be reviewed (UTC)."""
    return due(home(policy), drawn, policy.random_review.review_working_days).at


def mornings(policy: Policy, until: datetime, zone: str) -> list[datetime]:
    """On which mornings (UTC) whoever has calls left is reminded in `zone` (IANA): the last one before `until` (aware), and some working
    days of theirs before that. So everybody is reminded equally often, wherever the days of reviewing end for them.
    """
    calendar, here = days_of(policy, zone, policy.company.home_line)
    last = last_working_moment(calendar, until, here).astimezone(ZoneInfo(here)).date()
    before = (0, *policy.random_review.remind_before)
    return sorted({calendar.begins(days_before(calendar, last, one), here) for one in before})


def next_reminder(policy: Policy, until: datetime, now: datetime, zones: Iterable[str]) -> datetime | None:
    """The next such morning (UTC) of somebody in one of these zones; None where none is left."""
    each = (at for zone in set(zones) for at in mornings(policy, until, zone) if at > now)
    return min(each, default=None)


def cause_of(*, state: str, closed: bool, declined: bool, undecided: bool, announced: bool) -> Cause:
    """Why a call is left out, or why it is lost once it was drawn; empty for one that can be reviewed.

    `state` is the register's; `declined` says that its customer declined, `undecided` that somebody has yet to decide about it.
    """
    if declined or state == "declined":
        return "restricted" if undecided else "declined"
    if closed or state in ("closed", "erased"):
        return "erased"
    if state == "gone":
        return "gone"
    return "" if announced else "unannounced"


def contribute(stage: str, *, lines: int, again: bool) -> None:
    """Raises `Refused` where a line can't count any more, or where this reviewer typed one already."""
    if again:
        raise Refused("Your line is in already, and it counts as you typed it.", clause="P10", code="twice")
    if stage != "lines" or lines >= LINES:
        told = "The lines of this draw were counted already, so yours would not count. Nothing is missing."
        raise Refused(told, clause="P10", code="already")


def not_asked() -> None:
    """Raises `Refused` for a reviewer whom the hashes were not announced to."""
    told = "You were not asked for a line of this draw: you were away when its lists were frozen."
    raise Refused(told, clause="P10", code="not_asked")


def reviewer(policy: Policy, person: str) -> None:
    """Raises `Refused` for whoever (address in normal form) is no reviewer."""
    if person not in policy.roles.reviewers.holders:
        told = f"This is for the {policy.roles.reviewers.title} to do."
        raise Refused(told, clause="P10", code="not_reviewer")


def few_reviewers(policy: Policy) -> tuple[str, ...]:
    """A sentence for whoever keeps the policy, where too few reviewers are named for what P10 asks of them."""
    number = len(set(policy.roles.reviewers.holders))
    if number >= LINES:
        return ()
    told = "so nobody is left for a call that this one was on, and each draw has one line only (P10)"
    return (f"roles.reviewers names {number} {'person' if number == 1 else 'people'}, {told}",)


def may_draw_again(policy: Policy, person: str, day: date) -> bool:
    """Whether somebody holds the Head's role on a day, or deputises in it for somebody who is away."""
    return person in policy.holders_on("head_of_customer_success", day)


def draw_again(policy: Policy, person: str, day: date) -> None:
    """Raises `Refused` for whoever may not have a month drawn again."""
    if not may_draw_again(policy, person, day):
        title = policy.role("head_of_customer_success").title
        raise Refused(f"Only the {title} has a month drawn again.", clause="P10", code="not_head")


def whose(place: int, operators: Collection[str], reviewers: list[tuple[int, frozenset[str]]]) -> int | None:
    """Who reviews the call at a place of the drawn order: the reviewers in turn, past everybody who was on it.

    `reviewers` are ids with all the addresses that were ever theirs; None where each of them was on it.
    """
    turn = place % len(reviewers) if reviewers else 0
    for one, addresses in (*reviewers[turn:], *reviewers[:turn]):
        if not addresses & set(operators):
            return one
    return None
