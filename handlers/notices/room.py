"""What notices to callers bring to the house (P3)."""

from __future__ import annotations

from handlers import opening
from handlers.cards import Line, Page
from handlers.notices import answering, forms, intents, looking, outages, planning, reminding
from handlers.notices.matter import CONFIRMATIONS
from handlers.notices.rows import lists
from handlers.room import Asks, Opens, Room
from handlers.words import counted


def _sent(about: str) -> Page:
    return Page("Kept", (Line(f"The card of {about.partition(':')[0]} shows how it stands."),))


def _entered(told: intents.Entered) -> Page:
    number = counted(told.calls, "call")
    words = f"{number} of these days {'is' if told.calls == 1 else 'are'} marked from now on, and not drawn for review. Your home shows the outage."
    lost = f"{counted(told.drawn, 'drawn call')} that nobody has reviewed yet will be taken from the review, and {'does' if told.drawn == 1 else 'do'} not come back."
    return Page("Entered", (Line(words), *((Line(lost),) if told.drawn else ())))


def _on_its_way(_: str) -> Page:
    return Page("Sent", (Line("Your home shows the outage as soon as it is entered."),))


def _taken_back(_: str) -> Page:
    return Page("Sent", (Line("Your home shows which outages count."),))


ROOM = Room(
    "notices",
    does=(
        intents.Plan.by(planning.plan),
        intents.Open.by(planning.open_),
        intents.Looked.by(looking.looked),
        intents.Answer.by(answering.answer),
        intents.Remind.by(reminding.remind),
        intents.Begin.by(opening.begin),
        intents.BeginOutage.by(outages.begin),
        intents.Enter.by(outages.enter),
        intents.Withdraw.by(outages.withdraw),
        *CONFIRMATIONS.does,
    ),
    buttons={
        "notice_confirm": Opens(forms.NoticeForm.name, "Confirm"),
        "outage": Opens(forms.OutageForm.name, "Enter an outage", anew=True),
        "outage_withdraw": Opens(forms.WithdrawForm.name, "Withdraw"),
    },
    forms=(
        Asks(
            forms.PhoneForm, intents.Begin, lambda about, form, _: intents.Answer(about.partition(":")[0], form), _sent,
            variant=forms.variant, intro=answering.introduction, supplied=answering.supplied,
        ),
        Asks(
            forms.OutageForm, intents.BeginOutage, lambda _, form, key: intents.Enter(form, key), _on_its_way, new=True,
            intro=outages.introduction, again=outages.filled, after=_entered,
        ),
        Asks(
            forms.WithdrawForm, intents.Begin, lambda about, form, _: intents.Withdraw(about, form), _taken_back,
            intro=outages.taking_back,
        ),
    ),
    due={planning.ASK: intents.Open, planning.REMIND: intents.Remind},
    matter=CONFIRMATIONS,
    lists=lists,
)  # fmt: skip
