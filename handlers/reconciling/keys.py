"""Keys of matters as the log tells them: each is there until an entry says that it was destroyed (P8, P11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers.reconciling.findings import Finding, differ
from storage.evidence.key_states import KeyState
from storage.evidence.keys import KeyFile
from storage.evidence.requests import Logged

ACTIONS = frozenset({"words.erase", "words.erase_again"})
"""What this looks at."""


def reconcile(found: Iterable[KeyFile]) -> list[Finding]:
    """Everything about the keys of customers' requests that is stored otherwise than the log says."""
    return [one for file in found for one in kept(f"customer’s request {file.matter}", file.sealed, file.entries)]


def kept(thing: str, sealed: KeyState, entries: Iterable[Logged]) -> Iterator[Finding]:
    """Whether a key is there, or gone with an entry."""
    entry = next((one for one in entries if one.action in ACTIONS), None)
    if entry is None:
        if sealed.key is None:
            yield Finding(f"{thing}: the key of its words is gone, and the log knows nothing of it")
        elif sealed.ended is not None:
            yield Finding(f"{thing}: its words are stored as erased, but the log knows nothing of it")
    elif sealed.key is not None:
        yield Finding(f"{thing}: entry {entry.seq} says that its words were erased, but their key is stored")
    else:
        ended = sealed.ended
        stored = (ended.at, ended.trace) if ended is not None else (None, None)
        logged = (entry.at, entry.detail["trace"])
        yield from differ(f"{thing}, words", entry, erased_at=(stored[0], logged[0]), trace=(stored[1], logged[1]))
