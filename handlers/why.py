"""The first choice of whoever wants a recording: a customer’s own call, or one of the policy’s eight reasons (P6, P8)."""

from __future__ import annotations

from handlers.cards import Option
from handlers.forms import Answers, OneOf
from handlers.policy import Policy

OWN_CALL = "customer"
"""In the place of a reason: no reason is needed, since customers may have their own calls (P8)."""
OF_STAFF, OF_CUSTOMERS = "access", "customer"
"""Which form each needs, by name."""


def choices(policy: Policy) -> tuple[Option, ...]:
    """What can be chosen: the customer first, then the reasons."""
    reasons = (Option(key, reason.label) for key, reason in policy.reasons.items())
    return (Option(OWN_CALL, "A customer wants their own call"), *reasons)


def leads(answers: Answers) -> str:
    """The form that was chosen with it; empty while nothing is."""
    chosen = answers.get("reason")
    if not chosen:
        return ""
    return OF_CUSTOMERS if chosen == OWN_CALL else OF_STAFF


ASKED = OneOf(
    "Why do you need it?",
    choices,
    help="Customers may have their own calls (P8). The others are the policy's eight reasons (P6), and decide who is asked.",
    redraws=True,
)
