"""Whom of some people free words seem to name: by name, address or title, so that a form can ask (P13).

It errs on asking: a question too many costs a press, and somebody accused who has read the report can't be undone. A
word names whoever has it among first and last names, in any case, with or without accents, also with 's or s behind it:
“miles away” asks about Miles, “a mark” about Mark. Only of words that stand in almost every text, like will, may and
can, more is asked, or every report would ask about Will: a capital letter, a 's, the other half of the name, words
beside it with which it is no verb (“will did”, “by will”), or a text in which capital letters say nothing.

A title is found whole, by its initials, and by its role and subject in either order (“CS head”, “boss of HR”).
What is not found: nicknames, misspelt names, words that only describe somebody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ORDINARY = _set(
    "a am an and any are as at be been but by can could did do for from had has have he her him his i if in is it its may "
    "me my no not now of on one or our own she so some than that the their them then they this to too up us was we were "
    "when who why will with would yes you"
)
"""Words of almost every text; some are names as well: Will, May, Can, An, So, My, No."""
_BEFORE = _set("by from mr mrs ms of told with")
_AFTER = _set("came did does gave got had has is knew let made said saw says told took was went")
"""Words beside which a verb such as will or can does not stand."""
_HONORIFICS = _set("dame dr ii iii jr lord miss mr mrs ms mx phd prof professor sir sr")
_PARTICLES = _set(
    "al bin bint da das de del della den der di do dos du el ibn la las le los of san st te ten ter the van vom von y zu zum zur"
)
"""What stands within a name and names nobody alone."""
_OFFICES = _set(
    "admin administration board boss ceo cfo chief compliance contact coo cs cto customer customers director finance head "
    "hello help hr human info it legal manager managing marketing md office officer people privacy resources sales service "
    "staff success support team"
)
"""What stands before the @ of addresses and is nobody's name."""
_LEADS = _set("boss chief director head lead leader president vp")
"""What people call a role by, whatever its title calls it."""
_ROLES = _LEADS | _set("manager officer owner partner secretary supervisor")
_BELOW = _set("acting assistant associate deputy interim vice")
_GREETINGS = _set("ha hi ho oh ok")
_BETWEEN = _set("a an and at department dept for in of our the this your")
_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "TH", "ı": "i", "œ": "oe", "Œ": "OE", "ħ": "h", "Ħ": "H", "_": " ", "&": " and ", "\u200b": " ",
    **dict.fromkeys("’‘ʼ`´′＇ʹ‛", "'"),
})  # fmt: skip
_ACCENTS = regex.compile(r"[\u0300-\u036f]")
_HIDDEN = regex.compile(r"\p{Cf}")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*'?")
_DOTTED = regex.compile(r"\b\p{L}(?:\.\p{L}\b)+\.?")
_OWNED = regex.compile(r"'[sS]?$")
_PRONOUN = regex.compile(r"\bI\b")
_ADDRESS = regex.compile(r"[\p{L}\p{M}\p{N}._%+'-]{1,64}@[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+")
_ASIDE = regex.compile(r"\([^)]*\)|\[[^\]]*\]|(?:\s[-–—/•]\s|[|•@]).*", regex.DOTALL)
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LEAST = 3  # letters of what names somebody by the address alone


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom words may name; `email` in normal form, `name` and `title` as people write them, "" where unknown."""

    email: str
    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Marks:
    """By what one person is found: single words, words in a row, words of the title in a row, and what needs no spaces."""

    words: frozenset[str]
    rows: frozenset[str]
    titles: frozenset[str]
    unspaced: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Said:
    """A text as it is looked at: the words that may be names, all words in a row, the same without small ones and plural,
    its addresses, and all of it for what needs no spaces.
    """

    names: frozenset[str]
    row: str
    titles: str
    addresses: frozenset[str]
    plain: str


def named_in(words: str, people: Sequence[Named]) -> tuple[Named, ...]:
    """Those whom the words seem to name, in the order of `people`."""
    said = _said(words)
    return tuple(one for one in people if one.email in said.addresses or _meant(_marks(one), said))


def _meant(marks: _Marks, said: _Said) -> bool:
    return (
        not marks.words.isdisjoint(said.names)
        or any(row in said.row for row in marks.rows)
        or any(row in said.titles for row in marks.titles)
        or any(part in said.plain for part in marks.unspaced)
    )


def _said(text: str) -> _Said:
    # Of an address only what is before the @ can name somebody, or each would name whoever is called as the company.
    plain = _ADDRESS.sub(lambda found: found[0].partition("@")[0], unaccented(text))
    words = [_word(written) for written in _WORD.findall(plain)]
    telling = (_singular(word) for word in words if word not in _BETWEEN)
    return _Said(frozenset(_names(plain)), _row(words), _row(telling), frozenset(_addresses(text)), plain.casefold())


def _names(plain: str) -> Iterator[str]:
    """The words that may be names, also without an s at their end."""
    letters = _PRONOUN.sub("", plain)
    silent = letters.islower() or letters.isupper()  # nobody who writes so tells a name by its capital letter
    found = ["", *_WORD.findall(plain), ""]
    for before, written, after in zip(found, found[1:], found[2:], strict=False):
        word = _word(written)
        stressed = silent or written[:1].isupper() or _OWNED.search(written) is not None
        if word not in _ORDINARY or stressed or _is_no_verb(_word(before), _word(after)):
            yield word
        if word.endswith("s") and word[:-1] not in _ORDINARY:
            yield word[:-1]


def _is_no_verb(before: str, after: str) -> bool:
    return before in _BEFORE or after in _AFTER or (after.endswith("ed") and not after.endswith("eed"))


@lru_cache(maxsize=256)
def _marks(person: Named) -> _Marks:
    name = [part for part in _parts(_ASIDE.sub(" ", person.name)) if part not in _HONORIFICS]
    local = [part.rstrip("0123456789") for part in _parts(person.email.partition("@")[0].partition("+")[0])]
    words = {part for place, part in enumerate(name) if part not in _PARTICLES or place in (0, len(name) - 1)}
    words = {part for part in words if len(part) > 1 or _UNSPACED.search(part)}
    words |= {part for part in local if len(part) >= _LEAST and part not in _OFFICES | _PARTICLES}
    rows = [row for row in (name, local) if len(row) > 1]
    words |= {"".join(row) for row in rows}
    unspaced = frozenset(part for part in words if len(part) > 1 and _UNSPACED.search(part))
    titles = frozenset(_row(map(_singular, way)) for way in _titles(person.title))
    return _Marks(frozenset(words), frozenset(map(_row, rows)), titles, unspaced)


def _titles(title: str) -> Iterator[tuple[str, ...]]:
    """Each way to say a title, in words without the small ones."""
    yield from _titled(_parts(title))


def _titled(whole: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if len(whole) > 1 and whole[0] in _BELOW:
        yield from ((whole[0], *row) for row in _titled(whole[1:]))
        return
    words = tuple(_singular(word) for word in whole if word not in _BETWEEN)
    if words:
        yield words
    short = {_initials(words), _initials(whole)} - _ORDINARY - _GREETINGS
    yield from ((one,) for one in short if len(one) > 1)
    yield from _by_role(words)


def _by_role(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The role before and after its subject, which may be said by initials."""
    role = next((word for word in words if word in _ROLES), None)
    subject = tuple(word for word in words if word != role)
    if role is None or not subject:
        return
    subjects = [subject, (_initials(subject),)] if len(subject) > 1 else [subject]
    for one in _LEADS | {role}:
        yield from (row for said in subjects for row in ((one, *said), (*said, one)))


def _initials(words: Iterable[str]) -> str:
    return "".join(word[0] for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _LEAST and word.endswith("s") and not word.endswith("ss") else word


def _row(words: Iterable[str]) -> str:
    """Words of which a row is found only as whole words."""
    return f" {' '.join(words)} "


def _addresses(text: str) -> Iterator[str]:
    for found in _ADDRESS.findall(unicodedata.normalize("NFKC", _HIDDEN.sub("", text)).casefold()):
        local, _, domain = found.strip(".'").partition("@")
        yield from (f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}")


def unaccented(text: str) -> str:
    """Without accents and hidden signs, in its own case, with one kind of apostrophe."""
    known = _HIDDEN.sub("", text.translate(_LETTERS))
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", known)))
    return _DOTTED.sub(lambda found: found[0].replace(".", ""), bare)  # H.R. is HR


def _parts(text: str) -> tuple[str, ...]:
    return tuple(_word(written) for written in _WORD.findall(unaccented(text)))


def _word(written: str) -> str:
    """A word as words are compared: without case, apostrophe and possessive s."""
    return _OWNED.sub("", written).casefold().replace("'", "")
