"""Gathers how things stand at the moment at which a weekly card is made; every number of it can be counted again from log and register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from handlers.acting import Act
from handlers.matters.case import Case, approvers
from handlers.room import Matter, Room
from handlers.rules.access import company_day
from handlers.rules.weekly import WEEK
from handlers.weekly.facts import Facts, Kept, Late, Log, Odd, Unreached, Waits
from handlers.weekly.intents import Verified
from storage.records import Matter as Row
from storage.tables.customers import CustomerRequest
from storage.tables.erasures import AheadCard
from storage.tables.notices import NoticeCheck
from storage.tables.policy import PolicyReview
from storage.tables.weeks import WeeklyCard
from storage.weeks import Done

Rooms = Callable[[], Iterable[Room]]
EXCEPTIONS = {
    "stopped_runs.stop": "a day’s erasures stopped, since they were unusually many or the database was restored",
    "erasures_ahead.keep_outside": "a call on no recorded line was kept",
    "erasures_ahead.keep_file": "a file that could not be registered was kept",
    "retention.came_back": "an erased call stood in the recording system again",
    "retention.reappeared": "an erased call stood in the recording system again",
    "declined.keep": "a call whose customer declined was kept",
    "notices.enter_outage": "callers were not told that they are recorded, on some days",
    "random_review.draw_with_number": "calls were drawn without the public beacon",
    "alarm.unheard": "somebody who should mend something could not be told",
    "people.keep": "it was settled whose account is whose",
    "people.new": "an address that somebody had became somebody else’s",
    "master_key.replaced": "the master key was replaced",
    "log.broken": "something did not fit the log",
    "log.restored": "an older copy of the database was restored",
    "log.journal_lost": "the journal outside the database was gone",
}
"""What is out of the ordinary, by the log's name for it."""


VANISHING = frozenset({"recordings.register", "retention.came_back", "retention.recognised", "retention.vanish"})
"""What tells of calls that vanished."""


def gathered(act: Act, rooms: Rooms, since: WeeklyCard | None, upto: int, verified: Verified | None) -> Facts:
    """`since` is the card before; the log is looked at from there on, up to entry `upto`, and a week back where there is none."""
    waits = list(_waits(act, rooms))
    done = _done(act, since, upto)
    outside, files = act.store.weeks.out_of_scope()
    run = act.store.reach.last()
    return Facts(
        late=_late(act), kept=_kept(act), overdue=[one for one in waits if one["due"]],
        waiting=[one for one in waits if not one["due"]], exceptions=[Odd(entry=one.seq, action=one.action, subject=one.subject) for one in done if one.action in EXCEPTIONS], outside=outside, files=files,
        vanished=_vanished(done), unreached=_unreached(act), untried=list(run.silent) if run else [],
        unseen=[one.id for one in act.store.weeks.open()], log=_log(act, verified),
    )  # fmt: skip


def _late(act: Act) -> list[Late]:
    since = act.now - timedelta(minutes=act.policy.retention.most_minutes_late)
    found: dict[tuple[str, str], Late] = {}
    for one in act.store.weeks.late(since, act.now):
        why = "" if one.run else one.trouble
        row = found.setdefault((one.run, why), Late(why=why, run=one.run, recordings=[], files=[]))
        if one.recording is not None:
            row["recordings"].append(one.recording)
        if one.file is not None:
            row["files"].append(one.file)
    return list(found.values())


def _kept(act: Act) -> list[Kept]:
    found: dict[tuple[str, str], Kept] = {}
    for keep, recording in act.store.outlook.keeps(act.now):
        key = (keep.matter_id, keep.why)
        row = found.setdefault(
            key, Kept(matter=keep.matter_id, why=keep.why, until=keep.ends_at.isoformat(), recordings=[])
        )
        row["recordings"].append(recording.id)
    return list(found.values())


def _waits(act: Act, rooms: Rooms) -> Iterator[Waits]:
    kinds: list[Matter] = [one.matter for one in rooms() if one.matter is not None]
    for kind in kinds:
        for matter in kind.waiting(act.store):
            case = kind.case(act, matter)
            if case.matter.is_open and not isinstance(case.matter, AheadCard | WeeklyCard):
                yield _waiting(act, case)


def _waiting(act: Act, case: Case) -> Waits:
    matter = case.matter
    asked = sorted(one.person_id for one in approvers(case))
    return Waits(
        matter=matter.id, since=matter.asked_at.isoformat(), due=_due(act, matter), state=matter.state, asked=asked
    )


def _due(act: Act, matter: Row) -> str:
    """When it was due, where that is over."""
    match matter:
        case CustomerRequest(due_at=datetime() as due):
            return due.isoformat() if due < act.now else ""
        case NoticeCheck(due_on=day) | PolicyReview(due_on=day):
            return day if day < company_day(act.policy, act.now).isoformat() else ""
        case _:
            return ""


def _done(act: Act, since: WeeklyCard | None, upto: int) -> list[Done]:
    first, after = (since.upto, None) if since is not None else (0, act.now - WEEK)
    return act.store.weeks.entries(first, upto, after, {*EXCEPTIONS, *VANISHING})


def _vanished(done: Iterable[Done]) -> list[int]:
    """P12: calls that went without us: before their moment, as a look told, or when they were to be erased."""
    told = (one for one in done if one.action in VANISHING)
    found = [(*one.detail.get("vanished", ()), *_not_there(one)) for one in told]
    return sorted({number for some in found for number in some})


def _not_there(one: Done) -> tuple[int, ...]:
    return (one.detail["recording"],) if one.action == "retention.vanish" and "recording" in one.detail else ()


def _unreached(act: Act) -> list[Unreached]:
    return [
        Unreached(subject=one.subject, kind=one.kind, person=one.person_id, why=one.why, since=one.since)
        for one in act.store.reach.open()
    ]


def _log(act: Act, verified: Verified | None) -> Log:
    if verified is None:
        return Log(entries=0, faults=0, checkpoint="", written=False, at="")
    noted = act.store.checkpoints.covering(verified.entries)
    return Log(
        entries=verified.entries, faults=verified.faults, checkpoint=noted.day if noted else "",
        written=noted is not None and noted.written_at is not None, at=verified.at.isoformat(),
        compared=verified.compared,
    )  # fmt: skip
