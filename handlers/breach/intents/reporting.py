"""What whoever reports can want: to file, to be asked first, to come back (P13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from handlers.breach.intents.confidential import Confidential, Within
from handlers.breach.known import Source
from handlers.breach.view import ReporterView


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
    """The page exchanges its code for a session, once: the report and the session's secret. A second use ends the session."""

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
