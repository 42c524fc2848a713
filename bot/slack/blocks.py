"""The parts of a card as Slack's blocks, always within Slack's limits."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

import regex

from bot.chats import wording
from handlers.cards import Actions, Button, Facts, Heading, Line, Part, Row, Said, Small, Title, When, Words
from handlers.phrases import moment_and_notes, moment_notes, reader_moment

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
        """Draw words as plain text of at most `most` UTF-16 units."""
        return plain_text(plain_words(words, self.zone, min(most, self.most)))

    def words(self, words: Words) -> Block:
        """Draw words as mrkdwn if a moment needs Slack's date token, else as plain text."""
        timed = any(isinstance(part, When) for part in wording.parts_of(words))
        marked = to_mrkdwn(words, self.zone, self.most) if timed else None
        return {"type": "mrkdwn", "text": marked} if marked else self.plain(words, TEXT)

    def fact(self, label: str, value: Words) -> Block:
        """Return a bold label over its value; not bold where only plain text shows the value as it was typed."""
        most = min(_FIELD, self.most)
        label = " ".join(label.split())
        name = to_mrkdwn(label, self.zone, most // 4)
        if name and (marked := to_mrkdwn(value or wording.NOTHING, self.zone, most - wording.utf16_length(name) - 3)):
            return {"type": "mrkdwn", "text": f"*{name}*\n{marked}"}
        head = plain_words(label, self.zone, most // 4)
        return plain_text(f"{head}\n{plain_words(value, self.zone, most - wording.utf16_length(head) - 1)}")


def plain_text(text: str) -> Block:
    """Return a text object that shows `text` literally: `:smile:` stays seven characters."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section_block(text: Block) -> Block:
    return {"type": "section", "text": text}


def draw_blocks(whole: Sequence[Part], pen: Pen, count: int, size: int) -> list[Block]:
    """Draw all parts of a card or page in at most `count` blocks and `size` UTF-16 units of JSON.

    Texts that are too long are cut, the longest first and people's own words before all others. Parts that still don't fit
    are left out from the end, buttons last.
    """

    def within(blocks: list[Block]) -> bool:
        return len(blocks) <= count and _json_size(blocks) <= size

    def draw(place: int, most: int) -> Iterator[Block]:
        return _draw_part(whole[place], place, Pen(pen.zone, pen.about, most))

    # Anything beyond the count is left out, whatever its length.
    drawn = wording.cut_fairly(whole, draw, lambda blocks: _json_size(blocks[:count]) <= size, TEXT)
    return wording.leave_out_last(drawn, lambda block: block["type"] == "actions", _MORE, within)


def _json_size(blocks: Sequence[Block]) -> int:
    return wording.utf16_length(json.dumps(blocks, ensure_ascii=False))


_DIVIDER: Block = {"type": "divider"}
_MORE: Block = {"type": "context", "elements": [plain_text(wording.MORE)]}


def _draw_part(part: Part, place: int, pen: Pen) -> Iterator[Block]:
    """Yield the blocks of one part; its place on the card keeps its blocks' ids unique."""
    match part:
        case Title():
            yield _header_block(wording.title_text(part), pen)
        case Heading(text=text):
            yield _header_block(text, pen)
        case Facts(rows=rows):
            yield from _fact_blocks([pen.fact(label, value) for label, value in rows])
        case Said():
            yield _quote_block(part, pen)
        case Line(words=words, sign=sign):
            yield section_block(pen.words((f"{sign} ", *wording.parts_of(words)) if sign else words))
        case Small(words=words, apart=apart):
            yield from (_DIVIDER, _context_block(words, pen)) if apart else (_context_block(words, pen),)
        case Row():
            yield from _row_block(part, place, pen)
        case Actions(buttons=buttons):
            yield from _action_blocks(buttons, place, pen)
        case _:
            assert_never(part)


def _header_block(words: str, pen: Pen) -> Block:
    return {"type": "header", "text": pen.plain(words, _HEADER)}


def _fact_blocks(fields: Sequence[Block]) -> Iterator[Block]:
    for first in range(0, len(fields), _FIELDS):
        yield {"type": "section", "fields": fields[first : first + _FIELDS]}


def _quote_block(said: Said, pen: Pen) -> Block:
    """Return a person's own words as a quote, below a label if there is one."""
    label = {"type": "text", "text": plain_words(said.label, pen.zone, _HEADER), "style": {"bold": True}}
    words = {"type": "text", "text": plain_words(said.words, pen.zone, pen.most, typed=True)}
    head = [{"type": "rich_text_section", "elements": [label]}] if said.label else []
    return {"type": "rich_text", "elements": [*head, {"type": "rich_text_quote", "elements": [words]}]}


def _context_block(words: Words, pen: Pen) -> Block:
    return {"type": "context", "elements": [pen.words(words)]}


def _row_block(row: Row, place: int, pen: Pen) -> Iterator[Block]:
    """Yield a row with its button, which acts on what the row is about and tells screen readers so."""
    block = section_block(pen.words(row.words))
    if row.button:
        row_pen = Pen(pen.zone, plain_words(row.words, pen.zone, _LABEL), pen.most)
        block |= {"block_id": f"row:{place}", "accessory": _button_element(row.button, row_pen)}
    yield block
    if row.small is not None:
        yield _context_block(row.small, pen)


def _action_blocks(buttons: Sequence[Button], place: int, pen: Pen) -> Iterator[Block]:
    """Yield a block of buttons, or several: Slack takes each action once in a block, and no more than 25 buttons."""
    groups: list[dict[str, Button]] = []
    for button in buttons:
        if not groups or button.action in groups[-1] or len(groups[-1]) == _BUTTONS:
            groups.append({})
        groups[-1][button.action] = button
    for number, group in enumerate(groups):
        elements = [_button_element(button, pen) for button in group.values()]
        yield {"type": "actions", "block_id": f"actions:{place}.{number}", "elements": elements}


def _button_element(button: Button, pen: Pen) -> Block:
    """Return a button; what it acts on (`pen.about`) is added for screen readers."""
    block: Block = {
        "type": "button",
        "action_id": button.action,
        "text": pen.plain(button.label, _LABEL),
        "accessibility_label": plain_words(f"{button.told}: {pen.about}", pen.zone, _LABEL),
    }
    optional: Block = {
        "value": button.value,
        "url": button.url,
        "style": button.style if button.style != "plain" else None,
        "confirm": _confirm_dialog(button, button.confirm, pen) if button.confirm else None,
    }
    return block | {key: value for key, value in optional.items() if value}


def _confirm_dialog(button: Button, question: str, pen: Pen) -> Block:
    """Return the question that Slack asks before a press counts."""
    return {
        "title": pen.plain(button.label, 100),
        "text": pen.plain(question, 300),
        "confirm": pen.plain(button.label, 30),
        "deny": pen.plain("Go back", 30),
        **({"style": button.style} if button.style != "plain" else {}),
    }


_JOINER = "\u2060"  # breaks up what Slack would read as markup
_SMALL = "\u200b"  # before a date token, keeps its first letter small
_ENTITY = regex.compile(r"&(?=(?:amp|lt|gt);)")
# What Slack may read as markup, an emoji or a link.
_LIVE = regex.compile(r"[*_~`@#>]|:[^\s:]+:|//|\w\.\p{L}{2}")
_EMPHASIS = regex.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)|(?<=:)(?=[^\s:]+:)|^(?=>)", regex.M)


def plain_words(words: Words, zone: str, most: int, *, typed: bool = False) -> str:
    """Return the words for a `plain_text` object or a rich text element; moments in words, in the reader's zone.

    Never empty, at most `most` UTF-16 units. `typed`: a person typed all of it.
    """
    if isinstance(words, str) and "&" not in words and wording.needs_no_cleaning(words, most):
        return words
    drawn = (
        wording.clean_text(wording.beginning_of(one, most), typed=typed)
        if isinstance(one, str)
        else moment_and_notes(one, zone)
        for one in wording.parts_of(words)
    )
    # Slack decodes &amp; &lt; &gt; even in plain text, and a person may have typed them.
    return wording.show_text(_ENTITY.sub(f"&{_JOINER}", "".join(drawn)), most)


def to_mrkdwn(words: Words, zone: str, most: int) -> str | None:
    """Return words as mrkdwn, with moments as Slack's date tokens.

    None if Slack could read markup in them, or they are longer than `most` UTF-16 units. Slack can't escape `*`, `_`, `~`,
    backticks and `:code:`, so such words need `plain_words`.
    """
    typed = "".join(one for one in wording.parts_of(words) if isinstance(one, str))
    if len(typed) > most or _LIVE.search(typed):
        return None
    drawn = (
        _escape_mrkdwn(wording.clean_text(one)) if isinstance(one, str) else date_token(one, zone, begins=place == 0)
        for place, one in enumerate(wording.parts_of(words))
    )
    whole = "".join(drawn)
    return None if wording.utf16_length(whole) > most or wording.is_blank(whole) else whole


def notification_text(sentence: str, most: int) -> str:
    """Return a sentence for a message's own `text`, which Slack reads as mrkdwn (notifications, screen readers)."""
    return wording.show_text(
        _escape_mrkdwn(
            _EMPHASIS.sub(rf"{_JOINER}\g<0>{_JOINER}", wording.clean_text(wording.beginning_of(sentence, most)))
        ),
        most,
    )


def date_token(when: When, zone: str, *, begins: bool = True) -> str:
    """Return Slack's date token, which the reader's client draws in its own zone, with notes in brackets.

    `{date_short_pretty}` is “today” or “Nov 23, 2026”. Slack capitalises a token's first letter: unless the token
    `begins` a text, a zero-width space keeps “today” small.
    """
    pattern = f"{'' if begins else _SMALL}{{date_short_pretty}}, {{{'time_secs' if when.exact else 'time'}}}"
    return f"<!date^{int(when.at.timestamp())}^{pattern}|{reader_moment(when, zone)}>{moment_notes(when, zone)}"


def _escape_mrkdwn(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
