"""A stopped run, a day's erasures that wait for two people, as a matter: what every matter can be asked (P12)."""

from __future__ import annotations

from handlers.matters.kind import MatterOf
from handlers.stopped_runs import intents
from handlers.stopped_runs.cards import card, whole
from handlers.stopped_runs.reminding import row
from handlers.stopped_runs.view import GONE, load

STOPPED_RUNS = MatterOf(
    "ER-", GONE, intents.Notice, intents.Reroute, intents.Recheck, load, "stopped_run", card, row,
    full=lambda act, view, drawn: whole(drawn, view, act.store.stopped_runs.days(view.run.id)),
)  # fmt: skip
