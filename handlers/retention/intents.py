"""What the clock wants of calls whose twelve months end, and what the recording system answered (P12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from handlers.acting import Intent
from handlers.matters import intents as matters

Trouble = Literal["unavailable", "held", "retained", "changed", "left", "absent"]
"""Why an erasure is not done: the system did not answer, keeps it, keeps all for some time, shows another call or none, or something was found."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A call that may be deleted now: where it is, at which stamp, how large its audio is (bytes), when it began and goes (aware).

    `audio` is the SHA-256 of what was there when the recorder was asked before; `gone` says that it shows the call no more,
    `returned` that it was erased once and stood there again, or has no name of its own any more, `known_again` that it was
    erased before and has no certificate here.
    """

    erasure: str
    recording: int
    native_id: str
    stamp: str
    size: int
    started: datetime
    audio: str
    gone: bool
    erase_at: datetime | None = None
    known_again: bool = False
    returned: bool = False


@dataclass(frozen=True)
class Pause(Intent[None]):
    """The clock, before anything is erased: what is not safe to erase now waits until somebody has looked."""

    action: ClassVar[str] = "retention.pause"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class FollowPause(matters.OfMatter):
    """The clock: more has to wait as well, or nothing waits any more."""

    action: ClassVar[str] = "retention.follow_pause"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class OfPause(Intent[None]):
    """A button of a pause's card: the `pause`, and the revision of it that was seen."""

    clause: ClassVar[str] = "P12"
    pause: str

    @property
    def subject(self) -> str:
        """The pause's id."""
        return self.pause.partition(":")[0]

    @property
    def seen(self) -> int:
        told = self.pause.partition(":")[2]
        return int(told) if told.isascii() and told.isdigit() else 0


@dataclass(frozen=True)
class Continue(OfPause):
    """Somebody has looked: what waits is erased."""

    action: ClassVar[str] = "retention.continue"


@dataclass(frozen=True)
class KeepPaused(OfPause):
    """Somebody has looked: what waits stays."""

    action: ClassVar[str] = "retention.keep"


@dataclass(frozen=True)
class RemindOfPause(matters.OfMatter):
    """The clock: whoever it waits for is reminded."""

    action: ClassVar[str] = "retention.remind"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class _OfCall(Intent[None]):
    """Something that is wanted of one call, by its number in the register."""

    clause: ClassVar[str] = "P12"
    recording: int

    @property
    def subject(self) -> str:
        """The call, as the audit log names calls."""
        return f"recording:{self.recording}"


@dataclass(frozen=True)
class _OfErasure(Intent[None]):
    """Something that is wanted of one erasure, by its id."""

    clause: ClassVar[str] = "P12"
    erasure: str

    @property
    def subject(self) -> str:
        """The erasure's id."""
        return self.erasure


@dataclass(frozen=True)
class Close(_OfCall):
    """The clock: a call's moment has come, so it is closed to everybody; it had vanished where its audio was only `hidden`."""

    action: ClassVar[str] = "retention.close"
    hidden: bool = False


@dataclass(frozen=True)
class Reopen(_OfCall):
    """The clock: a call was closed, and its moment turns out to lie ahead."""

    action: ClassVar[str] = "retention.reopen"


@dataclass(frozen=True)
class Forget(_OfCall):
    """The clock: the moment has come of a call that vanished before it; nothing is kept that tells who called."""

    action: ClassVar[str] = "retention.forget"


@dataclass(frozen=True)
class LetGo(_OfCall):
    """The clock: what kept a call past its moment keeps it no longer."""

    action: ClassVar[str] = "retention.let_go"
    matter: str


@dataclass(frozen=True)
class Take(Intent[tuple[Doomed, ...]]):
    """The clock: these erasures are seen to now, and by no other replica for a while."""

    action: ClassVar[str] = "retention.take"
    clause: ClassVar[str] = "P12"
    erasures: tuple[str, ...]


@dataclass(frozen=True)
class Ask(Intent[frozenset[str]]):
    """The clock: the recorder is about to be asked to delete these, one after the other.

    Answers which may be deleted, for what keeps a call is looked at again, and the guard is asked once more.
    """

    action: ClassVar[str] = "retention.ask"
    clause: ClassVar[str] = "P12"
    erasures: tuple[str, ...]


@dataclass(frozen=True)
class Send(Intent[bool]):
    """The clock: the recorder is asked to delete this call now, whose audio has this SHA-256.

    Answers whether it may be: what came to keep the call since `Ask` wins until here.
    """

    action: ClassVar[str] = "retention.send"
    clause: ClassVar[str] = "P12"
    erasure: str
    audio: str

    @property
    def subject(self) -> str:
        """The erasure's id."""
        return self.erasure


@dataclass(frozen=True)
class Fail(_OfErasure):
    """An erasure is not done: it is tried again later, and never called erased.

    `until` (aware) is when what was in the way ends by itself, where that is known.
    """

    action: ClassVar[str] = "retention.fail"
    trouble: Trouble
    left: int = 0
    until: datetime | None = None


@dataclass(frozen=True)
class Stay(_OfErasure):
    """The recorder was asked to delete a call and did not: something keeps it by now, or it was not there any more."""

    action: ClassVar[str] = "retention.stay"


@dataclass(frozen=True)
class Vanish(_OfErasure):
    """A call was not there any more when it was to be erased, and nobody knows since when."""

    action: ClassVar[str] = "retention.vanish"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a certificate rests on. `answered` is the second of the recorder's answer (aware), the hashes are keyed."""

    answered: datetime
    how: str
    unseen: str
    native_hash: str
    audio_hash: str
    size_hash: str = ""


@dataclass(frozen=True)
class Certify(_OfErasure):
    """The recorder answered, and a look of another kind found nothing."""

    action: ClassVar[str] = "retention.certify"
    proof: Proof


@dataclass(frozen=True, slots=True)
class Shown:
    """An erased call as the recording system shows it again."""

    native_id: str
    stamp: str
    size: int


@dataclass(frozen=True)
class CameBack(Intent[None]):
    """The recording system shows erased calls again; they are known by their numbers in the register."""

    action: ClassVar[str] = "retention.came_back"
    clause: ClassVar[str] = "P12"
    shown: Mapping[int, Shown]


@dataclass(frozen=True)
class Recognised(Intent[None]):
    """The recording system shows what was erased, under another name or start, or in no certificate here; `found` are rows as `Register` takes them."""

    action: ClassVar[str] = "retention.recognised"
    clause: ClassVar[str] = "P12"
    system: str
    found: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class EraseAgain(Intent[None]):
    """These calls (numbers in the register as it is now) had been erased, as the journal says."""

    action: ClassVar[str] = "retention.again"
    clause: ClassVar[str] = "P12"
    recordings: tuple[int, ...]


@dataclass(frozen=True)
class Late(Intent[None]):
    """The clock: calls are closed and still there, later than the policy allows."""

    action: ClassVar[str] = "retention.late"
    clause: ClassVar[str] = "P12"
    name: str = ""
