"""Draws cards, dialogs and the home for Teams as Adaptive Cards, and reads back what people pressed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict, assert_never

import regex

from bot.chats import wording
from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Page, Part, Row, Said, Small, Title, Words
from handlers.phrases import moment_and_notes
from handlers.telling import ON_A_LINE

# Teams refuses a card above 28 kB; the summary and the envelope of the message need room as well.
CARD = 25_000
_SUMMARY, _TURNING = 300, 6_000
REST, ALL = "rest", "Show all of it"
KIND = "application/vnd.microsoft.card.adaptive"


class Attachment(TypedDict):
    """An Adaptive Card in a message or in a dialog."""

    contentType: str
    content: Element


class Message(TypedDict):
    """An activity for the Bot Connector; `summary` is what notifications and the list of chats say."""

    type: Literal["message"]
    summary: str
    attachments: list[Attachment]


def render_message(card: Card, zone: str) -> Message:
    """Return a card as a message for a reader in `zone` (IANA)."""
    return Message(
        type="message", summary=_summary_text(card.summary), attachments=[card_attachment(card_content(card, zone))]
    )


def render_home(card: Card, zone: str) -> Message:
    """Return the home of a person in `zone` (IANA): Teams has no page for it, so it is a card like any other."""
    return render_message(as_home_card(card), zone)


def as_home_card(card: Card) -> Card:
    """Return a home as a card, with a button to all of it in case it's too long for one card."""
    return replace(card, rest=Button(REST, ALL, leaf_value("home", "", 0)))


def card_content(card: Card, zone: str) -> Element:
    """Return the Adaptive Card alone, as the answer to an Action.Execute needs it."""
    pen = Pen(zone, wording.beginning_of(card.title, HEADER))
    return _fill_card(card.parts, pen, card.summary, [], card.rest)


def render_page(page: Page, zone: str, *, dialog: bool = False) -> Element:
    """Draw a page for a person in `zone` (IANA), as a card or as the content of a dialog.

    Its title is above it unless something else shows it: a dialog, or a first line of its own.
    """
    pen = Pen(zone, wording.beginning_of(page.title, HEADER), dialog)
    return _fill_card(page.parts, pen, page.summary or page.title, [] if dialog else _page_head(page, zone))


def render_leaf(
    page: Page, zone: str, at: int, read: Callable[[int], str], more: Sequence[Part] = (), *, dialog: bool = False
) -> Element:
    """Return a whole page, or if it's too long for one card, its `at`th leaf (from 0; the last if there are fewer).

    A leaf is as much of the page as one card holds. `more` is on each leaf. `read` returns the value of the button that leads to a leaf.
    """
    pen, summary = Pen(zone, wording.beginning_of(page.title, HEADER), dialog), page.summary or page.title
    head = [] if dialog else _page_head(page, zone)
    if fits_uncut([*page.parts, *more], pen, _room_left(head, summary)):
        return _fill_card([*page.parts, *more], pen, summary, head)
    leaves = draw_leaves(page.parts, pen, _room_left(head, summary) - _TURNING)
    at = min(max(at, 0), len(leaves) - 1)
    before = (Button(REST, "Show what came before", read(at - 1)),) if at else ()
    after = (Button(REST, "Show the rest", read(at + 1)),) if at + 1 < len(leaves) else ()
    position = Small(f"Part {at + 1} of {len(leaves)}.", apart=True)
    turning = draw_elements([position, Actions((*after, *before)), *more], pen, _TURNING)
    return adaptive_card([*head, *leaves[at], *turning], summary)


def leaf_value(button: str, value: str, at: int) -> str:
    """Return the value of a button that leads to a leaf of what another button shows."""
    return f"{at}:{button}:{value}"


def read_leaf(value: str) -> tuple[int, str, str]:
    """Return which leaf, of which button with which value; the first leaf if a client sends something else."""
    at, _, button_and_value = value.partition(":")
    button, _, about = button_and_value.partition(":")
    return (int(at) if at.isascii() and at.isdigit() and len(at) < 4 else 0), button, about


def as_card(page: Page) -> Card:
    """Return a page as a card, for an answer in the chat where no dialog is open."""
    return Card((Heading(page.title), *page.parts), page.summary or page.title)


def dialog_task(title: str, card: Element) -> Element:
    """Return the `task` of an answer to task/fetch or task/submit that shows this card (drawn with `dialog=True`)."""
    value = {
        "title": plain_words(title, "", HEADER),
        "width": "medium",
        "height": "medium",
        "card": card_attachment(card),
    }
    return {"type": "continue", "value": value}


def card_attachment(card: Element) -> Attachment:
    return Attachment(contentType=KIND, content=card)


def adaptive_card(body: Sequence[Element], summary: str, **more: object) -> Element:
    """Return an Adaptive Card 1.5; clients that can't draw one show the summary instead."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "fallbackText": without_markdown(summary, _SUMMARY),
        "body": [*body],
        **more,
    }


def read_press(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the verb and the value that a press carried; both "" if a client sent something else.

    `data` is `action.data` of an Action.Execute, or `value` of an Action.Submit.
    """
    return _word_of(data, "verb").removeprefix(ON_A_LINE), _word_of(data, "value")


def on_a_line(data: Mapping[str, Any]) -> bool:
    """Return True if the button is on a line in words, not on a copy of the matter's card."""
    return _word_of(data, "verb").startswith(ON_A_LINE)


def _word_of(data: Mapping[str, Any], key: str) -> str:
    found = data.get(key)
    return found if isinstance(found, str) else ""


def _page_head(page: Page, zone: str) -> list[Element]:
    """Return the page's title as its heading; nothing if one of its parts shows that."""
    titled = any(isinstance(part, Title) for part in page.parts)
    return [] if titled else [heading_block(plain_words(page.title, zone, HEADER), "large")]


def _room_left(head: list[Element], summary: str) -> int:
    """Return how many bytes of JSON a card with this heading still has room for."""
    return CARD - json_size(adaptive_card(head, summary)) - len(", ")


def _fill_card(
    whole: Sequence[Part], pen: Pen, summary: str, head: list[Element], rest: Button | None = None
) -> Element:
    """Return a card with the heading `head` and as much of the parts as fits; if there is nothing, it says the summary."""
    drawn = draw_elements(whole, pen, _room_left(head, summary), rest)
    return adaptive_card([*head, *(drawn or ([] if head else [text_run(_summary_text(summary))]))], summary)


def _summary_text(words: str) -> str:
    return " ".join(plain_words(words, "", _SUMMARY).split())


Element = dict[str, object]

TEXT, HEADER, LABEL, _FACT = 5000, 200, 75, 2000
# Clients draw no more actions side by side than this and hide or drop the rest.
_ACTIONS = 5
_PIECE = 1200  # units of one text on a leaf, so that even the longest ones of a row fit on one together
_STYLES = {"primary": "positive", "danger": "destructive"}


@dataclass(frozen=True, slots=True)
class Pen:
    """How parts are drawn: for which zone (IANA), about what (for screen readers), and with how many units per text.

    In a `dialog` buttons are Action.Submit, the only kind that works there; elsewhere they are Action.Execute.
    """

    zone: str
    about: str
    dialog: bool = False
    most: int = TEXT

    def plain(self, words: Words, most: int = TEXT) -> str:
        """Return the words as `plain_words` does, in at most `most` units and the pen's own."""
        return plain_words(words, self.zone, min(most, self.most))

    def text(self, words: Words, most: int = TEXT, **look: object) -> Element:
        """Return a block that shows the words as they are, wrapped where the room ends."""
        return text_run(self.plain(words, most), **look)

    def press(self, verb: str, title: str, data: Mapping[str, object], **look: object) -> Element:
        """Return a button that asks something of the bot; old clients send the same data by Action.Submit."""
        shared = {"title": title, "data": {"verb": verb, **data}, **look}
        submit: Element = {"type": "Action.Submit", **shared}
        return submit if self.dialog else {"type": "Action.Execute", "verb": verb, **shared, "fallback": submit}


def text_run(text: str, **look: object) -> Element:
    """Draw a text run, which knows no Markdown: `*` stays `*`."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}


def heading_block(text: str, size: str) -> Element:
    """Return a heading, for screen readers too; one that Markdown could change becomes plain text that looks like one."""
    look, text = {"size": size, "weight": "bolder"}, text.strip()
    if has_no_markdown(text):
        return {"type": "TextBlock", "text": text, "wrap": True, "style": "heading", **look}
    return text_run(text, **look)


def json_size(drawn: object) -> int:
    """Return the bytes as JSON in ASCII, which is at least as long as any other way of sending it."""
    return len(json.dumps(drawn))


def fits_uncut(whole: Sequence[Part], pen: Pen, room: int) -> bool:
    """Return True if all of it is drawn uncut in so many bytes."""
    return json_size([element for one in whole for element in _draw_part(one, pen)]) <= room


def draw_elements(whole: Sequence[Part], pen: Pen, room: int, rest: Button | None = None) -> list[Element]:
    """Draw parts in at most `room` bytes of JSON.

    Texts that are too long are cut, the longest first and people's own words before all others. Parts that still don't fit
    are left out from the end, buttons last. The button `rest` then leads to everything, unless another button does.
    """
    if rest is not None and not fits_uncut(whole, pen, room):
        buttons = (button for one in whole if isinstance(one, Actions) for button in one.buttons)
        leads = any((one.action, one.value) == (rest.action, rest.value) for one in buttons)
        link = [] if leads else list(_draw_actions((rest,), pen))
        return [*_draw_cut(whole, pen, room - (json_size(link) if link else 0)), *link]
    return _draw_cut(whole, pen, room)


def draw_leaves(whole: Sequence[Part], pen: Pen, room: int) -> list[list[Element]]:
    """Return all parts on as many leaves of at most `room` bytes as they need; long texts continue on the next leaf."""
    leaves: list[list[Element]] = [[]]
    for piece in (piece for one in whole for piece in _split_part(one)):
        more = draw_elements([piece], replace(pen, most=_PIECE), room)
        if leaves[-1] and json_size([*leaves[-1], *more]) > room:
            leaves.append([])
        leaves[-1] += more
    return leaves


def _split_part(part: Part) -> Iterator[Part]:
    """Yield a part in pieces of which each fits on a leaf: long texts in pieces, facts one by one."""
    match part:
        case Said(label=label, words=words):
            yield from (Said(label, one) for one in wording.break_text(words, _PIECE))
        case Line(words=str(words), sign=sign):
            yield from (Line(one, sign) for one in wording.break_text(words, _PIECE))
        case Facts(rows=rows):
            yield from (Facts((row,)) for row in rows)
        case _:
            yield part


def _draw_cut(whole: Sequence[Part], pen: Pen, room: int) -> list[Element]:
    """Draw parts in at most `room` bytes of JSON, by cutting long texts and then leaving parts out."""

    def fits(elements: list[Element]) -> bool:
        return json_size(elements) <= room

    drawn = wording.cut_fairly(whole, lambda place, most: _draw_part(whole[place], replace(pen, most=most)), fits, TEXT)
    more = text_run(wording.MORE, size="small", isSubtle=True)
    return wording.leave_out_last(drawn, lambda element: element["type"] == "ActionSet", more, fits)


def _draw_part(part: Part, pen: Pen) -> Iterator[Element]:
    match part:
        case Title():
            yield heading_block(pen.plain(wording.title_text(part), HEADER), "large")
        case Heading(text=text):
            yield {**heading_block(pen.plain(text, HEADER), "medium"), "separator": True, "spacing": "medium"}
        case Facts(rows=rows):
            yield from (_draw_fact(label, value, pen) for label, value in rows)
        case Said():
            yield from _draw_quote(part, pen)
        case Line(words=words, sign=sign):
            yield pen.text((f"{sign} ", *wording.parts_of(words)) if sign else words)
        case Small(words=words, apart=apart):
            rule: Element = {"separator": True, "spacing": "medium"} if apart else {}
            yield {**pen.text(words, size="small", isSubtle=True), **rule}
        case Row():
            yield _draw_row(part, pen)
        case Actions(buttons=buttons):
            yield from _draw_actions(buttons, pen)
        case _:
            assert_never(part)


def _draw_fact(label: str, value: Words, pen: Pen) -> Element:
    """Draw a fact as two columns rather than a FactSet, which reads Markdown and squeezes long labels on a phone."""
    name = pen.text(" ".join(label.split()), min(_FACT, pen.most) // 4, weight="bolder")
    columns = [_draw_column(2, name), _draw_column(3, pen.text(value or wording.NOTHING, _FACT))]
    return {"type": "ColumnSet", "spacing": "small", "columns": columns}


def _draw_column(width: object, *items: Element) -> Element:
    return {"type": "Column", "width": width, "items": list(items)}


def _draw_quote(said: Said, pen: Pen) -> Iterator[Element]:
    # The label has a cap of its own, so that cutting the words leaves it whole.
    if said.label:
        yield text_run(plain_words(said.label, pen.zone, HEADER), weight="bolder")
    words = plain_words(said.words, pen.zone, min(TEXT, pen.most), typed=True)
    yield {"type": "Container", "style": "emphasis", "spacing": "small", "items": [text_run(words)]}


def _draw_row(row: Row, pen: Pen) -> Element:
    words = [pen.text(row.words)]
    if row.small is not None:
        words.append({**pen.text(row.small, size="small", isSubtle=True), "spacing": "none"})
    if row.button is None:
        return {"type": "Container", "items": words}
    button: Element = {
        "type": "ActionSet",
        "actions": [_draw_button(row.button, replace(pen, about=pen.plain(row.words, LABEL)))],
    }
    if row.button.confirm:  # the question unfolds beneath the button and needs the whole width
        return {"type": "Container", "items": [*words, button]}
    columns = [_draw_column("stretch", *words), {**_draw_column("auto", button), "verticalContentAlignment": "center"}]
    return {"type": "ColumnSet", "columns": columns}


def _draw_actions(buttons: Sequence[Button], pen: Pen) -> Iterator[Element]:
    for first in range(0, len(buttons), _ACTIONS):
        group = buttons[first : first + _ACTIONS]
        yield {"type": "ActionSet", "actions": [_draw_button(button, pen) for button in group]}


def _draw_button(button: Button, pen: Pen) -> Element:
    title = pen.plain(button.label, LABEL)
    # Read aloud with the button, which alone says only what it does, not to which of many.
    look: Element = {"tooltip": plain_words(f"{button.told}: {pen.about}", pen.zone, LABEL)}
    if style := _STYLES.get(button.style):
        look["style"] = style
    if button.url:
        make: Callable[..., Element] = _open_url_maker(button.url)
    else:
        make = _execute_maker(button, pen)
    return _confirm_action(title, button.confirm, make, look, pen) if button.confirm else make(title=title, **look)


def _open_url_maker(url: str) -> Callable[..., Element]:
    """Return what draws a link once it's given its title and look."""
    return lambda **look: {"type": "Action.OpenUrl", "url": url, **look}


def _execute_maker(button: Button, pen: Pen) -> Callable[..., Element]:
    """Return what draws a button of the bot's once it's given its title and look."""
    return lambda title, **look: pen.press(button.action, title, {"value": button.value}, **look)


def _confirm_action(title: str, question: str, make: Callable[..., Element], look: Element, pen: Pen) -> Element:
    """Draw a button that asks before it acts: cards have no dialogs, so it unfolds the question with the real button."""
    asked = {"type": "AdaptiveCard", "body": [pen.text(question, 300)], "actions": [make(title=title, **look)]}
    return {"type": "Action.ShowCard", "title": title, **look, "card": asked}


_JOINER = "\u2060"
# Cards turn {{DATE(…)}} and {{TIME(…)}} into dates even in text runs, which know no Markdown.
_MACRO = regex.compile(r"\{(?=\{)")
# A TextBlock knows a Markdown that differs from client to client, so only what none of them could read stays one.
_STILL = regex.compile(r"[\p{L}\p{M}\p{N}\p{So}\p{Cf}\ufe0f\xa0 .,:;·•…?’‘“”\"'()%–—/-]+")
_LIVE = regex.compile(r"^\s*(?:[-–—•]|\p{N}+[.)])(?:\s|$)|//|\w\.\p{L}{2}|-{2}")
_MARKS = regex.compile(r"[\[\]<>`*_~#!\\|@&]|//|(?<=\w)\.(?=\p{L}{2})|^(?=\s*(?:[-+=]|\d+[.)]))", regex.M)


def plain_words(words: Words, zone: str, most: int, *, typed: bool = False) -> str:
    """Return words for a text run, a label or a button, none of which reads Markdown; moments are written out.

    Never empty, at most `most` UTF-16 units, no line break at either end (Android leaves those out). `typed`: a person
    typed all of it.
    """
    if isinstance(words, str) and "{{" not in words and wording.needs_no_cleaning(words, most):
        return words
    drawn = (
        wording.clean_text(wording.beginning_of(one, most), typed=typed)
        if isinstance(one, str)
        else moment_and_notes(one, zone)
        for one in wording.parts_of(words)
    )
    return wording.show_text(_break_macros("".join(drawn).strip("\n")), most)


def has_no_markdown(text: str) -> bool:
    """Return True if a TextBlock shows exactly this, on every client: nothing in it is Markdown."""
    return _STILL.fullmatch(text) is not None and not _LIVE.search(text)


def without_markdown(words: str, most: int) -> str:
    """Return one line for the few places that only know Markdown: no link, list or mention is left in it."""
    line = " ".join(plain_words(words, "", most).split())
    return wording.show_text(_MARKS.sub(rf"{_JOINER}\g<0>{_JOINER}", line), most)


def _break_macros(text: str) -> str:
    """Return the text with an invisible joiner between two opening braces, so that it stays as typed."""
    return _MACRO.sub(f"{{{_JOINER}", text)
