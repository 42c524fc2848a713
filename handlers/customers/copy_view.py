"""What a customer's page shows of the calls of a link: only what the customer may know of them (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handlers.customers.serving import WHY, Called, Serving
from handlers.policy import Policy
from handlers.rules.phone import written
from handlers.words import days_left, length_words, line_words, moment_words, size_words
from storage.records import Recording

ENDINGS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac", "audio/mp4": "m4a"}
"""How a file's name ends, by its media type."""


@dataclass(frozen=True, slots=True)
class CallView:
    """One call as its customer reads of it. `file` is the name under which it is given; `why` says why it can't be had.

    `facts` are pairs of label and value.
    """

    id: int
    when: str
    facts: tuple[tuple[str, str], ...]
    seconds: float
    size: int
    file: str
    why: str = ""

    @property
    def kind(self) -> str:
        """The kind of file, such as “WAV”."""
        return self.file.rpartition(".")[2].upper()

    @property
    def weight(self) -> str:
        """How large the file is, in words."""
        return size_words(self.size)


@dataclass(frozen=True, slots=True)
class CopyView:
    """The page of a link. `complain` and `ring` are pairs of a line and what is told for it; `until` is a moment in words."""

    link: str
    until: str
    left: str
    may_keep: bool
    calls: tuple[CallView, ...]
    complain: tuple[tuple[str, str], ...]
    ring: tuple[tuple[str, str], ...]
    privacy: str

    @property
    def there(self) -> list[CallView]:
        """The calls that can be had."""
        return [one for one in self.calls if not one.why]

    @property
    def weight(self) -> str:
        """How large all files are together, in words."""
        return size_words(sum(one.size for one in self.there))


def viewed(serving: Serving, policy: Policy) -> CopyView:
    """What stands on the page; moments are told in the zone of the line that was called."""
    calls, ends_at = [one.recording for one in serving.calls], serving.link.ends_at
    lines = list(dict.fromkeys(one.line for one in calls))
    zone = line_words(lines[0], policy)[1]
    return CopyView(
        serving.link.id, moment_words(ends_at, zone, None), days_left(ends_at, serving.now), serving.may_keep,
        tuple(_call(one, policy, number if len(calls) > 1 else 0) for number, one in enumerate(serving.calls, 1)),
        tuple((line_words(one, policy)[0], policy.customers.complain[one]) for one in lines if one in policy.customers.complain),
        numbers(policy, lines), policy.company.privacy,
    )  # fmt: skip


def numbers(policy: Policy, lines: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Where a customer rings: these lines as far as the policy has them, else all; pairs of label and number as it is written."""
    known = [one for one in lines if policy.line(one)] or list(policy.lines)
    return tuple((line_words(one, policy)[0], written(one)) for one in known)


def _call(called: Called, policy: Policy, number: int) -> CallView:
    recording = called.recording
    line, zone = line_words(recording.line, policy)
    outgoing = recording.direction == "outgoing"
    facts = (
        ("Call", "From us to you" if outgoing else "From you to us"), ("Line", line), ("Length", length_words(recording.seconds)),
        ("Made by" if outgoing else "Answered by", _answered(recording, policy)),
    )  # fmt: skip
    return CallView(
        recording.id, moment_words(recording.started, zone, None), facts, recording.seconds, recording.size,
        _file(recording, zone, number), WHY.get(called.state, ""),
    )  # fmt: skip


def _answered(recording: Recording, policy: Policy) -> str:
    where = policy.departments[recording.department].label
    return f"One of our staff, {where}"


def _file(recording: Recording, zone: str, number: int) -> str:
    """A name that tells when, and nothing of who."""
    at = recording.started.astimezone(ZoneInfo(zone))
    name = f"call-{number}-" if number else "call-"
    return f"{name}{at:%Y-%m-%d-%H%M}.{ENDINGS.get(recording.media_type, 'audio')}"
