"""What customers' requests for their own calls add to the bot: buttons, forms, searches, deadlines, pages and the matter (P8)."""

from handlers import plain_words, telling
from handlers.cards import Actions, Button, Line, Page, Sign, Small, When
from handlers.customers import cards, filing, forms, links, steps
from handlers.customers.filing import Filed
from handlers.customers.state import CustomerCase
from handlers.matters import showing
from handlers.matters.showing import MatterOf
from handlers.room import Asks, Does, Hands, Opens, Room, Search, Shows
from handlers.room import Button as Press
from storage.customers import LINK_ENDS

MATTER = MatterOf(CustomerCase, cards.customer_card, filing.reminder_row)


def page_once_filed(told: Filed) -> Page:
    """Return the page after filing: the due day, what the customer still has to give, and warnings."""
    joined = (
        f"{told.request} is already open for the same calls, so I added this date. The earliest counts.",
        "To add a new address or an identity check, press Another address or Identified on its card.",
    )
    waits = f"The customer still has {told.waits}. The clock is running."
    details = Actions((Button(f"{telling.ON_A_LINE}{showing.DETAILS}", "Details", told.request),))
    return Page(
        "Filed",
        (
            *(Line(words) for words in joined if told.joined),
            Line(("The answer is due ", When(told.due_at, told.zone), "."), Sign.APPROVED),
            *((Line(waits),) if told.waits else ()),
            *(Line(words, Sign.ALARM) for words in told.warnings),
            details,
        ),
    )


def wrong_address_page(_: None, __: str) -> Page:
    """Return the page after Wrong address: what was done, and where to report more."""
    return Page(
        "Wrong address",
        (
            Line("The link no longer works.", Sign.APPROVED),
            Line("The request is open again. Please enter the right address first."),
            Line("Someone may have received a call that isn’t theirs. If you know how it happened, report it in confidence."),
            Actions((Button("breach_report", "Report in confidence", ""),)),
            Small("P8 · P13"),
        ),
    )  # fmt: skip


def _split_value(value: str) -> tuple[str, str]:
    """Return what a button or a form is about: a request, and the mark of what was seen."""
    request, _, seen = value.partition(":")
    return request, seen


BUTTONS: dict[str, Press] = {
    "customer_identity": Opens(forms.IdentityForm.name, "Identified"),
    "customer_answer": Opens(forms.AnswerForm.name, "Answer"),
    "customer_address": Opens(forms.AddressForm.name, "Another address"),
    "customer_withdraw": Opens(forms.WithdrawForm.name, "Withdraw"),
    "customer_release": Opens(forms.ReleaseForm.name, "Release"),
    "customer_refuse": Opens(forms.RefuseForm.name, "Refuse"),
    "customer_question": Opens(forms.QuestionForm.name, "Ask a question"),
    links.PASSCODE: Shows(links.passcode_page, "Passcode", back="matter"),
    links.RING: Hands(
        lambda value: links.make_passcode(*_split_value(value)), links.passcode_shown, "Show the passcode"
    ),
    links.ANOTHER: Opens(forms.NumberForm.name, "Another number"),
    "customer_allow_number": Does(links.allow_number, "Allow this number"),
    "customer_send_again": Does(steps.send_again, "Send again"),
    "customer_arrived": Does(steps.note_arrived, "It arrived"),
    "customer_bounced": Does(steps.note_bounced, "It bounced"),
    "customer_wrong_address": Hands(steps.note_wrong_address, wrong_address_page, "Wrong address"),
    "customer_new_link": Does(lambda about: steps.send_new_link(*_split_value(about)), "Send a new link"),
}
FORMS = (
    Asks(
        forms.FilingForm, lambda _, form, key: filing.file_customer_request(form, key),
        new=True, variant=forms.filing_form,
        leads=plain_words.form_for_choice, after=page_once_filed,
    ),
    Asks(forms.IdentityForm, send=lambda about, form, _: steps.identify_customer(about, form), intro=steps.open_form),
    Asks(forms.AnswerForm, send=lambda about, form, _: steps.answer_question(about, form), intro=steps.open_answer),
    Asks(forms.AddressForm, send=lambda about, form, _: steps.change_address(about, form), intro=steps.open_form),
    Asks(forms.WithdrawForm, send=lambda about, form, _: steps.withdraw_request(about, form), intro=steps.open_withdrawal),
    Asks(
        forms.ReleaseForm, send=lambda about, form, _: steps.release_calls(*_split_value(about), form), intro=steps.open_release,
        variant=forms.release_form,
    ),
    Asks(forms.RefuseForm, send=lambda about, form, _: steps.refuse_request(*_split_value(about), form), intro=steps.open_refusal),
    Asks(forms.QuestionForm, send=lambda about, form, _: steps.ask_a_question(about, form), intro=steps.open_question),
    Asks(forms.NumberForm, send=lambda about, form, _: links.ask_number(about, form), intro=links.open_number_form),
)  # fmt: skip
ROOM = Room(
    "customers",
    buttons=BUTTONS,
    forms=FORMS,
    searches={forms.CALLS: Search(forms.find_calls_and_numbers, forms.chosen_options)},
    due={**filing.DUE, LINK_ENDS: steps.end_expired_links},
    matter=MATTER,
    lists=cards.customer_lists,
)  # fmt: skip
