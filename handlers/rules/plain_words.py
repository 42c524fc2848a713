"""What somebody most likely wants who writes in their own words. The words only open a page or a form; they never do anything (P1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from handlers.policy import Policy

from .days import CALENDAR
from .explaining import COVERED, LOOSELY, seek
from .search import is_sentence
from .spelling import SMALL, plain, spelled

Kind = Literal[
    "report", "declines", "by_press", "state", "listeners", "hold", "away", "customer", "recording", "question"
]
Leaning = Literal["", "request", "policy"]
"""What the command before the words makes likely."""
_CALL = r"(?:call|calls|recording|recordings|conversation|audio)"
_CUSTOMER = r"(?:customer|customers|caller|callers|client|clients)"
_WISHES: Mapping[Kind, str] = MappingProxyType({
    "report": r"breach|misus\w+|leak(?:ed|s|ing)?|in confidence|in private|whistle\w*|without permission|report (?!on|for|about)\w+",
    "declines": (
        r"declin\w+|no recording|(?:not|dont|doesnt|didnt|wont) (?:want\w* |wish\w* |agree\w* |like )?(?:to be |being )?(?:to )?record\w*"
        r"|refus\w+ (?:to be |being )?record\w*|object\w* to (?:being |the )?record\w*|(?:stop|switch off|turn off|pause) (?:the )?record\w*"
    ),
    "by_press": r"^(?:please )?(?:approve|deny|refuse|release|erase|delete|remove|play|remind)\b",
    "state": r"where(?:s| is| are) my|(?:status|state|progress) of|what about r \w+|what happened (?:to|with) my request|my requests?\b",
    "listeners": r"who (?:has |have )?(?:listened|listens|heard|hears|played)",
    "hold": (
        rf"(?:on|a|legal) hold\b|keep (?:the |this |that |these |all |a )?{_CALL}|(?:not|dont|never|wont) (?:be )?(?:erased?|deleted?)"
        rf"|preserve|safeguard"
    ),
    "away": r"\b(?:im|i am|ill be|i will be|i shall be) (?:away|off|out|on (?:leave|holiday|vacation)|ill|sick)\b|\bon (?:leave|holiday|vacation)\b",
    "customer": (
        rf"{_CUSTOMER} (?:\w+ ){{0,3}}(?:wants?|asks?|asked|wishes|needs?|would like|requests?|requested|gets?|have|receive)"
        rf"|(?:email|send|give|forward|mail) (?:\w+ ){{0,4}}{_CUSTOMER}|{_CUSTOMER} (?:\w+ ){{0,2}}(?:copy|copies)|{_CUSTOMER}s? (?:own )?{_CALL}"
    ),
    "recording": rf"(?:need|want|like|get|hear|listen|find|play|access|request|fetch|see) (?:\w+ ){{0,6}}{_CALL}|^{_CALL} (?:of|with|from)\b|\d{{6}}",
})  # fmt: skip
_OURS = """
    access approve approved away breach call caller callers calls client clients copies copy customer customers declined declines delete
    email erase hear hold holiday listen listened misuse recorded recording recordings refuse refused release remind report request requests
    today yesterday morning afternoon evening
"""
_FOUND = {kind: re.compile(pattern) for kind, pattern in _WISHES.items()}
_ASKS = re.compile(r"^(?:how|what|when|why|may|can|could|is|are|do|does|did|should|must|will|which|where|who)\b|\?\s*$")
_I_WISH = re.compile(r"^(?:may|can|could) (?:i|we) (?:please )?(?:get|have|hear|see|listen)")
_ID = re.compile(r"\b[A-Z]{1,2}-[2-9A-HJ-NP-Z]{8}\b")
CLAUSES: Mapping[Kind, str] = MappingProxyType({"customer": "P8", "hold": "P12", "recording": "P7"})
"""What a question about one of these is answered with."""
_ALONE: frozenset[Kind] = frozenset({"report", "by_press"})
"""Nothing else counts beside one of these."""
_FIRST: frozenset[Kind] = frozenset({"declines", "listeners", "state"})
"""Beside one of these, another wish counts only by the words that are left."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What may be meant, the likeliest first; none if nothing is recognised. `matter` is an id, `text` a question."""

    kinds: tuple[Kind, ...] = ()
    matter: str = ""
    text: str = ""


def understand(policy: Policy, words: str, leaning: Leaning = "") -> Meant:
    """What these words may mean."""
    text = spelled(plain(words), known())
    if (found := _ID.search(words.upper())) and not _FOUND["by_press"].search(text):
        return Meant(("state",), matter=found[0])
    kinds = [kind for kind, pattern in _FOUND.items() if pattern.search(text)]
    if alone := next((kind for kind in kinds if kind in _ALONE), None):
        return Meant((alone,))
    if first := next((kind for kind in kinds if kind in _FIRST), None):
        left = _FOUND[first].sub(" ", text)
        return Meant((first, *(kind for kind in kinds if kind != first and _FOUND[kind].search(left))))
    asks = _ASKS.search(words.strip().casefold()) is not None and not _I_WISH.search(text)
    if asks or (leaning == "policy" and not kinds):
        about = next((CLAUSES[kind] for kind in kinds if kind in CLAUSES), "")
        return _question(policy, about or text, leaning)
    if "customer" in kinds and "recording" in kinds and not re.search(r"\b(?:i|we) (?:need|want)", text):
        kinds.remove("recording")
    if not kinds and leaning == "request":
        kinds = [] if is_sentence(text) else ["recording"]
    return Meant(tuple(kinds)) if kinds else _question(policy, text, leaning)


def _question(policy: Policy, text: str, leaning: Leaning) -> Meant:
    covered = LOOSELY if leaning == "policy" else COVERED
    return Meant(("question",), text=text) if seek(policy, text, covered) else Meant()


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The words in which a slip is seen."""
    return SMALL | CALENDAR | frozenset(_OURS.split())
