"""The buttons of a customer's request: which of them stand on its card for one reader, in every state, and where they lead (P8)."""

from __future__ import annotations

from handlers.cards import Actions, Button, Part
from handlers.customers.view import View

_PLACE = 3
"""Buttons on the card itself; the others stand in Details."""


def actions(view: View, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """What this reader may do now: the usual first, three at most unless it is the whole of the card."""
    found = tuple(_all(view, reader))
    shown = found if whole else found[:_PLACE]
    return (Actions(shown),) if shown else ()


def _all(view: View, reader: int) -> list[Button]:
    return []
