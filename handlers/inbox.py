"""What people did while a platform could not say who they are: kept at once, done as soon as that can be checked."""

import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from handlers.acting import Context, Intent, Result, Tell, handler
from handlers.rules import Refused
from handlers.sealing import unseen_adapter
from storage.inbox import CollectedPress, Incoming

LEASE = timedelta(seconds=25)
LONGEST = timedelta(minutes=10)  # no platform asks for a longer pause
KEPT_FOR = timedelta(minutes=30)  # what changes something is not done later than that: by then it may be meant no more
MOST = 20  # for one account; no one has a use for more
NOT_OURS, NO_PLATFORM = "not_ours", "no_platform"
ASIDE = {
    NOT_OURS: "was in the inbox without my mark: someone who can write to the database put it there or changed it. I didn’t carry it out",
    NO_PLATFORM: "came from a chat platform that isn’t set up here. I didn’t carry it out",
}
"""Why a press was not done, as `check` says it."""
FULL = "I’m still working on what you pressed before. Please press this again in a moment."


@dataclass(frozen=True, slots=True)
class Press:
    """Something a person did on a chat platform, with everything needed to do it later.

    `verb` is one of `handlers.WANTED`, `value` what it is about, and `key` the idempotency key. `reference` is how the
    platform reaches the account, if that was just learnt.
    """

    platform: str
    account: str
    verb: str
    value: str
    key: str
    reference: dict[str, Any] = field(default_factory=dict)


_PRESS: TypeAdapter[Press] = unseen_adapter(Press)


@dataclass(frozen=True, slots=True)
class KeptPress:
    """A press that this process has taken for a while (`LEASE`), and since when it is kept; None for a row that this bot did not write."""

    id: int
    press: Press | None
    at: datetime
    attempts: int


def kept_words(platform: str) -> str:
    """Return the words that tell a person their press is kept for later."""
    name, minutes = platform.title(), KEPT_FOR.seconds // 60
    return f"{name} can’t tell me who you are right now. I’ll do it if {name} answers within {minutes} minutes, and tell you."


def done_late_words(press: Press, label: str) -> str:
    """Return the words for a press that had to wait and is done now; `label` is the button's text."""
    return f"{_waited_words(press, label)} It is done now."


def too_late_words(press: Press, label: str) -> str:
    """Return the words for a press that was kept too long and then dropped."""
    minutes = KEPT_FOR.seconds // 60
    return f"{_waited_words(press, label)} I gave up after {minutes} minutes, and nothing was changed. Please press it again."


def _waited_words(press: Press, label: str) -> str:
    """Say what was pressed, and that it had to wait; `label` is the button's text, or empty."""
    about = press.value.partition(":")[0]
    on = f" on {about}" if about else ""
    what = f"You pressed {label}{on}" if label else "You chose something on Home"
    return f"{what} while {press.platform.title()} couldn’t tell me who you are."


@handler("inbox.keep")
def keep_press(ctx: Context, press: Press, due: datetime) -> Result[None]:
    """Keep a press behind earlier ones of the same account, to be tried first at `due` (aware). Raises `Refused` if
    `MOST` are waiting already.
    """
    if ctx.store.inbox.waiting(press.platform, press.account) >= MOST:
        raise Refused(FULL, code="inbox_full")
    row = Incoming(
        platform=press.platform, account_id=press.account, press=_marked_press(ctx, press), at=ctx.now, due_at=due
    )  # fmt: skip
    ctx.store.insert(row)
    return Result(None, quiet=True)


@handler("inbox.collect")
def collect_presses(ctx: Context, most: int) -> Result[list[KeptPress]]:
    """Lease presses, so that none is done twice; those of a dead process come back after the lease."""
    rows = ctx.store.inbox.claim(ctx.now, LEASE, LONGEST, most)
    return Result([KeptPress(row.id, _read_press(ctx, row), row.at, row.attempts) for row in rows], quiet=True)


def _marked_press(ctx: Context, press: Press) -> str:
    """Return the press with a mark over it and its time, so that no one without the key can forge or change one."""
    text = json.dumps(asdict(press))
    return f"{_mark_for(ctx, ctx.now, text)} {text}"


def _read_press(ctx: Context, row: CollectedPress) -> Press | None:
    """Return the press in a row; None if its mark is wrong, so that this bot didn't write it."""
    mark, _, text = row.press.partition(" ")
    if not hmac.compare_digest(mark.encode(), _mark_for(ctx, row.at, text).encode()):
        return None
    return _PRESS.validate_python(json.loads(text))


def _mark_for(ctx: Context, at: datetime, text: str) -> str:
    """Return the keyed mark of a press as it was kept at this moment (aware)."""
    return ctx.keys.mark("inbox", at.astimezone(UTC).isoformat(), text)


@handler("inbox.put_off")
def put_off(ctx: Context, kept: int, code: str, until: datetime) -> Result[None]:
    """Try a press again later; the account's other presses wait behind it."""
    ctx.store.inbox.put_off(kept, code, until)
    return Result(None, quiet=True)


@handler("inbox.settle")
def settle_press(ctx: Context, kept: int, tell: Intent[None] | None = None) -> Result[None]:
    """Settle a press; what it did is in the audit log under its own name. `tell` is what then tells the person, if
    anything.
    """
    ctx.store.inbox.settle(kept)
    return tell.do(ctx) if tell is not None else Result(None, quiet=True)


@handler("inbox.set_aside", clause="P7", about=lambda kept, **_: f"press:{kept}")
def set_aside(ctx: Context, kept: int, why: str) -> Result[None]:
    """Give up on a press. The log records it, and `check` reports it to the administrator."""
    ctx.store.inbox.settle(kept)
    return Result(None, detail={"why": why})


@handler("people.say")
def say_to_account(ctx: Context, platform: str, account_id: str, words: str, once: str) -> Result[None]:
    """Tell an account something through the outbox, if it belongs to a known person; otherwise it can't be told."""
    account = ctx.store.people.account(platform, account_id)
    person = account.person_id if account is not None else None
    return Result(None, () if person is None else (Tell(person, words, once),), quiet=True)
