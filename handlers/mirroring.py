"""What the recording system was told of holds, put on record: which calls it keeps for a case, and which it has let go (P12)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Act, Done
from handlers.handling import handler


@handler("mirror.held", clause="P12", about="matter")
def mirrored(act: Act, matter: str, recordings: tuple[int, ...]) -> Done[None]:
    """P12: also where the hold ended meanwhile, so that what came too late is let go of once more."""
    new = [one for one in act.store.mirrors.of(matter, recordings) if one.mirrored_at is None]
    for one in new:
        one.mirrored_at, one.unmirrored_at = act.now, None
    return _told(one.recording_id for one in new)


@handler("mirror.let_go", clause="P12", about="matter")
def unmirrored(act: Act, matter: str, recordings: tuple[int, ...]) -> Done[None]:
    """P12: also where the hold was renewed meanwhile, so that what it keeps is held anew."""
    new = [one for one in act.store.mirrors.of(matter, recordings) if one.unmirrored_at is None]
    for one in new:
        one.mirrored_at, one.unmirrored_at = None, act.now
    return _told(one.recording_id for one in new)


def _told(recordings: Iterable[int]) -> Done[None]:
    """Twice is once, whichever replica was first."""
    new = list(recordings)
    return Done(None, detail={"recordings": new}, quiet=not new)
