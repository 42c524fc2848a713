"""People's words made safe for Slack: shown as typed, never markup, a mention or a link in disguise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import regex

from handlers.cards import When, Words

NOTHING = "–"
_FSI, _PDI, _JOINER = "\u2068", "\u2069", "\u2060"
_CLOSES = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", _PDI)

_BREAK = regex.compile(r"\r\n|[\r\u2028\u2029\x0b\x0c\x85]")
_UNSEEN = regex.compile(r"[\p{Cc}\p{Noncharacter_Code_Point}\ufeff\ufff9-\ufffb--\n]", regex.V1)
_TWO_WAY = regex.compile(r"[\p{bc=R}\p{bc=AL}\p{bc=AN}\u202a-\u202e\u2066-\u2069]")
_DIRECTION = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")
_ENTITY = regex.compile(r"&(?=(?:amp|lt|gt);)")
_ATOM = regex.compile(r"&(?:amp|lt|gt);|\X")
_BORDER = regex.compile(r"(?r)(?<=[!-~]) |\n")
_BLANK = regex.compile(r"[\s\p{Cf}]*")
_LIVE = regex.compile(r"[*_~`@#>]|:[^\s:]+:|//|\w\.\p{L}{2}")
_EMPHASIS = regex.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)|(?<=:)(?=[^\s:]+:)|^(?=>)", regex.M)


def units(text: str) -> int:
    """The length in UTF-16 units: never less than any way in which Slack may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """At most `most` UTF-16 units (1 or more), ended by "…" and never inside a character as people see it."""
    if units(text) <= most:
        return text
    room = most - 1
    while (over := units(text[:room]) - most + 1) > 0:
        room -= (over + 1) // 2
    border = _BORDER.search(text, 0, room)
    end = border.start() if border else 0
    for atom in _ATOM.finditer(text, end):
        if atom.end() > room:
            break
        end = atom.end()
    return text[:end].rstrip() + "…"


def parts(words: Words) -> tuple[str | When, ...]:
    """The strings and moments that the words are made of."""
    return words if isinstance(words, tuple) else (words,)


def plain(words: Words, zone: str, most: int) -> str:
    """The words for a `plain_text` object or a rich text element; moments in words, in the reader's zone.

    Never empty, at most `most` UTF-16 units.
    """
    drawn = (_literal(_start(one, most)) if isinstance(one, str) else in_words(one, zone) for one in parts(words))
    # Slack decodes &amp; &lt; &gt; even in plain text, and somebody may have typed them.
    return _shown(_ENTITY.sub(f"&{_JOINER}", "".join(drawn)), most)


def mrkdwn(words: Words, zone: str, most: int) -> str | None:
    """The words for a `mrkdwn` object, moments as Slack's date tokens; None where one could come to life
    or they are longer than `most` UTF-16 units.

    Slack has no escape for `*`, `_`, `~`, backticks and `:code:`, so such words are for `plain` only.
    """
    typed = "".join(one for one in parts(words) if isinstance(one, str))
    if len(typed) > most or _LIVE.search(typed):
        return None
    drawn = (_escaped(_literal(one)) if isinstance(one, str) else token(one, zone) for one in parts(words))
    whole = "".join(drawn)
    return None if units(whole) > most or _BLANK.fullmatch(whole) else whole


def spoken(sentence: str, most: int) -> str:
    """A sentence for a message's own `text`, which Slack reads as mrkdwn (notifications, screen readers)."""
    return _shown(_escaped(_EMPHASIS.sub(rf"{_JOINER}\g<0>{_JOINER}", _literal(_start(sentence, most)))), most)


def token(when: When, zone: str) -> str:
    """Slack's date token, drawn by the reader's client; the line's local time follows where it differs."""
    there = when.zone or zone
    fallback = f"{_stamp(_local(when.at, there))} {_city(there)}"
    pattern = "{date_short_pretty}, {time}"
    return f"<!date^{int(when.at.timestamp())}^{pattern}|{fallback}>{_aside(when, zone)}"


def in_words(when: When, zone: str) -> str:
    """A moment in the reader's zone, and the line's: "Wed 5 May, 08:00 London (17:00 Sydney)"."""
    return f"{_stamp(_local(when.at, zone))} {_city(zone)}{_aside(when, zone)}"


def _aside(when: When, zone: str) -> str:
    here, there = _local(when.at, zone), _local(when.at, when.zone or zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    shown = f"{there:%H:%M}" if here.date() == there.date() else _stamp(there)
    return f" ({shown} {_city(when.zone)})"


def _stamp(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(_zone(zone) or UTC)


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        # Slack sends no zone for some accounts; a card is worth more than its zone.
        return None


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ") if _zone(zone) else "UTC"


def _start(text: str, most: int) -> str:
    """Enough of a very long text, so that its length costs nothing."""
    return text if len(text) <= 2 * most else text[: 2 * most] + "…"


def _literal(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    seen = _UNSEEN.sub("", _BREAK.sub("\n", whole).replace("\t", " "))
    return "\n".join(map(_isolated, seen.split("\n")))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _isolated(line: str) -> str:
    return f"{_FSI}{_balanced(line)}{_PDI}" if _TWO_WAY.search(line) else line


def _shown(whole: str, most: int) -> str:
    if _BLANK.fullmatch(whole):
        return NOTHING
    return "\n".join(map(_balanced, cut(whole, most).split("\n")))


def _balanced(line: str) -> str:
    for place in sorted(_unmatched(line), reverse=True):
        line = line[:place] + line[place + 1 :]
    return line


def _unmatched(line: str) -> Iterator[int]:
    opened: list[int] = []
    for found in _DIRECTION.finditer(line):
        if found.group() in _CLOSES:
            opened.append(found.start())
        elif opened and _CLOSES[line[opened[-1]]] == found.group():
            opened.pop()
        else:
            yield found.start()
    yield from opened
