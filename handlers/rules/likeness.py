"""Who is meant by a name as somebody typed it: whoever is called so, and after them those whose name is like it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .spelling import plain, unaccented

MOST_LIKE = 12  # operators whose name is like the one that was typed
_LEAST, _LONG = 3, 6  # letters of a word in which one slip is seen, and in which two are


@dataclass(frozen=True, slots=True)
class Called:
    """Addresses of operators: those who are called by the words, and those whose name is like them, the nearest first."""

    exactly: frozenset[str]
    alike: tuple[str, ...]


def called(words: Sequence[str], operators: Iterable[tuple[str, str]]) -> Called:
    """Who of the operators (address, name) these words name; a word may be the beginning of one of theirs."""
    exactly, near = set[str](), dict[str, int]()
    for key, name in operators:
        away = _away(words, _words(key, name)) if key else None
        if away == 0:
            exactly.add(key)
        elif away is not None:
            near[key] = min(away, near.get(key, away))
    alike = sorted((away, key) for key, away in near.items() if key not in exactly)
    return Called(frozenset(exactly), tuple(key for _, key in alike[:MOST_LIKE]))


def name_words(operators: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Every word of their names."""
    return frozenset(word for key, name in operators if key for word in _words(key, name))


@lru_cache(maxsize=8_192)
def _words(key: str, name: str) -> tuple[str, ...]:
    """The words of a name and of what stands before the @ of its address, each also as it is written without accents."""
    said = plain(f"{name} {key.partition('@')[0].replace('_', ' ')}")
    return tuple(dict.fromkeys((*said.split(), *plain(unaccented(said)).split())))


def _away(words: Sequence[str], name: Sequence[str]) -> int | None:
    """How many slips lie between the words and the name, each word with a word of its own; None where it is another name."""
    total, left = 0, list(name)
    for word in words:
        each = [(away, one) for one in left if (away := _slips(word, one)) is not None]
        if not each:
            return None
        away, one = min(each)
        total += away
        left = [other for other in left if other != one]
    return total


@lru_cache(maxsize=32_768)
def _slips(word: str, one: str) -> int | None:
    if one.startswith(word):
        return 0
    if len(word) < _LEAST or len(one) < _LEAST:
        return None
    if word in one:
        return 1
    most = 2 if min(len(word), len(one)) >= _LONG else 1
    from rapidfuzz.distance import OSA  # read with the first word that is not quite a name

    slips: int = OSA.distance(word, one, score_cutoff=most)
    sounds = one[0] in word[:2] or (slips == 1 and len(word) > _LEAST + 1)  # Carla and Karla, but no Mark for a Bark
    return slips if slips <= most and sounds else None
