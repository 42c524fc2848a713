"""Erasures as the log tells them: which call was closed when, and by what it is proved that its audio is gone (P12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from handlers import commitments
from handlers.reconciling import under_way
from handlers.reconciling.findings import Finding, Result, differ, unlogged
from storage.erasures import AGAIN, RETENTION
from storage.evidence.erasures import Proved
from storage.evidence.requests import Logged

CERTIFIED, VANISHED = "retention.certify", "retention.vanish"
ACTIONS = under_way.ACTIONS | {CERTIFIED, VANISHED}
"""The entries that this looks at."""


def erased(one: Proved) -> Iterator[Result]:
    """A certificate is stored as it was given, an erasure that is under way as it was begun, and of the call is left what may be."""
    row, certified = one.erasure, next((entry for entry in one.entries if entry.action == CERTIFIED), None)
    thing = f"erasure {row.id}"
    if row.why == RETENTION and not any(_began(entry, row.id) for entry in one.entries):
        yield unlogged(thing)
    if row.why in AGAIN and not any(_returned(entry, row.id) for entry in one.entries):
        yield Finding(f"{thing} waits for nobody, as if it had been erased before, but the log knows nothing of that")
    vanished = next((entry.at for entry in one.entries if entry.action == VANISHED), None)
    yield from differ(thing, None, vanished=(row.vanished_at, vanished))
    if row.erased_at is None:
        yield from (Finding(f"{thing} has a certificate in the log, but is stored as not done"),) if certified else ()
        yield from under_way.begun(one)
        yield from under_way.going_on(one) if not certified else ()
        return
    if certified is None:
        yield Finding(f"{thing} is stored as done, but the log has no certificate of it")
        return
    yield from _compared(thing, one, certified)
    if one.call is not None and one.call[0] != "erased":
        yield Finding(f"recording {row.recording_id} is stored as {one.call[0]}, but has a certificate")
    if one.call is not None and one.call[0] == "erased" and any(one.call[1:3]):
        yield Finding(f"recording {row.recording_id} is erased, but who called is still stored")


def lost(ids: Collection[str]) -> list[Finding]:
    """Certificates that the log knows and nobody stores."""
    return [Finding(f"erasure {one} has a certificate in the log, but is no longer stored") for one in sorted(ids)]


def uncertified(calls: Collection[int]) -> list[Finding]:
    """Calls that count as erased, of which no certificate is there."""
    return [Finding(f"recording {one} is stored as erased, but has no certificate") for one in calls]


def staying(calls: Collection[int]) -> list[Finding]:
    """Calls that count as about to be erased, though nothing erases them."""
    return [Finding(f"recording {one} is stored as closed, but no erasure of it is under way") for one in calls]


def lost_on_the_way(ids: Collection[str]) -> list[Finding]:
    """Erasures that the log knows, without a certificate, and nobody stores."""
    return [Finding(f"erasure {one} was begun, as the log says, but is no longer stored") for one in sorted(ids)]


def _began(entry: Logged, erasure: str) -> bool:
    return entry.action == under_way.CLOSED and under_way.names(entry, erasure)


def _returned(entry: Logged, erasure: str) -> bool:
    return entry.action in under_way.RETURNED and under_way.names(entry, erasure)


def _compared(thing: str, one: Proved, entry: Logged) -> Iterator[Result]:
    row, told = one.erasure, entry.detail
    yield from differ(
        thing, entry, call=(row.recording_id, told.get("recording")), why=(row.why, told["why"]),
        moment=(row.moment, _at(told["moment"])), closed=(row.closed_at, _at(told["closed"])),
        answered=(row.answered_at, _at(told["answered"])), erased=(row.erased_at, entry.at),
        name=(row.native_hash, told["native"]), audio=(row.audio_hash, told["audio"]),
        size=(row.size_hash, told.get("size", "")),
        policy_text=(row.policy_text, told["policy_text"]), state=(row.state, "erased"), pause=(row.pause, told.get("pause", "")),
        tries=(row.tries, told["tries"] - 1), trouble=(row.trouble, ""),
    )  # fmt: skip
    sent = under_way.last(one, under_way.SENT)
    yield from differ(thing, sent, recorder_asked=(row.asked_at, sent.at)) if sent is not None else ()
    if told.get("proof", proof := commitments.proof(row)) != proof:
        yield Finding(f"{thing}: how it was done, or what could not be seen, was changed after entry {entry.seq}")


def _at(told: str) -> datetime:
    return datetime.fromisoformat(told)
