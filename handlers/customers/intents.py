"""What people, the clock, the delivery and a customer's browser want of customers' requests (P8, P11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from handlers import opening
from handlers.acting import Intent
from handlers.cards import Sheet
from handlers.customers import forms
from handlers.forms import Form
from handlers.letters import Written
from handlers.matters import intents as matters


@dataclass(frozen=True)
class OfRequest(Intent[None], clause="P8"):
    """Something wanted of one request."""

    request: str

    @property
    def subject(self) -> str:
        return self.request


class Begin(opening.Begin, action="customer.begin", clause="P8"):
    """Somebody opens one of the forms."""


@dataclass(frozen=True)
class Choose(Intent[Sheet], action="customer.choose", clause="P8"):
    """The first step was sent: looked through, and the second step is drawn, which carries it. Nothing is stored.

    `opened` is what the first step was about, so that one can go back to it.
    """

    form: forms.WhichForm
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
class File(Intent[Filed], action="customer.file", clause="P8"):
    """File a request: both steps at once. `key` is the submission's idempotency key."""

    which: forms.WhichForm
    who: forms.ColleagueForm | forms.PersonForm
    key: str


@dataclass(frozen=True)
class Identify(OfRequest, action="customer.identify"):
    """Whoever asks has been identified meanwhile."""

    form: forms.IdentityForm


@dataclass(frozen=True)
class Readdress(OfRequest, action="customer.readdress"):
    """The customer names another address. Whoever enters it does not release to it."""

    form: forms.AddressForm


@dataclass(frozen=True)
class Answer(OfRequest, action="customer.answer"):
    """An answer to a question about it."""

    form: forms.AnswerForm


@dataclass(frozen=True)
class Withdraw(OfRequest, action="customer.withdraw"):
    """The customer withdrew it: how and when. The link is dead, it is closed, and never late."""

    form: forms.WithdrawForm


@dataclass(frozen=True)
class OfShown(OfRequest):
    """Something wanted of what was shown: `seen` is its mark (`View.shown_mark`), and another one is another request."""

    seen: str

    @classmethod
    def of(cls, about: str, *form: Form) -> Self:
        """By what a button or a form is about: `C-…:mark`."""
        request, _, seen = about.partition(":")
        return cls(request, seen, *form)


@dataclass(frozen=True)
class Release(OfShown, action="customer.release"):
    """Identity, own call and address are confirmed, and the mail goes."""

    form: forms.ReleaseForm


class SendNewLink(OfShown, action="customer.release"):
    """The link is over: the same calls are released once more, by another link to the same address."""


@dataclass(frozen=True)
class Refuse(OfShown, action="customer.refuse"):
    """The customer gets a letter with the reason, from the policy's closed list."""

    form: forms.RefuseForm


@dataclass(frozen=True)
class Question(OfRequest, action="customer.question"):
    """Something has to be asked of the customer, or of whoever filed it; the clock goes on."""

    form: forms.QuestionForm


class SendAgain(OfRequest, action="customer.send_again"):
    """Nobody knows whether the server kept the mail: it goes once more, with the same link. Never without being asked."""


class Arrived(OfRequest, action="customer.arrived"):
    """Nobody knows whether the server kept the mail, and whoever releases it says that it arrived: it counts as answered."""


class Bounced(OfRequest, action="customer.bounced"):
    """The mail came back: open again, with the old deadline, and the link is dead."""


class WrongAddress(OfRequest, action="customer.wrong_address"):
    """It went to somebody else: the link is dead at once, the deadline stays, and the bot's own finding is filed (P13)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Six digits to be read out, and to which number (E.164); `left` passcodes can still be made for this link."""

    passcode: str = field(repr=False)
    number: str = field(repr=False)
    left: int = 0


@dataclass(frozen=True)
class Passcode(Intent[Shown], action="customer.passcode", clause="P8"):
    """A new passcode for the link in force, shown once, to be read to a number; the one before it ends.

    `number` is the mark of one that may be rung (`passcodes.numbers`), so that no button carries the number itself.
    """

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
class AskNumber(OfRequest, action="customer.ask_number"):
    """Whoever reads out the passcode asks the Head to let it be read to another number."""

    form: forms.AskNumberForm


@dataclass(frozen=True)
class AllowNumber(OfRequest, action="customer.allow_number"):
    """The Head lets a passcode be read to a number that stands on none of the calls."""

    form: forms.NumberForm


@dataclass(frozen=True, slots=True)
class Collected:
    """A mail to be sent now; committed as being sent, so that a crash leaves it unknown and never sends it twice in silence."""

    mail: str
    to: str
    message_id: str
    written: Written


@dataclass(frozen=True)
class CollectLetter(Intent[Collected | None], action="customer.collect", clause="P8"):
    """A mail that is due; None where it is not, or ends here. What was being sent when the program died becomes unknown."""

    mail: str


@dataclass(frozen=True)
class _OfMail(Intent[None], clause="P8"):
    mail: str

    @property
    def subject(self) -> str:
        return self.mail


@dataclass(frozen=True)
class LetterAccepted(_OfMail, action="customer.accepted"):
    """The mail server took it: that is “honoured”. `answer` is its code and words, without addresses."""

    answer: str


@dataclass(frozen=True)
class LetterPutOff(_OfMail, action="customer.put_off"):
    """Nothing was accepted, and it may go later."""

    code: str


@dataclass(frozen=True)
class LetterRefused(_OfMail, action="customer.not_taken"):
    """The server will never take it: whoever released it is told, and the request is open again."""

    code: str
    answer: str


@dataclass(frozen=True)
class LetterNotKnown(_OfMail, action="customer.not_known"):
    """The connection was lost after the text: whoever released it is asked before it goes again."""

    code: str


class Remind(OfRequest, action="customer.remind"):
    """So many working days before the due day: whoever is to release it is reminded."""


class DueToday(OfRequest, action="customer.due_today"):
    """The morning of the due day, and an hour before the cut-off."""


class Overdue(OfRequest, action="customer.overdue"):
    """The deadline has passed: an entry that cannot be removed, and each working day a reminder."""


class LinkEnds(OfRequest, action="customer.link_ends"):
    """The link's days are over."""


class Reroute(matters.Reroute, action="customer.reroute", clause="P8"):
    """Somebody who was asked can't be reached."""


class Recheck(matters.Recheck, action="customer.recheck", clause="P8"):
    """Roles and absences change."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Who is let in: the link's id, and a session's secret for a cookie; both are empty where it doesn't fit.

    `over` says that both fitted and the link is over.
    """

    link: str = ""
    secret: str = field(default="", repr=False)
    over: bool = False


@dataclass(frozen=True)
class OpenLink(Intent[Entered], action="customer.open_link", clause="P8"):
    """Link code and passcode, sent by a press. A wrong passcode counts against the link, so what doesn't fit is answered, not raised."""

    code: str = field(repr=False)
    passcode: str = field(repr=False)


@dataclass(frozen=True)
class OfLink(Intent[None], clause="P8"):
    """Something wanted under a session that a link let in."""

    link: str
    session: str = field(repr=False)

    @property
    def subject(self) -> str:
        return self.link


@dataclass(frozen=True)
class Played(OfLink, action="customer.played", clause="P11"):
    """A part of a call is about to leave the house; seconds of its audio."""

    recording: int
    start: float
    end: float


@dataclass(frozen=True)
class Downloaded(OfLink, action="customer.downloaded", clause="P11"):
    """Audio is about to leave the house as recorded, all of these calls; of a single one from `start` to `end` seconds."""

    recordings: tuple[int, ...]
    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True)
class HeardToEnd(OfLink, action="customer.heard"):
    """The end of a call was heard; or, where copies are given, the last of its bytes has left."""

    recording: int


class LeavePage(OfLink, action="customer.leave_page"):
    """The customer leaves: the session ends."""
