"""How absences are told: from when until when, who stands in, and what nobody sees to meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from handlers.acting import Act
from handlers.policy import Policy
from handlers.rules.availability import Span, gaps, stand_in
from handlers.words import day_words, listed


def days(span: Span, today: date) -> str:
    """Such as “until Fri 8 Jan”, or “from Mon 21 Dec to Fri 8 Jan” before it begins."""
    last = day_words(span.last, today)
    if span.first <= today:
        return "today" if span.last == today else f"until {last}"
    return f"on {last}" if span.first == span.last else f"from {day_words(span.first, today)} to {last}"


def taking_back(first: date, today: date) -> str:
    """What the button says that ends an absence: once it has begun somebody is back, before that it is taken back."""
    return "I'm back" if first <= today else "Take back"


def cautions(policy: Policy, email: str, span: Span, today: date, out: frozenset[str]) -> Iterator[str]:
    """A sentence for each role that nobody fills on some of these days that are left."""
    for gap in gaps(policy, email, Span(max(span.first, today), span.last), out):
        since = "Today" if gap.since == today else f"From {day_words(gap.since, today)}"
        title = policy.role(gap.role).title
        yield f"{since} nobody stands in as {title}. Please ask whoever looks after the policy to name a deputy."


def duties(act: Act, policy: Policy, email: str, day: date, out: frozenset[str]) -> Iterator[str]:
    """What somebody does by the policy, and for a role of his or her own who stands in on that day."""
    for name, role in policy.roles.held().items():
        if email == role.holder:
            names = listed([named(act, one) for one in stand_in(policy, name, day, out)], "or")
            yield f"{role.title}: {names or 'nobody'} stands in"
        elif email in role.deputies:
            yield f"deputy of the {role.title}"
    if email in policy.roles.reviewers.holders:
        yield policy.roles.reviewers.title


def named(act: Act, email: str) -> str:
    """Somebody's name; the address of whom nobody has met."""
    person = act.store.people.by_key(email)
    return person.name if person else email
