"""What a clause of the policy says, how it is read, and the values in force; and which clause speaks of some words (P1, P3)."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log
from types import MappingProxyType
from typing import get_args

from handlers.policy import Policy, RoleName
from handlers.policy.file import fill_sentence
from handlers.policy.values import ClauseId
from handlers.rules.phone import written_number
from handlers.rules.spelling import ALSO, SMALL, stem_words

CLAUSES: tuple[ClauseId, ...] = get_args(ClauseId)
# The policy's values for a clause, each after its label.
Values = tuple[tuple[str, str], ...]
WORD = re.compile(r"\w+")
LONGEST = 200  # characters that are looked for
FITTING = 0.5  # of the best score; what scores less shares only a common word
# The least share of the words' weight that a clause must cover, in general and when the policy itself is asked: with less, they share a word by chance.
COVERED, LOOSELY = 0.5, 0.15
ROLES: Mapping[ClauseId, tuple[RoleName, ...]] = MappingProxyType({
    "P7": ("team_leader",), "P9": ("head_of_customer_success",),
    "P13": ("head_of_customer_success", "manager_human_resources"),
})  # fmt: skip
"""Who is named in a clause, by role."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One clause. `aloud` is what staff read out to a customer; `people` are the addresses of those in its roles, by title."""

    clause: ClauseId
    words: str
    reading: str
    values: Values
    aloud: str
    people: Values


def explain_clause(policy: Policy, clause: ClauseId) -> Explained:
    """Collect everything there is to say about a clause."""
    list_values = _VALUES.get(clause)
    roles = [policy.role(name) for name in ROLES.get(clause, ())]
    return Explained(
        clause, policy.clauses[clause], fill_sentence(policy, policy.readings.get(clause, "")), list_values(policy) if list_values else (),
        policy.notices.outgoing if clause == "P3" else "", tuple((one.title, one.holder) for one in roles),
    )  # fmt: skip


def find_clauses(policy: Policy, words: str, covered: float = COVERED) -> list[ClauseId]:
    """Return the clauses that match these words, best first; empty if none does.

    A word weighs more the fewer clauses have it. A clause must cover more than the share `covered` of what was asked.
    """
    texts = _index_clauses(_explain_all(_SamePolicy(policy)))
    weights = {stem: _stem_weight(stem, list(texts.values())) for stem in set(_stems_of_words(words[:LONGEST]))}
    scores = {clause: sum(weights[stem] * text[stem] for stem in weights) for clause, text in texts.items()}
    least = max(max(scores.values()) * FITTING, 0.01)
    # A word that no clause has (its weight is 0) counts against them like the rarest word.
    if sum(weights.values()) <= covered * sum(one or log(len(CLAUSES) + 1) for one in weights.values()):
        return []
    return sorted((clause for clause, score in scores.items() if score >= least), key=lambda clause: -scores[clause])


class _SamePolicy:
    """A policy that equals only itself: it never changes, and comparing all of its values would take longer than
    everything else.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SamePolicy) and self.policy is other.policy

    def __hash__(self) -> int:
        return id(self.policy)


@lru_cache(maxsize=2)
def _explain_all(of: _SamePolicy) -> tuple[Explained, ...]:
    return tuple(explain_clause(of.policy, clause) for clause in CLAUSES)


@lru_cache(maxsize=2)
def _index_clauses(clauses: tuple[Explained, ...]) -> Mapping[ClauseId, Counter[str]]:
    """Index the clauses' words, once for a policy, since stemming takes longest and strangers may ask often."""
    return MappingProxyType({one.clause: _weigh_words(one) for one in clauses})


def _weigh_words(one: Explained) -> Counter[str]:
    """Return how much each word counts for a clause: most in what it says, least in what it lists."""
    weights: Counter[str] = Counter()
    values = " ".join(words for pair in one.values for words in pair)
    for weight, text in ((1, values), (2, f"{one.reading} {one.aloud}"), (4, f"{one.clause} {one.words}")):
        weights |= Counter(dict.fromkeys(_stems_of_words(text), weight))
    return weights


def _stems_of_words(words: str) -> list[str]:
    """Return the stems of these words as the policy would say them, without small words such as “the”."""
    plain = (ALSO.get(word, word) for word in WORD.findall(words.casefold()) if word in ALSO or word not in SMALL)
    return stem_words(" ".join(plain)).split()


def _stem_weight(stem: str, texts: list[Counter[str]]) -> float:
    """Return how much a stem tells: more the fewer texts have it, and 0 if none has."""
    having = sum(stem in text for text in texts)
    return log((len(texts) + 1) / having) if having else 0.0


def _department_values(policy: Policy) -> Values:
    return (("Departments", ", ".join(one.label for one in policy.departments.values())),)


def _notice_values(policy: Policy) -> Values:
    values = (
        ("What callers hear before anyone answers", policy.notices.announcement),
        ("Where the notice is", policy.notices.website),
        ("What links to it", policy.notices.contact),
        ("Terms of use", policy.company.terms),
        ("Confirmed", f"Every {policy.notices.confirm_months} months, and after each change"),
    )
    return tuple((label, words) for label, words in values if words)


def _line_values(policy: Policy) -> Values:
    return tuple((line.label, written_number(number)) for number, line in policy.lines.items())


def _reason_values(policy: Policy) -> Values:
    return (("Reasons", "; ".join(reason.label for reason in policy.reasons.values())),)


def _access_values(policy: Policy) -> Values:
    return (
        ("Decides", policy.role("team_leader").title),
        ("Access lasts", f"{policy.access.default_days} days unless the approver chooses otherwise"),
        ("Calls in one request", f"{policy.access.most_recordings} at most"),
    )


def _investigation_values(policy: Policy) -> Values:
    special = [one.label for one in policy.reasons.values() if one.route == "investigation"]
    return (("Decides", policy.role("head_of_customer_success").title), ("Reasons", "; ".join(special)))


def _review_values(policy: Policy) -> Values:
    return (("Reviews", policy.roles.reviewers.title),)


def _breach_values(policy: Policy) -> Values:
    return (("Who gets a report", " and ".join(policy.role(name).title for name in ROLES["P13"])),)


_VALUES: Mapping[ClauseId, Callable[[Policy], Values]] = MappingProxyType({
    "P2": _department_values, "P3": _notice_values, "P4": _line_values, "P6": _reason_values, "P7": _access_values, "P9": _investigation_values, "P10": _review_values,
    "P13": _breach_values,
})  # fmt: skip
