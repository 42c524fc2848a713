"""What declined calls bring to the house: the kind of matter, what is at home, and the room (P5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers import opening
from handlers.acting import Act
from handlers.cards import Button, Line, Page, Row, Sign, When
from handlers.declined import choosing, deciding, intents, saying, watching
from handlers.declined.cards import card
from handlers.declined.choosing import row
from handlers.declined.view import GONE, load
from handlers.lists import waiting
from handlers.matters.kind import MatterOf
from handlers.room import Asks, Chore, Command, Does, Opens, Room, Rows, Step
from storage.tables.declined import Declined

SAYS = "A caller does not want to be recorded"
HELP = (
    "Write {word} while you are on the call. I switch its recording off, look a second time whether it is off, and tell you when that is certain. "
    "After the call I ask which one it was. (P5)"
)
ASKS = "Press it while you are on the call. I switch its recording off and tell you when that is certain."
DONE = "I am looking for your call. The card in our chat tells you when its recording is off for certain."
MEANWHILE = "Until then the call may still be recorded: please switch its recording off in the phone system."
LABEL = "A caller declines"
DECLINED = Button("declined", LABEL, "")


def _sent(about: str) -> Page:
    return Page("Kept", (Line(f"The card of {about} shows how it stands."),))


DECLINED_CALLS = MatterOf("D-", GONE, "declined", "P5", load, "declined", card, row)


WHICH, UNDECIDED = "Which call did the caller decline?", "A caller declined: erase or keep the recording?"


def lists(act: Act) -> Mapping[str, Rows]:
    """Those of which whoever asks has to say which call it was, and those that wait for a decision."""
    waiting_for = [*act.store.declines.choosing(act.me.id), *act.store.declines.waiting_for(act.me.id)]
    rows = [_row(act, one, WHICH if one.is_unchosen else UNDECIDED, one.began) for one in waiting_for]
    if not rows:
        return {}
    return {"waiting": waiting(rows)}


def _row(act: Act, one: Declined, words: str, began: datetime | None = None) -> Row:
    call = ("call of ", When(began, now=act.now), " · ") if began is not None else ()
    small = (*call, "said ", When(one.asked_at, now=act.now), f" · {one.id}")
    return Row(f"{Sign.QUESTION} {words}", Button("details", "Details", one.id, "primary"), small)


ROOM = Room(
    "declined",
    does=(
        intents.Say.by(saying.say),
        intents.Find.by(saying.find),
        intents.Choose.by(saying.choose),
        intents.Dismiss.by(saying.dismiss),
        intents.Offer.by(choosing.offer),
        intents.Unchosen.by(choosing.unchosen),
        intents.HandOver.by(choosing.hand_over),
        intents.Confirm.by(watching.confirm),
        intents.Still.by(watching.still),
        intents.Over.by(watching.over),
        intents.Again.by(watching.again),
        intents.Left.by(watching.left),
        intents.Cleared.by(watching.cleared),
        intents.Meet.by(deciding.meet),
        intents.Go.by(deciding.go),
        intents.Erase.by(deciding.erase),
        intents.Begin.by(opening.begin),
        intents.Keep.by(deciding.keep),
        intents.Remind.by(choosing.remind),
    ),
    commands={
        "recording-declined": Command(
            SAYS, HELP, does="declined", done=DONE, meanwhile=MEANWHILE, asks=ASKS, short="A caller wants no recording"
        )
    },
    buttons={
        "declined": Does(lambda _: intents.Say(), LABEL, back="home"),
        "declined_choose": Does(intents.Choose, "This call"),
        "declined_none": Does(intents.Dismiss, "None of these"),
        "declined_erase": Does(intents.Erase, "Erase"),
        intents.KeepForm.name: Opens(intents.KeepForm.name, "Keep"),
    },
    begins=(DECLINED,),
    forms=(
        Asks(
            intents.KeepForm, intents.Begin, lambda about, form, _: intents.Keep(about, form), _sent,
            intro=deciding.introduction,
        ),
    ),
    due={
        choosing.GO: intents.Go, choosing.REMIND: intents.Remind,
        choosing.UNCHOSEN: intents.Unchosen, choosing.HAND_OVER: intents.HandOver,
    },
    calls=Chore(
        lambda store, now: [*store.declines.met(), *choosing.late(store, now)], (Step(intents.Meet), Step(intents.Offer))
    ),
    matter=DECLINED_CALLS,
    lists=lists,
)  # fmt: skip
