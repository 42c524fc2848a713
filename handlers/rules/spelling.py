"""What somebody typed, as plain words: without case, marks and slips of the finger, so that it can be held against what we know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

import regex

LONGEST = 400  # characters that are read
_WORD = re.compile(r"\w+")
_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "TH", "ı": "i", "œ": "oe", "Œ": "OE", "ħ": "h", "Ħ": "H", "_": " ", "&": " and ", "\u200b": " ",
    **dict.fromkeys("’‘ʼ`´′＇ʹ‛", "'"),
})  # fmt: skip
_ACCENTS = regex.compile(r"[\u0300-\u036f]")
_HIDDEN = regex.compile(r"\p{Cf}")
_DOTTED = regex.compile(r"\b\p{L}(?:\.\p{L}\b)+\.?")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´"), "")
# Letters of a word in which a slip is seen, in which any slip is, and in which two are.
_SHORTEST, _PLAIN, _LONG = 4, 6, 8


def plain(words: str, longest: int = LONGEST) -> str:
    """Its words in small letters, a blank between each, of so many characters; `don’t` is `dont`."""
    text = unicodedata.normalize("NFKC", words[:longest]).casefold().translate(_APOSTROPHES)
    return " ".join(_WORD.findall(text))


def unaccented(text: str) -> str:
    """Without accents and hidden signs, in its own case, with one kind of apostrophe."""
    known = _HIDDEN.sub("", text.translate(_LETTERS))
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", known)))
    return _DOTTED.sub(lambda found: found[0].replace(".", ""), bare)  # H.R. is HR


def spelled(said: str, known: frozenset[str]) -> str:
    """Plain words, each that is not `known` as the known one that was meant, where its slips leave only one."""
    return " ".join(_meant(word, known) for word in said.split())


@lru_cache(maxsize=4096)
def _meant(word: str, known: frozenset[str]) -> str:
    if word in known or len(word) < _SHORTEST or not word.isalpha():
        return word
    near = sorted((slips, one) for one in known if (slips := _slips(word, one)))
    alone = [one for slips, one in near if slips == near[0][0]]
    return alone[0] if len(alone) == 1 else word


def _slips(word: str, one: str) -> int:
    """How many slips lie between what was typed and a known word; 0 where it is hardly meant.

    A short word with another letter is mostly another word: “leads” are no leaks. So there only letters that changed places, or one
    left out or doubled, count.
    """
    most = 2 if len(word) >= _LONG else 1
    if len(one) < _SHORTEST or abs(len(one) - len(word)) > most or one[0] not in word[:2]:
        return 0
    if len(word) < _PLAIN and not (sorted(word) == sorted(one) or len(one) == len(word) + 1 or _doubled(word) == one):
        return 0
    from rapidfuzz.distance import OSA  # read with the first word that nobody knows

    slips: int = OSA.distance(word, one, score_cutoff=most)
    return slips if slips <= most else 0


def _doubled(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


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


def stems(plain: str) -> str:
    """Plain words (`spelling.plain`) with a blank after each, each as its stem."""
    return "".join(f"{_stem(word)} " for word in plain.split())


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    return _stemmer()(word)


@cache
def _stemmer() -> Callable[[str], str]:
    """It comes with those of thirty languages, 8 MB, so it is read when words are first asked about."""
    import snowballstemmer

    word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return word
