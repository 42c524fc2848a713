"""Releasing, refusing, and what comes after a mail went out (P8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from handlers.acting import Intent
from handlers.customers.deciding_forms import (
    AskNumberForm,
    LateForm,
    NumberForm,
    QuestionForm,
    RefuseForm,
    ReleaseForm,
)
from handlers.customers.intents.filing import OfRequest


@dataclass(frozen=True)
class Release(OfRequest):
    """Identity, own call and address are confirmed, and the mail goes.

    `seen` is the mark of all that is confirmed, as it was shown (`View.shown_mark`); without it nothing is confirmed.
    """

    action: ClassVar[str] = "customer.release"
    form: ReleaseForm
    seen: str = ""

    @classmethod
    def of(cls, about: str, form: ReleaseForm) -> Release:
        """By what the form is about: `C-…:mark`."""
        request, _, seen = about.partition(":")
        return cls(request, form, seen)


@dataclass(frozen=True)
class SendNewLink(OfRequest):
    """The link is over: the same calls are released once more, by another link to the same address. `seen` as of `Release`."""

    action: ClassVar[str] = "customer.release"
    seen: str = ""

    @classmethod
    def pressed(cls, value: str) -> SendNewLink:
        """By a button's value: `C-…:mark`."""
        request, _, seen = value.partition(":")
        return cls(request, seen)


@dataclass(frozen=True)
class Refuse(OfRequest):
    """The customer gets a letter with the reason, from the policy's closed list. `seen` as of `Release`, where the letter was shown."""

    action: ClassVar[str] = "customer.refuse"
    form: RefuseForm
    seen: str = ""

    @classmethod
    def of(cls, about: str, form: RefuseForm) -> Refuse:
        """By what the form is about: `C-…:mark`."""
        request, _, seen = about.partition(":")
        return cls(request, form, seen)


@dataclass(frozen=True)
class Question(OfRequest):
    """Something has to be asked of the customer, or of whoever filed it; the clock goes on."""

    action: ClassVar[str] = "customer.question"
    form: QuestionForm


@dataclass(frozen=True)
class SendAgain(OfRequest):
    """Nobody knows whether the server kept the mail: it goes once more, with the same link. Never without being asked."""

    action: ClassVar[str] = "customer.send_again"


@dataclass(frozen=True)
class Arrived(OfRequest):
    """Nobody knows whether the server kept the mail, and whoever releases it says that it arrived: it counts as answered."""

    action: ClassVar[str] = "customer.arrived"


@dataclass(frozen=True)
class Bounced(OfRequest):
    """The mail came back: open again, with the old deadline, and the link is dead."""

    action: ClassVar[str] = "customer.bounced"


@dataclass(frozen=True)
class WrongAddress(OfRequest):
    """It went to somebody else: the link is dead at once, the deadline stays, and the bot's own finding is filed (P13)."""

    action: ClassVar[str] = "customer.wrong_address"


@dataclass(frozen=True)
class TellCustomer(OfRequest):
    """It will be late: the customer reads why, and by which day. The clock stays. `seen` as of `Refuse`."""

    action: ClassVar[str] = "customer.tell_late"
    form: LateForm
    seen: str = ""

    @classmethod
    def of(cls, about: str, form: LateForm) -> TellCustomer:
        """By what the form is about: `C-…:mark`."""
        request, _, seen = about.partition(":")
        return cls(request, form, seen)


@dataclass(frozen=True, slots=True)
class Shown:
    """Six digits to be read out, and to which number (E.164); `left` passcodes can still be made for this link."""

    passcode: str = field(repr=False)
    number: str = field(repr=False)
    left: int = 0


@dataclass(frozen=True)
class Passcode(Intent[Shown]):
    """A new passcode for the link in force, shown once, to be read to a number; the one before it ends.

    `number` is the mark of one that may be rung (`passcodes.numbers`), so that no button carries the number itself.
    """

    action: ClassVar[str] = "customer.passcode"
    clause: ClassVar[str] = "P8"
    request: str
    number: str

    @classmethod
    def pressed(cls, value: str) -> Passcode:
        """By a button's value: `C-…:mark`."""
        request, _, number = value.partition(":")
        return cls(request, number)

    @property
    def subject(self) -> str:
        return self.request


@dataclass(frozen=True)
class AskNumber(OfRequest):
    """Whoever reads out the passcode asks the Head to let it be read to another number."""

    action: ClassVar[str] = "customer.ask_number"
    form: AskNumberForm


@dataclass(frozen=True)
class AllowNumber(OfRequest):
    """The Head lets a passcode be read to a number that stands on none of the calls."""

    action: ClassVar[str] = "customer.allow_number"
    form: NumberForm
