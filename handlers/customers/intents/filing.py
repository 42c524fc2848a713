"""Filing a customer's request, and what whoever filed it may still say of it (P8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from handlers import opening
from handlers.acting import Intent
from handlers.cards import Sheet
from handlers.customers.forms import (
    AddressForm,
    AnswerForm,
    IdentityForm,
    ToWhom,
    WhichForm,
    WithdrawForm,
)


@dataclass(frozen=True)
class OfRequest(Intent[None]):
    """Something wanted of one request."""

    clause: ClassVar[str] = "P8"
    request: str

    @property
    def subject(self) -> str:
        return self.request


@dataclass(frozen=True)
class Begin(opening.Begin):
    """Somebody opens one of the forms."""

    action: ClassVar[str] = "customer.begin"
    clause: ClassVar[str] = "P8"


@dataclass(frozen=True)
class Choose(Intent[Sheet]):
    """The first step was sent: looked through, and the second step is drawn, which carries it. Nothing is stored.

    `opened` is what the first step was about, so that one can go back to it.
    """

    action: ClassVar[str] = "customer.choose"
    clause: ClassVar[str] = "P8"
    form: WhichForm
    opened: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """The request that now stands, due at a moment (aware) in a zone (IANA).

    `joined`: the same was open already, and this receipt was added to it. `waits` for what the customer has yet to give, in words.
    """

    request: str
    due_at: datetime
    zone: str
    joined: bool = False
    waits: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class File(Intent[Filed]):
    """File a request: both steps at once. `key` is the submission's idempotency key."""

    action: ClassVar[str] = "customer.file"
    clause: ClassVar[str] = "P8"
    which: WhichForm
    who: ToWhom
    key: str


@dataclass(frozen=True)
class Identify(OfRequest):
    """Whoever asks has been identified meanwhile."""

    action: ClassVar[str] = "customer.identify"
    form: IdentityForm


@dataclass(frozen=True)
class Readdress(OfRequest):
    """The customer names another address. Whoever enters it does not release to it."""

    action: ClassVar[str] = "customer.readdress"
    form: AddressForm


@dataclass(frozen=True)
class Answer(OfRequest):
    """An answer to a question about it."""

    action: ClassVar[str] = "customer.answer"
    form: AnswerForm


@dataclass(frozen=True)
class Withdraw(OfRequest):
    """The customer withdrew it: how and when. The link is dead, it is closed, and never late."""

    action: ClassVar[str] = "customer.withdraw"
    form: WithdrawForm


@dataclass(frozen=True)
class Morning(OfRequest):
    """The clock: a working day has begun, so the cards say anew how many are left."""

    action: ClassVar[str] = "customer.morning"
