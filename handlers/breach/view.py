"""What the pages show of a report: to a handler all that is theirs to know, to the reporter how it stands (P13)."""

from __future__ import annotations

from dataclasses import dataclass


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
