"""What whoever releases a customer's request presses and fills in, and who does it; the room of customers takes these (P8)."""

from __future__ import annotations

from functools import partial

from handlers.acting import Act
from handlers.cards import Line, Page
from handlers.customers import afterwards, asking, mailing, passcodes, passing_time, refusing, releasing
from handlers.customers import deciding_forms as forms
from handlers.customers.intents import deciding as intents
from handlers.customers.intents.filing import Begin
from handlers.room import Asks, Button, Does, Hands, Opens, Shows

DOES = (
    *releasing.DOES, *refusing.DOES, *asking.DOES, *mailing.DOES, *afterwards.DOES, *passcodes.DOES, *passing_time.DOES,
)  # fmt: skip
BUTTONS: dict[str, Button] = {
    "customer_release": Opens(forms.ReleaseForm.name, "Release"),
    "customer_refuse": Opens(forms.RefuseForm.name, "Refuse"),
    "customer_question": Opens(forms.QuestionForm.name, "Ask a question"),
    "customer_late": Opens(forms.LateForm.name, "Tell the customer"),
    passcodes.ACTION: Shows(passcodes.page, "Passcode", back="matter"),
    passcodes.RING: Hands(intents.Passcode.pressed, passcodes.shown, "Show the passcode"),
    passcodes.ASK: Opens(forms.AskNumberForm.name, "Ask for another number"),
    passcodes.ANOTHER: Opens(forms.NumberForm.name, "Allow another number"),
    "customer_send_again": Does(intents.SendAgain, "Send again"),
    "customer_arrived": Does(intents.Arrived, "It arrived"),
    "customer_bounced": Does(intents.Bounced, "It bounced"),
    "customer_wrong_address": Hands(intents.WrongAddress, afterwards.went_astray, "Wrong address"),
    "customer_new_link": Does(intents.SendNewLink.pressed, "Send a new link"),
}


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about.partition(':')[0]} shows how it stands."),))


def _askable(act: Act, request: str) -> str:
    """Nothing more than the form says; raises `Refused` where there is nothing left to ask, or nobody to ask, or nothing for this person."""
    asking.askable(act, request)
    return ""


_of = partial(Asks, begin=Begin, sent=_sent)
FORMS = (
    _of(
        forms.ReleaseForm, send=lambda about, form, _: intents.Release.of(about, form), intro=releasing.introduction,
        variant=forms.weighing,
    ),
    _of(forms.RefuseForm, send=lambda about, form, _: intents.Refuse.of(about, form), intro=refusing.introduction),
    _of(forms.QuestionForm, send=lambda about, form, _: intents.Question(about, form), intro=_askable),
    _of(forms.LateForm, send=lambda about, form, _: intents.TellCustomer.of(about, form), intro=afterwards.late_letter),
    _of(forms.AskNumberForm, send=lambda about, form, _: intents.AskNumber(about, form), intro=passcodes.asking),
    _of(forms.NumberForm, send=lambda about, form, _: intents.AllowNumber(about, form), intro=passcodes.allowing),
)  # fmt: skip
