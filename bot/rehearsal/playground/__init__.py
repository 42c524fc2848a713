"""`recording-steward demo-teams`: the real bot in Microsoft's own local client, once for each of two people."""

from bot.rehearsal.playground.demo import demo_teams

__all__ = ["demo_teams"]
