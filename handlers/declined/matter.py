"""A declined call as a matter: what every matter can be asked (P5)."""

from __future__ import annotations

from handlers.declined import intents
from handlers.declined.cards import card
from handlers.declined.reminding import row
from handlers.declined.view import GONE, load
from handlers.matters.kind import MatterOf

DECLINED_CALLS = MatterOf("D-", GONE, intents.Reroute, intents.Recheck, load, "declined", card, row)
