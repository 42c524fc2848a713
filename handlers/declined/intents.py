"""What can be wanted where a caller declines to be recorded, with the form that keeps a recording (P5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from handlers import opening
from handlers.acting import Intent
from handlers.cards import Option
from handlers.forms import Form, OneOf
from handlers.matters import intents as matters
from handlers.policy.values import Text
from handlers.rules.declined import KEPT

Trouble = Literal["", "unreachable", "unread", "cannot", "known", "known_still"]
"""What stood in the way: the phone system does not answer, tells too little of some call, or knows of no live calls at all; or the call is known."""


@dataclass(frozen=True, slots=True)
class Live:
    """A call that goes on, as the phone system tells it: `began` is aware, `caller` E.164 or empty, `recordings` native ids."""

    system: str
    call_id: str
    line: str
    caller: str
    operator_key: str
    began: datetime
    recordings: tuple[str, ...]


class Say(Intent[None], action="declined.say", clause="P5"):
    """Somebody on a call says that the caller declines; the same again while it is under way."""


@dataclass(frozen=True)
class Find(matters.OfMatter, action="declined.find", clause="P5"):
    """The worker: these calls of whoever said it go on now."""

    calls: tuple[Live, ...] = ()
    trouble: Trouble = ""


@dataclass(frozen=True)
class Choose(Intent[None], action="declined.choose", clause="P5"):
    """Whoever said it says which call it is, `D-…:2`, or whoever decides, once that person was silent."""

    value: str

    @property
    def subject(self) -> str:
        return self.value.partition(":")[0]


class Dismiss(matters.OfMatter, action="declined.dismiss", clause="P5"):
    """The same, that it was none of the calls that may be meant."""


class Offer(matters.OfMatter, action="declined.offer", clause="P5"):
    """The clock: a call was registered that may be the one."""


class Unchosen(matters.OfMatter, action="declined.unchosen", clause="P5"):
    """The clock: it is the next working morning, and whoever said it has not said which call it was."""


class HandOver(matters.OfMatter, action="declined.hand_over", clause="P5"):
    """The clock: it is the working morning after that, so whoever decides is to say which call it was."""


@dataclass(frozen=True)
class Confirm(matters.OfMatter, action="declined.confirm", clause="P5"):
    """The worker: the phone system, asked again another way, records nothing of it. `recordings` are the names known by now."""

    recordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Still(matters.OfMatter, action="declined.still", clause="P5"):
    """The worker: these legs are recorded all the same, or nobody can tell."""

    legs: tuple[str, ...] = ()
    trouble: Trouble = ""
    recordings: tuple[str, ...] = ()


class Over(matters.OfMatter, action="declined.over", clause="P5"):
    """The worker: the call has ended."""


class Again(matters.OfMatter, action="declined.again", clause="P5"):
    """The worker: a call that had counted as over goes on, so it is watched again."""


class Meet(matters.OfMatter, action="declined.meet", clause="P5"):
    """The clock: something of it was registered."""


class Go(matters.OfMatter, action="declined.go", clause="P5"):
    """The clock: its working days are over, and nobody kept it."""


class Erase(matters.OfMatter, action="declined.erase", clause="P5"):
    """Whoever decides has it erased."""


@dataclass(frozen=True)
class Keep(matters.OfMatter, action="declined.keep", clause="P5"):
    """Whoever decides keeps it, for a reason."""

    form: KeepForm


class Cleared(matters.OfMatter, action="declined.cleared", clause="P5"):
    """The worker: of these names, which were never registered, a look of another kind finds nothing."""


class Left(matters.OfMatter, action="declined.left", clause="P5"):
    """The worker: something of it lies in the recording system that was never registered."""


class Remind(matters.OfMatter, action="declined.remind", clause="P5"):
    """The clock: whoever is to decide is reminded."""


class Begin(opening.Begin, action="declined.begin", clause="P5"):
    """Somebody opens the form that keeps a recording."""


class KeepForm(Form):
    """Why what was recorded is not erased."""

    name: ClassVar[str] = "declined_keep"
    title: ClassVar[str] = "Keep this recording"
    send: ClassVar[str] = "Keep"
    reason: Annotated[
        Text,
        OneOf(
            "Why is it kept?",
            lambda _: tuple(Option(name, words) for name, words in KEPT.items()),
            help="It stands on the card. Staff may ask for the call again, as for any other.",
        ),
    ]
