"""Who may look up which calls, and what is a search rather than a sentence (P4, P7, P13)."""

from __future__ import annotations

from handlers.policy import Policy

FEW = 3  # words of a search; more are a sentence


def is_sentence(words: str) -> bool:
    """Whether these are more words than somebody types who looks for a call: a sentence is kept nowhere, and not said again (P13)."""
    return len(words.split()) > FEW


def scope(policy: Policy, email_key: str) -> tuple[frozenset[str] | None, str]:
    """Of which departments this person may know the calls (None: of all), and as whose operator of any other.

    Whoever holds a role, or deputises, may know of every call in scope (`access.search_scope`).
    """
    if policy.access.search_scope == "company" or email_key in policy.roles.everybody():
        return None, ""
    department = policy.department_of(email_key)
    return frozenset({department} if department else ()), email_key


def may_know(policy: Policy, email_key: str, department: str, operator_key: str, line: str) -> bool:
    """Whether this person may know of a call, and so ask for it: one on a line that the policy names (P4)."""
    narrowed, operator = scope(policy, email_key)
    return line in policy.lines and (narrowed is None or department in narrowed or operator_key == operator)
