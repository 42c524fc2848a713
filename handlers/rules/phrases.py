"""Phrases by which we tell what somebody means, written as people say them and looked for in the stems of what was said.

A phrase is words with blanks between: `who listened/heard .. my call/calls`. `a/b` is one or the other, `[a/b]` may be left out,
`{customer}` is any word of a group, `*` is any word, `#` a number of four digits or more, `..` at most three words and `...` at most
eight; `^` in front is for the beginning alone. Other forms of a word count as the word, and `two_words` stand together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

_GAPS = {"#": r"\d{4,} ", "*": r"\w+ ", "..": r"(?:\w+ ){0,3}?", "...": r"(?:\w+ ){0,8}?"}


@dataclass(frozen=True)
class Phrases:
    """Several phrases, of which one is enough: one a line of `table`; a group is words as `a/b`."""

    table: str
    groups: Mapping[str, str]

    def within(self, stems: str) -> bool:
        """Whether one of them stands in what `stems` made of some words. Raises `KeyError` for a group that there is not."""
        return self.pattern.search(stems) is not None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All of them as one; put together when it is first asked for, since all tables together take a tenth of a second."""
        rows = (line.strip() for line in self.table.splitlines())
        return re.compile("|".join(_phrase(row, self.groups) for row in rows if row))


def stems(plain: str) -> str:
    """Plain words (`spelling.plain`) with a blank after each, each as its stem."""
    return "".join(f"{_stem(word)} " for word in plain.split())


def words(table: str) -> Iterator[str]:
    """Every word that stands in such a table, as it is written there."""
    return (one[0] for one in re.finditer(r"[a-z]+", re.sub(r"\{\w+\}", " ", table).replace("_", " ")))


def _phrase(row: str, groups: Mapping[str, str]) -> str:
    start = "^" if row.startswith("^") else r"(?<!\w)"
    return start + "".join(_part(part, groups) for part in row.removeprefix("^").split())


def _part(part: str, groups: Mapping[str, str]) -> str:
    optional = part.startswith("[")
    if part.strip("[]") in _GAPS:
        return f"(?:{_GAPS[part.strip('[]')]})" + ("?" if optional else "")
    named = re.sub(r"\{(\w+)\}", lambda found: groups[found[1]], part.strip("[]"))
    any_of = "|".join(sorted({stems(one.replace("_", " ")) for one in named.split("/")}))
    return f"(?:{any_of})" + ("?" if optional else "")


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    return _stemmer()(word)


@cache
def _stemmer() -> Callable[[str], str]:
    """It comes with those of thirty languages, 8 MB, so it is read when words are first asked about."""
    import snowballstemmer

    word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return word
