"""What a call recording system does with calls that go on now: it tells them, and stops being recorded what is not to be (P5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

NOT_TOLD = "a leg that is told no more"
"""How a leg is named that is recorded though the system tells of it no more."""


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call that goes on, as its system describes it; `started` is aware, `line` and `caller` as in a `Sighting`.

    `call_id` is its name for the call with all its legs, from the first second to the last. `recordings` are the native ids
    that what is recorded of it has, or will have once it is registered: one for each leg that is recorded alone.
    """

    call_id: str
    line: str
    direction: Literal["incoming", "outgoing"]
    caller: str
    operator_email: str
    started: datetime
    recordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A call that goes on, of which the system could not tell enough: why, in a sentence for whoever keeps it."""

    call_id: str
    sentence: str


class LiveCalls(Protocol):
    """Calls that go on now. Each method raises `Unavailable`, all but `live` `Absent` where the call is certainly over.

    That one returns is the system's OK, and no proof: `still` is. What is asked for twice is as if asked for once. What was recorded is
    taken away by `Recorder.delete`, and proven to be gone by `Recorder.look`, as of any other recording: discarding has no
    way of its own.
    """

    async def live(self) -> Sequence[LiveCall | Unread]:
        """All calls that go on now; what is told of one stays the same, save that `recordings` may grow."""

    async def stop(self, call_id: str) -> None:
        """Ask for nothing more of this call to be recorded on any leg, for good."""

    async def still(self, call_id: str, also: Collection[str] = ()) -> tuple[str, ...]:
        """The legs that are recorded all the same, in names for a person; empty where there is certainly none.

        It goes another way than `stop` does, and two ways at once: what the system says of each leg, and what it does. Takes
        some seconds, ten at most; recordings in `also` (native ids) are watched, too, though no leg has them any more. Raises `Unavailable` where it could not look at every leg.
        """
