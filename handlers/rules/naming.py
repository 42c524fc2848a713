"""Whom of some people free words seem to name: by name, address or title, so that a form can ask (P13).

It errs on asking: a question too many costs a press, and somebody accused who reads the report can't be undone. A word
names whoever has it among first and last names, in any case, with or without accents, with 's or s behind it. “Miles
away” asks about Miles, “a mark” about Mark. Only the few words that stand in almost every text and are somebody's name
as well, like will, may and can, need more, or each report would ask about Will: a capital letter, wherever it stands, a
possessive 's, the other half of the name beside it, or a text that is written without capital letters, or in nothing else.
What is not found: nicknames, misspelt names, words that only describe somebody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import regex


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ORDINARY = _set(
    "a al am an and any are as at be been but by can could day did do for from had has have he her him his i if in is it "
    "its many may me more my no not now of on one or our own she so some than that the their them then they this to too "
    "up us was we well were when who why will with would yes you young"
)
"""Words of every text, of which some are names as well: Will, May, Can, An, So, My, Young, Day."""
_PARTICLES = _set(
    "al bin bint da das de del della den der di do dos du el ibn la las le los mac mc of san st te ten ter the van vom von "
    "y zu zum zur dr mr mrs ms miss mx prof sir jr sr ii iii phd"
)
"""What belongs to a name and names nobody alone."""
_OFFICES = _set(
    "admin administration board boss ceo cfo chief compliance contact coo cs cto customer customers director finance head "
    "hello help hr human info it legal manager managing marketing md office officer people privacy resources sales service "
    "staff success support team"
)
"""What stands before the @ of addresses and is nobody's name."""
_LEADS = _set("boss chief director head lead leader president vp")
_ROLES = _LEADS | _set("manager officer partner owner secretary supervisor")
_BELOW = _set("acting assistant associate deputy interim vice")
_GREETINGS = _set("ha hi ho oh ok")
_BETWEEN = _set("a an and at department dept for in of our the this your")
_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "TH", "ı": "i", "œ": "oe", "Œ": "OE", "ħ": "h", "Ħ": "H", "_": " ", "&": " and ",
    **dict.fromkeys("’‘ʼ`´′＇ʹ‛", "'"),
})  # fmt: skip
_ACCENTS = regex.compile(r"[\u0300-\u036f]")
_HIDDEN = regex.compile(r"[\p{Cf}\u00ad]")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*'?")
_ADDRESS = regex.compile(r"[\p{L}\p{M}\p{N}._%+'-]{1,64}@[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+")
_ASIDE = regex.compile(r"\([^)]*\)|\[[^\]]*\]|(?:\s[-–—/•]\s|[|•@]).*", regex.DOTALL)
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LEAST = 4  # letters of a name that was written together, or stands before the @ as initials do


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom words may name; `email` in normal form, `name` and `title` as people write them, "" where unknown."""

    email: str
    name: str = ""
    title: str = ""


class _Word(NamedTuple):
    """A word without case and accents; `stressed` where it has a capital letter or 's, so that a name is meant."""

    text: str
    stressed: bool
    owner: str  # the same without an s behind it that no apostrophe parts


@dataclass(frozen=True, slots=True)
class _Marks:
    """By what one person is found: single words, words in a row, the title's words likewise, and what needs no spaces."""

    words: frozenset[str]
    rows: tuple[tuple[str, ...], ...]
    titles: tuple[tuple[str, ...], ...]
    unspaced: tuple[str, ...]


def named_in(words: str, people: Sequence[Named]) -> tuple[Named, ...]:
    """Those whom the words seem to name, in the order of `people`."""
    addresses = frozenset(_addresses(words))
    text = _ADDRESS.sub(lambda found: found[0].partition("@")[0], _plain(words))
    found = tuple(_words(text))
    told = tuple(word.text for word in found if word.text not in _BETWEEN)
    singular = tuple(_singular(one) for one in told)
    folded = text.casefold()
    return tuple(
        one
        for one in people
        if one.email in addresses
        or _names(_marks(one), found, folded)
        or any(_in_a_row(row, singular) for row in _marks(one).titles)
    )


def _names(marks: _Marks, found: Sequence[_Word], folded: str) -> bool:
    plain = tuple(word.text for word in found)
    return (
        any(word.stressed and word.text in marks.words for word in found)
        or any(one in marks.words and one not in _ORDINARY for word in found for one in (word.text, word.owner))
        or any(_in_a_row(row, plain) for row in marks.rows)
        or any(one in folded for one in marks.unspaced)
    )


@lru_cache(maxsize=256)
def _marks(person: Named) -> _Marks:
    name = _parts(_ASIDE.sub(" ", person.name))
    local = _parts(person.email.partition("@")[0].partition("+")[0].replace(".", " "))
    theirs = [part for part in local if not any(sign.isdigit() for sign in part) and part not in _OFFICES]
    single = {part for part in (*name, *theirs) if part not in _PARTICLES and _is_long(part)}
    rows = tuple(row for row in (name, tuple(local)) if len(row) > 1)
    single |= {"".join(row) for row in rows if len("".join(row)) >= _LEAST}
    unspaced = tuple(part for part in (*name, "".join(name)) if len(part) > 1 and _UNSPACED.search(part))
    return _Marks(frozenset(single), (*rows, *(row[::-1] for row in rows)), tuple(_titles(person.title)), unspaced)


def _is_long(part: str) -> bool:
    return len(part) > 1 or bool(_UNSPACED.search(part))


def _titles(title: str) -> Iterator[tuple[str, ...]]:
    """Each way to say a title, without the small words: whole, by initials, and its role before and after its subject."""
    first, _, rest = title.strip().partition(" ")
    if rest and first.casefold() in _BELOW:
        yield from ((first.casefold(), *row) for row in _titles(rest))
        return
    whole = _parts(title)
    words = tuple(_singular(word) for word in whole if word not in _BETWEEN)
    if words:
        yield words
    for short in {_initials(words), _initials(whole)} - _ORDINARY - _GREETINGS:
        if len(short) > 1:
            yield (short,)
    yield from _by_subject(words)


def _by_subject(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    role = next((word for word in words if word in _ROLES), None)
    subject = tuple(word for word in words if word != role)
    if role is None or not subject:
        return
    subjects = [subject, (_initials(subject),)] if len(subject) > 1 else [subject]
    for one in sorted({role, *_LEADS}):
        yield from (row for said in subjects for row in ((one, *said), (*said, one)))


def _initials(row: Iterable[str]) -> str:
    return "".join(word[0] for word in row)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _LEAST and word.endswith("s") and not word.endswith("ss") else word


def _in_a_row(row: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(words[place : place + len(row)] == row for place in range(len(words) - len(row) + 1))


def _addresses(words: str) -> Iterator[str]:
    for found in _ADDRESS.findall(unicodedata.normalize("NFKC", _HIDDEN.sub("", words)).casefold()):
        local, _, domain = found.strip(".'").partition("@")
        yield f"{local}@{domain}"
        yield f"{local.partition('+')[0]}@{domain}"


def _plain(text: str) -> str:
    """Without accents and hidden signs, in its own case, with one kind of apostrophe."""
    known = _HIDDEN.sub("", text).translate(_LETTERS)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", known)))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(word.text for word in _words(_plain(text)))


def _words(plain: str) -> Iterator[_Word]:
    # Where a text has capital letters and others, a capital says something.
    silent = plain.islower() or plain.isupper()
    for written in _WORD.findall(plain):
        bare = regex.sub(r"'(?:s|S)?$", "", written)
        text = bare.casefold().replace("'", "")
        if text:
            owned = bare != written
            owner = text[:-1] if text.endswith("s") and len(text) > 3 else text
            yield _Word(text, silent or owned or bare[:1].isupper(), owner)
