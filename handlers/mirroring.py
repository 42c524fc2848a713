"""What the recording system was told of holds, put on record: which calls it keeps for a case, and which it has let go (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.acting import Act, Done, Intent
from handlers.room import Room


@dataclass(frozen=True)
class _OfHold(Intent[None], clause="P12"):
    """Something that the recording system did for a hold, of these calls by their numbers in the register."""

    matter: str
    recordings: tuple[int, ...]

    @property
    def subject(self) -> str:
        """The hold's id."""
        return self.matter


class Mirrored(_OfHold, action="mirror.held"):
    """The clock: the recording system keeps these calls for the hold as well."""


class Unmirrored(_OfHold, action="mirror.let_go"):
    """The clock: the recording system has let go of these calls for the hold."""


def mirrored(act: Act, intent: Mirrored) -> Done[None]:
    """P12: also where the hold ended meanwhile, so that what came too late is let go of once more."""
    new = [one for one in act.store.mirrors.of(intent.matter, intent.recordings) if one.mirrored_at is None]
    for one in new:
        one.mirrored_at, one.unmirrored_at = act.now, None
    return _told(one.recording_id for one in new)


def unmirrored(act: Act, intent: Unmirrored) -> Done[None]:
    """P12: also where the hold was renewed meanwhile, so that what it keeps is held anew."""
    new = [one for one in act.store.mirrors.of(intent.matter, intent.recordings) if one.unmirrored_at is None]
    for one in new:
        one.mirrored_at, one.unmirrored_at = None, act.now
    return _told(one.recording_id for one in new)


def _told(recordings: Iterable[int]) -> Done[None]:
    """Twice is once, whichever replica was first."""
    new = list(recordings)
    return Done(None, detail={"recordings": new}, quiet=not new)


ROOM = Room("mirroring", does=(Mirrored.by(mirrored), Unmirrored.by(unmirrored)))
