"""What can be wanted of the random review, each with its name in the audit log (P10)."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import opening
from handlers.acting import Intent
from handlers.matters import intents as matters
from handlers.random_review.forms import ReviewForm


@dataclass(frozen=True)
class Schedule(Intent[None], action="random_review.schedule", clause="P10"):
    """A start, or the clock once a day: when the next month's calls are frozen, by the policy in force."""

    @property
    def subject(self) -> str:
        """There is one calendar of draws."""
        return "random_review"


@dataclass(frozen=True)
class Freeze(Intent[None], action="random_review.freeze", clause="P10"):
    """The clock: the lists of last month's calls are frozen. `what` is what the deadline is about."""

    what: str = "random_review"


class ExpectRound(matters.OfMatter, action="random_review.round", clause="P10"):
    """The clock: the beacon's round is published, and is asked for with the rest of the clock's work."""


@dataclass(frozen=True)
class NoteTrouble(matters.OfMatter, action="random_review.no_beacon", clause="P10"):
    """The clock: the beacon gave no valid answer; `trouble` says what it did instead."""

    trouble: str


@dataclass(frozen=True)
class DrawWithBeacon(matters.OfMatter, action="random_review.draw", clause="P10"):
    """The clock: the calls are drawn with the beacon's round; `signature` was verified."""

    signature: str


class AskHead(matters.OfMatter, action="random_review.late", clause="P10"):
    """The clock: the beacon is a working day late, so the Head is asked."""


class DrawWithNumber(matters.OfMatter, action="random_review.draw_with_number", clause="P10"):
    """The Head has the calls drawn with the bot's own number."""


class Replace(matters.OfMatter, action="random_review.fill", clause="P10"):
    """The clock: a drawn call that can't be reviewed any more is passed over, and the next of the order takes its place."""


class Give(matters.OfMatter, action="random_review.give", clause="P10"):
    """The clock: a reviewer may hear a drawn call."""


@dataclass(frozen=True)
class Review(matters.OfMatter, action="random_review.review", clause="P10"):
    """A reviewer says what was good, and what training a call suggests; `matter` may say more behind a colon."""

    form: ReviewForm


class End(matters.OfMatter, action="random_review.end", clause="P10"):
    """The clock: the working days for reviewing are over."""


class Remind(matters.OfMatter, action="random_review.remind", clause="P10"):
    """The clock: a reviewer who has calls left is reminded."""


class Reroute(matters.Reroute, action="random_review.reroute", clause="P10"):
    """Somebody who holds a draw's card can't be reached."""


class Recheck(matters.Recheck, action="random_review.recheck", clause="P10"):
    """Roles, absences or outages change, or a day goes by."""


class RecheckReview(matters.Recheck, action="random_review.recheck_review", clause="P10"):
    """Roles and absences change, or a day goes by: a call that is yet to be reviewed may need another reviewer."""


class RerouteReview(matters.Reroute, action="random_review.reroute_review", clause="P10"):
    """A reviewer who has a call to review can't be reached."""


class Begin(opening.Begin, action="random_review.begin", clause="P10"):
    """A reviewer opens a form of the random review."""


@dataclass(frozen=True)
class FindFile(Intent[str], action="random_review.file", clause="P10"):
    """A holder of a draw's card looks for its file; the answer is its path."""

    matter: str

    @property
    def subject(self) -> str:
        """The draw's id."""
        return self.matter
