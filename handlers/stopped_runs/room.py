"""What the breaker of erasures brings to the house (P12)."""

from __future__ import annotations

from handlers.matters import asking
from handlers.room import Does, Room
from handlers.stopped_runs import agreeing, intents, reminding, stopping
from handlers.stopped_runs.matter import StoppedRuns
from handlers.stopped_runs.rows import lists

MATTER = StoppedRuns()

ROOM = Room(
    "stopped_runs",
    does=(
        intents.Stop.by(stopping.stop),
        intents.Agree.by(agreeing.agree),
        intents.End.by(agreeing.end),
        intents.Remind.by(reminding.remind),
        intents.Reroute.by(lambda act, intent: asking.reroute(act, intent, MATTER.case(act, intent.matter))),
        intents.Recheck.by(lambda act, intent: asking.recheck(act, MATTER.case(act, intent.matter))),
        intents.Notice.by(lambda act, intent: asking.notice(act, intent, MATTER.case(act, intent.matter))),
    ),
    buttons={"run_erase": Does(intents.Agree, "Erase")},
    due={reminding.REMIND: intents.Remind},
    matter=MATTER,
    lists=lists,
)
