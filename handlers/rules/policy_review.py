"""When the policy needs a review, who does it, and what may be declared, confirmed and completed (P14).

| why                                   | due                                | reminded                                   |
|---------------------------------------|------------------------------------|--------------------------------------------|
| the last review is so many years ago  | that day, or the one that it set   | some days before, on the day, then daily   |
| a significant change was declared     | the day of the declaration         | daily                                      |
| “not significant”, until a second     | the day of the declaration         | daily                                      |
| person agrees                         |                                    |                                            |

All days are those of the company's home line, and a reminder comes when work begins there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from handlers.policy import Policy, RoleName
from handlers.rules import Refused, working_days
from handlers.rules.routing import Circumstances

REVIEWING: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")
"""Who reviews the policy together; any one of them completes it."""
DECLARING: tuple[RoleName, ...] = ("team_leader", *REVIEWING)
"""Whose holders and deputies may declare a change."""
FARTHEST = timedelta(days=366)  # a change that lies farther ahead was mistyped
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HeldReview:
    """A review that was completed: the day on which it was held, and the day that it set for the next."""

    on: date
    following: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCircumstances(Circumstances, clause="P14", chain=(*REVIEWING, "breach_fallback")):
    """One review: for both roles at once, or for `breach_fallback` if no one in either can be asked.

    The person who called a change “not significant” counts as its asker until a second person has agreed.
    """

    @property
    def steps(self) -> tuple[tuple[RoleName, ...], ...]:
        """The roles by who is asked together, as in every `Circumstances`."""
        return (REVIEWING, ("breach_fallback",))


def years_later(day: date, years: int) -> date:
    """Return the same day some years later; 29 February falls on the 28th.

    Raises `ValueError` past the calendar's end.
    """
    return day + relativedelta(years=years)


def due_on(policy: Policy, last: HeldReview | None) -> date:
    """Return the day on which the next review is due: the later of the last completed one and the file's counts.

    The day that a review set counts, but never one that is more than the policy's years after it.
    """
    if last is None or policy.policy_review.last > last.on:
        return years_later(policy.policy_review.last, policy.policy_review.years)
    return min(last.following, years_later(last.on, policy.policy_review.years))


def last_day(policy: Policy, last: HeldReview | None) -> date:
    """Return the day of the last review, by the file or by what was completed."""
    return policy.policy_review.last if last is None else max(policy.policy_review.last, last.on)


def begins_at(policy: Policy, due: date) -> datetime:
    """Return when (UTC) a review that is due on this day is opened: with its first reminder."""
    return _start_of_work(policy, min(_reminder_days(policy, due)))


def next_reminder(policy: Policy, due: date, now: datetime) -> datetime:
    """Return the first reminder (UTC) after `now` of a review that is due on a day."""
    return next(at for day in _days_to_remind(policy, due, now) if (at := _start_of_work(policy, day)) > now)


def _reminder_days(policy: Policy, due: date) -> list[date]:
    """Return the days to remind on before the due day, and that day itself, in order."""
    return sorted({due, *(due - days * _DAY for days in policy.policy_review.remind_days_before)})


def _days_to_remind(policy: Policy, due: date, now: datetime) -> Iterator[date]:
    """Yield the days to remind on, in their order: before it is due, on the day, and then each day without end."""
    yield from _reminder_days(policy, due)
    day = max(due, policy.company_day(now))
    while True:
        yield day
        day += _DAY


def _start_of_work(policy: Policy, day: date) -> datetime:
    """Return when work begins (UTC) at the home line on this day, working day or not."""
    start: time = policy.working_time.start or working_days.USUALLY
    return working_days.moment_of(day, start, policy.lines[policy.company.home_line].time_zone)


def may_declare(policy: Policy, person: int) -> bool:
    """Return True if this person holds or deputises in a role that may declare a change."""
    return any(person in policy.held(name).people for name in DECLARING)


def check_declaring(policy: Policy, person: int) -> None:
    """Raise `Refused` if this person may not declare a change."""
    if not may_declare(policy, person):
        titles = "; ".join(policy.role(name).title for name in DECLARING)
        words = f"Only some people can declare changes to the recording system. Please tell one of them: {titles}."
        raise Refused(words, clause="P14", code="not_declarer")


def check_change_day(policy: Policy, now: datetime, changed: date) -> None:
    """Raise `Refused` at the field if the day of a change is too far ahead."""
    if changed - policy.company_day(now) > FARTHEST:
        raise Refused.at({"changed": "This is more than a year ahead. Please check the year."}, "P14")


def _latest_next_review(policy: Policy, held: date) -> date:
    """Return the last day on which the next review may be due; any day if it was held in a mistyped year, which is
    refused anyway.
    """
    try:
        return years_later(held, policy.policy_review.years)
    except ValueError:
        return date.max


def check_completion(policy: Policy, now: datetime, review: HeldReview, earliest: date) -> None:
    """Raise `Refused` at each field that needs fixing; `earliest` is the first day the review can have been held."""
    problems: dict[str, str] = {}
    today, latest = policy.company_day(now), _latest_next_review(policy, review.on)
    if review.on > today:
        problems["held"] = f"This day is in the future: today is {today}. Write the day it was held."
    elif review.on < earliest:
        problems["held"] = f"That is before this review began. Write {earliest} or a later day."
    if review.following <= review.on:
        problems["following"] = "The next review must be after this one. Write a later day."
    elif review.following > latest:
        problems["following"] = f"The next review is due by {latest} at the latest. Write that day or an earlier one."
    if problems:
        raise Refused.at(problems, "P14")


@dataclass(frozen=True, slots=True)
class Change:
    """A role, by its title of now, and who filled it before and fills it now: the holder first, then the deputies."""

    name: str
    title: str
    before: tuple[str, ...]
    now: tuple[str, ...]


def role_changes(before: Policy, now: Policy) -> tuple[Change, ...]:
    """Return every role whose people, or their order, have changed, so that they are told."""
    seats, former = _seats_by_role(now), _seats_by_role(before)
    return tuple(
        Change(name, title, former[name][1], people)
        for name, (title, people) in seats.items()
        if people != former[name][1]
    )


def _seats_by_role(policy: Policy) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return, by role, its title and the addresses of its people: the holder first, then the deputies."""
    reviewers = policy.roles.reviewers
    seats = {"reviewers": (reviewers.title, reviewers.holders)}
    for name, role in policy.roles.held().items():
        seats[name] = (role.title, (role.holder, *role.deputies))
    return seats
