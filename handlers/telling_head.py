"""Telling the Head of Customer Success what erasure needs a person for; while the Head is away, whoever deputises (P12)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.effects import Tell
from handlers.policy.values import RoleName
from handlers.rules.access import company_day

HEARERS: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")


def tell_head(act: Act, words: str, once: str, button: str = "", about: str = "") -> tuple[Tell, ...]:
    """A word to the Head, or to the first role after it of which somebody is there and can be reached."""
    return tuple(Tell(one, words, once, button, about) for one in hearers(act))


def hearers(act: Act) -> list[int]:
    """Who hears such a word today; nobody, where nobody can be reached."""
    day = company_day(act.policy, act.now)
    for role in HEARERS:
        there = [one for one in act.today.holders_on(role, day) if act.store.people.may_act(one)]
        if there:
            return list(act.store.people.ids_for(there).values())
    return []
