"""How the random review speaks of months, causes and calls (P10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from handlers.policy import Policy
from handlers.words import counted

CAUSES: Mapping[str, str] = {
    "declined": "declined", "restricted": "out of reach", "erased": "erased", "gone": "gone", "unannounced": "unannounced",
}  # fmt: skip
"""Why calls are left out of a list."""
SKIPPED: Mapping[str, str] = {
    "declined": "the customer declined to be recorded",
    "restricted": "out of reach until somebody decides",
    "erased": "erased, or its time is over",
    "gone": "no longer in the recording system",
    "unannounced": "the announcement was down",
    "own": "every reviewer was on it",
    "changed": "it has become another call",
    "outside": "on no recorded line",
}
"""Why a call is passed over, as the published file says it."""

RESTORED = "My database was restored from a copy while that draw waited for lines, so its number may have been known. It ended undrawn."
EARLY = "The lists of that draw were frozen by a clock that was ahead, before they were due. It ended undrawn."
LOST = (
    "My database was restored from a copy after these lists were due. If they had been frozen before, that draw is lost, and this one "
    "takes its place."
)
IN_DOUBT = (
    "These lists were frozen by a clock that was ahead, before they were due: calls of the last days may be in none."
)
"""What a card and a published file say of a draw that takes another one’s place, and of one that is in doubt."""


def month_words(month: str) -> str:
    """A month such as “October 2026”."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def department_words(policy: Policy, key: str) -> str:
    """A department’s label; one that the policy names no more is told by its key."""
    return policy.departments[key].label if key in policy.departments else key


def left_out_words(left_out: Mapping[str, int]) -> str:
    """How many calls were left out, by cause, such as “2 declined, 1 erased”; empty where none was."""
    return ", ".join(f"{number} {CAUSES[cause]}" for cause, number in sorted(left_out.items()) if number)


def list_words(calls: int, wanted: int, left_out: Mapping[str, int], *, drawn: bool = False) -> str:
    """A list such as “212 calls, 5 to draw · left out: 2 declined”."""
    told = f"{counted(calls, 'call')}, {wanted} {'drawn' if drawn else 'to draw'}" if calls else "no calls"
    out = left_out_words(left_out)
    return f"{told} · left out: {out}" if out else told
