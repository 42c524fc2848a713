"""Typed text as plain words without case and accents, and the stem of each word."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

LONGEST = 400  # characters that are read
_WORD = re.compile(r"\w+")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i", "œ": "oe"})
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´"), "")


def plain_text(words: str, longest: int = LONGEST) -> str:
    """Return the words in lower case, separated by single spaces, up to `longest` characters; `don’t` becomes `dont`."""
    text = unicodedata.normalize("NFKC", words[:longest]).casefold().translate(_APOSTROPHES)
    return " ".join(_WORD.findall(text))


def without_accents(text: str) -> str:
    """Return the text in lower case without accents and hidden characters."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(one for one in apart if unicodedata.category(one) not in ("Mn", "Cf"))


SMALL = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all am an and any anyone are as at be been before by can could do does for from get go got
        had has have hello hi how i if in is it its like long many may me much must my need needs no not now of
        often on one or our please should so someone someone tell that the their them there they this to today up
        us was we were what when where which who whom why will with would you your
        """,
    )
)
"""Words that stand everywhere and tell nothing of what is sought."""

_ALSO = {
    "erased": "delete deleted deletes deletion purge purged destroyed destroy erasure wiped removed forgotten expire expires expiry",
    "kept": "keep retention retain retained store stored storage archive archived",
    "recordings": "tape tapes audio",
    "copies": "copy duplicate send sending",
    "own": "their",
    "customers": "client clients subscriber subscribers",
    "reasons": "purpose purposes grounds",
    "random": "randomly chance sample sampled sampling lottery draw drawn",
    "chosen": "picked selected selection choose",
    "callers": "caller",
    "investigation": "investigations court police lawyer lawyers solicitor lawsuit sue sued litigation prosecution tribunal",
    "misuse": "misuses misused leak leaks leaked abuse abused wrongdoing",
    "breach": "breaches breached",
    "personal": "gdpr privacy private subject",
    "rights": "right agent agents operators",
    "announcement": "message greeting",
    "decline": "declines declined refuse refuses refused object objects objected",
    "notice": "banner notification notifications",
    "lines": "numbers number",
    "departments": "team department",
    "ask": "request requests apply application",
    "hear": "listen listening",
    "review": "reviewed reviews",
    "policy": "policies rules rule",
    "days": "deadline fast quickly soon quick",
}
ALSO: Mapping[str, str] = MappingProxyType({word: ours for ours, words in _ALSO.items() for word in words.split()})
"""How people say it → how the policy says it."""


def stem_words(plain: str) -> str:
    """Return the stem of each word of `spelling.plain_text`, each with a space after it."""
    return "".join(f"{_stem_word(word)} " for word in plain.split())


@lru_cache(maxsize=8192)
def _stem_word(word: str) -> str:
    return _load_stemmer()(word)


@cache
def _load_stemmer() -> Callable[[str], str]:
    """Load the stemmer when words are first asked about: its package, with thirty languages, takes 8 MB."""
    import snowballstemmer

    word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return word
