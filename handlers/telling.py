"""A line in words, with the button that it speaks of."""

from __future__ import annotations

from collections.abc import Mapping

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
