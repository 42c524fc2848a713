"""What can be wanted of confidential reports; the main audit log holds nothing of any of it (P13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Generic, TypeVar

from handlers.acting import Intent
from handlers.breach.known import Source
from handlers.breach.view import HandlerView, ReporterView
from handlers.cards import Card
from storage.breaches import Trace

R = TypeVar("R")
PART = (1 << 20) - 1
"""Bytes of a kept call's audio that are sealed, and asked for, together. Each fills a mebibyte, so the shorter last one tells no size."""


@dataclass(frozen=True)
class Confidential(Intent[R], Generic[R], clause="P13"):
    """All of them: whoever may not know of a report is answered as if there were none."""

    private: ClassVar[bool] = True


@dataclass(frozen=True)
class Within(Confidential[R], Generic[R]):
    """Something that is wanted on the page of a report, under a session of it; raises `Refused` once that is over."""

    report: str
    session: str

    @property
    def subject(self) -> str:
        return self.report


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


@dataclass(frozen=True)
class File(Confidential[Filed], action="breach.file"):
    """Somebody reports a suspected breach; `once` is the same when the same is sent again."""

    told: Told
    once: str = ""


@dataclass(frozen=True)
class Follow(Confidential[ReporterView], action="breach.follow"):
    """What a receipt shows; raises `Refused` for any that there is not."""

    receipt: str


@dataclass(frozen=True)
class Add(Confidential[ReporterView], action="breach.add"):
    """The reporter tells more, or answers."""

    receipt: str
    words: str


@dataclass(frozen=True)
class Link(Confidential[str], action="breach.link"):
    """Details or Reply was pressed in chat: a one-time code for the page, for whoever has sight of the report, or reported it."""

    report: str

    @property
    def subject(self) -> str:
        return self.report


@dataclass(frozen=True)
class Exchange(Confidential[tuple[str, str]], action="breach.exchange"):
    """The page exchanges its code for a session, once: the report and the session's secret."""

    code: str


class ReadOwn(Within[ReporterView], action="breach.read_own"):
    """Who gave a name looks at his or her own report, from a button in chat."""


@dataclass(frozen=True)
class AddOwn(Within[ReporterView], action="breach.add_own"):
    """Who gave a name tells more, or answers; see `Add`."""

    words: str


class Read(Within[HandlerView], action="breach.read"):
    """A handler looks at the report; it is noted in it."""


class Leave(Within[None], action="breach.leave"):
    """The page is left: its session ends."""


class Acknowledge(Within[None], action="breach.acknowledge"):
    """P13: a person has read it and says so to the reporter."""


@dataclass(frozen=True)
class AcknowledgePressed(Confidential[None], action="breach.acknowledge_pressed"):
    """The same, pressed on the card in chat: it counts only of who has opened the report."""

    report: str

    @property
    def subject(self) -> str:
        return self.report


@dataclass(frozen=True)
class Ask(Within[None], action="breach.ask"):
    """A handler asks the reporter something, or tells how it stands: the first feedback."""

    words: str


@dataclass(frozen=True)
class Note(Within[None], action="breach.note"):
    """A note that those who handle the report see, and nobody else."""

    words: str


@dataclass(frozen=True)
class Accuse(Within[None], action="breach.accuse"):
    """Somebody else is accused: whoever reads and is accused loses sight of it at once."""

    person: str
    words: str


@dataclass(frozen=True)
class TakeStep(Within[None], action="breach.step"):
    """A step of the Code of Conduct's process was taken, or not after all; by its number in the policy, from 1."""

    number: int
    taken: bool


@dataclass(frozen=True)
class Gather(Within[None], action="breach.gather"):
    """Gather who listened to a call and by whose approval; by a call's number, its id at home, or a part of its reference."""

    words: str


@dataclass(frozen=True)
class Outcome(Within[None], action="breach.outcome"):
    """What came of it, with the reference of the Code of Conduct's process; the bot words no verdict."""

    reference: str
    words: str


@dataclass(frozen=True)
class Close(Within[None], action="breach.close"):
    """Close it, with what the reporter is told. Where there are two handlers both close, or the Manager."""

    words: str


@dataclass(frozen=True)
class Keep(Within[str], action="breach.keep"):
    """Begin a copy of a call's audio for the report; its name."""

    recording: int


@dataclass(frozen=True)
class Keeping(Within[None], action="breach.keeping"):
    """A part of that copy (from 0)."""

    name: str
    part: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Kept(Within[None], action="breach.kept"):
    """The copy is whole: so many parts, and bytes of this media type."""

    name: str
    recording: int
    parts: int
    size: int
    media_type: str


@dataclass(frozen=True)
class AskToHear(Within[None], action="breach.ask_to_hear"):
    """A handler asks to hear a call for the report; whoever decides investigations, and is not out, decides."""

    name: str


@dataclass(frozen=True)
class DecideHearing(Within[None], action="breach.decide_hearing"):
    """Whoever was asked allows it or does not."""

    name: str
    asker: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """A part of a kept call's audio; `size` is the bytes of the whole. Empty where there is no such part."""

    data: bytes = field(repr=False)
    size: int
    media_type: str


@dataclass(frozen=True)
class Hear(Within[Sound], action="breach.hear"):
    """A part of a kept call's audio, `PART` bytes from `part * PART` on, for whoever may hear it; each hearing is noted."""

    name: str
    part: int


class Notice(Confidential[int], action="breach.notice"):
    """The clock: report whatever the database itself shows and nobody reported. How many reports that made."""


class Look(Confidential[int], action="breach.look"):
    """The clock: ask the rule again, take the steps that are due, let go of what is over. How many were changed."""


@dataclass(frozen=True)
class EndReportsAgain(Confidential[int], action="breach.end_again"):
    """At each start: what the journal says was destroyed, and whose sight ended; `older`: the reports are older than the journal, and count."""

    traces: frozenset[str]
    older: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a report that is to go out now: to an account or to a person, a card, and where it stands already."""

    name: str
    card: Card
    person: int | None
    account: str
    platform: str = ""
    conversation: str = ""
    message: str = ""


class Collect(Confidential[list[Message]], action="breach.collect"):
    """The messages that are to go out now."""


@dataclass(frozen=True)
class Delivered(Confidential[None], action="breach.delivered"):
    """A message stands in a conversation now."""

    name: str
    platform: str
    conversation: str
    message: str


@dataclass(frozen=True)
class Undelivered(Confidential[None], action="breach.undelivered"):
    """It could not be sent: later (`gone` False), or this person is out of reach."""

    name: str
    gone: bool
    wait: float = 30.0


class WrapAnew(Confidential[None], action="breach.wrap_anew"):
    """The master key is replaced: every report and message is wrapped by the newest."""


@dataclass(frozen=True)
class Journalled(Confidential[None], action="breach.journalled"):
    """These stand in the journal now."""

    told: Sequence[Trace]
