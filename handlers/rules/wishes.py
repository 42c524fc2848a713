"""What a person who writes in their own words wants: which page or form it opens, and which calls to look for."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.rules import access, searching, spelling
from handlers.rules.explaining import COVERED, LOOSELY, find_clauses

_TITLES = frozenset({"mr", "mrs", "ms", "dr", "im", "ive", "id", "ill"})
_ANY_DAY = date(2000, 1, 1)


def searches_in(policy: Policy, words: str, now: datetime, zone: str) -> Mapping[str, bool]:
    """Return the searches in these words, most exact first, each as it would be typed, and whether what it finds fits
    every number, day and time in them, and a reference if there is no number; `now` is aware, `zone` is IANA.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    days, _ = searching.days_in(words.casefold(), today)
    day = " to ".join(dict.fromkeys(one.isoformat() for one in days)) if days else ""
    whole = f"{day} {searching.hours_written(words.casefold())}".strip()
    numbers = searching.numbers_in(policy, words, today)
    references = access.references_in(words, policy.company.crm_pattern)
    fitting = [", ".join(numbers)] if numbers else references
    terms = dict.fromkeys((*fitting, *numbers, *references, *filter(None, [_likely_name(words)]), ""))
    pairs = [(one, when) for one in terms for when in (whole, day, "") if one or when]
    return {f"{one} {when}".strip(): when == whole and (one in fitting or not fitting) for one, when in pairs}


def _likely_name(words: str) -> str:
    """Return the capitalised words within the sentence that aren't dates: most likely a name."""
    found = (re.sub(r"[’']s$", "", one) for one in re.findall(r"[^\W\d_][\w’'-]+", words)[1:])
    named = (one for one in found if one[0].isupper() and not one.isupper() and spelling.plain_text(one) not in _TITLES)
    return " ".join(one for one in named if searching.days_in(one.casefold(), _ANY_DAY)[0] is None)


# What may be wanted; `by_press` is what only a button does, and `state` how far a matter has come.
Kind = Literal[
    "report", "by_press", "declines", "state", "listeners", "hold", "away", "customer", "recording", "question"
]
Leaning = Literal["", "request", "policy"]
"""What the command before the words makes likely."""
_CALL = r"(?:call|calls|recording|recordings|conversation|audio)"
_CUSTOMER = r"(?:customer|customers|caller|callers|client|clients)"
_WISHES: Mapping[Kind, str] = MappingProxyType({
    "report": r"breach|misus\w+|leak(?:ed|s|ing)?|in confidence|in private|whistle\w*|without permission|report (?!on|for|about)\w+",
    "by_press": r"^(?:please )?(?:approve|deny|refuse|release|erase|delete|remove|play|remind)\b",
    "declines": (
        r"declin\w+|no recording|(?:not|dont|doesnt|didnt|wont) (?:want\w* |wish\w* |agree\w* |like )?(?:to be |being )?(?:to )?record\w*"
        r"|refus\w+ (?:to be |being )?record\w*|object\w* to (?:being |the )?record\w*|(?:stop|switch off|turn off|pause) (?:the )?record\w*"
    ),
    "state": r"where(?:s| is| are) my|(?:status|state|progress) of|what about r \w+|what happened (?:to|with) my request|my requests?\b",
    "listeners": r"who (?:has |have )?(?:listened|listens|heard|hears|played)|(?:listened|listening|listens) to my\b",
    "hold": (
        rf"(?:on|a|legal) hold\b|keep (?:the |this |that |these |all |a )?{_CALL}|(?:not|dont|never|wont) (?:be )?(?:erased?|deleted?)"
        rf"|preserve|safeguard"
    ),
    "away": r"\b(?:im|i am|ill be|i will be|i shall be) (?:away|off|out|on (?:leave|holiday|vacation)|ill|sick)\b|\bon (?:leave|holiday|vacation)\b",
    "customer": (
        rf"{_CUSTOMER} (?:\w+ ){{0,3}}(?:wants?|asks?|asked|wishes|needs?|would like|requests?|requested|gets?|have|receive)"
        rf"|(?:email|send|give|forward|mail) (?:\w+ ){{0,4}}{_CUSTOMER}|{_CUSTOMER} (?:\w+ ){{0,2}}(?:copy|copies)|{_CUSTOMER}s? (?:own )?{_CALL}"
    ),
    "recording": rf"(?:need|want|like|get|hear|listen|find|play|access|request|fetch|see) (?:\w+ ){{0,6}}{_CALL}|^(?:the |a |that |my )?{_CALL} (?:of|with|from)\b|\d{{3,}} ?\d{{3,}}",
})  # fmt: skip
"""How people say it."""
_FOUND = {kind: re.compile(pattern) for kind, pattern in _WISHES.items()}
_ASKS = re.compile(r"^(?:how|what|when|why|may|can|could|is|are|do|does|did|should|must|will|which|where|who)\b|\?\s*$")
_WHO_DECIDES = re.compile(r"^who (?:\w+ )?(?:decid|approv|allow)\w*\b")
# A wish that only has the form of a question.
_I_WISH = re.compile(r"^(?:may|can|could) (?:i|we) (?:please )?(?:get|have|hear|see|listen)")
_FORMAL = re.compile(
    r"\b(?:investigat|disciplin|punish|reprimand|misconduct|dismiss(?:al|ed)|sacked|fired|police|lawyer|solicitor|courts?\b|lawsuit|legal claim)"
)
"""What needs an investigation's approval (P9), not the team leader's."""
_PERFORMANCE = re.compile(r"\b(?:my|staff|our|for|of) (?:\w+ )?(?:performance|appraisal)")
_OWN = re.compile(r"\b(?:i|we) (?:need|want)\b")
_ID = re.compile(r"\b[A-Z]{1,2}-[2-9A-HJ-NP-Z]{8}\b")
CLAUSES: Mapping[Kind, str] = MappingProxyType({"customer": "P8", "hold": "P12", "recording": "P7"})
"""What a question about one of these is answered with."""
_ALONE: frozenset[Kind] = frozenset({"report", "by_press"})
"""Nothing else counts beside one of these."""
_FIRST: frozenset[Kind] = frozenset({"declines", "state", "listeners"})
"""These are meant whether it is put as a question or not; beside one, another wish counts by the words that are left."""


class Meant(NamedTuple):
    """What may be meant, the likeliest first; nothing if nothing is recognised. `matter` is an id, `text` a question."""

    kinds: tuple[Kind, ...] = ()
    matter: str = ""
    text: str = ""


def understand_words(policy: Policy, words: str, leaning: Leaning = "") -> Meant:
    """Return what these words may mean, and what was asked or which matter they name."""
    text = spelling.plain_text(words)
    kinds = [kind for kind, pattern in _FOUND.items() if pattern.search(text)]
    if "by_press" not in kinds and (found := _ID.search(words.upper())):
        return Meant(("state",), matter=found[0])
    if alone := next((kind for kind in kinds if kind in _ALONE), None):
        return Meant((alone,))
    if first := next((kind for kind in kinds if kind in _FIRST), None):
        left = _FOUND[first].sub(" ", text)
        return Meant((first, *(kind for kind in kinds if kind != first and _FOUND[kind].search(left))))
    # A call that a customer wants isn't one that this person wants to hear, unless they say so.
    if "customer" in kinds and "recording" in kinds and not _OWN.search(text):
        kinds.remove("recording")
    asks = _ASKS.search(words.strip().casefold()) is not None and not _I_WISH.search(text)
    if kinds and not asks:
        return Meant(tuple(kinds))
    if not kinds and not asks and leaning == "request":
        return Meant(() if searching.is_sentence(text) else ("recording",))
    about = next((CLAUSES[kind] for kind in kinds if kind in CLAUSES), "P7" if _WHO_DECIDES.search(text) else "")
    if about in ("", "P7"):
        about = "P9" if _FORMAL.search(text) else "P6" if _PERFORMANCE.search(text) else about
    covered = LOOSELY if leaning == "policy" else COVERED
    return Meant(("question",), text=about or text) if about or find_clauses(policy, text, covered) else Meant()
