"""A review of the policy as a matter: what every matter can be asked (P14)."""

from __future__ import annotations

from handlers.matters.kind import MatterOf
from handlers.policy_review import intents
from handlers.policy_review.cards import card
from handlers.policy_review.reminding import row
from handlers.policy_review.view import GONE, load

REVIEWS = MatterOf("PR-", GONE, intents.Reroute, intents.Recheck, load, "policy_review", card, row)
