"""What the breaker of erasures brings to the house (P12)."""

from __future__ import annotations

from handlers.room import Does, Room
from handlers.stopped_runs import agreeing, intents, reminding, stopping
from handlers.stopped_runs.matter import STOPPED_RUNS
from handlers.stopped_runs.rows import lists

ROOM = Room(
    "stopped_runs",
    does=(
        intents.Stop.by(stopping.stop),
        intents.Agree.by(agreeing.agree),
        intents.End.by(agreeing.end),
        intents.Remind.by(reminding.remind),
        *STOPPED_RUNS.does,
    ),
    buttons={"run_erase": Does(intents.Agree, "Erase")},
    due={reminding.REMIND: intents.Remind},
    matter=STOPPED_RUNS,
    lists=lists,
)
