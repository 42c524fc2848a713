"""What declined calls bring to the house (P5)."""

from __future__ import annotations

from handlers import opening
from handlers.cards import Button, Line, Page
from handlers.declined import choosing, deciding, forms, intents, reminding, saying, watching
from handlers.declined.matter import DECLINED_CALLS
from handlers.declined.rows import lists
from handlers.room import Asks, Chore, Command, Does, Opens, Room, Step

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
        intents.Remind.by(reminding.remind),
        *DECLINED_CALLS.does,
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
        forms.KeepForm.name: Opens(forms.KeepForm.name, "Keep"),
    },
    begins=(DECLINED,),
    forms=(
        Asks(
            forms.KeepForm, intents.Begin, lambda about, form, _: intents.Keep(about, form), _sent,
            intro=deciding.introduction,
        ),
    ),
    due={
        reminding.GO: intents.Go, reminding.REMIND: intents.Remind,
        choosing.UNCHOSEN: intents.Unchosen, choosing.HAND_OVER: intents.HandOver,
    },
    calls=Chore(
        lambda store, now: [*store.declines.met(), *choosing.late(store, now)], (Step(intents.Meet), Step(intents.Offer))
    ),
    matter=DECLINED_CALLS,
    lists=lists,
)  # fmt: skip
