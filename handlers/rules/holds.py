"""Who sets, confirms, renews and releases a hold, how long it lasts, and what may be asked for (P12).

| who decides              | unless                                                      | then                                  |
|--------------------------|-------------------------------------------------------------|---------------------------------------|
| Head of Customer Success | on one of the calls, or whom the case is about; away or out | Manager, HR, then `breach_fallback`   |

Any member of staff may ask for a hold. It works at once, for some working days, without waiting for a decision.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.policy import Policy, RoleName
from handlers.rules import Refused, deadlines, routing, working_days

CHAIN: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")
ONCE_IN_DAYS = 30
"""Within so many days a call can be asked for only once, so that repeated asking can't keep it for ever."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCircumstances(routing.Circumstances, clause="P12", chain=CHAIN):
    """One hold."""

    @property
    def copy_to(self) -> tuple[int, ...]:
        """The Manager, Human Resources is told of every hold, except one that is their own case."""
        manager = self.policy.held("manager_human_resources").holder
        return () if self.own_case(manager) else (manager,)


def may_set(policy: Policy, person: int) -> bool:
    """Return True if this person holds or deputises in any role that may set holds."""
    return any(person in policy.held(name).people for name in CHAIN)


def decides_as(case: routing.Circumstances, person: int, asked: frozenset[int] = frozenset()) -> routing.Authority:
    """Return the authority by which a person sets, confirms, renews or releases this hold. `asked` are the people it
    went to.

    Raises `Refused` with the reason.
    """
    if why := case.own_case(person):
        was = "were on one of these calls" if why == "operator" else "are one of the people this case is about"
        raise Refused(f"You {was}, so someone else has to decide about this hold.", clause="P12", code=why)
    if found := routing.authority_of(case, person, asked):
        return found
    deciders = routing.current_route(case).approvers
    whose = f"This hold is for the {case.policy.role(deciders[0].role).title} to decide. " if deciders else ""
    raise Refused(f"{whose}You can ask for one, which takes effect at once.".strip(), clause="P12", code="not_approver")


def check_once(asked: Collection[int], chosen: Collection[int]) -> None:
    """Refuse if any of the `chosen` calls was `asked` for lately; the sentence doesn't say by whom, or for what."""
    if asked:
        these = "This call" if len(chosen) == 1 else "One of these calls" if len(asked) == 1 else "Some of these calls"
        words = f"{these} can’t be held again yet: only someone who decides about holds can hold a call twice in {ONCE_IN_DAYS} days. Please ask them."
        raise Refused.at({"recordings": words}, "P12")


def counts_since(now: datetime) -> datetime:
    """Return the moment since when an earlier request to hold the same call counts against a new one (`check_once`)."""
    return now - ONCE_IN_DAYS * _DAY


def provisional_end(policy: Policy, lines: Iterable[str], now: datetime) -> datetime:
    """Return when a hold that was asked for ends unless it is confirmed: the earliest such moment of its lines (E.164)."""
    return working_days.earliest_due(policy, lines, now, policy.holds.provisional_working_days).at


def latest_end(policy: Policy, now: datetime) -> datetime:
    """Return the latest moment at which a hold that is set now may end."""
    return now + policy.holds.most_days * _DAY


def last_day(policy: Policy, now: datetime) -> date:
    """Return the latest day that may be named as a hold's end."""
    return policy.company_day(now) + policy.holds.most_days * _DAY


def hold_end(policy: Policy, now: datetime, day: date) -> datetime:
    """Return when a hold until this day (of the company's) ends: with that day, and never later than allowed.

    Raises `Refused` at `until`.
    """
    today, latest = policy.company_day(now), last_day(policy, now)
    if day < today:
        raise Refused.at({"until": "This day is in the past. Please choose today or later."}, "P12")
    if day > latest:
        words = f"A hold lasts {policy.holds.most_days} days at most. Choose {latest:%a} {latest.day} {latest:%b} {latest.year} or earlier; it can be renewed."
        raise Refused.at({"until": words}, "P12")
    zone = policy.lines[policy.company.home_line].time_zone
    return min(working_days.moment_of(day + _DAY, datetime.min.time(), zone), latest_end(policy, now))


def check_number_of_calls(policy: Policy, number: int) -> None:
    """Raise `Refused` if a hold would keep more calls than it may."""
    most = policy.holds.most_calls
    if number > most:
        words = f"A hold takes {most} calls at most. Please choose fewer."
        raise Refused.at({"recordings": words}, "P12")


def next_reminder(policy: Policy, ends_at: datetime, zone: str, line: str, now: datetime) -> datetime | None:
    """Return when a person in `zone` is next reminded of a hold's end, after `now`; None if no reminder is left."""
    moments = (deadlines.before_end(policy, ends_at, zone, line, number) for number in policy.holds.remind_before)
    return min((at for at in moments if at > now), default=None)
