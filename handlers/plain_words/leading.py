"""Which words open which page or form; nothing is approved, erased, played or sent by words, and none are kept (P1, P13)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from handlers import why
from handlers.leading import InConfidence, Lead, Opened, Read, Say
from handlers.plain_words import words as told
from handlers.policy import Policy
from handlers.room import Told
from handlers.rules.plain_words import Kind, Leaning, Meant, understand

LEANINGS: Mapping[str, Leaning] = MappingProxyType({
    "": "", "recording-request": "request", "recording-policy": "policy",
})  # fmt: skip
"""What a command in front of the words makes likely; behind any other one they are not read."""
LONGEST = 200  # characters that go on into a form
_FORMS: Mapping[Kind, str] = MappingProxyType({
    "recording": why.OF_STAFF, "customer": why.OF_CUSTOMERS, "hold": "hold_ask", "away": "away",
})  # fmt: skip
_FILLED = (why.OF_STAFF, why.OF_CUSTOMERS)


def lead(policy: Policy, command: str, words: str, answered: Told) -> Lead | None:
    """Where these words lead; None behind a command that takes none. `answered` is the page that answers a question (P1)."""
    if command not in LEANINGS or not words.strip():
        return None
    meant = understand(policy, words, LEANINGS[command])
    match meant.kinds:
        case ():
            return Say(told.unknown)
        case (kind,) if kind in _FORMS:
            return Opened(_FORMS[kind], words[:LONGEST] if _FORMS[kind] in _FILLED else "")
        case (kind,):
            return _page(policy, kind, meant, answered)
        case several:
            return Say(partial(told.several, several))


def _page(policy: Policy, kind: Kind, meant: Meant, answered: Told) -> Lead:
    match kind:
        case "report":
            return InConfidence(told.REPORT, told.in_confidence(policy))
        case "state":
            return Read("details", meant.matter) if meant.matter else Read(told.MINE)
        case "listeners":
            return Read("whose_data")
        case "declines":
            return Say(told.declines)
        case "by_press":
            return Say(told.by_press)
        case _:
            return Say(answered, meant.text)
