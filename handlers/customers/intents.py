"""What people, the clock, the delivery and a customer's browser want of customers' requests (P8, P11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Self

from handlers import opening
from handlers.acting import Intent
from handlers.cards import Sheet
from handlers.customers import forms
from handlers.forms import Form
from handlers.letters import Written
from handlers.matters import intents as matters


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
class File(Intent[Filed]):
    """File a request: both steps at once. `key` is the submission's idempotency key."""

    action: ClassVar[str] = "customer.file"
    clause: ClassVar[str] = "P8"
    which: forms.WhichForm
    who: forms.ColleagueForm | forms.PersonForm
    key: str


@dataclass(frozen=True)
class Identify(OfRequest):
    """Whoever asks has been identified meanwhile."""

    action: ClassVar[str] = "customer.identify"
    form: forms.IdentityForm


@dataclass(frozen=True)
class Readdress(OfRequest):
    """The customer names another address. Whoever enters it does not release to it."""

    action: ClassVar[str] = "customer.readdress"
    form: forms.AddressForm


@dataclass(frozen=True)
class Answer(OfRequest):
    """An answer to a question about it."""

    action: ClassVar[str] = "customer.answer"
    form: forms.AnswerForm


@dataclass(frozen=True)
class Withdraw(OfRequest):
    """The customer withdrew it: how and when. The link is dead, it is closed, and never late."""

    action: ClassVar[str] = "customer.withdraw"
    form: forms.WithdrawForm


@dataclass(frozen=True)
class Morning(OfRequest):
    """The clock: a working day has begun, so the cards say how many are left."""

    action: ClassVar[str] = "customer.morning"


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
class Release(OfShown):
    """Identity, own call and address are confirmed, and the mail goes."""

    action: ClassVar[str] = "customer.release"
    form: forms.ReleaseForm


@dataclass(frozen=True)
class SendNewLink(OfShown):
    """The link is over: the same calls are released once more, by another link to the same address."""

    action: ClassVar[str] = "customer.release"


@dataclass(frozen=True)
class Refuse(OfShown):
    """The customer gets a letter with the reason, from the policy's closed list."""

    action: ClassVar[str] = "customer.refuse"
    form: forms.RefuseForm


@dataclass(frozen=True)
class Question(OfRequest):
    """Something has to be asked of the customer, or of whoever filed it; the clock goes on."""

    action: ClassVar[str] = "customer.question"
    form: forms.QuestionForm


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
class TellCustomer(OfShown):
    """It will be late: the customer reads why, and by which day. The clock stays."""

    action: ClassVar[str] = "customer.tell_late"
    form: forms.LateForm


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
    form: forms.AskNumberForm


@dataclass(frozen=True)
class AllowNumber(OfRequest):
    """The Head lets a passcode be read to a number that stands on none of the calls."""

    action: ClassVar[str] = "customer.allow_number"
    form: forms.NumberForm


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


@dataclass(frozen=True)
class Remind(OfRequest):
    """So many working days before the due day: whoever is to release it is reminded."""

    action: ClassVar[str] = "customer.remind"


@dataclass(frozen=True)
class DueToday(OfRequest):
    """The morning of the due day, and an hour before the cut-off."""

    action: ClassVar[str] = "customer.due_today"


@dataclass(frozen=True)
class Overdue(OfRequest):
    """The deadline has passed: an entry that cannot be removed, and each working day a reminder."""

    action: ClassVar[str] = "customer.overdue"


@dataclass(frozen=True)
class LinkEnds(OfRequest):
    """The link's days are over."""

    action: ClassVar[str] = "customer.link_ends"


@dataclass(frozen=True)
class EndRestoredLink(OfRequest):
    """The start: the database was restored, and may have brought back a link that had ended, or a mail that had gone."""

    action: ClassVar[str] = "customer.restored"
    clause: ClassVar[str] = "P12"


@dataclass(frozen=True)
class Reroute(matters.Reroute):
    """Somebody who was asked can't be reached."""

    action: ClassVar[str] = "customer.reroute"
    clause: ClassVar[str] = "P8"


@dataclass(frozen=True)
class Recheck(matters.Recheck):
    """Roles and absences change."""

    action: ClassVar[str] = "customer.recheck"
    clause: ClassVar[str] = "P8"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who is let in: the link's id, and a session's secret for a cookie; both are empty where it doesn't fit.

    `over` says that both fitted and the link is over.
    """

    link: str = ""
    secret: str = field(default="", repr=False)
    over: bool = False


@dataclass(frozen=True)
class OpenLink(Intent[Entered]):
    """Link code and passcode, sent by a press. A wrong passcode counts against the link, so what doesn't fit is answered, not raised."""

    action: ClassVar[str] = "customer.open_link"
    clause: ClassVar[str] = "P8"
    code: str = field(repr=False)
    passcode: str = field(repr=False)


@dataclass(frozen=True)
class OfLink(Intent[None]):
    """Something wanted under a session that a link let in."""

    clause: ClassVar[str] = "P8"
    link: str
    session: str = field(repr=False)

    @property
    def subject(self) -> str:
        return self.link


@dataclass(frozen=True)
class Played(OfLink):
    """A part of a call is about to leave the house; seconds of its audio."""

    action: ClassVar[str] = "customer.played"
    clause: ClassVar[str] = "P11"
    recording: int
    start: float
    end: float


@dataclass(frozen=True)
class Downloaded(OfLink):
    """Audio is about to leave the house as recorded, all of these calls; of a single one from `start` to `end` seconds."""

    action: ClassVar[str] = "customer.downloaded"
    clause: ClassVar[str] = "P11"
    recordings: tuple[int, ...]
    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True)
class HeardToEnd(OfLink):
    """The end of a call was heard; or, where copies are given, the last of its bytes has left."""

    action: ClassVar[str] = "customer.heard"
    recording: int


@dataclass(frozen=True)
class LeavePage(OfLink):
    """The customer leaves: the session ends."""

    action: ClassVar[str] = "customer.leave_page"
