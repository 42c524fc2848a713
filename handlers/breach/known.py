"""Everything that is known of a report, one sealed document, and what the pages show of it (P13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from handlers.rules.breach import FALLBACK, HANDLERS, Moments, Overdue
from handlers.rules.breach import Kept as Ends
from handlers.rules.breach import overdue as overdue_by
from handlers.unseen import Unseen

Source = Literal["chat", "link", "page", "bot"]
Kind = Literal[
    "filed", "fact", "question", "note", "opened", "acknowledged", "accused", "readers", "step", "gathered", "outcome",
    "audio_kept", "asked_to_hear", "may_hear", "may_not_hear", "heard", "agreed", "closed", "stalled", "reminded",
]  # fmt: skip
DECIDER = "decider"
"""The seat of whoever is asked whether a call may be heard: he or she sees that question, and not the report."""


class Noted(Unseen):
    """An entry of the report's log: `by` is an address (normal form), `reporter`, `bot` or `rule`; `at` ISO, a date for reporters."""

    kind: Kind
    by: str
    at: str
    words: str = ""
    about: str = ""


class Accusation(Unseen):
    """Somebody (address in normal form) who was added by a handler, and by which one."""

    key: str
    by: str


class Seated(Unseen):
    """A reader as the rule seated him or her; `opened` says that the report was read."""

    email: str
    role: str
    deputy: bool
    opened: bool = False


class Kept(Unseen):
    """A copy of a call's audio: its random name, what the call was and how long, and who was on it (addresses). Whole once it has `parts`."""

    name: str
    recording: int
    words: str
    seconds: float
    operators: list[str]
    media_type: str = ""
    parts: int = 0
    size: int = 0


class Hearing(Unseen):
    """Somebody asks to hear a call for the report: who decides, and what became of it. `state`: asked, granted, refused."""

    name: str
    recording: int
    by: str
    decider: str
    state: Literal["asked", "granted", "refused"] = "asked"
    until: datetime | None = None


class Known(Unseen):
    """One report. People are addresses in normal form; what the reporter wrote stands as it was written.

    `counter` counts how often it was written: the journal says which one it must have at least. `receipt` is the mark of its receipt. `promised` and `ends` are kept, so that
    a calendar or a policy that changes later moves nothing. `reminded` is how many reminders of its clock were seen to.
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
    accused: list[str] = Field(default_factory=list)
    conflicts: list[str] = Field(default_factory=list)
    named: bool = False
    reporter: str = ""
    reporter_name: str = ""
    account: str = ""
    accusations: list[Accusation] = Field(default_factory=list)
    fired: str = ""
    readers: list[Seated] = Field(default_factory=list)
    let_in: bool = False
    reminded: int = 0
    acknowledged_by: str = ""
    answered_on: date | None = None
    steps: dict[str, str] = Field(default_factory=dict)
    calls: list[int] = Field(default_factory=list)
    audio: list[Kept] = Field(default_factory=list)
    hearings: list[Hearing] = Field(default_factory=list)
    reference: str = ""
    outcome: str = ""
    agreed: list[str] = Field(default_factory=list)
    told: str = ""
    closed_on: date | None = None
    ends: Ends | None = None
    end_reminded: bool = False
    log: list[Noted] = Field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it is still handled."""
        return self.closed_on is None

    @property
    def out(self) -> frozenset[str]:
        """Whoever must neither read it nor know of it as a handler, whatever the cause."""
        return frozenset({*self.accused, *self.conflicts, *(one.key for one in self.accusations), self.reporter}) - {""}

    @property
    def handlers(self) -> list[Seated]:
        """Those who handle it: readers who were not only asked whether a call may be heard."""
        return [one for one in self.readers if one.role != DECIDER]

    @property
    def opened(self) -> bool:
        """Whether one of them has read it."""
        return any(one.opened for one in self.handlers)

    @property
    def answered(self) -> bool:
        """Whether nobody waits for an answer: somebody wrote one, or the bot reported it itself and a person has read it."""
        return self.answered_on is not None or (self.source == "bot" and bool(self.acknowledged_by))

    def overdue(self, now: datetime) -> Overdue:
        """What nobody did in time; nothing of a closed one."""
        if not self.open:
            return ""
        return overdue_by(self.promised, now, acknowledged=bool(self.acknowledged_by), answered=self.answered)

    @property
    def may_be_closed(self) -> bool:
        """P13: everybody who handles it closes it, or the Manager; where the fallback was let in, one of those in the Manager's place."""
        alone = FALLBACK if self.let_in else HANDLERS[0]
        agreed = [one for one in self.handlers if one.email in self.agreed]
        return len(agreed) == len(self.handlers) or any(one.role == alone for one in agreed)

    def copy_named(self, name: str) -> Kept | None:
        """The copy of a call's audio that has this name."""
        return next((one for one in self.audio if one.name == name), None)

    def granted(self, name: str, who: str, now: datetime) -> bool:
        """P9: whether somebody (an address in normal form) may hear this copy now."""
        theirs = (one for one in self.hearings if (one.name, one.by, one.state) == (name, who, "granted"))
        return any(one.until is not None and now <= one.until for one in theirs)


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
