"""What can be wanted of holds, each with its name in the audit log (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
class Ask(Intent[Begun], action="hold.ask", clause="P12"):
    """Somebody asks for a hold, which works at once. `key` is the submission's idempotency key."""

    form: AskForm
    key: str


@dataclass(frozen=True)
class Set(Intent[Begun], action="hold.set", clause="P12"):
    """Whoever may sets a hold. `key` as for `Ask`."""

    form: HoldForm
    key: str


class Confirm(matters.OfMatter, action="hold.confirm", clause="P12"):
    """What was asked for is set."""


@dataclass(frozen=True)
class Renew(matters.OfMatter, action="hold.renew", clause="P12"):
    """It ends at another time."""

    form: RenewForm


@dataclass(frozen=True)
class Release(matters.OfMatter, action="hold.release", clause="P12"):
    """It is let go before anybody confirmed it, or released."""

    form: ReleaseForm


class End(matters.OfMatter, action="hold.end", clause="P12"):
    """The clock: its end has come."""


class Ending(matters.OfMatter, action="hold.ending", clause="P12"):
    """The clock: its end comes near."""


class Reroute(matters.Reroute, action="hold.reroute", clause="P12"):
    """Somebody who was asked can't be reached."""


class Recheck(matters.Recheck, action="hold.recheck", clause="P12"):
    """Roles and absences change."""


class Begin(opening.Begin, action="hold.begin", clause="P12"):
    """Somebody opens the form that asks for a hold, or one about a hold."""


class BeginSetting(opening.Begin, action="hold.begin_setting", clause="P12"):
    """Somebody opens the form that sets a hold."""


class BeginChanging(opening.Begin, action="hold.begin_changing", clause="P12"):
    """Somebody opens a form about a hold that stands."""
