"""What can be wanted where a caller declines to be recorded, each with its name in the audit log (P5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from handlers import opening
from handlers.acting import Intent
from handlers.declined.forms import KeepForm
from handlers.matters import intents as matters

Trouble = Literal["", "unreachable", "unread", "cannot", "known", "known_still"]
"""What stood in the way: the phone system does not answer, tells too little of some call, or knows of no live calls at all; or the call is known."""


@dataclass(frozen=True, slots=True)
class Live:
    """A call that goes on, as the phone system tells it: `began` is aware, `caller` E.164 or empty, `recordings` native ids."""

    system: str
    call_id: str
    line: str
    caller: str
    operator_key: str
    began: datetime
    recordings: tuple[str, ...]


@dataclass(frozen=True)
class Say(Intent[None]):
    """Somebody on a call says that the caller declines; the same again while it is under way."""

    action: ClassVar[str] = "declined.say"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Find(matters.OfMatter):
    """The worker: these calls of whoever said it go on now."""

    action: ClassVar[str] = "declined.find"
    clause: ClassVar[str] = "P5"
    calls: tuple[Live, ...] = ()
    trouble: Trouble = ""


@dataclass(frozen=True)
class Choose(Intent[None]):
    """Whoever said it says which call it is, `D-…:2`, or whoever decides, once that person was silent."""

    action: ClassVar[str] = "declined.choose"
    clause: ClassVar[str] = "P5"
    value: str

    @property
    def subject(self) -> str:
        return self.value.partition(":")[0]


@dataclass(frozen=True)
class Dismiss(matters.OfMatter):
    """The same, that it was none of the calls that may be meant."""

    action: ClassVar[str] = "declined.dismiss"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Offer(matters.OfMatter):
    """The clock: a call was registered that may be the one."""

    action: ClassVar[str] = "declined.offer"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Unchosen(matters.OfMatter):
    """The clock: it is the next working morning, and whoever said it has not said which call it was."""

    action: ClassVar[str] = "declined.unchosen"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class HandOver(matters.OfMatter):
    """The clock: it is the working morning after that, so whoever decides is to say which call it was."""

    action: ClassVar[str] = "declined.hand_over"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Confirm(matters.OfMatter):
    """The worker: the phone system, asked again another way, records nothing of it. `recordings` are the names known by now."""

    action: ClassVar[str] = "declined.confirm"
    clause: ClassVar[str] = "P5"
    recordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Still(matters.OfMatter):
    """The worker: these legs are recorded all the same, or nobody can tell."""

    action: ClassVar[str] = "declined.still"
    clause: ClassVar[str] = "P5"
    legs: tuple[str, ...] = ()
    trouble: Trouble = ""
    recordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Over(matters.OfMatter):
    """The worker: the call has ended."""

    action: ClassVar[str] = "declined.over"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Again(matters.OfMatter):
    """The worker: a call that had counted as over goes on, so it is watched again."""

    action: ClassVar[str] = "declined.again"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Meet(matters.OfMatter):
    """The clock: something of it was registered."""

    action: ClassVar[str] = "declined.meet"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Go(matters.OfMatter):
    """The clock: its working days are over, and nobody kept it."""

    action: ClassVar[str] = "declined.go"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Erase(matters.OfMatter):
    """Whoever decides has it erased."""

    action: ClassVar[str] = "declined.erase"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Keep(matters.OfMatter):
    """Whoever decides keeps it, for a reason."""

    action: ClassVar[str] = "declined.keep"
    clause: ClassVar[str] = "P5"
    form: KeepForm


@dataclass(frozen=True)
class Cleared(matters.OfMatter):
    """The worker: of these names, which were never registered, a look of another kind finds nothing."""

    action: ClassVar[str] = "declined.cleared"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Left(matters.OfMatter):
    """The worker: something of it lies in the recording system that was never registered."""

    action: ClassVar[str] = "declined.left"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Remind(matters.OfMatter):
    """The clock: whoever is to decide is reminded."""

    action: ClassVar[str] = "declined.remind"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked can't be reached."""

    action: ClassVar[str] = "declined.reroute"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "declined.recheck"
    clause: ClassVar[str] = "P5"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """Its card was pressed somewhere."""

    action: ClassVar[str] = "declined.notice"


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens the form that keeps a recording."""

    action: ClassVar[str] = "declined.begin"
    clause: ClassVar[str] = "P5"
