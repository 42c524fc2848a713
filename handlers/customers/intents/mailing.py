"""What the delivery wants of mails to customers (P8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.acting import Intent
from handlers.letters import Written


@dataclass(frozen=True, slots=True)
class Collected:
    """A mail to be sent now; committed as being sent, so that a crash leaves it unknown and never sends it twice in silence."""

    mail: str
    to: str
    message_id: str
    written: Written


@dataclass(frozen=True)
class CollectLetter(Intent[Collected | None]):
    """The next mail that is due; None where there is none. What was being sent when the program died becomes unknown."""

    action: ClassVar[str] = "customer.collect"
    clause: ClassVar[str] = "P8"


@dataclass(frozen=True)
class _OfMail(Intent[None]):
    clause: ClassVar[str] = "P8"
    mail: str

    @property
    def subject(self) -> str:
        return self.mail


@dataclass(frozen=True)
class LetterAccepted(_OfMail):
    """The mail server took it: that is “honoured”. `answer` is its code and words, without addresses."""

    action: ClassVar[str] = "customer.accepted"
    answer: str


@dataclass(frozen=True)
class LetterPutOff(_OfMail):
    """Nothing was accepted, and it may go later."""

    action: ClassVar[str] = "customer.put_off"
    code: str


@dataclass(frozen=True)
class LetterRefused(_OfMail):
    """The server will never take it: whoever released it is told, and the request is open again."""

    action: ClassVar[str] = "customer.not_taken"
    code: str
    answer: str


@dataclass(frozen=True)
class LetterNotKnown(_OfMail):
    """The connection was lost after the text: whoever released it is asked before it goes again."""

    action: ClassVar[str] = "customer.not_known"
    code: str
