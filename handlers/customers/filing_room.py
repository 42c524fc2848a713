"""What whoever files a customer's request presses and fills in, and who does it; the room of customers takes these (P8)."""

from __future__ import annotations

from functools import partial

from handlers import opening, why
from handlers.cards import Actions, Button, Line, Page, Sign, When
from handlers.customers import calls, choosing, filing, forms, keeping, steps, wished
from handlers.customers.intents import filing as intents
from handlers.matters import showing
from handlers.room import Asks, Opens, Search
from handlers.telling import ON_A_LINE


def filed(told: intents.Filed) -> Page:
    """What stands there when it was sent: by when it is due, what is missing, and what does not fit."""
    joined = (
        (
            Line(f"{told.request} is open for the same calls, so this date was added to it. The earliest counts."),
            Line("A new address or a check of identity goes on its card: press Another address or Identified."),
        )
        if told.joined
        else ()
    )
    due = Line(("The answer is due ", When(told.due_at, told.zone), "."), Sign.APPROVED)
    waits = (
        (Line(f"The customer has yet {told.waits}. Until then it can’t be released, and the clock runs."),)
        if told.waits
        else ()
    )
    warned = (Line(words, Sign.ALARM) for words in told.warnings)
    details = Actions((Button(f"{ON_A_LINE}{showing.DETAILS}", "Details", told.request),))
    return Page("Filed", (*joined, due, *waits, *warned, Line("Your card shows how it stands."), details))


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about} shows how it stands."),))


def _on_its_way(_: str) -> Page:
    return Page("Sent", (Line("The request is on its way. You get a card that shows how it stands."),))


def _file(about: str, form: forms.ToWhom, key: str) -> intents.File:
    which, _ = steps.unpacked(about)
    return intents.File(which, form, key)


_of = partial(Asks, begin=intents.Begin, sent=_sent)

DOES = (
    intents.Begin.by(opening.begin),
    intents.Choose.by(choosing.choose),
    intents.File.by(filing.file),
    intents.Identify.by(keeping.identify),
    intents.Readdress.by(keeping.readdress),
    intents.Withdraw.by(keeping.withdraw),
)
BUTTONS = {
    "customer_identity": Opens(forms.IdentityForm.name, "Identified"),
    "customer_answer": Opens(forms.AnswerForm.name, "Answer"),
    "customer_address": Opens(forms.AddressForm.name, "Another address"),
    "customer_withdraw": Opens(forms.WithdrawForm.name, "Withdraw"),
}
FORMS = (
    Asks(
        forms.WhichForm, intents.Begin, lambda about, form, _: intents.Choose(form, about), _on_its_way, new=True,
        leads=why.leads, after=lambda sheet: sheet, sought=wished.sought,
    ),
    Asks(
        forms.PersonForm, intents.Begin, _file, _on_its_way, new=True, variant=steps.who, intro=choosing.introduction,
        supplied=choosing.supplied, after=filed, before=steps.before,
    ),
    _of(forms.IdentityForm, send=lambda about, form, _: intents.Identify(about, form), intro=keeping.opening),
    _of(forms.AnswerForm, send=lambda about, form, _: intents.Answer(about, form), intro=keeping.answering),
    _of(forms.AddressForm, send=lambda about, form, _: intents.Readdress(about, form), intro=keeping.opening),
    _of(forms.WithdrawForm, send=lambda about, form, _: intents.Withdraw(about, form), intro=keeping.withdrawing),
)  # fmt: skip
SEARCHES = {forms.CALLS: Search(calls.find, calls.named)}
