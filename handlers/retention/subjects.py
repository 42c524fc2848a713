"""What an erasure is of: a call of the register, or a file that could not be registered (P4, P12)."""

from __future__ import annotations

from handlers.acting import Act
from storage.records import Recording
from storage.tables.erasures import Erasure, UnregisteredFile

Erasable = Recording | UnregisteredFile


def of(act: Act, erasure: Erasure) -> Erasable | None:
    """The call, or the file; None where a newer version erases something else."""
    if erasure.file_id is not None:
        return act.store.unregistered.get(erasure.file_id)
    return act.store.recordings.get(erasure.recording_id) if erasure.recording_id is not None else None


def goes(act: Act, erasure: Erasure, one: Erasable) -> bool:
    """Whether its audio is to go now, as far as what keeps or stops it has nothing to say: as the store finds what is due."""
    if isinstance(one, UnregisteredFile):
        return one.state == "closed"
    return one.closed(act.now) or (one.state == "gone" and bool(erasure.audio_hash))


def is_call(act: Act, one: Erasable) -> bool:
    """Whether a file that could not be registered is a call of the register by now: then it has a moment of its own."""
    return isinstance(one, UnregisteredFile) and bool(act.store.recordings.there(one.system, [one.native_id]))


def named(one: Erasable) -> dict[str, int]:
    """How the detail of an entry names it."""
    return {"file": one.id} if isinstance(one, UnregisteredFile) else {"recording": one.id}
