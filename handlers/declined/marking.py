"""What the log says of which call it is, and of what is recorded of it: marks alone, since these may be names (P5, P11, C1)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import commitments
from handlers.acting import Act
from storage.tables.declined import Declined


def marks(act: Act, row: Declined) -> dict[str, str]:
    """Of who was on it, and of what the phone system calls it."""
    return {"operator": commitments.on_call(act.keys, row), "call": commitments.named_call(act.keys, row)}


def names(act: Act, row: Declined, native_ids: Sequence[str]) -> dict[str, list[str]]:
    """Of the names that recordings of it have or will have, and that were not known before; nothing of none."""
    return {"names": commitments.named_recordings(act.keys, row.id, native_ids)} if native_ids else {}


def legs(act: Act, row: Declined) -> dict[str, str]:
    """Of the legs that are recorded still; nothing of none."""
    return {"which": commitments.named_legs(act.keys, row)} if row.legs else {}
