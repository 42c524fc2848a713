"""A reason to listen (P6) as the policy has it; one that it had once is told by its key, and decided as it was asked."""

from __future__ import annotations

from functools import cache

from handlers.policy import Policy
from handlers.policy.terms import Reason

from .spelling import plain, stems

GONE = "no longer in the policy"
_SPECIAL = """
lawyer solicitor attorney barrister counsel legal law lawsuit sue suing sued claim litigation court tribunal judge subpoena affidavit
arbitration arbitrator mediation ombudsman ombudsperson proceedings prosecution prosecutor police detective investigation investigate
disciplinary discipline disciplined dismissal dismiss sack sacked fire
"""
_WHOLE = 2000  # characters: all that fits into the form
_LONGEST = 40  # characters of a key


def sounds_special(policy: Policy, reason: str, words: str) -> bool:
    """Whether a request for a reason of staff speaks of what is decided by another route, so that the form asks (P9)."""
    chosen = policy.reasons.get(reason)
    said = stems(plain(words, _WHOLE)).split()
    return chosen is not None and chosen.route == "staff" and not _special_stems().isdisjoint(said)


@cache
def _special_stems() -> frozenset[str]:
    return frozenset(stems(plain(_SPECIAL, len(_SPECIAL))).split())


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
