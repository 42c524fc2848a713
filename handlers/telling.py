"""Lines in words, with the buttons that they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.cards import Actions, Button, Card, Line
from handlers.effects import Tell

ON_A_LINE = "line:"
"""Stands before the action of a button on a line in words: the message is no copy of the matter's card."""

LABELS: Mapping[str, str] = {"listen": "Listen", "answer": "Answer", "details": "Details", "again": "Ask again"}


def told(tell: Tell) -> Card:
    """The line as it is sent; a button that a newer version knows is left out."""
    label = LABELS.get(tell.button)
    if label is None:
        return Card((Line(tell.words),), tell.words)
    button = Button(f"{ON_A_LINE}{tell.button}", label, tell.matter, "primary")
    return Card((Line(tell.words), Actions((button,))), tell.words)


def known(commands: Iterable[str]) -> str:
    """What to say to whoever wrote something else."""
    return f"I know these words: {', '.join(commands)} and home."


def answer(words: str) -> Card:
    """An answer to what somebody wrote, with the buttons that lead on."""
    ask, home = Button("request", "Ask for a recording", "", "primary"), Button("home", "Home", "")
    return Card((Line(words), Actions((ask, home))), words)
