"""Provisional."""

from __future__ import annotations

from datetime import datetime

from handlers.cards import Page
from handlers.keys import Keys


def page(keys: Keys, account: str, now: datetime, public_url: str) -> Page:
    """Provisional."""
    return Page("In confidence", ())
