"""What customers' browsers want, and who does it; the room of customers takes these (P8)."""

from __future__ import annotations

from handlers.customers import links, serving
from handlers.customers.intents import hearing

DOES = (
    hearing.OpenLink.by(links.open_link),
    hearing.Stay.by(serving.stay),
    hearing.Played.by(serving.played),
    hearing.Downloaded.by(serving.downloaded),
    hearing.HeardToEnd.by(serving.heard_to_end),
    hearing.LeavePage.by(serving.leave_page),
)
