"""What can be wanted of the random review, each with its name in the audit log (P10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers import opening
from handlers.acting import Intent
from handlers.matters import intents as matters
from handlers.random_review.forms import AgainForm, LineForm, ReviewForm


@dataclass(frozen=True)
class Schedule(Intent[None]):
    """A start, or the clock once a day: when the next month is drawn, by the policy in force."""

    action: ClassVar[str] = "random_review.schedule"
    clause: ClassVar[str] = "P10"

    @property
    def subject(self) -> str:
        """There is one calendar of draws."""
        return "random_review"


@dataclass(frozen=True)
class Open(Intent[None]):
    """The clock: the lists of last month's calls are frozen. `what` is what the deadline is about."""

    action: ClassVar[str] = "random_review.open"
    clause: ClassVar[str] = "P10"
    what: str = "random_review"


@dataclass(frozen=True)
class Again(matters.OfMatter):
    """The Head has the month of this draw drawn once more. `key` is the submission's idempotency key."""

    action: ClassVar[str] = "random_review.again"
    clause: ClassVar[str] = "P10"
    form: AgainForm
    key: str


@dataclass(frozen=True)
class EndRestoredDraw(matters.OfMatter):
    """The database came from a copy: the number of a draw that waits for lines may be known, so it ends undrawn."""

    action: ClassVar[str] = "random_review.end_restored"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Anew(matters.OfMatter):
    """The clock: what a restore ended is frozen anew, with another number."""

    action: ClassVar[str] = "random_review.anew"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Contribute(matters.OfMatter):
    """A reviewer types a line."""

    action: ClassVar[str] = "random_review.contribute"
    clause: ClassVar[str] = "P10"
    form: LineForm


@dataclass(frozen=True)
class Count(matters.OfMatter):
    """The clock: the time for lines is over, so those count that there are."""

    action: ClassVar[str] = "random_review.count"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class DrawCalls(matters.OfMatter):
    """The clock: the number is told, and the order follows."""

    action: ClassVar[str] = "random_review.draw"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Fill(matters.OfMatter):
    """The clock: what was drawn and is lost is passed over, and the next of the order takes its place."""

    action: ClassVar[str] = "random_review.fill"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Give(matters.OfMatter):
    """The clock: a reviewer may hear a drawn call."""

    action: ClassVar[str] = "random_review.give"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Review(matters.OfMatter):
    """A reviewer says what was good, and what training a call suggests; `matter` may say more behind a colon."""

    action: ClassVar[str] = "random_review.review"
    clause: ClassVar[str] = "P10"
    form: ReviewForm


@dataclass(frozen=True)
class End(matters.OfMatter):
    """The clock: the working days for reviewing are over."""

    action: ClassVar[str] = "random_review.end"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class EndRestoredReview(matters.OfMatter):
    """The database came from a copy: access that may have ended since has ended, and is given anew."""

    action: ClassVar[str] = "random_review.restored"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Remind(matters.OfMatter):
    """The clock: whoever has yet to type a line, or calls to review, is reminded."""

    action: ClassVar[str] = "random_review.remind"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked for a line can't be reached."""

    action: ClassVar[str] = "random_review.reroute"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change, or a day goes by."""

    action: ClassVar[str] = "random_review.recheck"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """A draw's card was pressed somewhere."""

    action: ClassVar[str] = "random_review.notice"


@dataclass(frozen=True)
class RecheckReview(matters.Recheck):
    """Roles and absences change, or a day goes by: of a call that is yet to be reviewed."""

    action: ClassVar[str] = "random_review.recheck_review"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class RerouteReview(matters.Reroute):
    """Somebody who has a call to review can't be reached."""

    action: ClassVar[str] = "random_review.reroute_review"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class NoticeReview(matters.Notice):
    """A review's card was pressed somewhere."""

    action: ClassVar[str] = "random_review.notice_review"


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens a form of the random review."""

    action: ClassVar[str] = "random_review.begin"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True, slots=True)
class Filed:
    """The files of a draw: the label and the key of each department that has a list."""

    draw: str
    lists: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Files(Intent[Filed]):
    """Somebody who holds a draw's card looks for its files."""

    action: ClassVar[str] = "random_review.files"
    clause: ClassVar[str] = "P10"
    matter: str

    @property
    def subject(self) -> str:
        """The draw's id."""
        return self.matter
