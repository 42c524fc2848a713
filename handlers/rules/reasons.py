"""A reason to listen (P6) as the policy has it; one that it had once is told by its key, and decided as it was asked."""

from __future__ import annotations

from handlers.policy import Policy
from handlers.policy.terms import Reason

GONE = "no longer in the policy"
_LONGEST = 40  # characters of a key


def reason_of(policy: Policy, key: str, *, longer: bool) -> Reason:
    """`longer` says that it was asked on the form of an investigation, which alone settles who decides where the policy has
    the reason no more.
    """
    if (known := policy.reasons.get(key)) is not None:
        return known
    words = " ".join(key.replace("_", " ").split())[:_LONGEST].capitalize()
    # Not checked as a file is: nothing that stands in an old row may keep its card from being drawn.
    return Reason.model_construct(
        label=f"{words} ({GONE})", clause="P9" if longer else "P6", route="investigation" if longer else "staff",
        announced=True,
    )  # fmt: skip
