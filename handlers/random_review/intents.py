"""What can be wanted of the random review, each with its name in the audit log (P10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers import opening
from handlers.acting import Intent
from handlers.matters import intents as matters
from handlers.random_review.forms import ReviewForm


@dataclass(frozen=True)
class Schedule(Intent[None]):
    """A start, or the clock once a day: when the next month's calls are frozen, by the policy in force."""

    action: ClassVar[str] = "random_review.schedule"
    clause: ClassVar[str] = "P10"

    @property
    def subject(self) -> str:
        """There is one calendar of draws."""
        return "random_review"


@dataclass(frozen=True)
class Freeze(Intent[None]):
    """The clock: the lists of last month's calls are frozen. `what` is what the deadline is about."""

    action: ClassVar[str] = "random_review.freeze"
    clause: ClassVar[str] = "P10"
    what: str = "random_review"


@dataclass(frozen=True)
class ExpectRound(matters.OfMatter):
    """The clock: the beacon's round is published, and is asked for with the rest of the clock's work."""

    action: ClassVar[str] = "random_review.round"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class NoteTrouble(matters.OfMatter):
    """The clock: the beacon gave no valid answer; `trouble` says what it did instead."""

    action: ClassVar[str] = "random_review.no_beacon"
    clause: ClassVar[str] = "P10"
    trouble: str


@dataclass(frozen=True)
class DrawWithBeacon(matters.OfMatter):
    """The clock: the calls are drawn with the beacon's round; `signature` was verified."""

    action: ClassVar[str] = "random_review.draw"
    clause: ClassVar[str] = "P10"
    signature: str


@dataclass(frozen=True)
class AskHead(matters.OfMatter):
    """The clock: the beacon is a working day late, so the Head is asked."""

    action: ClassVar[str] = "random_review.late"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class DrawWithNumber(matters.OfMatter):
    """The Head has the calls drawn with the bot's own number."""

    action: ClassVar[str] = "random_review.draw_with_number"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Replace(matters.OfMatter):
    """The clock: a drawn call that can't be reviewed any more is passed over, and the next of the order takes its place."""

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
    """The clock: a reviewer who has calls left is reminded."""

    action: ClassVar[str] = "random_review.remind"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who holds a draw's card can't be reached."""

    action: ClassVar[str] = "random_review.reroute"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles, absences or outages change, or a day goes by."""

    action: ClassVar[str] = "random_review.recheck"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """A draw's card was pressed somewhere."""

    action: ClassVar[str] = "random_review.notice"


@dataclass(frozen=True)
class RecheckReview(matters.Recheck):
    """Roles and absences change, or a day goes by: a call that is yet to be reviewed may need another reviewer."""

    action: ClassVar[str] = "random_review.recheck_review"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class RerouteReview(matters.Reroute):
    """A reviewer who has a call to review can't be reached."""

    action: ClassVar[str] = "random_review.reroute_review"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class NoticeReview(matters.Notice):
    """A review's card was pressed somewhere."""

    action: ClassVar[str] = "random_review.notice_review"


@dataclass(frozen=True)
class Begin(opening.Begin):
    """A reviewer opens a form of the random review."""

    action: ClassVar[str] = "random_review.begin"
    clause: ClassVar[str] = "P10"


@dataclass(frozen=True)
class FindFile(Intent[str]):
    """A holder of a draw's card looks for its file; the answer is its path."""

    action: ClassVar[str] = "random_review.file"
    clause: ClassVar[str] = "P10"
    matter: str

    @property
    def subject(self) -> str:
        """The draw's id."""
        return self.matter
