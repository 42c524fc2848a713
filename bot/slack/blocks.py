"""The parts of a card as Slack's blocks, within Slack's limits whatever they hold."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import assert_never

import regex

from bot.chats.wording import (
    LEAST,
    MORE,
    NOTHING,
    as_it_stands,
    blank,
    literal,
    parts,
    shown,
    start,
    titled,
    units,
    widest,
)
from handlers.cards import (
    Actions,
    Button,
    Facts,
    Heading,
    Line,
    Part,
    Row,
    Said,
    Small,
    Title,
    When,
    Words,
)
from handlers.words import beside, moment_words, told

Block = dict[str, object]

# Lengths and counts: docs.slack.dev/reference/block-kit.
TEXT, _FIELD, _HEADER, _LABEL = 3000, 2000, 150, 75
_FIELDS, _BUTTONS = 10, 25


@dataclass(frozen=True, slots=True)
class Pen:
    """What parts are drawn with: the reader's zone (IANA), what buttons act on, the most units a text has."""

    zone: str
    about: str
    most: int = TEXT

    def plain(self, words: Words, most: int) -> Block:
        return plain_text(plain(words, self.zone, min(most, self.most)))

    def words(self, words: Words) -> Block:
        """As mrkdwn where a moment needs Slack's date token, else as plain text."""
        timed = any(isinstance(part, When) for part in parts(words))
        marked = mrkdwn(words, self.zone, self.most) if timed else None
        return {"type": "mrkdwn", "text": marked} if marked else self.plain(words, TEXT)

    def fact(self, label: str, value: Words) -> Block:
        """A bold label over its value; not bold where only plain text shows the value as it was typed."""
        most = min(_FIELD, self.most)
        label = " ".join(label.split())
        name = mrkdwn(label, self.zone, most // 4)
        if name and (marked := mrkdwn(value or NOTHING, self.zone, most - units(name) - 3)):
            return {"type": "mrkdwn", "text": f"*{name}*\n{marked}"}
        head = plain(label, self.zone, most // 4)
        return plain_text(f"{head}\n{plain(value, self.zone, most - units(head) - 1)}")


def plain_text(text: str) -> Block:
    """A text object that shows `text` as it is: `:smile:` stays seven characters."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: Block) -> Block:
    return {"type": "section", "text": text}


def drawn(whole: Sequence[Part], pen: Pen, count: int, size: int) -> list[Block]:
    """At most `count` blocks, as JSON at most `size` UTF-16 units long.

    What is too long is cut fairly, the longest first: people's own words, then all texts.
    What still doesn't fit is left out from the end, buttons last.
    """

    @cache
    def part(place: int, most: int) -> list[Block]:
        return list(_part(whole[place], place, replace(pen, most=most)))

    def draw(said: int, most: int) -> list[Block]:
        caps = (said if isinstance(one, Said) else most for one in whole)
        return _trimmed([block for place, cap in enumerate(caps) for block in part(place, cap)], count)

    said = widest(lambda cap: _size(draw(cap, TEXT)) <= size, LEAST, TEXT)
    most = widest(lambda cap: _size(draw(said, cap)) <= size, LEAST, TEXT)
    return _trimmed(draw(said, most), count, size)


def _size(blocks: Sequence[Block]) -> int:
    return units(json.dumps(blocks, ensure_ascii=False))


def _trimmed(blocks: list[Block], count: int, size: float = math.inf) -> list[Block]:
    """Leaves out what is last; buttons stay longest, since without them nothing can be done."""
    acts = [block for block in blocks if block["type"] == "actions"][:count]
    rest = [block for block in blocks if block["type"] != "actions"][:count]
    while len(blocks) > count or _size(blocks) > size:
        (rest or acts).pop()
        blocks = [*rest, _MORE, *acts]
    return blocks


_DIVIDER: Block = {"type": "divider"}
_MORE: Block = {"type": "context", "elements": [plain_text(MORE)]}


def _part(part: Part, place: int, pen: Pen) -> Iterator[Block]:
    match part:
        case Title():
            yield _header(titled(part), pen)
        case Heading(text=text):
            yield _header(text, pen)
        case Facts(rows=rows):
            yield from _facts([pen.fact(label, value) for label, value in rows])
        case Said():
            yield _quoted(part, pen)
        case Line(words=words, sign=sign):
            yield section(pen.words((f"{sign} ", *parts(words)) if sign else words))
        case Small(words=words, apart=apart):
            yield from (_DIVIDER, _context(words, pen)) if apart else (_context(words, pen),)
        case Row():
            yield from _row(part, place, pen)
        case Actions(buttons=buttons):
            yield from _actions(buttons, place, pen)
        case _:
            assert_never(part)


def _header(words: str, pen: Pen) -> Block:
    return {"type": "header", "text": pen.plain(words, _HEADER)}


def _facts(fields: Sequence[Block]) -> Iterator[Block]:
    for first in range(0, len(fields), _FIELDS):
        yield {"type": "section", "fields": fields[first : first + _FIELDS]}


def _quoted(said: Said, pen: Pen) -> Block:
    label = {"type": "text", "text": plain(said.label, pen.zone, _HEADER), "style": {"bold": True}}
    words = {"type": "text", "text": plain(said.words, pen.zone, pen.most, typed=True)}
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [label]},
            {"type": "rich_text_quote", "elements": [words]},
        ],
    }


def _context(words: Words, pen: Pen) -> Block:
    return {"type": "context", "elements": [pen.words(words)]}


def _row(row: Row, place: int, pen: Pen) -> Iterator[Block]:
    block = section(pen.words(row.words))
    if row.button:
        acted = replace(pen, about=plain(row.words, pen.zone, _LABEL))
        block |= {"block_id": f"row:{place}", "accessory": _button(row.button, acted)}
    yield block
    if row.small is not None:
        yield _context(row.small, pen)


def _actions(buttons: Sequence[Button], place: int, pen: Pen) -> Iterator[Block]:
    """One block, or several where an action occurs again: Slack takes an action once in a block."""
    groups: list[dict[str, Button]] = []
    for button in buttons:
        if not groups or button.action in groups[-1] or len(groups[-1]) == _BUTTONS:
            groups.append({})
        groups[-1][button.action] = button
    for number, group in enumerate(groups):
        elements = [_button(button, pen) for button in group.values()]
        yield {"type": "actions", "block_id": f"actions:{place}.{number}", "elements": elements}


def _button(button: Button, pen: Pen) -> Block:
    block: Block = {
        "type": "button",
        "action_id": button.action,
        "text": pen.plain(button.label, _LABEL),
        "accessibility_label": plain(f"{button.told}: {pen.about}", pen.zone, _LABEL),
    }
    optional: Block = {
        "value": button.value,
        "url": button.url,
        "style": button.style if button.style != "plain" else None,
        "confirm": _confirm(button, button.confirm, pen) if button.confirm else None,
    }
    return block | {key: value for key, value in optional.items() if value}


def _confirm(button: Button, question: str, pen: Pen) -> Block:
    return {
        "title": pen.plain(button.label, 100),
        "text": pen.plain(question, 300),
        "confirm": pen.plain(button.label, 30),
        "deny": pen.plain("Go back", 30),
        **({"style": button.style} if button.style != "plain" else {}),
    }


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
