"""Typed text as plain words without case and accents, the stem of each word, and whose name it is or is like."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    "silence": "nobody silent unanswered",
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


MOST_LIKE = 12  # operators whose name is like the one that was typed
_LEAST, _LONG = 3, 6  # letters of a word in which one slip is seen, and in which two are


@dataclass(frozen=True, slots=True)
class Called:
    """Addresses of operators: those who are called by the words, and those whose name is like them, the nearest first."""

    exactly: frozenset[str]
    alike: tuple[str, ...]


def operators_called(words: Sequence[str], operators: Iterable[tuple[str, str]]) -> Called:
    """Return who of the operators (address, name) these words name; a word may be the beginning of one of theirs."""
    exactly, near = set[str](), dict[str, int]()
    for key, name in operators:
        slips = _slips_apart(words, _words_of_name(key, name)) if key else None
        if slips == 0:
            exactly.add(key)
        elif slips is not None:
            near[key] = min(slips, near.get(key, slips))
    alike = sorted((slips, key) for key, slips in near.items() if key not in exactly)
    return Called(frozenset(exactly), tuple(key for _, key in alike[:MOST_LIKE]))


def name_words(operators: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return every word of the names of these operators (address, name), which a search takes for names first."""
    return frozenset(word for key, name in operators if key for word in _words_of_name(key, name))


@lru_cache(maxsize=8_192)
def _words_of_name(key: str, name: str) -> tuple[str, ...]:
    """Return the words of a name and of the part before the @ of its address, each with and without accents."""
    plain = plain_text(f"{name} {key.partition('@')[0].replace('_', ' ')}")
    return tuple(dict.fromkeys((*plain.split(), *plain_text(without_accents(plain)).split())))


def _slips_apart(words: Sequence[str], name: Sequence[str]) -> int | None:
    """Return how many slips the words are away from the name, each word matched with one of its own; None for another
    name.
    """
    total, unmatched = 0, list(name)
    for word in words:
        each = [(slips, one) for one in unmatched if (slips := _slips_in_word(word, one)) is not None]
        if not each:
            return None
        slips, one = min(each)
        total += slips
        unmatched = [other for other in unmatched if other != one]
    return total


@lru_cache(maxsize=32_768)
def _slips_in_word(word: str, name: str) -> int | None:
    """Return how many slips a typed word is away from a word of a name; 0 if that begins with it, None if they aren't
    alike. A slip is a letter that is missing, too much or wrong, or two that are swapped.
    """
    if name.startswith(word):
        return 0
    if len(word) < _LEAST or len(name) < _LEAST:
        return None
    if word in name:
        return 1
    most = 2 if min(len(word), len(name)) >= _LONG else 1
    from rapidfuzz.distance import OSA  # read with the first word that is not quite a name

    slips: int = OSA.distance(word, name, score_cutoff=most)
    sounds = name[0] in word[:2] or (slips == 1 and len(word) > _LEAST + 1)  # Carla and Karla, but no Mark for a Bark
    return slips if slips <= most and sounds else None
