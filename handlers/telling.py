"""Lines in words, with the buttons that they speak of."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.cards import Actions, Button, Card, Line
from handlers.effects import Tell

ON_A_LINE = "line:"
"""Stands before the action of a button on a line in words: the message is no copy of the matter's card."""


def told(tell: Tell, label: str) -> Card:
    """The line as it is sent. `label` is what its button says; one that only a newer version knows has none and is left out."""
    if not label:
        return Card((Line(tell.words),), tell.words)
    button = Button(f"{ON_A_LINE}{tell.button}", label, tell.matter or tell.opens, "primary")
    return Card((Line(tell.words), Actions((button,))), tell.words)


def known(commands: Iterable[str]) -> str:
    """What to say to whoever wrote something else."""
    return f"I know these words: {', '.join(commands)} and home."


def answer(words: str, begins: Iterable[Button]) -> Card:
    """An answer to what somebody wrote, with the buttons that lead on."""
    return Card((Line(words), Actions((*begins, Button("home", "Home", "")))), words)
