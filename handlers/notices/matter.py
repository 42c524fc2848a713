"""A notice that is to be confirmed as a matter: what every matter can be asked (P3)."""

from __future__ import annotations

from handlers.matters.kind import MatterOf
from handlers.notices import intents
from handlers.notices.cards import card
from handlers.notices.hearing import overseers
from handlers.notices.reminding import row
from handlers.notices.view import GONE, load

CONFIRMATIONS = MatterOf(
    "N-", GONE, intents.Notice, intents.Reroute, intents.Recheck, load, "notice", card, row,
    looks=overseers,
)  # fmt: skip
