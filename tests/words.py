"""Counts what each card in the chat shows, as Slack draws it: `python -m tests.words` prints words and lines, longest first."""

import re
from collections.abc import Iterator, Mapping
from math import ceil

from bot.slack.render import render_message
from handlers.cards import Card, Facts
from tests.golden import cases, rooms
from tests.handlers.reading import lines

CARDS: Mapping[str, Card] = {**cases.CARDS, **rooms.CARDS}
IN_DETAILS = {"request-details-approver", "customer-details-releaser", "customer-answered-details", "every-part"}
"""What is no card in the chat."""
IN_CHAT = sorted(CARDS.keys() - IN_DETAILS)
MOST_LINES, MOST_WORDS = 7, 67
OTHER_MOST_WORDS = {"request-waiting-approver": 52, "request-hostile-words": 75, "pause-all": 80, "digest-broken": 85}
_DATE = re.compile(r"<!date[^|]*\|([^>]*)>")


def count_words(name: str) -> int:
    """Return how many words a card shows, signs included; without its notification and what a press asks to confirm."""
    texts = _texts(render_message(CARDS[name], cases.READER)["blocks"])
    return sum(one != "·" for text in texts for one in _DATE.sub(r"\1", text).split())


def _texts(drawn: object) -> Iterator[str]:
    match drawn:
        case {"text": str(text)}:
            yield text
        case dict():
            yield from (text for part, one in drawn.items() if part != "confirm" for text in _texts(one))
        case list():
            yield from (text for one in drawn for text in _texts(one))


def count_lines(name: str) -> int:
    """Return its lines where there is room: two facts side by side, each sentence, quote or row of buttons alone."""
    each = (ceil(len(lines(Card((one,), ""))) / 2) if isinstance(one, Facts) else 1 for one in CARDS[name].parts)
    return sum(each)


if __name__ == "__main__":
    for one in sorted(IN_CHAT, key=count_words, reverse=True):
        print(f"{count_words(one):4} words {count_lines(one):2} lines  {one}")
