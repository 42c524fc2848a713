"""A copy of a call as it is heard for a report: how long it lasts, and who may hear it now, by looks that note nothing (P9, P13)."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.acting import Act, Done
from handlers.breach import intents
from handlers.breach.handling import handled
from handlers.breach.known import Kept
from handlers.breach.sessions import NONE, reader
from handlers.breach.vault import Opened, Vault
from handlers.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that a person may hear now: of which call, its bytes, and its seconds; 0 where nobody knows them."""

    person: int
    recording: int
    size: int
    media_type: str
    seconds: float


def measure(act: Act, intent: intents.Measure) -> Done[None]:
    """The copy keeps how long it lasts: its call may be another one, or nobody's any more, when it is heard."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    copy = _copy(one, intent.name)
    if copy is None or copy.parts:
        raise Refused(NONE, clause="P13", code="no_copy")
    copy.seconds = _registered(act, copy)
    vault.save(one)
    return Done(None)


def may_hear(act: Act, report: str, session: str, name: str) -> Copy:
    """The copy, for whose session this is; asked all the time while it sounds, so no page goes on by it. Raises `Refused`."""
    mine = reader(act, report, session)
    one = Vault(act).for_reader(report, mine.email) if mine else None
    copy = _copy(one, name) if one else None
    if (
        mine is None
        or one is None
        or copy is None
        or not copy.parts
        or not one.known.granted(name, mine.email, act.now)
    ):
        raise Refused(NONE, clause="P9", code="not_granted")
    # Of what was kept before copies were measured, the register tells.
    return Copy(mine.person, copy.recording, copy.size, copy.media_type, copy.seconds or _registered(act, copy))


def _copy(one: Opened, name: str) -> Kept | None:
    return next((copy for copy in one.known.audio if copy.name == name), None)


def _registered(act: Act, copy: Kept) -> float:
    recording = act.store.recordings.get(copy.recording)
    return recording.seconds if recording is not None else 0.0
