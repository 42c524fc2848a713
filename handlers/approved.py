"""Whether a call is still the one that was approved: the audit log tells which that was, the database only which stands there (P7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from handlers.rules.calls import mark
from storage.audit import Logged
from storage.commitments import commitment
from storage.records import Recording

APPROVED = "access.approve"
GIVEN_BY_DRAW = "random_review.give"
GIVING = frozenset({APPROVED, GIVEN_BY_DRAW})
"""The entries by which a matter gives access. Each kind of matter that does adds its own, which says what `told` does."""
READ = frozenset({"recordings.identify", "recordings.register"})
"""Entries about a call itself: its audio was read."""


def subject(recording: int) -> str:
    """How the log names a call."""
    return f"recording:{recording}"


def told(salt: str, recordings: Iterable[Recording]) -> dict[str, dict[str, str]]:
    """What the entry of an approval says of each call: all that names it, the file that it was, the audio where it is known.

    `salt` is the matter's.
    """
    calls = {str(one.id): one for one in recordings}
    return {
        "calls": {name: one.identity for name, one in calls.items() if one.identity},
        "named": {name: _named(salt, one) for name, one in calls.items()},
        "stamps": {name: mark(one.stamp) for name, one in calls.items()},
    }


def by(entries: Iterable[Logged], grant: str) -> Logged | None:
    """The entry by which this access was given, among those about its matter (in order)."""
    return next((one for one in entries if one.action in GIVING and one.detail.get("grant") == grant), None)


def is_another(approval: Logged, read: Sequence[Logged], salt: str | None, call: Recording) -> bool:
    """Whether the row of a call says otherwise than the approval and what was `read` of it (in order) before and since.

    What an entry leaves out is not compared, nor what nobody can compare without the `salt`.
    """
    name, given = str(call.id), approval.detail
    if salt is not None and "named" in given and given["named"].get(name) != _named(salt, call):
        return True
    read = [one for one in read if one.detail.get("version") == call.version]
    return not _fits_audio(given, name, read, call) or not _fits_file(approval, name, read, call)


def _named(salt: str, call: Recording) -> str:
    """A commitment, since who knows the line could try out every number."""
    return commitment(salt, "call", call.system, call.native_id, str(call.version), *_facts(call))


def _facts(call: Recording) -> tuple[str, ...]:
    started = call.started.astimezone(UTC).isoformat(timespec="microseconds")
    return call.line, call.caller, call.operator_key, started


def _fits_audio(given: Mapping[str, Any], name: str, read: Sequence[Logged], call: Recording) -> bool:
    known = {given.get("calls", {}).get(name), *(one.detail["digest"] for one in read)} - {None}
    return known == {call.identity} or (not known and (not call.identity or "named" not in given))


def _fits_file(approval: Logged, name: str, read: Sequence[Logged], call: Recording) -> bool:
    """The file is the one that was read last; one that was approved before anybody had read it is the one that was read then."""
    approved = approval.detail.get("stamps", {}).get(name)
    marks = [(one.seq, one.detail["stamp"]) for one in read if "stamp" in one.detail]
    first = next((stamp for seq, stamp in marks if seq > approval.seq), approved)
    if approved and name not in approval.detail["calls"] and first != approved:
        return False
    last = marks[-1][1] if marks else approved
    return last is None or last == mark(call.stamp)


def versions(recordings: Iterable[Recording]) -> dict[str, dict[str, int]]:
    """What an entry says of the calls that a matter names: by recording, as which of the calls that stood under its name so far."""
    return {"versions": {str(one.id): one.version for one in recordings}}
