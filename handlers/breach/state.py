"""Everything that is known of a report, in one sealed document, and what the pages show of it (P13)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from handlers.rules.breach import FALLBACK, HANDLERS, Moments, Overdue
from handlers.rules.breach import what_is_overdue as overdue_by
from handlers.sealing import Unseen

Source = Literal["chat", "link", "page", "bot"]
Kind = Literal[
    "filed", "fact", "question", "note", "opened", "acknowledged", "accused", "readers", "step", "gathered", "outcome",
    "audio_kept", "asked_to_hear", "may_hear", "may_not_hear", "heard", "agreed", "closed", "stalled",
]  # fmt: skip
DECIDER = "decider"
"""The seat of a person who is asked whether a call may be heard: they see that question, and not the report."""


class Entry(Unseen):
    """An entry of the report's log: `by` is a person's id, `reporter`, `bot` or `rule`; `at` ISO, a date for reporters.

    `about` says for what the reporter reads as whom a handler acted, such as “HR”.
    """

    kind: Kind
    by: str
    at: str
    words: str = ""
    about: str = ""


class Accusation(Unseen):
    """A person who was added by a handler, and by which one."""

    person: int
    by: int


class Reader(Unseen):
    """A reader as the rule seated them; `opened` says that they read the report."""

    person: int
    role: str
    deputy: bool
    opened: bool = False


class CallCopy(Unseen):
    """A copy of a call's audio: its random name, what the call was and how long, and who was on it. Whole once it has `parts`."""

    name: str
    recording: int
    words: str
    seconds: float
    operators: list[int]
    media_type: str = ""
    parts: int = 0
    size: int = 0


class Hearing(Unseen):
    """A request to hear a call for the report: who decides, and what became of it."""

    name: str
    recording: int
    by: int
    decider: int
    state: Literal["asked", "granted", "refused"] = "asked"
    until: datetime | None = None


class Known(Unseen):
    """One report. What the reporter wrote is kept as it was written.

    `counter` counts how often it was written: the journal says which one it must have at least. `receipt` is the mark of its
    receipt. `promised` and `destroy_at` are kept, so that a calendar or a policy changed later moves nothing. `reminded` is
    how many reminders of its clock are done.
    """

    source: Source
    day: date
    late: bool
    promised: Moments
    counter: int = 0
    receipt: str = ""
    what: str
    when: str = ""
    which: str = ""
    concerned: str = ""
    accused: list[int] = Field(default_factory=list)
    conflicts: list[int] = Field(default_factory=list)
    named: bool = False
    reporter: int = 0
    reporter_name: str = ""
    account: str = ""
    accusations: list[Accusation] = Field(default_factory=list)
    fired: str = ""
    readers: list[Reader] = Field(default_factory=list)
    let_in: bool = False
    reminded: int = 0
    acknowledged_by: int = 0
    answered_on: date | None = None
    steps: dict[str, int] = Field(default_factory=dict)
    calls: list[int] = Field(default_factory=list)
    audio: list[CallCopy] = Field(default_factory=list)
    hearings: list[Hearing] = Field(default_factory=list)
    reference: str = ""
    outcome: str = ""
    agreed: list[int] = Field(default_factory=list)
    told: str = ""
    closed_on: date | None = None
    destroy_at: datetime | None = None
    log: list[Entry] = Field(default_factory=list)

    @property
    def open(self) -> bool:
        """True while the report isn't closed."""
        return self.closed_on is None

    @property
    def out(self) -> frozenset[int]:
        """The people who must neither read it nor know of it, for any cause."""
        return frozenset({*self.accused, *self.conflicts, *(one.person for one in self.accusations), self.reporter}) - {
            0
        }

    @property
    def handlers(self) -> list[Reader]:
        """The readers who handle it, without those who were only asked whether a call may be heard."""
        return [one for one in self.readers if one.role != DECIDER]

    @property
    def opened(self) -> bool:
        """True if one of its handlers has read it."""
        return any(one.opened for one in self.handlers)

    @property
    def acknowledgement(self) -> Entry | None:
        """Return the entry that says when it was acknowledged, and as whom."""
        return next((one for one in self.log if one.kind == "acknowledged"), None)

    @property
    def answered(self) -> bool:
        """True if an answer was written, or if the bot itself reported it and a person has read it."""
        return self.answered_on is not None or (self.source == "bot" and bool(self.acknowledged_by))

    def overdue(self, now: datetime) -> Overdue:
        """Return what is overdue; empty for a closed report or if nothing is."""
        if not self.open:
            return ""
        return overdue_by(self.promised, now, acknowledged=bool(self.acknowledged_by), answered=self.answered)

    @property
    def may_be_closed(self) -> bool:
        """P13: True if all handlers agreed to close it, or the Manager did; once the fallback was let in, one of the fallback instead."""
        alone = FALLBACK if self.let_in else HANDLERS[0]
        agreed = [one for one in self.handlers if one.person in self.agreed]
        return len(agreed) == len(self.handlers) or any(one.role == alone for one in agreed)

    def copy_named(self, name: str) -> CallCopy | None:
        """Return the copy of a call's audio that has this name."""
        return next((one for one in self.audio if one.name == name), None)

    def granted(self, name: str, who: int, now: datetime) -> bool:
        """P9: return True if a person may hear this copy now."""
        theirs = (one for one in self.hearings if (one.name, one.by, one.state) == (name, who, "granted"))
        return any(one.until is not None and now <= one.until for one in theirs)


@dataclass(frozen=True, slots=True)
class Filed:
    """The receipt, which is shown once and not stored, and what will happen by when (dates of the home line).

    `last_resort` is whom the reporter can turn to if no one here may read it now. `evidence` is to whom to bring files.
    """

    receipt: str
    acknowledged_by: date
    answered_by: date
    last_resort: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of a kept call's audio, empty if there is none; `size` is the bytes of the whole."""

    data: bytes = field(repr=False)
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a reporter tells. People are as the form names them: by id in a chat, by address (normal form) on a page; `concerned` is in words.

    `account` (its platform and id) is whose link led to the page, if one did; without a name it only keeps a would-be reader
    out, and is forgotten. `name` is in words; `conflicts` includes a would-be reader who picks themselves.
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
"""Bytes of a kept call's audio that are sealed together. Each piece fills a mebibyte, so the shorter last one tells no size."""


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
    asks_id: int = 0


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
    acknowledged: str = ""


@dataclass(frozen=True, slots=True)
class ReporterView:
    """A report as its reporter sees it: its state in words, its deadlines, and what was said.

    `question`: an answer is awaited. `last_resort` is whom to turn to if no one may read it, or if `late` says what is
    overdue.
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
    acknowledged: str = ""
