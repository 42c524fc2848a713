"""What the audit log proves to people: a checkpoint each day, and a word to two of them when something does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers.acting import Act, Done, Intent
from handlers.effects import Tell
from handlers.policy.values import RoleName
from handlers.room import Room
from handlers.rules.access import company_day
from handlers.rules.checkpoints import checkpoint_day
from handlers.words import counted, moment_words
from storage.log_records import Checkpoint

WITNESSES: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


@dataclass(frozen=True)
class Take(Intent[None]):
    """The clock: take the day's checkpoint, unless it was taken."""

    action: ClassVar[str] = "log.checkpoint"


@dataclass(frozen=True)
class Written(Intent[None]):
    """The journal: the checkpoint of this day stands outside the database now."""

    action: ClassVar[str] = "log.written"
    day: date


@dataclass(frozen=True)
class Broken(Intent[None]):
    """The verification: so many things do not fit the log. `digest` is the same as long as they are the same."""

    action: ClassVar[str] = "log.broken"
    number: int
    digest: str

    @property
    def subject(self) -> str:
        return self.digest


def take(act: Act, intent: Take) -> Done[None]:
    """Where the log ends now, for two people to keep; whoever rewrites it later contradicts them."""
    day = checkpoint_day(act.policy, act.now)
    if act.store.checkpoints.of(day) is not None:
        return Done(None, quiet=True)
    head = act.store.audit.lock()
    taken = act.store.checkpoints.add(day, head.seq, head.hash, act.now)
    tells = tuple(Tell(person, _noted(act, person, taken), f"checkpoint:{day}") for person in _witnesses(act))
    return Done(None, tells, day.isoformat(), {"entries": taken.entries, "hash": taken.hash})


def _noted(act: Act, person: int, taken: Checkpoint) -> str:
    when = moment_words(taken.at, act.store.people.get(person).zone, None)
    return (
        f"The audit log of call recordings had {counted(taken.entries, 'entry', 'entries')} on {when}. Please keep this "
        "message: with it anybody can show later whether the log was rewritten. Whoever runs me then calls "
        f"recording-steward audit verify --head {taken.hash}"
    )


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


def _witnesses(act: Act) -> list[int]:
    """The holders of both roles, or for one who is away the deputies."""
    policy, day = act.today, company_day(act.policy, act.now)
    emails = [one for role in WITNESSES for one in policy.holders_on(role, day) or (policy.role(role).holder,)]
    return list(act.store.people.ids_for(dict.fromkeys(emails)).values())


ROOM = Room("checkpoints", does=(Take.by(take), Written.by(written), Broken.by(broken)))
