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
class Confidential(Intent[R], Generic[R]):
    """All of them: whoever may not know of a report is answered as if there were none."""

    clause: ClassVar[str] = "P13"
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
class File(Confidential[Filed]):
    """Somebody reports a suspected breach; `once` is the same when the same is sent again."""

    action: ClassVar[str] = "breach.file"
    told: Told
    once: str = ""


@dataclass(frozen=True)
class Follow(Confidential[ReporterView]):
    """What a receipt shows; raises `Refused` for any that there is not."""

    action: ClassVar[str] = "breach.follow"
    receipt: str


@dataclass(frozen=True)
class Add(Confidential[ReporterView]):
    """The reporter tells more, or answers."""

    action: ClassVar[str] = "breach.add"
    receipt: str
    words: str


@dataclass(frozen=True)
class Link(Confidential[str]):
    """Details or Reply was pressed in chat: a one-time code for the page, for whoever has sight of the report, or reported it."""

    action: ClassVar[str] = "breach.link"
    report: str

    @property
    def subject(self) -> str:
        return self.report


@dataclass(frozen=True)
class Exchange(Confidential[tuple[str, str]]):
    """The page exchanges its code for a session, once: the report and the session's secret."""

    action: ClassVar[str] = "breach.exchange"
    code: str


@dataclass(frozen=True)
class ReadOwn(Within[ReporterView]):
    """Who gave a name looks at his or her own report, from a button in chat."""

    action: ClassVar[str] = "breach.read_own"


@dataclass(frozen=True)
class AddOwn(Within[ReporterView]):
    """Who gave a name tells more, or answers; see `Add`."""

    action: ClassVar[str] = "breach.add_own"
    words: str


@dataclass(frozen=True)
class Read(Within[HandlerView]):
    """A handler looks at the report; it is noted in it."""

    action: ClassVar[str] = "breach.read"


@dataclass(frozen=True)
class Leave(Within[None]):
    """The page is left: its session ends."""

    action: ClassVar[str] = "breach.leave"


@dataclass(frozen=True)
class Acknowledge(Within[None]):
    """P13: a person has read it and says so to the reporter."""

    action: ClassVar[str] = "breach.acknowledge"


@dataclass(frozen=True)
class AcknowledgePressed(Confidential[None]):
    """The same, pressed on the card in chat: it counts only of who has opened the report."""

    action: ClassVar[str] = "breach.acknowledge_pressed"
    report: str

    @property
    def subject(self) -> str:
        return self.report


@dataclass(frozen=True)
class Ask(Within[None]):
    """A handler asks the reporter something, or tells how it stands: the first feedback."""

    action: ClassVar[str] = "breach.ask"
    words: str


@dataclass(frozen=True)
class Note(Within[None]):
    """A note that those who handle the report see, and nobody else."""

    action: ClassVar[str] = "breach.note"
    words: str


@dataclass(frozen=True)
class Accuse(Within[None]):
    """Somebody else is accused: whoever reads and is accused loses sight of it at once."""

    action: ClassVar[str] = "breach.accuse"
    person: str
    words: str


@dataclass(frozen=True)
class TakeStep(Within[None]):
    """A step of the Code of Conduct's process was taken, or not after all; by its number in the policy, from 1."""

    action: ClassVar[str] = "breach.step"
    number: int
    taken: bool


@dataclass(frozen=True)
class Gather(Within[None]):
    """Gather who listened to a call and by whose approval; by a call's number, its id at home, or a part of its reference."""

    action: ClassVar[str] = "breach.gather"
    words: str


@dataclass(frozen=True)
class Outcome(Within[None]):
    """What came of it, with the reference of the Code of Conduct's process; the bot words no verdict."""

    action: ClassVar[str] = "breach.outcome"
    reference: str
    words: str


@dataclass(frozen=True)
class Close(Within[None]):
    """Close it, with what the reporter is told. Where there are two handlers both close, or the Manager."""

    action: ClassVar[str] = "breach.close"
    words: str


@dataclass(frozen=True)
class Keep(Within[str]):
    """Begin a copy of a call's audio for the report; its name."""

    action: ClassVar[str] = "breach.keep"
    recording: int


@dataclass(frozen=True)
class Keeping(Within[None]):
    """A part of that copy (from 0)."""

    action: ClassVar[str] = "breach.keeping"
    name: str
    part: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Kept(Within[None]):
    """The copy is whole: so many parts, and bytes of this media type."""

    action: ClassVar[str] = "breach.kept"
    name: str
    recording: int
    parts: int
    size: int
    media_type: str


@dataclass(frozen=True)
class AskToHear(Within[None]):
    """A handler asks to hear a call for the report; whoever decides investigations, and is not out, decides."""

    action: ClassVar[str] = "breach.ask_to_hear"
    name: str


@dataclass(frozen=True)
class DecideHearing(Within[None]):
    """Whoever was asked allows it or does not."""

    action: ClassVar[str] = "breach.decide_hearing"
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
class Hear(Within[Sound]):
    """A part of a kept call's audio, `PART` bytes from `part * PART` on, for whoever may hear it; each hearing is noted."""

    action: ClassVar[str] = "breach.hear"
    name: str
    part: int


@dataclass(frozen=True)
class Notice(Confidential[int]):
    """The clock: report whatever the database itself shows and nobody reported. How many reports that made."""

    action: ClassVar[str] = "breach.notice"


@dataclass(frozen=True)
class Look(Confidential[int]):
    """The clock: ask the rule again, take the steps that are due, let go of what is over. How many were changed."""

    action: ClassVar[str] = "breach.look"


@dataclass(frozen=True)
class EndRestoredReports(Confidential[int]):
    """At each start: what the journal says was destroyed, and whose sight ended; `restored` says that an older database was put back."""

    action: ClassVar[str] = "breach.end_restored"
    traces: frozenset[str]
    restored: bool = False


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


@dataclass(frozen=True)
class Collect(Confidential[list[Message]]):
    """The messages that are to go out now."""

    action: ClassVar[str] = "breach.collect"


@dataclass(frozen=True)
class Delivered(Confidential[None]):
    """A message stands in a conversation now."""

    action: ClassVar[str] = "breach.delivered"
    name: str
    platform: str
    conversation: str
    message: str


@dataclass(frozen=True)
class Undelivered(Confidential[None]):
    """It could not be sent: later (`gone` False), or this person is out of reach."""

    action: ClassVar[str] = "breach.undelivered"
    name: str
    gone: bool
    wait: float = 30.0


@dataclass(frozen=True)
class WrapAnew(Confidential[None]):
    """The master key is replaced: every report and message is wrapped by the newest."""

    action: ClassVar[str] = "breach.wrap_anew"


@dataclass(frozen=True)
class Journalled(Confidential[None]):
    """These stand in the journal now."""

    action: ClassVar[str] = "breach.journalled"
    told: Sequence[Trace]
