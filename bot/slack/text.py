"""People's words made safe for Slack: shown as typed, never markup, a mention or a link in disguise."""

from __future__ import annotations

import regex

from bot.chats.wording import as_it_stands, blank, literal, parts, shown, start, units
from handlers.cards import When, Words
from handlers.words import beside, moment_words, told

_JOINER = "\u2060"
_SMALL = "\u200b"
_ENTITY = regex.compile(r"&(?=(?:amp|lt|gt);)")
_LIVE = regex.compile(r"[*_~`@#>]|:[^\s:]+:|//|\w\.\p{L}{2}")
_EMPHASIS = regex.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)|(?<=:)(?=[^\s:]+:)|^(?=>)", regex.M)


def plain(words: Words, zone: str, most: int, *, typed: bool = False) -> str:
    """The words for a `plain_text` object or a rich text element; moments in words, in the reader's zone.

    Never empty, at most `most` UTF-16 units. `typed`: they are somebody's own from the first to the last.
    """
    if isinstance(words, str) and "&" not in words and as_it_stands(words, most):
        return words
    drawn = (
        literal(start(one, most), typed=typed) if isinstance(one, str) else told(one, zone) for one in parts(words)
    )
    # Slack decodes &amp; &lt; &gt; even in plain text, and somebody may have typed them.
    return shown(_ENTITY.sub(f"&{_JOINER}", "".join(drawn)), most)


def mrkdwn(words: Words, zone: str, most: int) -> str | None:
    """The words for a `mrkdwn` object, moments as Slack's date tokens; None where one could come to life
    or they are longer than `most` UTF-16 units.

    Slack has no escape for `*`, `_`, `~`, backticks and `:code:`, so such words are for `plain` only.
    """
    typed = "".join(one for one in parts(words) if isinstance(one, str))
    if len(typed) > most or _LIVE.search(typed):
        return None
    drawn = (
        _escaped(literal(one)) if isinstance(one, str) else token(one, zone, begins=place == 0)
        for place, one in enumerate(parts(words))
    )
    whole = "".join(drawn)
    return None if units(whole) > most or blank(whole) else whole


def spoken(sentence: str, most: int) -> str:
    """A sentence for a message's own `text`, which Slack reads as mrkdwn (notifications, screen readers)."""
    return shown(_escaped(_EMPHASIS.sub(rf"{_JOINER}\g<0>{_JOINER}", literal(start(sentence, most)))), most)


def token(when: When, zone: str, *, begins: bool = True) -> str:
    """Slack's date token, drawn by the reader's client in its own zone; what is told beside it follows in brackets.

    `{date_long_pretty}` alone has the weekday. Slack writes a token's first letter large: unless the token `begins` a
    text, a blank of no width keeps “today” small.
    """
    pattern = f"{'' if begins else _SMALL}{{date_long_pretty}}, {{{'time_secs' if when.exact else 'time'}}}"
    fallback = moment_words(when.at, zone, when.now or when.at, exact=when.exact)
    return f"<!date^{int(when.at.timestamp())}^{pattern}|{fallback}>{beside(when, zone)}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
