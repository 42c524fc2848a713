"""Why somebody wants a recording: the policy's reasons (P6), and references of the CRM (P7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

from handlers.policy import Policy
from handlers.policy.terms import Reason
from handlers.rules.refusal import Refused
from handlers.rules.spelling import plain_text, stem_words

GONE = "no longer in the policy"
_SPECIAL = """
lawyer solicitor attorney barrister counsel legal law lawsuit sue suing sued claim litigation court tribunal judge subpoena affidavit
arbitration arbitrator mediation ombudsman ombudsperson proceedings prosecution prosecutor writ summons arrest police detective
investigation investigate disciplinary discipline disciplined dismissal dismiss sack sacked
crime criminal theft thief steal stole stolen rob robber robbery burglar burglary burgle fraud fraudulent fraudster scam scammer swindle
swindler forgery phishing hacker hacked laundering blackmail extortion embezzle assault stalking
"""
_PHRASES = ("letter of demand", "demand letter", "cease and desist", "without prejudice")
_WHOLE = 2000  # characters: all that fits into the form
_LONGEST = 40  # characters of a key


def sounds_special(policy: Policy, reason: str, words: str) -> bool:
    """Whether a request for a reason of staff speaks of what is decided by another route, so that the form asks (P9)."""
    chosen = policy.reasons.get(reason)
    plain = plain_text(words, _WHOLE)
    special = not _special_stems().isdisjoint(stem_words(plain).split()) or any(one in plain for one in _PHRASES)
    return chosen is not None and chosen.route == "staff" and special


@cache
def _special_stems() -> frozenset[str]:
    return frozenset(stem_words(plain_text(_SPECIAL, len(_SPECIAL))).split())


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


_BETWEEN = re.compile(r"[\W_]+")


def compact_reference(reference: str) -> str:
    """The letters and digits of a reference, by which two spellings of it are one: CS-10442, cs 10442, CS10442."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", reference).casefold())


def meant_reference(typed: str, pattern: str | None, own: Collection[str] = ()) -> str | None:
    """The reference that was meant: one of the calls' `own`, else what matches the pattern; None where nothing does.

    A `pattern` of None takes any word for a reference. Blanks, case and a hyphen left out are put right.
    """
    for one in own:
        if compact_reference(one) == compact_reference(typed):
            return one
    if pattern is None:
        return typed
    return next((one for one in _reference_spellings(typed) if re.fullmatch(pattern, one)), None)


def written_in(words: str, pattern: str | None) -> tuple[str, ...]:
    """The references that stand in these words, in capitals, each once; none where the policy does not say how one looks."""
    if not pattern:
        return ()
    found = re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", words, re.IGNORECASE)
    return tuple(dict.fromkeys(one[0].upper() for one in found))


def check_reference(typed: str, pattern: str | None, own: Collection[str]) -> str:
    """The reference as it is stored; raises `Refused` at its field where what was typed is none."""
    found = meant_reference(typed, pattern, own)
    if found is None:
        named = next(iter(own), "")
        advice = f"The one of this call is {named}." if named else "Please write it as your CRM shows it."
        raise Refused.at({"crm": f"This is no reference of the CRM. {advice}"}, clause="P7")
    return found


def _reference_spellings(typed: str) -> Iterator[str]:
    plain = " ".join(unicodedata.normalize("NFKC", typed).split())
    for one in dict.fromkeys((plain, plain.upper())):
        yield one
        yield one.replace(" ", "-")
        yield re.sub(r"(?<=[^\W\d_])[ -]?(?=[0-9])", "-", one)
