"""What the first start would find to erase, read out of the recording system itself, since nothing is registered yet (P12)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.ports import Problem, Recorder, Sighting
from bot.retention.known_calls import AtHand
from bot.retention.recording_sync import timely
from handlers.policy import Policy
from handlers.rules.breaker import day_of, stops
from handlers.rules.retention import erase_at
from handlers.stopped_runs.judging import Judged
from storage.outlook import Waiting
from storage.stopped_runs import Brought

NOT_YET = (
    "The bot was never started with this database: this is what the first start would find in the recording system."
)
NOTHING = Waiting(
    kept={}, stopped={}, failed={}, elsewhere=0, due=0, agreed=0, files=0, files_agreed=0, files_failed={}
)


async def counted(recorder: Recorder, rules: Policy, now: datetime) -> tuple[Judged, Counter[str]]:
    """The day as it would be judged, and how many calls are on no line of the policy (`outside`) or can't be registered (`files`).

    `now` is aware. Raises `Unavailable`.
    """
    span, found = day_of(rules, now), Counter[str]()
    async for told in recorder.changes(AtHand()):
        one = timely(told, now)
        if isinstance(one, Sighting):
            found[_when(one, rules, now, span.ends)] += 1
        elif isinstance(one, Problem):
            found["files"] += 1
    brought = Brought(0, found["due"], found["coming"])
    register = found["due"] + found["coming"] + found["later"]
    stopped = stops(rules.retention.breaker, brought.number, register, 0.0)
    return Judged(span, brought, stopped, register), found


def _when(one: Sighting, rules: Policy, now: datetime, until: datetime) -> str:
    line = rules.line(one.line)
    if line is None:
        return "outside"
    moment = erase_at(one.started, line.time_zone, rules.retention.months)
    return "due" if moment <= now else "coming" if moment < until else "later"
