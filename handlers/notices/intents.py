"""What can be wanted of notices and outages, each with its name in the audit log (P3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers import opening
from handlers.acting import Intent
from handlers.matters import intents as matters
from handlers.notices.forms import NoticeForm, OutageForm, WithdrawForm


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands after an outage was entered: how many calls of the register are of it, and how many of them were drawn and not reviewed yet."""

    outage: str
    calls: int
    drawn: int = 0


@dataclass(frozen=True)
class Plan(Intent[None]):
    """The clock: see when each notice is to be confirmed, by the policy in force and by what is stored."""

    action: ClassVar[str] = "notices.plan"
    clause: ClassVar[str] = "P3"


@dataclass(frozen=True)
class Open(Intent[None]):
    """The clock: a notice is to be confirmed now."""

    action: ClassVar[str] = "notices.open"
    clause: ClassVar[str] = "P3"
    notice: str


@dataclass(frozen=True)
class Answer(matters.OfMatter):
    """Whoever rang, listened or looked says what was heard or seen."""

    action: ClassVar[str] = "notices.answer"
    clause: ClassVar[str] = "P3"
    form: NoticeForm


@dataclass(frozen=True)
class Looked(Intent[None]):
    """The worker: what the two pages say. `digest` is that of what was looked for."""

    action: ClassVar[str] = "notices.looked"
    clause: ClassVar[str] = "P3"
    answer: str
    reasons: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Remind(matters.OfMatter):
    """The clock: whoever it waits for is reminded; after some days whoever comes next is asked as well."""

    action: ClassVar[str] = "notices.remind"
    clause: ClassVar[str] = "P3"


@dataclass(frozen=True)
class Enter(Intent[Entered]):
    """Somebody enters an outage. `key` is the submission's idempotency key."""

    action: ClassVar[str] = "notices.enter_outage"
    clause: ClassVar[str] = "P3"
    form: OutageForm
    key: str


@dataclass(frozen=True)
class Withdraw(Intent[None]):
    """An outage was a mistake."""

    action: ClassVar[str] = "notices.withdraw_outage"
    clause: ClassVar[str] = "P3"
    outage: str
    form: WithdrawForm

    @property
    def subject(self) -> str:
        return self.outage


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked can't be reached."""

    action: ClassVar[str] = "notices.reroute"
    clause: ClassVar[str] = "P3"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "notices.recheck"
    clause: ClassVar[str] = "P3"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """A confirmation's card was pressed somewhere."""

    action: ClassVar[str] = "notices.notice"


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens the form of a notice, or of an outage that is to be taken back."""

    action: ClassVar[str] = "notices.begin"
    clause: ClassVar[str] = "P3"


@dataclass(frozen=True)
class BeginOutage(opening.Begin):
    """Somebody opens the form of an outage."""

    action: ClassVar[str] = "notices.begin_outage"
    clause: ClassVar[str] = "P3"
