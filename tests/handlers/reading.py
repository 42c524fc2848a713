"""Cards as a person reads them, for the tests of what they say."""

import re
from collections.abc import Callable
from typing import TypeVar

from handlers import home
from handlers.acting import Actor, Context
from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Part, Row, Said, Small, Title, When, Words
from handlers.matters.showing import kind_of, show_card
from handlers.room import ROOMS
from tests.handlers.builders import Company

T = TypeVar("T")


async def card_of(company: Company, request: str, reader: Actor) -> Card | None:
    """Return the card of a request as it is now for this reader; None if the reader holds no copy."""

    def ask(ctx: Context) -> Card | None:
        found = show_card(ctx, request, reader.person_id or 0)
        return found.card if found else None

    return await looking(company, reader, ask)


async def seen(company: Company, request: str, reader: Actor) -> Card:
    """Return the card of a request that this reader holds."""
    card = await card_of(company, request, reader)
    assert card is not None, f"{reader.account} holds no copy"
    return card


async def whole_of(company: Company, request: str, reader: Actor) -> Card | None:
    """Return the card as Details shows it to this reader; None if it doesn't concern them."""

    def ask(ctx: Context) -> Card | None:
        found = kind_of(request).shown(ctx, request, reader.person_id or 0, whole=True)
        return found.card if found else None

    return await looking(company, reader, ask)


async def detailed(company: Company, request: str, reader: Actor) -> Card:
    """Return the card as Details shows it to a reader it concerns."""
    card = await whole_of(company, request, reader)
    assert card is not None, f"{reader.account} may not look"
    return card


async def home_of(company: Company, who: Actor) -> Card:
    return await looking(company, who, home.draw_home)


async def managed(company: Company, who: Actor) -> Card:
    """Return what Manage shows."""
    return await looking(company, who, lambda ctx: Card(home.manage_page(ctx).parts, ""))


async def listed(company: Company, who: Actor) -> Card:
    """Return this person's home with what is behind Manage, each list in its place."""

    def look(ctx: Context) -> Card:
        (title, *_), lists = home.draw_home(ctx).parts, home.collect_lists(ctx, ROOMS, lambda _: True)
        return Card((title, *home.list_sections(lists)), "")

    return await looking(company, who, look)


async def looking(company: Company, who: Actor, ask: Callable[[Context], T]) -> T:
    """Return what a person sees who only looks."""
    return await company.door.look(who, ask)


def text(words: Words) -> str:
    if isinstance(words, str):
        return words
    if isinstance(words, When):
        return f"<{words.at:%d %b %H:%M}{' ' + words.zone if words.zone else ''}>"
    return "".join(text(one) for one in words)


def lines(card: Card) -> list[str]:
    """Return everything that the card says, part by part."""
    return [line for part in card.parts for line in _lines(part)]


def _lines(part: Part) -> list[str]:
    match part:
        case Title():
            return [f"{part.sign} {part.what} · {part.state}"]
        case Heading():
            return [f"# {part.text}"]
        case Facts():
            return [f"{label}: {text(words)}" for label, words in part.rows]
        case Said():
            return [f"{part.label}: {part.words}"]
        case Line():
            return [f"{part.sign} {text(part.words)}" if part.sign else text(part.words)]
        case Small():
            return [f"({text(part.words)})"]
        case Actions():
            return ["[" + "] [".join(one.label for one in part.buttons) + "]"]
        case Row():
            small = f" ({text(part.small)})" if part.small else ""
            return [text(part.words) + small + (f" [{part.button.label}]" if part.button else "")]


def title(card: Card) -> str:
    """Return the sign and the state of the first line, or who asks or decided; the rest is for the golden files."""
    [first] = [part for part in card.parts if isinstance(part, Title)]
    return f"{first.sign} {first.state or re.split(' request| to hear| for ', first.what)[0]}"


def buttons(card: Card) -> list[Button]:
    """Return all live buttons, in order."""
    found = [one for part in card.parts if isinstance(part, Actions) for one in part.buttons]
    return found + [part.button for part in card.parts if isinstance(part, Row) and part.button]


def labels(card: Card) -> list[str]:
    """Return what can be pressed, except Details, which is on each card."""
    return [one.label for one in buttons(card) if one.label != "Details"]
