"""Telling the Head of Customer Success what erasure needs a person for; while the Head is away, whoever deputises (P12)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.effects import Tell
from handlers.policy.values import RoleName
from handlers.rules.access import company_day

HEARERS: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")


def tell_head(act: Act, words: str, once: str, button: str = "", opens: str = "") -> tuple[Tell, ...]:
    """A word to the Head, or to the first role after it of which somebody is there and can be reached."""
    return tuple(Tell(one, words, once, button, opens=opens) for one in hearers(act))


def hearers(act: Act) -> list[int]:
    """Who hears such a word today; nobody, where nobody can be reached."""
    day = company_day(act.policy, act.now)
    for role in HEARERS:
        there = [one for one in act.today.holders_on(role, day) if act.store.people.may_act(one)]
        if there:
            return list(act.store.people.ids_for(there).values())
    return []


def hears(act: Act) -> bool:
    """Whether whoever asks holds one of the roles that may hear such a word, or deputises for it, and so may read what it is about."""
    roles = (act.today.role(name) for name in HEARERS)
    return any(act.me.email_key in (role.holder, *role.deputies) for role in roles)
