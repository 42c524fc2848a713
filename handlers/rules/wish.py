"""Which call a wish is about and why, as far as its words say so: number, reference, day, hours, names and the reason (P6, P7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import phonenumbers

from handlers.policy import Policy

from .days import day_in
from .hours import Hours, hours_around
from .phone import parts
from .plain_words import known
from .reference import written_in
from .spelling import SMALL, plain, spelled, stems

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
