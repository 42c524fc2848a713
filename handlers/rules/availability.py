"""Who is away and for which days, who can't be reached, and who is told instead."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

from handlers.policy import Policy, RoleName
from handlers.rules import Refused

LONGEST = timedelta(days=366)
DAY = timedelta(days=1)


class Span(NamedTuple):
    """Whole days of the company's, first and last included."""

    first: date
    last: date


class Gap(NamedTuple):
    """A role that no one fills for at least a day from `since`, and which of its people are `away` then."""

    role: RoleName
    since: date
    away: tuple[int, ...] = ()


def has_duties(policy: Policy, person: int) -> bool:
    """Return True if anything depends on this person's being there: as holder, deputy or reviewer."""
    return person in policy.seats.in_roles or person in policy.seats.reviewers


def check_may_be_away(policy: Policy, person: int) -> None:
    """Raise `Refused` for a person with no role to hand over."""
    if not has_duties(policy, person):
        words = "You have no role in the policy, so you don’t need a deputy."
        raise Refused(words, code="no_role")


def join_absence(first: date, last: date, today: date, before: Iterable[Span]) -> Span:
    """Return this absence, joined with any days in `before` that it touches.

    Raises `Refused` at the field that needs fixing.
    """
    if last < first:
        raise Refused.at({"last": "The last day is before the first. Please choose a later one."})
    if last < today:
        raise Refused.at({"last": "This day is in the past. Please choose today or later."})
    if first > today + LONGEST:
        raise Refused.at({"first": "This is more than a year ahead. Please enter it nearer the time."})
    whole = Span(first, last)
    for one in sorted(before):
        if spans_meet(whole, one):
            whole = Span(min(whole.first, one.first), max(whole.last, one.last))
    if whole.last - whole.first > LONGEST:
        words = "That makes more than a year. Please choose an earlier day, or have the policy name someone else."
        raise Refused.at({"last": words})
    return whole


def spans_meet(one: Span, other: Span) -> bool:
    """Return True if there is no day between the two, so that they are one absence."""
    return one.first <= other.last + DAY and other.first <= one.last + DAY


def gaps_in_roles(policy: Policy, person: int, span: Span, out: frozenset[int]) -> Iterator[Gap]:
    """Yield the roles this person holds or deputises in that no one fills on some of these days.

    `policy` already counts the absence; `out` are the people who can't be reached.
    """
    for name, role in policy.seats.roles.items():
        empty = (day for day in _days_of_span(span) if not any(is_there(policy, one, day, out) for one in role.people))
        if person in role.people and (since := next(empty, None)) is not None:
            yield Gap(name, since)


def deputies_there(policy: Policy, name: RoleName, day: date, out: Collection[int]) -> list[int]:
    """Return the deputies of a role who are there on that day."""
    return [one for one in policy.held(name).deputies if is_there(policy, one, day, out)]


def is_there(policy: Policy, person: int, day: date, out: Collection[int]) -> bool:
    """Return True if this person is not away on that day, and not among those who can't be reached."""
    return person not in out and not policy.is_away(person, day)


def _days_of_span(span: Span) -> Iterator[date]:
    return (span.first + DAY * number for number in range((span.last - span.first).days + 1))


Part = Literal["holder", "deputy", "reviewer", "handler"]
# The standing of accounts that can't be those of our own staff.
STRANGERS = frozenset({"guest", "foreign", "bot"})
DAYS_AHEAD = 14
"""How many days ahead we warn about an absence that leaves a role unfilled."""


class Seat(NamedTuple):
    """A person's part in a route: the role's title, and holder or deputy."""

    role: str
    title: str
    part: Part


def seats_by_person(policy: Policy) -> Mapping[int, tuple[Seat, ...]]:
    """Return everyone in a route with all their roles there, for the digest's warnings about people it can't reach.

    The owners of notices are roles, so they are among these.
    """
    seats: dict[int, tuple[Seat, ...]] = {}

    def add(who: int, seat: Seat) -> None:
        seats[who] = (*seats.get(who, ()), seat)

    for name, role in policy.seats.roles.items():
        add(role.holder, Seat(name, role.title, "holder"))
        for deputy in role.deputies:
            add(deputy, Seat(name, role.title, "deputy"))
    for reviewer in policy.seats.reviewers:
        add(reviewer, Seat("reviewers", policy.roles.reviewers.title, "reviewer"))
    for handler in policy.seats.releasers:
        add(handler, Seat("handlers", policy.roles.team_leader.title, "handler"))
    return seats


def roles_uncovered(policy: Policy, today: date, out: frozenset[int]) -> Iterator[Gap]:
    """Yield the roles that no one fills on some day soon because of an absence.

    Roles empty for other causes don't count: `out` are the people who can't be reached anyway.
    """
    for name, role in policy.seats.roles.items():
        people = set(role.people)
        for day in _days_of_span(Span(today, today + DAYS_AHEAD * DAY)):
            away = {one for one in people if policy.is_away(one, day)}
            if away - out and away | out >= people:
                yield Gap(name, day, tuple(one for one in role.people if one in away))
                break


# Whose people are told of an alarm: that no one may decide a matter, or that a person in a role can't be reached.
ROLES: tuple[RoleName, ...] = ("manager_human_resources", "breach_fallback")


def whom_to_tell(policy: Policy, today: date, never: frozenset[int]) -> tuple[int, ...]:
    """Return whom to tell of an alarm, in the order to try: holders, then deputies, and people who are away last.
    `never` are the people it is about, and those who were tried already.
    """
    order = dict.fromkeys(who for name in ROLES for who in policy.held(name).people)
    left = (who for who in order if who not in never)
    return tuple(sorted(left, key=lambda who: policy.is_away(who, today)))


def title_to_ask(policy: Policy, never: Collection[int]) -> str:
    """Return the title of the person to turn to directly when the bot could tell no one; empty if there is none.

    `never` are the person asking and the people it concerns.
    """
    return next((policy.role(name).title for name in ROLES if policy.held(name).holder not in never), "")


def check_keep_account(account: str, *, standing: str, claims: bool, others: int, owner: str) -> None:
    """Check whether an administrator can make this the person's account, of several with one address. Raises `Refused`.

    `claims` is True if it could act under the shared address, which `others` other accounts claim or had. `owner` is
    the other person it has belonged to so far, if any.
    """
    if owner:
        words = f"{account} has belonged to {owner} so far, and an account can't change hands. Correct its e-mail address instead."
        raise Refused(words, code="somebody_else")
    if not claims:
        words = f"{account} can't be kept: it is {'gone' if standing == 'member' else standing}."
        raise Refused(words, code="gone")
    if not others:
        words = f"No other account shares the address of {account}, so there is nothing to settle."
        raise Refused(words, code="nothing_shared")


def check_new_account(account: str, *, waits: bool, holder: str) -> None:
    """Check whether an administrator can give this account to a new person. Raises `Refused`.

    `waits`: whose account it is must still be settled. `holder` is the person who can act under its address now, or
    empty.
    """
    if not waits:
        words = f"{account} doesn't need settling. To list those that do, leave out --new."
        raise Refused(words, code="nothing_waits")
    if holder:
        words = f"{holder} has the address of {account} now. Keep that account, or have one of the two accounts fixed."
        raise Refused(words, code="address_taken")
