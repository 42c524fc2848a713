"""What the pages show of a report: to a handler all that is theirs to know, to the reporter how it stands (P13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from handlers.breach.known import Source


@dataclass(frozen=True, slots=True)
class Filed:
    """It is filed: the receipt, which is shown once and kept nowhere, and what will happen by when (dates of the home line).

    `last_resort` is to whom one can turn, where nobody here may read it now; else empty. `evidence` is to whom files can be
    brought.
    """

    receipt: str
    acknowledged_by: date
    answered_by: date
    last_resort: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """A part of a kept call's audio; `size` is the bytes of the whole. Empty where there is no such part."""

    data: bytes = field(repr=False)
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a reporter tells. People are addresses in normal form; `concerned` are those whom he or she names in words.

    `account` (its platform and id) is whose link led to the page, if one did; of who gives no name it is used to keep a would-be
    reader out, and forgotten. `name` is in words; `conflicts` also has a would-be reader who picks himself or herself.
    """

    source: Source
    what: str
    when: str = ""
    which: str = ""
    accused: tuple[str, ...] = ()
    concerned: str = ""
    conflicts: tuple[str, ...] = ()
    named: bool = False
    account: str = ""
    name: str = ""


PART = (1 << 20) - 1
"""Bytes of a kept call's audio that are sealed, and asked for, together. Each fills a mebibyte, so the shorter last one tells no size."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said or done, and by whom, in words; `at` is a date or a moment in words of the home line."""

    who: str
    at: str
    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the Code of Conduct's process, by number from 1; `by` who took it, or empty."""

    number: int
    words: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class CallView:
    """A call that belongs to the report: what it is, who listened to it and by whose approval.

    `kept` is the name of the copy of its audio, or empty; `state` says what the reader may do: ask, asked, hear, refused,
    decide (with `asks` as who asks), nothing.
    """

    recording: int
    words: str
    listened: tuple[str, ...]
    kept: str = ""
    state: str = "nothing"
    asks: str = ""
    asks_key: str = ""


@dataclass(frozen=True, slots=True)
class HandlerView:
    """A report as one handler reads it. `role` says as what; `others` who else reads it.

    `may` has what this reader can do now: acknowledge, ask, note, accuse, step, gather, keep, outcome, close, agree.
    """

    report: str
    state: str
    role: str
    others: tuple[str, ...]
    fired: str
    day: str
    acknowledge_by: str
    answer_by: str
    facts: tuple[tuple[str, str], ...]
    conversation: tuple[Said, ...]
    history: tuple[Said, ...]
    steps: tuple[StepView, ...]
    calls: tuple[CallView, ...]
    people: tuple[tuple[str, str], ...]
    may: frozenset[str]
    reference: str = ""
    outcome: str = ""
    closing: str = ""
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class ReporterView:
    """A report as its reporter sees it: the state in words, the clock, what was said. `question`: an answer is awaited.

    `last_resort` is to whom one can turn, where nobody may read it, or where `late` says what nobody did in time.
    """

    state: str
    day: str
    acknowledge_by: str
    answer_by: str
    conversation: tuple[Said, ...]
    question: bool
    open: bool
    told: str = ""
    last_resort: str = ""
    late: str = ""
    evidence: str = ""
