"""What every chat platform needs to write people's words: cleaning them, cutting them, and making a card fit."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TypeVar

import regex

from handlers.cards import Part, Said, Title, When, Words

T = TypeVar("T")

NOTHING = "–"
MORE = "There is more than fits here."
# No text is cut below this many UTF-16 units before whole parts are left out.
LEAST, _STEP = 40, 10
_FSI, _PDI = "\u2068", "\u2069"  # begin and end words with a direction of their own

# What nearly all text is: visible, left to right, one line.
_USUAL = regex.compile(r"[ -~\u00a0-\u036f\u2010-\u2027\u2030-\u205e]*+")
_AS_IT_STANDS = re.compile(r"[!-~][ -~\u00a0-\u00ac\u00ae-\u036f\u2010-\u2027\u2030-\u205e]*+")
_BREAK = regex.compile(r"\r\n|[\r\u2028\u2029\x0b\x0c\x85]")
_UNSEEN = regex.compile(
    r"[\p{Cc}\p{Noncharacter_Code_Point}\ufeff\ufff9-\ufffb\u202a-\u202e\u2066-\u2069--\n]", regex.V1
)
# From the first letter of a script that runs the other way to the last one before a letter of ours.
_RUN = regex.compile(r"[\p{bc=R}\p{bc=AL}\p{bc=AN}](?:[^\p{bc=L}]*[\p{bc=R}\p{bc=AL}\p{bc=AN}])?\p{M}*")
_ATOM = regex.compile(r"&(?:amp|lt|gt);|\X")
_BORDER = regex.compile(r"(?r)(?<=[!-~]) |\n")
_BLANK = regex.compile(r"[\s\p{Cf}]*")


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units: never less than any way in which a platform may count characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_text(text: str, most: int) -> str:
    """Cut text to `most` UTF-16 units (1 or more), ended by "…" and never inside a visible character."""
    if utf16_length(text) <= most:
        return text
    room = most - 1
    while (over := utf16_length(text[:room]) - most + 1) > 0:
        room -= (over + 1) // 2
    border = _BORDER.search(text, 0, room)
    end = border.start() if border else 0
    for atom in _ATOM.finditer(text, end):
        if atom.end() > room:
            break
        end = atom.end()
    return text[:end].rstrip() + "…"


def break_text(text: str, most: int) -> Iterator[str]:
    """Yield the text in pieces of at most `most` UTF-16 units, cut where `cut_text` would; only blanks in between are lost."""
    while utf16_length(text) > most:
        piece = cut_text(text, most)[:-1] or text[: most // 2]
        yield piece
        text = text[len(piece) :].lstrip()
    yield text


def needs_no_cleaning(text: str, most: int) -> bool:
    """Return True if the text is short and plain enough to be shown unchanged, as nearly all is."""
    return len(text) <= most and _AS_IT_STANDS.fullmatch(text) is not None


def beginning_of(text: str, most: int) -> str:
    """Return as much of a very long text as is needed to cut it to `most`, so that its length costs nothing."""
    return text if len(text) <= 2 * most else text[: 2 * most] + "…"


def parts_of(words: Words) -> tuple[str | When, ...]:
    """Return the strings and moments that the words are made of."""
    return words if isinstance(words, tuple) else (words,)


def clean_text(text: str, *, typed: bool = False) -> str:
    """Return the text without what can't be seen or sent; words written right to left are isolated from those around them.

    In our own sentences only those words are isolated; `typed` text has a direction of its own, line by line.
    """
    if _USUAL.fullmatch(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    seen = _UNSEEN.sub("", _BREAK.sub("\n", whole).replace("\t", " "))
    return "\n".join(map(_isolate_line if typed else _isolate_runs, seen.split("\n")))


def is_blank(text: str) -> bool:
    """Return True if a reader would see nothing."""
    return _BLANK.fullmatch(text) is not None


def show_text(whole: str, most: int) -> str:
    """Return cleaned words of at most `most` UTF-16 units, never blank."""
    return NOTHING if is_blank(whole) else cut_text(whole, most)


_TITLE = 145
"""The shortest heading of a platform takes 150 characters, with the sign."""


def title_text(title: Title) -> str:
    """Return a card's first line; the state is kept whole, since it says more than the end of a long name."""
    state = f" · {cut_text(title.state, 60)}" if title.state else ""
    return f"{title.sign} {cut_text(title.what, _TITLE - utf16_length(state))}{state}"


def largest_fitting(fits: Callable[[int], bool], low: int, high: int) -> int:
    """Return the largest number up to `high` that fits, to within a few; `low` if none does."""
    if fits(high):
        return high
    while high - low > _STEP:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def cut_fairly(
    parts: Sequence[Part], draw: Callable[[int, int], Iterable[T]], fits: Callable[[list[T]], bool], most: int
) -> list[T]:
    """Return all parts, drawn so that they fit if possible; what is too long is cut, the longest first.

    `draw` gets a part's place and the most units of one text. People's own words are cut before all other texts. If even
    the shortest doesn't fit, the result is too long.
    """

    @cache
    def draw_part(place: int, cap: int) -> list[T]:
        return list(draw(place, cap))

    def draw_all(said: int, cap: int) -> list[T]:
        # The most units of one text: `said` in people's own words, `cap` elsewhere.
        caps = (said if isinstance(one, Said) else cap for one in parts)
        return [drawn for place, longest in enumerate(caps) for drawn in draw_part(place, longest)]

    if fits(drawn := draw_all(most, most)):
        return drawn
    said = largest_fitting(lambda cap: fits(draw_all(cap, most)), LEAST, most)
    return draw_all(said, largest_fitting(lambda cap: fits(draw_all(said, cap)), LEAST, most))


def leave_out_last(drawn: list[T], is_action: Callable[[T], bool], more: T, fits: Callable[[list[T]], bool]) -> list[T]:
    """Leave out drawn parts from the end until the rest fits, and add `more`, which says so; buttons are left out last."""
    buttons, rest = [one for one in drawn if is_action(one)], [one for one in drawn if not is_action(one)]
    while not fits(drawn):
        (rest or buttons).pop()
        drawn = [*rest, more, *buttons]
    return drawn


def _isolate_runs(line: str) -> str:
    """Isolate only the words that run right to left."""
    return _RUN.sub(rf"{_FSI}\g<0>{_PDI}", line)


def _isolate_line(line: str) -> str:
    """Isolate the whole line if any of its words run right to left, so that it doesn't change the direction of others."""
    return f"{_FSI}{line}{_PDI}" if _RUN.search(line) else line
