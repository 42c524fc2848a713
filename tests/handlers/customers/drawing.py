"""Cards of customers' requests as they would be drawn, for their tests (P8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.acting import Visitor
from handlers.cards import Card
from handlers.customers.cards import card
from handlers.customers.state import View
from storage.tables.customers import CustomerRequest
from tests.handlers.reading import lines

SECRETS = ("Mara", "mara.ellis", "invoice of March")


def at(view: View, reader: Visitor, *, whole: bool = False, **more: Any) -> list[str]:
    """What a card would say if its request stood so."""
    return lines(drawn(view, reader, whole=whole, **more))


def drawn(view: View, reader: Visitor, *, whole: bool = False, **more: Any) -> Card:
    """The card if its request stood so."""
    row = CustomerRequest(**{
        **{one.name: getattr(view.request, one.name) for one in CustomerRequest.__table__.columns},
        **{one: getattr(view.request, one) for one in ("state", "revision", "line", "asked_at", "due_at", "promise", "closed_at")},
        **{name: one for name, one in more.items() if hasattr(view.request, name)},
    })  # fmt: skip
    rest = {name: one for name, one in more.items() if not hasattr(view.request, name)}
    return card(replace(view, request=row, **rest), reader.person_id or 0, whole=whole)


def pressed(told: list[str]) -> str:
    return next((one for one in told if one.startswith("[")), "")
