"""What customers' requests for their own calls bring to the house: buttons, forms, searches, deadlines, pages and the matter (P8)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from handlers import opening, plain_words
from handlers.acting import Act
from handlers.alarms import may_look
from handlers.cards import Actions, Button, Line, Page, Row, Sign, When
from handlers.customers import (
    changing,
    deadlines,
    filing,
    forms,  # fmt: skip
    mailing,
    passcodes,
    releasing,
)
from handlers.customers.cards import card, lists
from handlers.customers.filing import Filed
from handlers.customers.state import GONE, View, load
from handlers.handling import Intent, handler
from handlers.matters import showing
from handlers.room import Asks, Does, Hands, Opens, Room, Search, Shown, Shows
from handlers.room import Button as Press
from handlers.telling import ON_A_LINE
from storage.database.store import Store
from storage.matters import Reminder


class CustomerRequests:
    """P8: customers' requests, `C-…`."""

    prefix = "C-"
    gone = GONE
    reroute, recheck = deadlines.reroute, deadlines.recheck

    def shown(self, act: Act, matter: str, reader: int, *, whole: bool = False) -> Shown | None:
        """As `Matter.shown`; so may the Head who was asked for a number, and in Details whoever was told of an alarm about it."""
        view = load(act, matter)
        told = (whole and may_look(act, matter, reader)) or _was_asked_for_a_number(act, view, reader)
        if reader not in view.everybody() and not told:
            return None
        return Shown(card(view, reader, whole=whole), view.request.revision)

    def case(self, act: Act, matter: str) -> View:
        """As `Matter.case`."""
        return load(act, matter)

    def reminded(self, act: Act, reminder: Reminder) -> Row | None:
        """As `Matter.reminded`."""
        return deadlines.reminder_row(load(act, reminder.matter_id), reminder)

    def waiting(self, store: Store) -> Sequence[str]:
        """As `Matter.waiting`."""
        return store.matters.ids("customer")

    def stuck(self, store: Store) -> Sequence[str]:
        """As `Matter.stuck`."""
        return store.matters.ids("customer", ("stuck",))


begin = handler("customer.begin", clause="P8")(opening.open_form)
MATTER = CustomerRequests()


def page_once_filed(told: Filed) -> Page:
    """What is there when it was sent: by when it is due, what is missing, and what does not fit."""
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
    return Page("Filed", (*joined, due, *waits, *warned, Line("Your card shows its status."), details))


def _was_asked_for_a_number(act: Act, view: View, reader: int) -> bool:
    pending = view.known is not None and view.known.number_asked is not None
    return pending and view.allows_numbers(act.store.people.get(reader))


def _parted(value: str) -> tuple[str, str]:
    """What a button or a form is about: a request, and the mark of what was seen."""
    request, _, seen = value.partition(":")
    return request, seen


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about.partition(':')[0]} shows its status."),))


def _on_its_way(_: str) -> Page:
    return Page("Sent", (Line("The request is on its way. You get a card that shows its status."),))


def _file(about: str, form: filing.ToWhom, key: str) -> Intent[Filed]:
    return filing.file(filing.unpack(about)[0], form, key)


_of = partial(Asks, begin=begin, sent=_sent)
BUTTONS: dict[str, Press] = {
    "customer_identity": Opens(forms.IdentityForm.name, "Identified"),
    "customer_answer": Opens(forms.AnswerForm.name, "Answer"),
    "customer_address": Opens(forms.AddressForm.name, "Another address"),
    "customer_withdraw": Opens(forms.WithdrawForm.name, "Withdraw"),
    "customer_release": Opens(forms.ReleaseForm.name, "Release"),
    "customer_refuse": Opens(forms.RefuseForm.name, "Refuse"),
    "customer_question": Opens(forms.QuestionForm.name, "Ask a question"),
    passcodes.ACTION: Shows(passcodes.page, "Passcode", back="matter"),
    passcodes.RING: Hands(lambda value: passcodes.passcode(*_parted(value)), passcodes.shown, "Show the passcode"),
    passcodes.ASK: Opens(forms.AskNumberForm.name, "Ask for another number"),
    passcodes.ANOTHER: Opens(forms.NumberForm.name, "Allow another number"),
    "customer_send_again": Does(mailing.send_again, "Send again"),
    "customer_arrived": Does(mailing.arrived, "It arrived"),
    "customer_bounced": Does(mailing.bounced, "It bounced"),
    "customer_wrong_address": Hands(mailing.wrong_address, mailing.went_astray, "Wrong address"),
    "customer_new_link": Does(lambda about: releasing.send_new_link(*_parted(about)), "Send a new link"),
}
FORMS = (
    Asks(
        forms.WhichForm, begin, lambda about, form, _: filing.choose(form, about), _on_its_way, new=True,
        leads=plain_words.leads, supplied=filing.asked_today, after=lambda sheet: sheet, sought=forms.sought,
    ),
    Asks(
        forms.PersonForm, begin, _file, _on_its_way, new=True, variant=filing.second_step, intro=filing.introduction,
        supplied=filing.supplied, after=page_once_filed, before=filing.first_step,
    ),
    _of(forms.IdentityForm, send=lambda about, form, _: changing.identify(about, form), intro=changing.open_form),
    _of(forms.AnswerForm, send=lambda about, form, _: changing.answer(about, form), intro=changing.open_answer),
    _of(forms.AddressForm, send=lambda about, form, _: changing.readdress(about, form), intro=changing.open_form),
    _of(forms.WithdrawForm, send=lambda about, form, _: changing.withdraw(about, form), intro=changing.open_withdrawal),
    _of(
        forms.ReleaseForm, send=lambda about, form, _: releasing.release(*_parted(about), form), intro=releasing.open_release,
        variant=forms.weighing,
    ),
    _of(forms.RefuseForm, send=lambda about, form, _: releasing.refuse(*_parted(about), form), intro=releasing.open_refusal),
    _of(forms.QuestionForm, send=lambda about, form, _: changing.ask_a_question(about, form), intro=changing.open_question),
    _of(forms.AskNumberForm, send=lambda about, form, _: passcodes.ask_number(about, form), intro=passcodes.asking),
    _of(forms.NumberForm, send=lambda about, form, _: passcodes.allow_number(about, form), intro=passcodes.allowing),
)  # fmt: skip
ROOM = Room(
    "customers",
    buttons=BUTTONS,
    forms=FORMS,
    searches={forms.CALLS: Search(forms.find, forms.named)},
    due={**deadlines.DUE, deadlines.LINK_ENDS: mailing.end_over},
    matter=MATTER,
    lists=lists,
)  # fmt: skip
