"""What happened while the company's clock was moved: taken from the audit log and the ledger, never made up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from bot.rehearsal.recounting import LATE, MESSAGES, UNTOLD, Event, Recounting, Thing, known
from handlers import delivering
from handlers.acting import CLOCK, DELIVERY, Context
from storage.chain import Link, as_row
from storage.records import Outgoing

MOST = 100  # lines that somebody can be expected to look through
_MOST_READ = 50_000  # entries: what a move over several years brings
_Alike = tuple[object, ...]
_Entry = dict[str, Any]


def happened(ctx: Context, since: int, most: int = MOST) -> tuple[list[Thing], int]:
    """What the clock has done since that entry of the audit log: the first things, oldest first, and how many more."""
    recounting = Recounting(ctx)
    events = [one for one in _events(ctx, since) if recounting.worth_telling(one)]
    return [recounting.told(one) for one in events[:most]], max(0, len(events) - most)


def _events(ctx: Context, since: int) -> Iterable[Event]:
    left: dict[str, list[Outgoing]] = {}
    for row in ctx.store.outbox.queued_after(since):
        left.setdefault(row.id.partition(".")[0], []).append(row)
    found: dict[_Alike, Event] = {}
    for entry in (as_row(Link(*one)) for one in ctx.store.audit.links(since, _MOST_READ) if one[1]):
        for alike, one in _of_entry(entry, tuple(left.get(f"{entry['seq']:012d}", ())), since):
            found[alike] = found[alike].with_more(one) if alike in found else one
    return found.values()


def _of_entry(entry: _Entry, left: tuple[Outgoing, ...], since: int) -> Iterator[tuple[_Alike, Event]]:
    """What an entry tells, each with what it has in common with others that are told in one line with it."""
    at, action, subject = datetime.fromisoformat(entry["at"]), entry["action"], entry["subject"]
    match action:
        case delivering.note_delivered.action:
            if _came_late(entry, since):
                yield (_minute(at), LATE), Event(at, LATE, told=(entry["detail"]["person"],))
        case "matters.remind":
            who = int(subject.removeprefix("person:"))
            for one in entry["detail"]["told"]:
                step, matter = one["step"], one["matter"]
                yield (_minute(at), step, matter), Event(at, step, matter, left=left, told=(who,))
        case _ if _of_the_clock(entry):
            yield (entry["seq"],), Event(at, action, subject, entry["detail"], left)


def _came_late(entry: _Entry, since: int) -> bool:
    """A message that something before `since` had left, and that came only now."""
    cause = int(entry["subject"].partition(".")[0])
    return cause <= since and entry["detail"]["state"] == "sent" and entry["detail"]["kind"] in MESSAGES


def _of_the_clock(entry: _Entry) -> bool:
    """People saw what they did themselves; of the delivery's work only what came of it is told."""
    if entry["outcome"] != "done" or entry["action"] in UNTOLD:
        return False
    return entry["actor"] == CLOCK.actor or (entry["actor"] == DELIVERY.actor and known(entry["action"]) != "")


def _minute(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M}"
