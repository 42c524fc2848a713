"""Draws cards, dialogs and the home for Teams as Adaptive Cards, and reads back what people pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from bot.teams.elements import HEADER, Element, Pen, drawn, heading, rich, size
from bot.teams.text import plain, tamed
from bot.wording import start
from handlers.cards import Card, Heading, Page, Part, Title
from handlers.telling import ON_A_LINE

# Teams refuses a card above 28 kB; the summary and the envelope of the message need room as well.
CARD = 25_000
_SUMMARY = 300
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
    return message(card, zone)


def content(card: Card, zone: str) -> Element:
    """The Adaptive Card alone, as the answer to an Action.Execute takes it."""
    pen = Pen(zone, start(card.title, HEADER))
    return _filled(card.parts, pen, card.summary, [])


def page(page: Page, zone: str, *, dialog: bool = False) -> Element:
    """Something told to a person in `zone` (IANA), as a card of its own or as the content of a dialog.

    Its title stands above it where nothing else says what it is: a dialog does, and so does a first line of its own.
    """
    titled = dialog or any(isinstance(part, Title) for part in page.parts)
    head = [] if titled else [heading(plain(page.title, zone, HEADER), "large")]
    return _filled(page.parts, Pen(zone, start(page.title, HEADER), dialog), page.summary or page.title, head)


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


def _filled(whole: Sequence[Part], pen: Pen, summary: str, head: list[Element]) -> Element:
    room = CARD - size(adaptive(head, summary)) - len(", ")
    return adaptive([*head, *(drawn(whole, pen, room) or ([] if head else [rich(_summary(summary))]))], summary)


def _summary(words: str) -> str:
    return " ".join(plain(words, "", _SUMMARY).split())
