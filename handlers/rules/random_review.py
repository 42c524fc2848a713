"""When the month's calls are drawn, what is left out of the draw, and who reviews what (P10).

| step                       | when                                                                                           |
|----------------------------|------------------------------------------------------------------------------------------------|
| lists frozen, hash logged  | on the first working day of the month, half an hour before work begins at the home line        |
| calls drawn                | with the beacon's first round at least ten minutes later (`handlers/rules/draw_file.py`)          |
| the Head is asked          | when the beacon has given no valid answer by the end of work one working day later             |
| calls reviewed             | by the end of so many working days; then access ends                                           |

| left out     | which calls                                                                                        |
|--------------|----------------------------------------------------------------------------------------------------|
| declined     | the customer declined to be recorded, whatever was decided about the recording                     |
| restricted   | locked until a decision about it                                                                   |
| erased       | its time is over, or it is erased                                                                  |
| gone         | the recording system no longer shows it                                                            |
| unannounced  | the announcement was known to be down when the call began (P3)                                     |
"""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.rules import customers, deadlines, working_days
from handlers.rules.routing import Circumstances

Cause = Literal["declined", "restricted", "erased", "gone", "unannounced"]
"""Why a call is left out of a list."""
Lost = Literal["declined", "restricted", "erased", "gone", "unannounced", "own", "outside"]
"""Why a call of a frozen list is passed over: also where every reviewer was on it, or it is on no recorded line."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCircumstances(Circumstances, clause="P10", chain=("head_of_customer_success",)):
    """A draw, or a call to review: for reviewers, who act beside the Head as `customers.handlers` do beside the team leader."""


def home_calendar(policy: Policy) -> working_days.Calendar:
    """Return the calendar that the draw follows: the home line's."""
    return working_days.calendar_of(policy, policy.company.home_line)


def opens_at(policy: Policy, year: int, month: int) -> datetime:
    """Return when, in this month, the lists of the month before are frozen (UTC).

    That is the first working day, or the last day of a month without any, so that each month has its draw.
    """
    calendar, last = home_calendar(policy), date(year, month, monthrange(year, month)[1])
    days = (date(year, month, number) for number in range(1, last.day + 1))
    day = next((one for one in days if calendar.off(one) is None), last)
    midnight = working_days.moment_of(day, datetime.min.time(), calendar.zone)
    return max(midnight, calendar.begins(day) - deadlines.BEFORE_WORK)


def next_opening(policy: Policy, after: datetime) -> datetime:
    """Return when (UTC) lists are next frozen, later than `after` (aware)."""
    day = after.astimezone(ZoneInfo(home_calendar(policy).zone)).date().replace(day=1)
    while True:
        if (at := opens_at(policy, day.year, day.month)) > after:
            return at
        day = (day + 31 * _DAY).replace(day=1)


def first_opening(policy: Policy, now: datetime) -> datetime:
    """Return the opening (UTC) of the month in which the bot is first used: one that has passed is caught up at once."""
    today = now.astimezone(ZoneInfo(home_calendar(policy).zone))
    return opens_at(policy, today.year, today.month)


def replan_opening(policy: Policy, planned: datetime | None, now: datetime) -> datetime:
    """Return when to draw next (UTC) by the current policy.
    A planned time that has come (`planned`, aware) doesn't move.
    """
    return planned if planned is not None and planned <= now else next_opening(policy, now)


def month_of(policy: Policy, opened: datetime) -> str:
    """Return the month whose calls are drawn at a moment (aware), such as `2026-10`: the one before that moment's own,
    at the home line.
    """
    first = opened.astimezone(ZoneInfo(home_calendar(policy).zone)).date().replace(day=1)
    return f"{first - _DAY:%Y-%m}"


def month_bounds(policy: Policy, month: str) -> tuple[datetime, datetime]:
    """Return the bounds of a month (UTC): from the first moment up to but excluding the second.

    They follow the home line for every line, so that each call is in one month and the month is over everywhere when it
    is drawn.
    """
    first, zone = date.fromisoformat(f"{month}-01"), home_calendar(policy).zone
    after = (first + 31 * _DAY).replace(day=1)
    return working_days.moment_of(first, time.min, zone), working_days.moment_of(after, time.min, zone)


def late_at(policy: Policy, published: datetime) -> datetime:
    """Return from when (UTC) a round due at a moment (aware) is late: one working day later, at the end of work."""
    return working_days.due_after(home_calendar(policy), published, 1).at


def reviewed_by(policy: Policy, drawn: datetime) -> datetime:
    """Return until when (UTC) drawn calls can be heard and should be reviewed."""
    return working_days.due_after(home_calendar(policy), drawn, policy.random_review.review_working_days).at


def reminder_mornings(policy: Policy, until: datetime, zone: str) -> list[datetime]:
    """Return the mornings (UTC) on which a reviewer in `zone` (IANA) with calls left is reminded.

    They are the last morning before `until` (aware) and some of the reviewer's working days before that, so everyone
    gets the same number of reminders.
    """
    calendar, here = deadlines.calendar_and_zone_of(policy, zone, policy.company.home_line)
    last = deadlines.last_working_moment(calendar, until, here).astimezone(ZoneInfo(here)).date()
    before = (0, *policy.random_review.remind_before)
    return sorted({calendar.begins(customers.days_before(calendar, last, one), here) for one in before})


def next_reminder(policy: Policy, until: datetime, now: datetime, zones: Iterable[str]) -> datetime | None:
    """Return the next of these mornings (UTC) after `now` for reviewers in these zones; None if none is left."""
    each = (at for zone in set(zones) for at in reminder_mornings(policy, until, zone) if at > now)
    return min(each, default=None)


def cause_of(*, state: str, closed: bool, declined: bool, undecided: bool, announced: bool) -> Cause | None:
    """Return why a call is left out of the draw, or passed over afterwards; None if it can be reviewed.

    `state` is the register's. `closed`: its time is over. `declined`: its customer declined. `undecided`: a decision
    about it is open. `announced`: callers were told of the recording when it began.
    """
    if declined or state == "declined":
        return "restricted" if undecided else "declined"
    if closed or state in ("closed", "erased"):
        return "erased"
    if state == "gone":
        return "gone"
    return None if announced else "unannounced"


def few_reviewers(policy: Policy) -> tuple[str, ...]:
    """Return a caution if the policy names only one reviewer; empty otherwise."""
    if len(set(policy.roles.reviewers.holders)) > 1:
        return ()
    return ("roles.reviewers names 1 person, so no one can review a call that this person was on (P10)",)


def reviewer_at(place: int, was_on: Collection[int], reviewers: list[int]) -> int | None:
    """Return who reviews the call at a place of the drawn order: the reviewers take turns, skipping those who were on
    it.
    None if all were.
    """
    turn = place % len(reviewers) if reviewers else 0
    return next((one for one in (*reviewers[turn:], *reviewers[:turn]) if one not in was_on), None)


def hash_of(data: bytes) -> str:
    """Return the SHA-256, in hexadecimal digits."""
    return sha256(data).hexdigest()


def seed_of(list_hash: str, chance: bytes) -> str:
    """Return the SHA-256 of the list's hash and the chance, both as bytes, in hexadecimal digits."""
    return hash_of(bytes.fromhex(list_hash) + chance)


def order_of(ids: Iterable[str], seed: str) -> list[str]:
    """Return the ids in the drawn order: by the SHA-256 of seed and id as one text."""
    return sorted(ids, key=lambda one: (hash_of(f"{seed}{one}".encode()), one))


def how_many(calls: int, share_percent: Decimal, minimum: int) -> int:
    """Return how many calls are drawn from so many (P10): the share rounded up, at least the minimum, never more than
    there are.
    """
    part, whole = share_percent.as_integer_ratio()
    share = -(-part * calls // (100 * whole))
    return min(calls, max(share, minimum))


def share_text(percent: float) -> str:
    """Return a share of the policy (0 to 100) as the decimal number that is written there, such as `2` or `0.1`."""
    return format(Decimal(str(percent)).normalize(), "f")


def first_drawn(order: Iterable[str], wanted: int, skipped: Collection[str]) -> list[str]:
    """Return the first `wanted` ids of the order, passing over those that were skipped."""
    left = [one for one in order if one not in skipped]
    return left[:wanted]
