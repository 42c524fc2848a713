"""People's words made safe for Teams: shown as typed, never Markdown, a mention, a link or a date in disguise."""

from __future__ import annotations

import regex

from bot.chats.wording import as_it_stands, literal, parts, shown, start
from handlers.cards import Words
from handlers.words import told

_JOINER = "\u2060"
# Cards turn {{DATE(…)}} and {{TIME(…)}} into dates even in text runs, which know no Markdown.
_MACRO = regex.compile(r"\{(?=\{)")
# A TextBlock knows a Markdown that differs from client to client, so only what none of them could read stays one.
_STILL = regex.compile(r"[\p{L}\p{M}\p{N}\p{So}\p{Cf}\ufe0f .,:;·•…?’‘“”\"'()%–—/-]+")
_LIVE = regex.compile(r"^\s*(?:[-–—•]|\p{N}+[.)])(?:\s|$)|//|\w\.\p{L}{2}|-{2}")
_MARKS = regex.compile(r"[\[\]<>`*_~#!\\|@&]|//|(?<=\w)\.(?=\p{L}{2})|^(?=\s*(?:[-+=]|\d+[.)]))", regex.M)


def plain(words: Words, zone: str, most: int, *, typed: bool = False) -> str:
    """The words for a text run, a label or a button, none of which knows Markdown; moments in words.

    Never empty, at most `most` UTF-16 units, no line break at either end (Android leaves those out).
    `typed`: they are somebody's own from the first to the last.
    """
    if isinstance(words, str) and "{{" not in words and as_it_stands(words, most):
        return words
    drawn = (
        literal(start(one, most), typed=typed) if isinstance(one, str) else told(one, zone) for one in parts(words)
    )
    return shown(_unmade("".join(drawn).strip("\n")), most)


def still(text: str) -> bool:
    """Whether a TextBlock shows exactly this, on every client: nothing in it is Markdown."""
    return _STILL.fullmatch(text) is not None and not _LIVE.search(text)


def tamed(words: str, most: int) -> str:
    """One line for the few places that know Markdown and have no plain twin: no link, list or mention is left in it."""
    line = " ".join(plain(words, "", most).split())
    return shown(_MARKS.sub(rf"{_JOINER}\g<0>{_JOINER}", line), most)


def _unmade(text: str) -> str:
    return _MACRO.sub(f"{{{_JOINER}", text)
