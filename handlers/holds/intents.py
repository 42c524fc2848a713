"""What can be wanted of holds, each with its name in the audit log (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from handlers import opening
from handlers.acting import Intent
from handlers.holds.forms import AskForm, HoldForm, ReleaseForm, RenewForm
from handlers.matters import intents as matters


@dataclass(frozen=True, slots=True)
class Begun:
    """The hold that now stands, and until when; `asked` where somebody has yet to confirm it.

    `erased` are the moments at which others of the chosen calls were erased; `too_late` counts those that the recording
    system was asked to delete already.
    """

    hold: str
    until: datetime
    asked: bool
    number: int
    erased: tuple[datetime, ...] = ()
    too_late: int = 0


@dataclass(frozen=True)
class Ask(Intent[Begun]):
    """Somebody asks for a hold, which works at once. `key` is the submission's idempotency key."""

    action: ClassVar[str] = "hold.ask"
    clause: ClassVar[str] = "P12"
    form: AskForm
    key: str


@dataclass(frozen=True)
class Set(Intent[Begun]):
    """Whoever may sets a hold. `key` as for `Ask`."""

    action: ClassVar[str] = "hold.set"
    clause: ClassVar[str] = "P12"
    form: HoldForm
    key: str


@dataclass(frozen=True)
class Confirm(matters.OfMatter):
    """What was asked for is set."""

    action: ClassVar[str] = "hold.confirm"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Renew(matters.OfMatter):
    """It ends at another time."""

    action: ClassVar[str] = "hold.renew"
    clause: ClassVar[str] = "P12"
    form: RenewForm


@dataclass(frozen=True)
class Release(matters.OfMatter):
    """It is let go before anybody confirmed it, or released."""

    action: ClassVar[str] = "hold.release"
    clause: ClassVar[str] = "P12"
    form: ReleaseForm


@dataclass(frozen=True)
class End(matters.OfMatter):
    """The clock: its end has come."""

    action: ClassVar[str] = "hold.end"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Ending(matters.OfMatter):
    """The clock: its end comes near."""

    action: ClassVar[str] = "hold.ending"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked can't be reached."""

    action: ClassVar[str] = "hold.reroute"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "hold.recheck"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """A hold's card was pressed somewhere."""

    action: ClassVar[str] = "hold.notice"


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens the form that asks for a hold, or one about a hold."""

    action: ClassVar[str] = "hold.begin"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class BeginSetting(opening.Begin):
    """Somebody opens the form that sets a hold."""

    action: ClassVar[str] = "hold.begin_setting"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class BeginChanging(opening.Begin):
    """Somebody opens a form about a hold that stands."""

    action: ClassVar[str] = "hold.begin_changing"
    clause: ClassVar[str] = "P12"
