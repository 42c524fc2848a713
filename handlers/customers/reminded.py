"""The line by which somebody is reminded of a customer's request (P8)."""

from __future__ import annotations

from handlers.cards import Row
from handlers.customers.view import View
from storage.reminders import Reminder


def row(view: View, reminder: Reminder) -> Row | None:
    """One line with a button; None where it concerns that person no more."""
    return None
