"""What somebody wants who writes in their own words: which page or form it opens, and what it fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import phonenumbers

from handlers.policy import Policy
from handlers.rules.dates import CALENDAR, Hours, day_in, hours_around
from handlers.rules.explaining import COVERED, LOOSELY, seek
from handlers.rules.phone import parts
from handlers.rules.reasons import written_in
from handlers.rules.searching import is_sentence
from handlers.rules.spelling import SMALL, plain, spelled, stems

_WHY = re.compile(
    r"\b(?:because|since|for)\b (?P<why>(?:(?!\b(?:because|since|for|calls?|recordings?|audio|conversation)\b).)+)$",
    re.IGNORECASE,
)
_LONGEST_NUMBER = re.compile(r"[0-9]{5,}|(?:[0-9][ ()-]?){6,}")
_TRIVIAL = frozenset(
    [
        "call",
        "calls",
        "customer",
        "customers",
        "staff",
        "checking",
        "check",
        "facts",
        "needs",
        "need",
        "correctly",
        "correct",
        "evidence",
        "consistent",
        "consistency",
        "information",
    ]
)
_MEANS = MappingProxyType({
    "complaint": "complain complained complains dispute disputed disputes feedback",
    "training": "coaching coach onboarding trainee trainees newcomer train",
    "abusive": "harassed harassment insulted insults abused",
    "transcribed": "transcript transcription misheard",
    "legal": "lawyer court sue sued suing solicitor tribunal lawsuit litigation",
    "crime": "police fraud theft",
})  # fmt: skip
"""Everyday words for a reason → the word that stands in its label; only those that hardly mean anything else."""
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "fam",
        "ltd",
        "sir",
        "madam",
        "id",
        "im",
        "ive",
        "ill",
        "hes",
        "shes",
        "he",
        "she",
        "they",
        "there",
        "think",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "jan",
    ]
)
_MOST = 8  # searches


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be looked for, the most exact first, each as one types it into the search; `hours` are of the line's day.

    `reason` is a key of the policy, empty where the words leave it open; `purpose` is why, in their own words.
    """

    searches: tuple[str, ...]
    hours: Hours | None
    reason: str
    purpose: str


def wish(policy: Policy, words: str, now: datetime, zone: str) -> Wish:
    """What these words say of a call; `now` is aware, and `zone` (IANA) says which day is today."""
    text = spelled(plain(words), known())
    today = now.astimezone(ZoneInfo(zone)).date()
    day = _day(words.casefold(), text, today)
    told = (*_numbers(policy, words), *written_in(words, policy.company.crm_pattern))
    searches = tuple(_searches(told, day, _names(words)))[:_MOST]
    return Wish(searches, hours_around(text), _reason(policy, text), _purpose(words))


def _searches(told: tuple[str, ...], day: date | None, names: tuple[str, ...]) -> Iterator[str]:
    on = f" {day.isoformat()}" if day else ""
    for one in (*told, *((" ".join(names),) if names else ()), *(names if len(names) > 1 else ())):
        if on:
            yield one + on
        yield one
    if on:
        yield on.strip()


def _numbers(policy: Policy, words: str) -> tuple[str, ...]:
    regions = dict.fromkeys(line.region_code for line in policy.lines.values())
    found = (one.raw_string for region in regions for one in phonenumbers.PhoneNumberMatcher(words, region))
    return tuple(dict.fromkeys(digits for one in found if (digits := parts(one))))


def _day(typed: str, text: str, today: date) -> date | None:
    """The day that is told; none for a week or a month, which leave open which day is meant, and none that is yet to come."""
    day = day_in(typed, today)[0] or day_in(text, today)[0]
    return day if day and day <= today else None


def _names(words: str) -> tuple[str, ...]:
    """Words that are no words of ours and begin with a capital: names, most likely; not the first one, which always does."""
    found = (re.sub(r"[’']s$", "", one) for one in re.findall(r"[^\W\d_][\w’'-]+", words)[1:])
    named = (one for one in found if one[0].isupper() and not one.isupper())
    return tuple(one for one in named if plain(one) not in known() | _TITLES)


def _reason(policy: Policy, text: str) -> str:
    """The one reason that these words speak of most; none where two do, or no one."""
    said = set(stems(text).split())
    said |= {stem for word, means in _MEANS.items() if said & set(stems(means).split()) for stem in stems(word).split()}
    scores = {key: len(said & set(stems(_telling(one.label)).split())) for key, one in policy.reasons.items()}
    best = [key for key, score in scores.items() if score and score == max(scores.values())]
    return best[0] if len(best) == 1 else ""


def _telling(label: str) -> str:
    return " ".join(word for word in plain(label).split() if word not in SMALL and word not in _TRIVIAL)


def _purpose(words: str) -> str:
    """Why, as it was written; nothing where no reason stands there, or a number that has no place in it."""
    found = _WHY.search(" ".join(words.split()))
    if found is None or len(found["why"].split()) < 2 or _LONGEST_NUMBER.search(found["why"]):
        return ""
    return f"{found[0][:1].upper()}{found[0][1:]}".rstrip(" .!?")


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
    "recording": rf"(?:need|want|like|get|hear|listen|find|play|access|request|fetch|see) (?:\w+ ){{0,6}}{_CALL}|^{_CALL} (?:of|with|from)\b|\d{{6}}",
})  # fmt: skip
_OURS = """
    access approve approved away breach call caller callers calls client clients copies copy customer customers declined declines delete
    email erase hear hold holiday listen listened misuse recorded recording recordings refuse refused release remind report request requests
    today yesterday morning afternoon evening
"""
_FOUND = {kind: re.compile(pattern) for kind, pattern in _WISHES.items()}
_ASKS = re.compile(r"^(?:how|what|when|why|may|can|could|is|are|do|does|did|should|must|will|which|where|who)\b|\?\s*$")
_WHO_DECIDES = re.compile(r"^who (?:\w+ )?(?:decid|approv|allow)\w*\b")
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
        about = next((CLAUSES[kind] for kind in kinds if kind in CLAUSES), "P7" if _WHO_DECIDES.search(text) else "")
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
