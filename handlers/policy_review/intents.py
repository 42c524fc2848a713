"""What can be wanted of the policy's review, each with its name in the audit log (P14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers import opening
from handlers.acting import Intent
from handlers.matters import intents as matters
from handlers.policy_review.forms import CompleteForm, DeclareForm


@dataclass(frozen=True, slots=True)
class Declared:
    """What stands after a declaration; `significant` as the declarer called it."""

    review: str
    significant: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """The text in force; `new` where it is another than before, `unreadable` where the one before can't be compared."""

    digest: str
    new: bool = False
    unreadable: bool = False


@dataclass(frozen=True)
class InForce(Intent[Kept]):
    """A start, or the clock once a day: the text that the program was started with is in force, and bots with another take no work."""

    action: ClassVar[str] = "policy.in_force"
    clause: ClassVar[str] = "P14"

    @property
    def subject(self) -> str:
        """There is one policy."""
        return "policy"


@dataclass(frozen=True)
class Open(Intent[None]):
    """The clock: the review comes near. `policy` is what the deadline is about."""

    action: ClassVar[str] = "policy_review.open"
    clause: ClassVar[str] = "P14"
    policy: str = "policy"


@dataclass(frozen=True)
class Declare(Intent[Declared]):
    """A change of the recording system is declared. `key` is the submission's idempotency key."""

    action: ClassVar[str] = "policy_review.declare"
    clause: ClassVar[str] = "P14"
    form: DeclareForm
    key: str


@dataclass(frozen=True)
class Confirm(matters.OfMatter):
    """A second person agrees that a change is not significant."""

    action: ClassVar[str] = "policy_review.confirm"
    clause: ClassVar[str] = "P14"


@dataclass(frozen=True)
class Disagree(matters.OfMatter):
    """A second person says that it is significant after all."""

    action: ClassVar[str] = "policy_review.disagree"
    clause: ClassVar[str] = "P14"


@dataclass(frozen=True)
class Complete(matters.OfMatter):
    """The review was held."""

    action: ClassVar[str] = "policy_review.complete"
    clause: ClassVar[str] = "P14"
    form: CompleteForm


@dataclass(frozen=True)
class Remind(matters.OfMatter):
    """The clock: whoever it waits for is reminded."""

    action: ClassVar[str] = "policy_review.remind"
    clause: ClassVar[str] = "P14"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked can't be reached."""

    action: ClassVar[str] = "policy_review.reroute"
    clause: ClassVar[str] = "P14"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "policy_review.recheck"
    clause: ClassVar[str] = "P14"


@dataclass(frozen=True)
class Notice(matters.Notice):
    """A review's card was pressed somewhere."""

    action: ClassVar[str] = "policy_review.notice"


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens the form about a review."""

    action: ClassVar[str] = "policy_review.begin"
    clause: ClassVar[str] = "P14"


@dataclass(frozen=True)
class BeginDeclaring(opening.Begin):
    """Somebody opens the form of a change."""

    action: ClassVar[str] = "policy_review.begin_declaring"
    clause: ClassVar[str] = "P14"
