"""The parts of a card as Adaptive Card 1.5 elements, within what Teams takes whatever they hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import assert_never

import regex

from bot.chats.wording import LEAST, MORE, NOTHING, as_it_stands, broken, literal, parts, shown, start, titled, widest
from handlers.cards import Actions, Button, Facts, Heading, Line, Part, Row, Said, Small, Title, Words
from handlers.words import told

Element = dict[str, object]

TEXT, HEADER, LABEL, _FACT = 5000, 200, 75, 2000
# Clients draw no more actions side by side than this and hide or drop the rest.
_ACTIONS = 5
_PIECE = 1200  # units of one text on a leaf, so that even the longest ones of a row fit on one together
_STYLES = {"primary": "positive", "danger": "destructive"}


@dataclass(frozen=True, slots=True)
class Pen:
    """What parts are drawn with: the reader's zone (IANA), what buttons act on, the most units a text has.

    `dialog`: only Action.Submit comes back out of a dialog, everywhere else a press is an Action.Execute.
    """

    zone: str
    about: str
    dialog: bool = False
    most: int = TEXT

    def plain(self, words: Words, most: int = TEXT) -> str:
        return plain(words, self.zone, min(most, self.most))

    def text(self, words: Words, most: int = TEXT, **look: object) -> Element:
        """A block that shows the words as they stand, wrapped where the room ends."""
        return rich(self.plain(words, most), **look)

    def press(self, verb: str, title: str, data: Mapping[str, object], **look: object) -> Element:
        """A button that asks something of the bot: an old client sends the same data by Action.Submit."""
        shared = {"title": title, "data": {"verb": verb, **data}, **look}
        submit: Element = {"type": "Action.Submit", **shared}
        return submit if self.dialog else {"type": "Action.Execute", "verb": verb, **shared, "fallback": submit}


def rich(text: str, **look: object) -> Element:
    """Text runs know no Markdown: `*` stays `*`."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}


def heading(text: str, size: str) -> Element:
    """A heading for screen readers as well; one that could come to life is a text run and only looks like it."""
    look, text = {"size": size, "weight": "bolder"}, text.strip()
    if still(text):
        return {"type": "TextBlock", "text": text, "wrap": True, "style": "heading", **look}
    return rich(text, **look)


def size(drawn: object) -> int:
    """Bytes as JSON in ASCII: never less than any way in which it may be sent or counted."""
    return len(json.dumps(drawn))


def fits(whole: Sequence[Part], pen: Pen, room: int) -> bool:
    """Whether all of it is drawn uncut in so many bytes."""
    return size([element for one in whole for element in _part(one, pen)]) <= room


def drawn(whole: Sequence[Part], pen: Pen, room: int, rest: Button | None = None) -> list[Element]:
    """Elements of at most `room` bytes as JSON.

    What is too long is cut fairly, the longest first: people's own words, then all texts.
    What still doesn't fit is left out from the end, buttons last. `rest` leads to all of it then, if no other button does.
    """
    if rest is not None and not fits(whole, pen, room):
        there = (button for one in whole if isinstance(one, Actions) for button in one.buttons)
        leads = any((one.action, one.value) == (rest.action, rest.value) for one in there)
        way = [] if leads else list(_actions((rest,), pen))
        return [*_cut(whole, pen, room - (size(way) if way else 0)), *way]
    return _cut(whole, pen, room)


def leaves(whole: Sequence[Part], pen: Pen, room: int) -> list[list[Element]]:
    """All of it, on so many leaves of at most `room` bytes each: long words go on where they were broken off."""
    found: list[list[Element]] = [[]]
    for piece in (piece for one in whole for piece in _pieces(one)):
        more = drawn([piece], replace(pen, most=_PIECE), room)
        if found[-1] and size([*found[-1], *more]) > room:
            found.append([])
        found[-1] += more
    return found


def _pieces(part: Part) -> Iterator[Part]:
    match part:
        case Said(label=label, words=words):
            yield from (Said(label, one) for one in broken(words, _PIECE))
        case Line(words=str(words), sign=sign):
            yield from (Line(one, sign) for one in broken(words, _PIECE))
        case Facts(rows=rows):
            yield from (Facts((row,)) for row in rows)
        case _:
            yield part


def _cut(whole: Sequence[Part], pen: Pen, room: int) -> list[Element]:

    @cache
    def part(place: int, most: int) -> list[Element]:
        return list(_part(whole[place], replace(pen, most=most)))

    def draw(said: int, most: int) -> list[Element]:
        caps = (said if isinstance(one, Said) else most for one in whole)
        return [element for place, cap in enumerate(caps) for element in part(place, cap)]

    said = widest(lambda cap: size(draw(cap, TEXT)) <= room, LEAST, TEXT)
    most = widest(lambda cap: size(draw(said, cap)) <= room, LEAST, TEXT)
    return _trimmed(draw(said, most), room)


def _trimmed(elements: list[Element], room: int) -> list[Element]:
    """Leaves out what stands last; buttons stay longest, since without them nothing can be done."""
    acts = [element for element in elements if element["type"] == "ActionSet"]
    rest = [element for element in elements if element["type"] != "ActionSet"]
    while size(elements) > room:
        (rest or acts).pop()
        elements = [*rest, rich(MORE, size="small", isSubtle=True), *acts]
    return elements


def _part(part: Part, pen: Pen) -> Iterator[Element]:
    match part:
        case Title():
            yield heading(pen.plain(titled(part), HEADER), "large")
        case Heading(text=text):
            yield {**heading(pen.plain(text, HEADER), "medium"), "separator": True, "spacing": "medium"}
        case Facts(rows=rows):
            yield from (_fact(label, value, pen) for label, value in rows)
        case Said():
            yield from _quoted(part, pen)
        case Line(words=words, sign=sign):
            yield pen.text((f"{sign} ", *parts(words)) if sign else words)
        case Small(words=words, apart=apart):
            rule: Element = {"separator": True, "spacing": "medium"} if apart else {}
            yield {**pen.text(words, size="small", isSubtle=True), **rule}
        case Row():
            yield _row(part, pen)
        case Actions(buttons=buttons):
            yield from _actions(buttons, pen)
        case _:
            assert_never(part)


def _fact(label: str, value: Words, pen: Pen) -> Element:
    """Two columns rather than a FactSet, which reads Markdown and squeezes long labels on a phone."""
    name = pen.text(" ".join(label.split()), min(_FACT, pen.most) // 4, weight="bolder")
    columns = [_column(2, name), _column(3, pen.text(value or NOTHING, _FACT))]
    return {"type": "ColumnSet", "spacing": "small", "columns": columns}


def _column(width: object, *items: Element) -> Element:
    return {"type": "Column", "width": width, "items": list(items)}


def _quoted(said: Said, pen: Pen) -> Iterator[Element]:
    # The label has a cap of its own, so that cutting the words leaves it whole.
    yield rich(plain(said.label, pen.zone, HEADER), weight="bolder")
    words = plain(said.words, pen.zone, min(TEXT, pen.most), typed=True)
    yield {"type": "Container", "style": "emphasis", "spacing": "small", "items": [rich(words)]}


def _row(row: Row, pen: Pen) -> Element:
    words = [pen.text(row.words)]
    if row.small is not None:
        words.append({**pen.text(row.small, size="small", isSubtle=True), "spacing": "none"})
    if row.button is None:
        return {"type": "Container", "items": words}
    button: Element = {
        "type": "ActionSet",
        "actions": [_button(row.button, replace(pen, about=pen.plain(row.words, LABEL)))],
    }
    if row.button.confirm:  # the question unfolds beneath the button and needs the whole width
        return {"type": "Container", "items": [*words, button]}
    columns = [_column("stretch", *words), {**_column("auto", button), "verticalContentAlignment": "center"}]
    return {"type": "ColumnSet", "columns": columns}


def _actions(buttons: Sequence[Button], pen: Pen) -> Iterator[Element]:
    for first in range(0, len(buttons), _ACTIONS):
        group = buttons[first : first + _ACTIONS]
        yield {"type": "ActionSet", "actions": [_button(button, pen) for button in group]}


def _button(button: Button, pen: Pen) -> Element:
    title = pen.plain(button.label, LABEL)
    # Read aloud with the button, which says by itself only what, not to which of many.
    look: Element = {"tooltip": plain(f"{button.told}: {pen.about}", pen.zone, LABEL)}
    if style := _STYLES.get(button.style):
        look["style"] = style
    if button.url:
        act: Callable[..., Element] = _opening(button.url)
    else:
        act = _asking(button, pen)
    return _confirmed(title, button.confirm, act, look, pen) if button.confirm else act(title=title, **look)


def _opening(url: str) -> Callable[..., Element]:
    return lambda **look: {"type": "Action.OpenUrl", "url": url, **look}


def _asking(button: Button, pen: Pen) -> Callable[..., Element]:
    return lambda title, **look: pen.press(button.action, title, {"value": button.value}, **look)


def _confirmed(title: str, question: str, act: Callable[..., Element], look: Element, pen: Pen) -> Element:
    """Cards have no dialog that asks back: the button unfolds the question and the button that really does it."""
    asked = {"type": "AdaptiveCard", "body": [pen.text(question, 300)], "actions": [act(title=title, **look)]}
    return {"type": "Action.ShowCard", "title": title, **look, "card": asked}


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
