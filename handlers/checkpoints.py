"""What the audit log proves to people: a checkpoint each day, and a word to two of them when something does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers.acting import Act, Done, Intent
from handlers.door import Repeated
from handlers.effects import Tell
from handlers.policy.values import RoleName
from handlers.room import Room
from handlers.rules.access import company_day
from handlers.rules.reminding import checkpoint_day
from storage.tables.log import DATABASE, RESTORED

WITNESSES: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


class Take(Intent[None], action="log.checkpoint"):
    """The clock: take the day's checkpoint, unless it was taken."""


@dataclass(frozen=True)
class Written(Intent[None], action="log.written"):
    """The journal: the checkpoint of this day stands outside the database now."""

    day: date


@dataclass(frozen=True)
class Broken(Intent[None], action="log.broken"):
    """The verification: so many things do not fit the log. `digest` is the same as long as they are the same."""

    number: int
    digest: str

    @property
    def subject(self) -> str:
        return self.digest


@dataclass(frozen=True)
class Restored(Intent[None]):
    """The start: the journal tells of a log that this database does not hold, so it is an older copy, or another one.

    Up to entry `common` both say the same. `noted` and `hash` are the journal's newest, `found` is where this one ends.
    """

    action: ClassVar[str] = RESTORED
    clause: ClassVar[str] = "P12"
    common: int
    noted: int
    hash: str
    found: int

    @property
    def subject(self) -> str:
        """The journal's newest hash: the same restore, seen by another replica or after a crash, is told once."""
        return self.hash


@dataclass(frozen=True)
class JournalLost(Intent[None], action="log.journal_lost", clause="P12"):
    """The start: a checkpoint was written into the journal (entry `entries`), and the journal that is there lacks it."""

    entries: int
    hash: str

    @property
    def subject(self) -> str:
        """The checkpoint's hash."""
        return self.hash


def take(act: Act, intent: Take) -> Done[None]:
    """Where the log ends now, for the journal to keep; whoever rewrites it later contradicts that."""
    day = checkpoint_day(act.policy, act.now)
    if act.store.checkpoints.of(day) is not None:
        return Done(None, quiet=True)
    head = act.store.audit.lock()
    taken = act.store.checkpoints.add(day, head.seq, head.hash, act.now)
    return Done(None, subject=day.isoformat(), detail={"entries": taken.entries, "hash": taken.hash})


def written(act: Act, intent: Written) -> Done[None]:
    """Quietly: the file itself says it."""
    taken = act.store.checkpoints.of(intent.day)
    if taken is not None:
        taken.written_at = act.now
    return Done(None, quiet=True)


def broken(act: Act, intent: Broken) -> Done[None]:
    """Both are told how much it is and what to do now, never what it is about; once a day while it lasts."""
    things = "one thing does" if intent.number == 1 else f"{intent.number} things do"
    words = (
        f"I compared my records with the audit log, and {things} not fit. Somebody may have changed the database by hand, or "
        "an older copy was put back. Please have a copy of the database kept as it is now, and have whoever runs me call: "
        "recording-steward audit verify"
    )
    once = f"log_broken:{intent.digest}:{company_day(act.policy, act.now)}"
    return Done(None, tuple(Tell(one, words, once) for one in _witnesses(act)), detail={"findings": intent.number})


def restored(act: Act, intent: Restored) -> Done[None]:
    """P12: both are told once what is lost; whatever people pressed before is not done now, since it may have been done already."""
    if any(one.action == RESTORED and one.detail["hash"] == intent.hash for one in act.store.audit.about(DATABASE)):
        raise Repeated(intent.subject)
    dropped = act.store.inbox.clear()
    tells = tuple(Tell(one, _lost(intent), f"restored:{intent.hash}") for one in _witnesses(act))
    detail = {
        "hash": intent.hash, "common": intent.common, "noted": intent.noted, "found": intent.found, "presses": dropped,
    }  # fmt: skip
    return Done(None, tells, DATABASE, detail)


def _lost(intent: Restored) -> str:
    return (
        f"My database was restored from a copy. It ends at entry {intent.found:,} of the audit log, the journal knew of"
        f" {intent.noted:,}, and up to entry {intent.common:,} both say the same. What was done after the copy was made is lost."
        " I end all access to calls, and erase again whatever had been erased since; nobody hears it meanwhile."
        " Holds and declines that were written down after the copy was made are lost, too. Please set them again now:"
        " I erase nothing else until the Head of Customer Success has looked, and ask for that when the next call comes to its moment."
        " If nobody was meant to restore it, please find out who did."
    )


def journal_lost(act: Act, intent: JournalLost) -> Done[None]:
    """P12: without its journal the program can't tell a restore; both hear it once for each checkpoint that is lacking."""
    if act.store.audit.count(intent.action, intent.subject):
        raise Repeated(intent.subject)
    words = (
        "The journal that I keep outside my database is gone, or an older one stands in its place. I begin a new one, but can't"
        " tell whether my database was restored meanwhile. Please have whoever runs me put the right one back."
    )
    return Done(
        None,
        tuple(Tell(one, words, f"journal_lost:{intent.hash}") for one in _witnesses(act)),
        detail={"entries": intent.entries},
    )


def _witnesses(act: Act) -> list[int]:
    """The holders of both roles, or for one who is away the deputies."""
    policy, day = act.today, company_day(act.policy, act.now)
    emails = [one for role in WITNESSES for one in policy.holders_on(role, day) or (policy.role(role).holder,)]
    return list(act.store.people.ids_for(dict.fromkeys(emails)).values())


ROOM = Room(
    "checkpoints",
    does=(
        Take.by(take), Written.by(written), Broken.by(broken), Restored.by(restored), JournalLost.by(journal_lost),
    ),
)  # fmt: skip
