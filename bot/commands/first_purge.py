"""What the first start would find to erase, read out of the recording system itself, since nothing is registered yet (P12)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.ports import Problem, Recorder, Sighting
from bot.retention.recording_sync import AtHand, timely
from handlers.policy import Policy
from handlers.retention.guard import Judged, weigh
from handlers.rules.erasure_guard import Day, day_of
from handlers.rules.retention import erase_at
from storage.outlook import Waiting
from storage.pauses import Due

NOT_YET = (
    "The bot was never started with this database: this is what the first start would find in the recording system."
)
NOTHING = Waiting(kept={}, paused={}, failed={}, elsewhere=0, due=frozenset())


async def counted(recorder: Recorder, rules: Policy, now: datetime) -> tuple[Judged, Counter[str]]:
    """The day as it would be judged, and how many calls are `due`, on no line of the policy (`outside`) or can't be registered (`files`).

    `now` is aware. Raises `Unavailable`.
    """
    span, found, due = day_of(rules, now), Counter[str](), list[Due]()
    async for told in recorder.changes(AtHand()):
        one = timely(told, now)
        if isinstance(one, Problem):
            found["files"] += 1
        if not isinstance(one, Sighting):
            continue
        if (line := rules.line(one.line)) is None:
            found["outside"] += 1
            continue
        moment = erase_at(one.started, line.time_zone, rules.retention.months)
        due += [Due("", moment, now)] if moment <= now else []
        found["due" if moment <= now else "coming" if moment < span.ends else "later"] += 1
    return weigh(span, Day(0, rules.retention.pause_above), due, found["coming"]), found
