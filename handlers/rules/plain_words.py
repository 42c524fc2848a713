"""What somebody means who writes in words of their own: a question, a wish, or what is told in private; nothing is ever done by words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from handlers.policy import Policy

from . import word_groups
from . import wordings as says
from .everyday import SMALL
from .explaining import COVERED, LOOSELY, seek
from .phrases import Phrases, stems
from .reference import written_in
from .search import is_sentence
from .spelling import LONGEST, plain, spelled

Kind = Literal[
    "report", "by_press", "state", "listeners", "route", "declines", "hold", "away", "customer", "recording",
    "question", "unknown",
]  # fmt: skip
Leaning = Literal["", "request", "policy"]
"""What somebody most likely wants who typed a command before the words."""
OPENS: frozenset[Kind] = frozenset({"hold", "away", "customer", "recording"})
"""What opens a form, where it is sure."""
_NUMBER = re.compile(r"(?:\d ?){6,}")
_DAY = re.compile(
    r"\b(?:todays?|yesterdays?|ago|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|last (?:week|month|year)"
    r"|this (?:morning|afternoon|week)|january|february|march|april|june|july|august|september|october|november|december"
    r"|\d{1,2}(?:st|nd|rd|th)|\d{1,2} ?[ap]m)\b"
)
_ID = re.compile(r"\b[A-Z]{1,2}-[2-9A-HJ-NP-Z]{8}\b")


@dataclass(frozen=True, slots=True)
class Meant:
    """What is meant; a form is opened only where that is `sure`. `matter` is the id of a matter that stands in the words, `text` are
    the words of a question without their slips.
    """

    kind: Kind
    sure: bool = True
    matter: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said: as it was written, spelled, and in stems. `asks` is put as a question; `number` and `day` tell which call is meant."""

    words: str
    text: str
    stems: str
    asks: bool
    number: bool
    day: bool
    leaning: Leaning

    def has(self, *said: Phrases) -> bool:
        return any(one.within(self.stems) for one in said)


def understand(policy: Policy, words: str, leaning: Leaning = "") -> Meant:
    """What these words mean: the words for a breach before all else (P13), and a wish only where it is no question (P1)."""
    said = _read(policy, words, leaning)
    found = next((kind for kind, fits in _LOOKS if fits(said)), None)
    matter = _ID.search(words.upper())
    if found in (None, "recording") and matter:
        return Meant("state", matter=matter[0])
    if found is None:
        about = seek(policy, said.text, LOOSELY if said.asks and said.has(says.CALLED, says.TOPIC) else COVERED)
        return Meant("question", text=said.text) if about else Meant("unknown")
    return Meant(found, _sure(said, found, words), matter[0] if matter else "")


def _read(policy: Policy, words: str, leaning: Leaning) -> _Said:
    text = spelled(plain(words), known())
    told = stems(text)
    number, day = (
        bool(written_in(words, policy.company.crm_pattern)) or _NUMBER.search(text) is not None,
        _DAY.search(text) is not None,
    )
    return _Said(words, text, told, says.QUESTION.within(told), number, day, leaning)


def _rules(said: _Said) -> bool:
    """A question about what is so, and no wish that is put as one, such as “could I hear the call of …”."""
    wish = said.has(says.POLITE_WISH) or (said.number and said.has(says.MAY_I))
    return said.asks and not wish


def _ordered(said: _Said) -> bool:
    return said.has(says.ORDERED) and not said.has(says.CUSTOMER_WANTS) and not _rules(said)


def _customer(said: _Said) -> bool:
    told = said.leaning != "policy" or said.number or said.has(says.WANTED, says.CUSTOMER_WANTS)
    return told and said.has(says.CUSTOMERS_WISH) and not _rules(said)


def _recording(said: _Said) -> bool:
    if said.has(says.NO_RECORDING) or _rules(said):
        return False
    if said.leaning == "request":
        return True
    called, wants = said.has(says.CALLED), said.has(says.WANTED)
    which = said.number or (said.day and (called or said.has(says.HEARD)))
    return (wants and (called or which)) or (which and not said.asks and said.leaning == "")


_LOOKS: tuple[tuple[Kind, Callable[[_Said], bool]], ...] = (
    ("report", lambda said: said.has(says.REPORT)),
    ("declines", lambda said: said.has(says.DECLINES)),
    ("listeners", lambda said: said.has(says.LISTENERS)),
    ("route", lambda said: said.has(says.ROUTE)),
    ("by_press", _ordered),
    ("state", lambda said: said.has(says.STATE)),
    ("away", lambda said: said.has(says.AWAY) and not said.asks and not said.has(says.CALLED)),
    ("hold", lambda said: said.has(says.HOLD) and not said.asks and not said.has(says.NO_HOLD)),
    ("customer", _customer),
    ("recording", _recording),
)


def _sure(said: _Said, kind: Kind, words: str) -> bool:
    """Whether no other form fits as well; only then one is opened without asking back."""
    if kind not in OPENS:
        return True
    if said.has(says.UNWISH) or len(words) > LONGEST:
        return False
    match kind:
        case "customer":
            return said.has(says.PLAINLY_CUSTOMERS) or not said.has(says.WANTED, says.OWN_WISH)
        case "recording" if said.has(says.I_HEAR, says.POLITE_WISH):
            return not said.has(says.OTHERS_WISH)
        case "recording":
            return _is_search(said)
        case "hold":
            return not said.has(says.HEARD)
        case _:
            return True


def _is_search(said: _Said) -> bool:
    """A few words, or nothing but a number, a day and words of ours: what somebody types who looks for a call."""
    odd = [word for word in said.text.split() if word not in known() and not word[0].isdigit()]
    return (not is_sentence(said.text) and said.leaning == "request") or (not odd and not said.has(says.OTHERWISE))


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The words by which we tell what is meant, and those that stand everywhere."""
    return SMALL | word_groups.known()
