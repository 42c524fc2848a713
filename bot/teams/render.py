"""Draws cards, dialogs and the home for Teams as Adaptive Cards, and reads back what people pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypedDict

from bot.chats.wording import start
from bot.teams.elements import HEADER, Element, Pen, drawn, fits, heading, leaves, plain, rich, size, tamed
from handlers.cards import Actions, Button, Card, Heading, Page, Part, Small, Title
from handlers.telling import ON_A_LINE

# Teams refuses a card above 28 kB; the summary and the envelope of the message need room as well.
CARD = 25_000
_SUMMARY, _TURNING = 300, 6_000
REST, ALL = "rest", "Show all of it"
KIND = "application/vnd.microsoft.card.adaptive"


class Attachment(TypedDict):
    """An Adaptive Card as a message carries it, or as it stands in a dialog."""

    contentType: str
    content: Element


class Message(TypedDict):
    """An activity for the Bot Connector; `summary` is what notifications and the list of chats say."""

    type: Literal["message"]
    summary: str
    attachments: list[Attachment]


def message(card: Card, zone: str) -> Message:
    """A card as a message for a reader in `zone` (IANA)."""
    return Message(type="message", summary=_summary(card.summary), attachments=[attached(content(card, zone))])


def home(card: Card, zone: str) -> Message:
    """The home of a person in `zone` (IANA): Teams has no page for it, so it is a card like any other."""
    return message(homely(card), zone)


def homely(card: Card) -> Card:
    """A home, with the way to all of it should it be too long for one card."""
    return replace(card, rest=Button(REST, ALL, rest("home", "", 0)))


def content(card: Card, zone: str) -> Element:
    """The Adaptive Card alone, as the answer to an Action.Execute takes it."""
    pen = Pen(zone, start(card.title, HEADER))
    return _filled(card.parts, pen, card.summary, [], card.rest)


def page(page: Page, zone: str, *, dialog: bool = False) -> Element:
    """Something told to a person in `zone` (IANA), as a card of its own or as the content of a dialog.

    Its title stands above it where nothing else says what it is: a dialog does, and so does a first line of its own.
    """
    pen = Pen(zone, start(page.title, HEADER), dialog)
    return _filled(page.parts, pen, page.summary or page.title, [] if dialog else _head(page, zone))


def leaf(
    page: Page, zone: str, at: int, read: Callable[[int], str], more: Sequence[Part] = (), *, dialog: bool = False
) -> Element:
    """All of a page, or one leaf of it where it does not fit on one: the `at`th, from 0, or the last; `more` stands on each.

    `read` gives the value of the button that turns to a leaf.
    """
    pen, summary = Pen(zone, start(page.title, HEADER), dialog), page.summary or page.title
    head = [] if dialog else _head(page, zone)
    if fits([*page.parts, *more], pen, _room(head, summary)):
        return _filled([*page.parts, *more], pen, summary, head)
    found = leaves(page.parts, pen, _room(head, summary) - _TURNING)
    at = min(max(at, 0), len(found) - 1)
    before = (Button(REST, "Show what came before", read(at - 1)),) if at else ()
    after = (Button(REST, "Show the rest", read(at + 1)),) if at + 1 < len(found) else ()
    told = Small(f"Part {at + 1} of {len(found)}.", apart=True)
    turning = drawn([told, Actions((*after, *before)), *more], pen, _TURNING)
    return adaptive([*head, *found[at], *turning], summary)


def rest(button: str, value: str, at: int) -> str:
    """The value of a button that turns to a leaf of what another button shows."""
    return f"{at}:{button}:{value}"


def turned(value: str) -> tuple[int, str, str]:
    """Which leaf, of which button with which value; the first one where a client sends something else."""
    at, _, of = value.partition(":")
    button, _, about = of.partition(":")
    return (int(at) if at.isascii() and at.isdigit() and len(at) < 4 else 0), button, about


def as_card(page: Page) -> Card:
    """A page as a message of its own."""
    return Card((Heading(page.title), *page.parts), page.summary or page.title)


def dialog(title: str, card: Element) -> Element:
    """The `task` of an answer to task/fetch or task/submit that shows this card (drawn with `dialog=True`)."""
    value = {"title": plain(title, "", HEADER), "width": "medium", "height": "medium", "card": attached(card)}
    return {"type": "continue", "value": value}


def attached(card: Element) -> Attachment:
    return Attachment(contentType=KIND, content=card)


def adaptive(body: Sequence[Element], summary: str, **more: object) -> Element:
    """An Adaptive Card 1.5; clients that can't draw one show the summary instead."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "fallbackText": tamed(summary, _SUMMARY),
        "body": [*body],
        **more,
    }


def pressed(data: Mapping[str, Any]) -> tuple[str, str]:
    """What a press carried (`action.data` of an Action.Execute, `value` of an Action.Submit): the verb and its thing.

    Both are "" where a client sent something else.
    """
    return _word(data, "verb").removeprefix(ON_A_LINE), _word(data, "value")


def on_a_line(data: Mapping[str, Any]) -> bool:
    """Whether that button stands on a line in words, and not on a copy of the matter's card."""
    return _word(data, "verb").startswith(ON_A_LINE)


def _word(data: Mapping[str, Any], key: str) -> str:
    found = data.get(key)
    return found if isinstance(found, str) else ""


def _head(page: Page, zone: str) -> list[Element]:
    titled = any(isinstance(part, Title) for part in page.parts)
    return [] if titled else [heading(plain(page.title, zone, HEADER), "large")]


def _room(head: list[Element], summary: str) -> int:
    return CARD - size(adaptive(head, summary)) - len(", ")


def _filled(whole: Sequence[Part], pen: Pen, summary: str, head: list[Element], rest: Button | None = None) -> Element:
    found = drawn(whole, pen, _room(head, summary), rest)
    return adaptive([*head, *(found or ([] if head else [rich(_summary(summary))]))], summary)


def _summary(words: str) -> str:
    return " ".join(plain(words, "", _SUMMARY).split())
