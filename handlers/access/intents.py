"""What can be wanted of a request for access, each with its clause and its name in the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from handlers import opening
from handlers.access.forms import AccessForm
from handlers.acting import Intent
from handlers.matters import intents as matters
from handlers.rules import access as rule
from storage.prefetch import Prefetch


@dataclass(frozen=True, slots=True)
class Filed:
    """The request that is open now; `again` says that it was filed before, by another submission."""

    request: str
    again: bool = False


@dataclass(frozen=True)
class File(Intent[Filed]):
    """File a request. `key` is the submission's idempotency key."""

    action: ClassVar[str] = "access.file"
    clause: ClassVar[str] = "P7"
    form: AccessForm
    key: str

    def prefetch(self, person_id: int | None) -> Prefetch | None:
        """Filing is what everybody does at once, so its rows are read together."""
        if person_id is None:
            return None
        names = frozenset({self.key, self.fingerprint(person_id)})
        return Prefetch(frozenset({person_id}), frozenset(self.form.recordings), names)

    def fingerprint(self, person_id: int) -> str:
        """What another request would have in common with this one to be the same."""
        form = self.form
        return rule.fingerprint(
            str(person_id), form.reason, form.recordings, form.crm, *form.claim(), *concerning(form.named())
        )


def concerning(chosen: Iterable[str]) -> tuple[str, ...]:
    """What those whom it concerns add to a request's fingerprint, by the values of their options; nothing where there are none."""
    values = sorted(set(chosen))
    return (f"concerned {' '.join(values)}",) if values else ()


@dataclass(frozen=True)
class _OfRequest(Intent[None]):
    request: str

    @property
    def subject(self) -> str:
        return self.request


@dataclass(frozen=True)
class Approve(_OfRequest):
    """Approve a waiting request; the requester gets access."""

    action: ClassVar[str] = "access.approve"
    clause: ClassVar[str] = "P7"


@dataclass(frozen=True)
class Deny(_OfRequest):
    """Deny a waiting request, with the reason that the requester reads."""

    action: ClassVar[str] = "access.deny"
    clause: ClassVar[str] = "P7"
    words: str


@dataclass(frozen=True)
class Question(_OfRequest):
    """Ask the requester something before deciding."""

    action: ClassVar[str] = "access.question"
    clause: ClassVar[str] = "P7"
    words: str


@dataclass(frozen=True)
class PassOn(_OfRequest):
    """Give a waiting request to the next authority, with the reason that its card shows from then on."""

    action: ClassVar[str] = "access.pass_on"
    clause: ClassVar[str] = "P7"
    words: str


@dataclass(frozen=True)
class Answer(_OfRequest):
    """Answer the approver's question."""

    action: ClassVar[str] = "access.answer"
    clause: ClassVar[str] = "P7"
    words: str


@dataclass(frozen=True)
class Withdraw(_OfRequest):
    """Take back a request, give access back, or (an approver) take access away."""

    action: ClassVar[str] = "access.withdraw"
    clause: ClassVar[str] = "P7"


@dataclass(frozen=True)
class Expire(_OfRequest):
    """The clock: access has come to its end."""

    action: ClassVar[str] = "access.expire"
    clause: ClassVar[str] = "P7"


@dataclass(frozen=True)
class Step(_OfRequest):
    """The clock: something falls, since nobody has answered."""

    clause: ClassVar[str] = "P7"


@dataclass(frozen=True)
class Remind(Step):
    """Whoever is to decide is reminded."""

    action: ClassVar[str] = "access.remind"


@dataclass(frozen=True)
class AskDeputy(Step):
    """The deputies are asked, too."""

    action: ClassVar[str] = "access.deputy"


@dataclass(frozen=True)
class AskNext(Step):
    """The next authority is asked, too."""

    action: ClassVar[str] = "access.next"


@dataclass(frozen=True)
class Lapse(Step):
    """Nobody decided it in time."""

    action: ClassVar[str] = "access.lapse"


@dataclass(frozen=True)
class StillUndecided(Step):
    """An investigation waits for so long that somebody has to see to it."""

    action: ClassVar[str] = "access.undecided"


@dataclass(frozen=True)
class Ending(Step):
    """Access is about to end."""

    action: ClassVar[str] = "access.ending"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """An approver can't be reached."""

    action: ClassVar[str] = "access.reroute"
    clause: ClassVar[str] = "P7"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "access.recheck"
    clause: ClassVar[str] = "P7"


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens one of the forms of a request."""

    action: ClassVar[str] = "access.begin"
    clause: ClassVar[str] = "P7"
