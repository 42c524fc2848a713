"""How long each golden card is: `python -m tests.golden.length` prints its lines and words.

A line is what is drawn as one where there is room: the first line, two facts side by side, each sentence, quote, row of buttons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handlers.cards import Card, Facts, Part
from tests.golden import cases, rooms
from tests.handlers.reading import lines

CARDS: Mapping[str, Card] = {**cases.CARDS, **rooms.CARDS}
MOST = 7
IN_DETAILS = frozenset(
    {"request-details-approver", "customer-details-releaser", "customer-answered-details", "every-part"}
)
"""What is no card in the chat."""


def as_read(card: Card) -> list[str]:
    """The lines of a card."""
    return [line for part in card.parts for line in _lines(part)]


def _lines(part: Part) -> Iterator[str]:
    told = lines(Card((part,), ""))
    pairs = range(0, len(told), 2) if isinstance(part, Facts) else ()
    return (" | ".join(told[one : one + 2]) for one in pairs) if pairs else iter([" ".join(told)])


def words(card: Card) -> int:
    """How many words it has, with those on its buttons."""
    return sum(len(line.split()) for line in as_read(card))


if __name__ == "__main__":
    for name, one in CARDS.items():
        print(f"{name:32} {len(as_read(one)):2} lines {words(one):4} words")
