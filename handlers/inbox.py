"""What people did while a platform could not say who they are: kept at once, done as soon as that can be checked."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from handlers.acting import Act, Done, Intent
from handlers.effects import Tell
from handlers.room import Room
from handlers.rules.refusal import Refused
from handlers.unseen import unseen
from storage.inbox import Collected, Incoming

LEASE = timedelta(seconds=25)
LONGEST = timedelta(minutes=10)  # no platform asks for a longer pause
KEPT_FOR = timedelta(minutes=30)  # what changes something is not done later than that: by then it may be meant no more
MOST = 20  # for one account; whoever presses more often than that has no use for it all
NOT_OURS, NO_PLATFORM = "not_ours", "no_platform"
ASIDE = {
    NOT_OURS: "was in the inbox without my mark: somebody who can write to the database put it there or changed it. I did not do it",
    NO_PLATFORM: "came from a chat platform that is not set up here. I did not do it",
}
"""Why a press was not done, as `check` says it."""
FULL = "Several things that you pressed wait already. Please press this again when they are done."


@dataclass(frozen=True, slots=True)
class Press:
    """Something that somebody did on a chat platform, with all that it takes to do it later.

    `verb` is one of `handlers.WANTED`, `value` what it is about, `key` the idempotency key. `reference` is how the
    platform reaches the account, where that was just learnt.
    """

    platform: str
    account: str
    verb: str
    value: str
    key: str
    reference: dict[str, Any] = field(default_factory=dict)


_PRESS: TypeAdapter[Press] = unseen(Press)


@dataclass(frozen=True, slots=True)
class Kept:
    """A press that this process has taken for a while (`LEASE`), and since when it is kept; None for a row that this bot did not write."""

    id: int
    press: Press | None
    at: datetime
    attempts: int


@dataclass(frozen=True)
class Keep(Intent[None], action="inbox.keep"):
    """Keep a press; it is first tried at `due`."""

    press: Press
    due: datetime


@dataclass(frozen=True)
class Collect(Intent[list[Kept]], action="inbox.collect"):
    """Take at most so many that are due, one an account."""

    most: int


@dataclass(frozen=True)
class PutOff(Intent[None], action="inbox.put_off"):
    """It could not be done yet, by the platform's `code`; try again at `until`."""

    kept: int
    code: str
    until: datetime


@dataclass(frozen=True)
class Settle(Intent[None], action="inbox.settle"):
    """It was done, or it will not be; `told` is what whoever pressed it is to hear of that."""

    kept: int
    told: Say | None = None


@dataclass(frozen=True)
class SetAside(Intent[None], action="inbox.set_aside", clause="P7"):
    """It is not done, and nobody can be told; `why` is one of `ASIDE`."""

    kept: int
    why: str

    @property
    def subject(self) -> str:
        return f"press:{self.kept}"


@dataclass(frozen=True)
class Say(Intent[None], action="people.say"):
    """A sentence for whoever owns an account, where the platform did not take it at once; `once` as for `Tell`."""

    platform: str
    account: str
    words: str
    once: str


def kept_words(platform: str) -> str:
    """For whoever pressed something that is kept."""
    name, minutes = platform.title(), KEPT_FOR.seconds // 60
    return f"{name} does not tell me who you are just now. I do it if {name} answers within {minutes} minutes, and tell you."


def done_late(press: Press, label: str) -> str:
    """For a change that had to wait; `label` is what the button said that was pressed."""
    return f"{_waited(press, label)} It is done now."


def too_late(press: Press, label: str) -> str:
    """For a change that nobody wants any more by now."""
    minutes = KEPT_FOR.seconds // 60
    return (
        f"{_waited(press, label)} After {minutes} minutes I gave it up, and nothing was changed. Please press it again."
    )


def _waited(press: Press, label: str) -> str:
    about = press.value.partition(":")[0]
    on = f" on {about}" if about else ""
    what = f"You pressed {label}{on}" if label else "You chose something at home"
    return f"{what} while {press.platform.title()} did not tell me who you are."


def keep(act: Act, intent: Keep) -> Done[None]:
    """Behind whatever the same account did before; so much, and not more."""
    press = intent.press
    if act.store.inbox.waiting(press.platform, press.account) >= MOST:
        raise Refused(FULL, code="inbox_full")
    row = Incoming(
        platform=press.platform, account_id=press.account, press=_marked(act, press), at=act.now, due_at=intent.due
    )  # fmt: skip
    act.store.inbox.keep(row)
    return Done(None, quiet=True)


def collect(act: Act, intent: Collect) -> Done[list[Kept]]:
    """Nothing is done twice while the lease lasts; what a dead process took comes back after it."""
    rows = act.store.inbox.claim(act.now, LEASE, LONGEST, intent.most)
    return Done([Kept(row.id, _read(act, row), row.at, row.attempts) for row in rows], quiet=True)


def _marked(act: Act, press: Press) -> str:
    """The press with a mark over all of it and the moment: whoever has no key can neither make one nor change one."""
    told = json.dumps(asdict(press))
    return f"{_mark(act, act.now, told)} {told}"


def _read(act: Act, row: Collected) -> Press | None:
    mark, _, told = row.press.partition(" ")
    if not hmac.compare_digest(mark.encode(), _mark(act, row.at, told).encode()):
        return None
    try:
        return _PRESS.validate_python(json.loads(told))
    except ValueError:  # an older version kept it
        return None


def _mark(act: Act, at: datetime, told: str) -> str:
    return act.keys.mark("inbox", at.astimezone(UTC).isoformat(), told)


def put_off(act: Act, intent: PutOff) -> Done[None]:
    """Later; whatever else the same account did waits behind it."""
    act.store.inbox.put_off(intent.kept, intent.code, intent.until)
    return Done(None, quiet=True)


def settle(act: Act, intent: Settle) -> Done[None]:
    """What was done stands in the audit log under its own name."""
    act.store.inbox.settle(intent.kept)
    return say(act, intent.told) if intent.told is not None else Done(None, quiet=True)


def set_aside(act: Act, intent: SetAside) -> Done[None]:
    """The log keeps that there was one; `check` tells it to whoever runs the bot."""
    act.store.inbox.settle(intent.kept)
    return Done(None, detail={"why": intent.why})


def say(act: Act, intent: Say) -> Done[None]:
    """By the outbox; an account that is nobody's can't be told anything that way."""
    account = act.store.people.account(intent.platform, intent.account)
    person = account.person_id if account is not None else None
    return Done(None, () if person is None else (Tell(person, intent.words, intent.once),), quiet=True)


ROOM = Room(
    "inbox",
    does=(
        Keep.by(keep), Collect.by(collect), PutOff.by(put_off), Settle.by(settle), SetAside.by(set_aside), Say.by(say),
    ),
)  # fmt: skip
