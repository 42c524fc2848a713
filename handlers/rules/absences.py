"""Who may say that he or she is away, for which days, and which roles nobody fills meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.rules.refusal import Refused

LONGEST = timedelta(days=366)
DAY = timedelta(days=1)


class Span(NamedTuple):
    """Whole days of the company's, first and last included."""

    first: date
    last: date


class Gap(NamedTuple):
    """A role that nobody fills, from this day on for a day at least."""

    role: RoleName
    since: date


def may_say(policy: Policy, email: str) -> bool:
    """Whether anything depends on this person's being there: as holder, deputy or reviewer (address in normal form)."""
    return email in policy.roles.everybody() or email in policy.roles.reviewers.holders


def only_who_may(policy: Policy, email: str) -> None:
    """Raises `Refused` for whoever has nothing to hand over."""
    if not may_say(policy, email):
        told = "The policy gives you nothing to decide, so nobody has to stand in for you."
        raise Refused(told, code="no_role")


def say(first: date, last: date, today: date, before: Iterable[Span]) -> Span:
    """The days of this absence, joined with those of `before` that it meets; raises `Refused` at the field to be mended."""
    if last < first:
        raise Refused.at({"last": "The last day is before the first. Please choose a later one."})
    if last < today:
        raise Refused.at({"last": "These days are over. Please choose a last day that is today or later."})
    if first > today + LONGEST:
        raise Refused.at({"first": "This is more than a year ahead. Please say it nearer the time."})
    whole = Span(first, last)
    for one in sorted(before):
        if meets(whole, one):
            whole = Span(min(whole.first, one.first), max(whole.last, one.last))
    if whole.last - whole.first > LONGEST:
        told = "This would be more than a year. Please choose an earlier day, or have the policy name somebody else."
        raise Refused.at({"last": told})
    return whole


def covered(policy: Policy, email: str, span: Span) -> bool:
    """Whether somebody is known to be away on each of these days."""
    return all(policy.is_away(email, day) for day in _days(span))


def meets(one: Span, other: Span) -> bool:
    """Whether there is no day between the two."""
    return one.first <= other.last + DAY and other.first <= one.last + DAY


def gaps(policy: Policy, email: str, span: Span, out: frozenset[str]) -> Iterator[Gap]:
    """Roles of this person's, or in which he or she deputises, that nobody fills on some of these days.

    `policy` counts the absence already; `out` are those who can't be reached.
    """
    for name, role in policy.roles.held().items():
        people = (role.holder, *role.deputies)
        empty = (day for day in _days(span) if not any(_there(policy, one, day, out) for one in people))
        if email in people and (since := next(empty, None)) is not None:
            yield Gap(name, since)


def stand_in(policy: Policy, name: RoleName, day: date, out: frozenset[str]) -> list[str]:
    """The deputies of a role who are there on that day, by address."""
    return [one for one in policy.role(name).deputies if _there(policy, one, day, out)]


def _there(policy: Policy, person: str, day: date, out: frozenset[str]) -> bool:
    return person not in out and not policy.is_away(person, day)


def _days(span: Span) -> Iterator[date]:
    return (span.first + DAY * number for number in range((span.last - span.first).days + 1))
