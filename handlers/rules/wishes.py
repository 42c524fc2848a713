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


# What may be wanted; `state` is how far a matter has come.
Kind = Literal["", "report", "declines", "state", "listeners", "recording", "question"]
Leaning = Literal["", "request", "policy"]
"""What the command typed before the words suggests."""
_CALL = r"(?:call|calls|recording|recordings|conversation|audio)"
_WISHES: Mapping[Kind, str] = MappingProxyType({
    "report": r"breach|misus\w+|leak(?:ed|s|ing)?|in confidence|in private|whistle\w*|without permission|report (?!on|for|about)\w+",
    "declines": (
        r"declin\w+|no recording|(?:not|dont|doesnt|didnt|wont) (?:want\w* |wish\w* |agree\w* |like )?(?:to be |being )?(?:to )?record\w*"
        r"|refus\w+ (?:to be |being )?record\w*|object\w* to (?:being |the )?record\w*|(?:stop|switch off|turn off|pause) (?:the )?record\w*"
    ),
    "state": r"where(?:s| is| are) my|(?:status|state|progress) of|what happened (?:to|with) my request|my requests?\b",
    "listeners": r"who (?:has |have )?(?:listened|listens|heard|hears|played)|(?:listened|listening|listens) to my\b",
    "recording": rf"(?:needs?|wants?|like|get|hear|listen|find|play|access|request|fetch|see) (?:\w+ ){{0,6}}{_CALL}|^(?:the |a |that |my )?{_CALL} (?:of|with|from|on|at|around|between|yesterday|today|this|last)\b|\d{{3,}} ?\d{{3,}}",
})  # fmt: skip
"""The words by which each is recognised; the first that fits is meant."""
_FOUND = {kind: re.compile(pattern) for kind, pattern in _WISHES.items()}
_ASKS = re.compile(r"^(?:how|what|when|why|may|can|could|is|are|do|does|did|should|must|will|which|where|who)\b|\?\s*$")
# A wish that only has the form of a question.
_I_WISH = re.compile(r"^(?:may|can|could) (?:i|we) (?:please )?(?:get|have|hear|see|listen)")
_ID = re.compile(r"\b[A-Z]{1,2}-[2-9A-HJ-NP-Z]{8}\b")


class Meant(NamedTuple):
    """What is meant, nothing if nothing is recognised; `matter` is the id of a matter that the words name."""

    kind: Kind = ""
    matter: str = ""


def understand_words(policy: Policy, words: str, leaning: Leaning = "") -> Meant:
    """Return what these words mean. A question that the policy answers is a `question`."""
    text = spelling.plain_text(words)
    kind: Kind = next((kind for kind, pattern in _FOUND.items() if pattern.search(text)), "")
    if kind != "report" and (found := _ID.search(words.upper())):
        return Meant("state", found[0])
    asks = _ASKS.search(words.strip().casefold()) is not None and not _I_WISH.search(text)
    if kind and not (kind == "recording" and asks):
        return Meant(kind)
    if not asks and leaning == "request":
        return Meant("" if searching.is_sentence(text) else "recording")
    covered = LOOSELY if leaning == "policy" else COVERED
    return Meant("question" if find_clauses(policy, text, covered) else kind)
