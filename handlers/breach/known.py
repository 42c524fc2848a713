"""What is known of a report, as it is sealed with the report's own key; none of it ever stands anywhere else (P13)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from handlers.rules.breach import FALLBACK, HANDLERS
from handlers.unseen import Unseen

Source = Literal["chat", "link", "page", "bot"]
Kind = Literal[
    "filed", "fact", "question", "answer", "note", "opened", "used_twice", "acknowledged", "accused", "readers", "step",
    "gathered", "outcome", "audio_kept", "asked_to_hear", "may_hear", "may_not_hear", "heard", "agreed", "closed",
    "stalled", "reminded",
]  # fmt: skip


READERS, REPORTER = "readers", "reporter"
"""Of whom an entry that a report stalled says that they were told, where it was neither others nor the fallback."""
DECIDER = "decider"
"""The seat of whoever is asked whether a call may be heard: he or she sees that question, and not the report."""


class Noted(Unseen):
    """An entry of the reports' own log: `by` is an address (normal form), `reporter`, `bot` or `rule`; `at` ISO, a date for reporters."""

    kind: Kind
    by: str
    at: str
    words: str = ""
    about: str = ""


class Accusation(Unseen):
    """Somebody who was added later: by whom, and whether that put out another handler, so that the fallback comes in."""

    key: str
    by: str
    put_out: bool = False


class Seated(Unseen):
    """A reader as the rule seated him or her; `opened` says that the report was read."""

    email: str
    role: str
    deputy: bool
    opened: bool = False


class Kept(Unseen):
    """A call whose audio is kept for the report: the copy's random name, what the call was, and who was on it (addresses).

    `seconds` is 0 in what was kept before copies were measured.
    """

    name: str
    recording: int
    words: str
    media_type: str
    parts: int
    size: int
    operators: list[str] = Field(default_factory=list)
    seconds: float = 0.0


class Hearing(Unseen):
    """Somebody asks to hear a call for the report: who decides, and what became of it. `state`: asked, granted, refused."""

    name: str
    recording: int
    by: str
    decider: str
    state: Literal["asked", "granted", "refused"] = "asked"
    until: str = ""


class Known(Unseen):
    """Everything about one report. People are addresses in normal form; what the reporter wrote stands as it was written.

    `counter` counts how often it was written: the journal says which one it must have at least. `receipt` is the mark of its receipt. `in_vain` says to whom a message could not be sent, and when.
    """

    source: Source
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
    agrees: str = ""
    readers: list[Seated] = Field(default_factory=list)
    let_in: bool = False
    in_vain: dict[str, str] = Field(default_factory=dict)
    taken: list[str] = Field(default_factory=list)
    acknowledged_by: str = ""
    answered_on: str = ""
    steps: dict[str, str] = Field(default_factory=dict)
    calls: list[int] = Field(default_factory=list)
    audio: list[Kept] = Field(default_factory=list)
    hearings: list[Hearing] = Field(default_factory=list)
    reference: str = ""
    outcome: str = ""
    agreed: list[str] = Field(default_factory=list)
    told: str = ""

    @property
    def out(self) -> frozenset[str]:
        """Whoever must neither read it nor know of it as a handler, whatever the cause."""
        return frozenset({*self.accused, *self.conflicts, *(one.key for one in self.accusations), self.reporter}) - {""}

    @property
    def handlers(self) -> list[Seated]:
        """Those who handle it: readers who were not only asked whether a call may be heard."""
        return [one for one in self.readers if one.role != DECIDER]

    @property
    def answered(self) -> bool:
        """Whether nobody waits for an answer: somebody wrote one, or the bot reported it itself and a person has read it."""
        return bool(self.answered_on) or (self.source == "bot" and bool(self.acknowledged_by))

    @property
    def may_be_closed(self) -> bool:
        """P13: where there are two handlers both close, or the Manager; whom the rule names has to agree.

        Where silence let the fallback in, its word counts like the Manager's.
        """
        agreed, others = set(self.agreed), {one.email for one in self.handlers} - {self.agrees}
        if self.agrees:
            return self.agrees in agreed and bool(others & agreed)
        alone = {HANDLERS[0], *((FALLBACK,) if self.let_in else ())}
        return others <= agreed or any(one.email in agreed and one.role in alone for one in self.handlers)

    def granted(self, name: str, who: str, now: datetime) -> bool:
        """P9: whether somebody (an address in normal form) may hear this copy now."""
        theirs = (one for one in self.hearings if (one.name, one.by, one.state) == (name, who, "granted"))
        return any(now <= datetime.fromisoformat(one.until) for one in theirs)

    @property
    def put_out_by(self) -> str:
        """The handler whose accusation put the other handler out, the last one; empty where nobody's did."""
        return next((one.by for one in reversed(self.accusations) if one.put_out), "")
