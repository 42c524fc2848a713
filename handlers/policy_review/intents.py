"""What can be wanted of the policy's review, each with its name in the audit log (P14)."""

from __future__ import annotations

from dataclasses import dataclass

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
class InForce(Intent[Kept], action="policy.in_force", clause="P14"):
    """A start, or the clock once a day: the text that the program was started with is in force, and bots with another take no work."""

    @property
    def subject(self) -> str:
        """There is one policy."""
        return "policy"


@dataclass(frozen=True)
class Open(Intent[None], action="policy_review.open", clause="P14"):
    """The clock: the review comes near. `policy` is what the deadline is about."""

    policy: str = "policy"


@dataclass(frozen=True)
class Declare(Intent[Declared], action="policy_review.declare", clause="P14"):
    """A change of the recording system is declared. `key` is the submission's idempotency key."""

    form: DeclareForm
    key: str


class Confirm(matters.OfMatter, action="policy_review.confirm", clause="P14"):
    """A second person agrees that a change is not significant."""


class Disagree(matters.OfMatter, action="policy_review.disagree", clause="P14"):
    """A second person says that it is significant after all."""


@dataclass(frozen=True)
class Complete(matters.OfMatter, action="policy_review.complete", clause="P14"):
    """The review was held."""

    form: CompleteForm


class Remind(matters.OfMatter, action="policy_review.remind", clause="P14"):
    """The clock: whoever it waits for is reminded."""


class Begin(opening.Begin, action="policy_review.begin", clause="P14"):
    """Somebody opens the form about a review."""


class BeginDeclaring(opening.Begin, action="policy_review.begin_declaring", clause="P14"):
    """Somebody opens the form of a change."""
