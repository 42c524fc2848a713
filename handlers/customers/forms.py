"""The forms of a customer's request, and how its calls are found (P8)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from handlers import finding, plain_words
from handlers.acting import Context
from handlers.cards import Option
from handlers.finding import may_know
from handlers.forms import AnyOf, Date, Form, OnDay, OneOf, Text, Words
from handlers.phrases import day_words, masked_number, quantity_words
from handlers.policy import Policy
from handlers.room import Given
from handlers.rules import Refused, customer_names, phone, searching
from storage.records import Recording
from storage.searches import Wanted

CALLS = "customer_calls"
"""The look-up of calls, which also offers all calls with a number."""
ASKERS = (
    Option("customer", "The customer"),
    Option("authority", "Someone with the customer’s written authority"),
    Option("relative", "A relative of a customer who died"),
    Option("operator", "A colleague who was on the call"),
    Option("former", "A former member of staff who was on the call"),
)
UNCHECKED = "none"


def _identity_options(policy: Policy) -> tuple[Option, ...]:
    """Return the policy's ways to check who asks."""
    return tuple(Option(key, label) for key, label in policy.customers.identity_checks.items())


def _check_options(policy: Policy) -> tuple[Option, ...]:
    """Return the policy's ways to check who asks, and one that says it wasn't done yet."""
    return (*_identity_options(policy), Option(UNCHECKED, "Not checked yet"))


Call = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,10}|number:\+[0-9]{7,15})$")]
"""A call by its id, or all calls with a number (E.164)."""


class FilingForm(Form):
    """P8: who asks for which calls, since when, and where the mail goes."""

    name: ClassVar[str] = plain_words.OF_CUSTOMERS
    title: ClassVar[str] = "A customer’s own call"
    send: ClassVar[str] = "File"
    leads: ClassVar[bool] = True
    reason: Annotated[Literal["customer"], replace(plain_words.ASKED, initial=plain_words.OWN_CALL)] = "customer"
    asker: Annotated[
        Literal["customer", "authority", "relative", "operator", "former"],
        OneOf("Who asks?", lambda _: ASKERS, redraws=True, initial="customer"),
    ] = "customer"
    recordings: Annotated[
        list[Call],
        AnyOf(
            "Which calls?", CALLS, lambda policy: policy.customers.most_calls,
            "By number, day, name or CRM reference. Without a call, the request can only be refused.", "Find a call",
        ),
    ] = Field(default_factory=list)  # fmt: skip
    person: Annotated[Text, AfterValidator(customer_names.read_name), Words("Their name", 120)]
    address: Annotated[
        Text, Words("Their e-mail address", 254, help="Leave it empty if they haven’t given one yet.")
    ] = ""
    received_on: Annotated[
        Date | None,
        OnDay("When did they first ask?", "Leave it empty if they ask now."),
    ] = None  # fmt: skip


class CustomerForm(FilingForm):
    """Everybody but a colleague is identified, now or later."""

    check: Annotated[str, OneOf("How did you check who they are?", _check_options, initial=UNCHECKED)] = UNCHECKED


class AuthorityForm(CustomerForm):
    """For a person with the customer’s written authority, who proves it by a letter."""

    authority: Annotated[
        Text, Words("Which letter gives them authority, and what is its date?", 200,
        help="The kind of letter and its date, never the letter itself.",
        placeholder="Power of attorney of 3 November 2026"),
    ]  # fmt: skip


def filing_form(given: Given) -> type[FilingForm]:
    """Return the form for this kind of asker: a colleague is known here, and authority is proved by a letter."""
    asker = given.answers.get("asker")
    if asker == "operator":
        return FilingForm
    return AuthorityForm if asker == "authority" else CustomerForm


class IdentityForm(Form):
    """How the person who asks was identified."""

    name: ClassVar[str] = "customer_identity"
    title: ClassVar[str] = "Identify the requester"
    send: ClassVar[str] = "Save"
    check: Annotated[str, OneOf("How did you check who they are?", _identity_options)]


class AddressForm(Form):
    """The address to which the customer wants the mail."""

    name: ClassVar[str] = "customer_address"
    title: ClassVar[str] = "Where the e-mail goes"
    send: ClassVar[str] = "Save"
    address: Annotated[Text, Words("Their e-mail address", 254)]


class AnswerForm(Form):
    """The answer of a person who filed the request to a releaser's question."""

    name: ClassVar[str] = "customer_answer"
    title: ClassVar[str] = "Answer the question"
    send: ClassVar[str] = "Send"
    words: Annotated[Text, Words("Your answer", 1000, lines=True)]


class WithdrawForm(Form):
    """That the customer withdrew the request: when and how they said so."""

    name: ClassVar[str] = "customer_withdraw"
    title: ClassVar[str] = "Customer withdraws"
    send: ClassVar[str] = "Withdraw"
    on_day: Annotated[Date | None, OnDay("When did they say so?", "Leave it empty for today.")] = None
    words: Annotated[Text, Words("How did they say so?", 500, lines=True)]


VOICES = (
    Option("nobody", "No, only the customer and our colleague"),
    Option("may_hear", "Yes; the customer may hear and download it"),
    Option("listen_only", "Yes; the customer may only hear it"),
)


def _refusal_options(policy: Policy) -> tuple[Option, ...]:
    """Return the policy's reasons to refuse, as the customer reads them."""
    return tuple(Option(key, sentence) for key, sentence in policy.customers.refusals.items())


class ReleaseForm(Form):
    """What is confirmed before a mail goes out; the mail and the whole address stand above."""

    name: ClassVar[str] = "customer_release"
    title: ClassVar[str] = "Release to the customer"
    send: ClassVar[str] = "Release"
    read_first: ClassVar[bool] = True
    voices: Annotated[
        Literal["nobody", "may_hear", "listen_only"],
        OneOf(
            "Is anyone else heard or mentioned?", lambda _: VOICES, redraws=True,
            help="Releasing it means you’ve checked who is asking, that it is their call, the address, and that the request isn’t your own (P8).",
        ),
    ]  # fmt: skip


class WeighedForm(ReleaseForm):
    """The release form where another person is heard: why the customer may hear it all the same."""

    weighed: Annotated[
        Text,
        Words("Why may the customer hear it?", 1000, lines=True),
    ]  # fmt: skip


def release_form(given: Given) -> type[ReleaseForm]:
    """Return the form that the answer about other people needs."""
    return WeighedForm if given.answers.get("voices") == "may_hear" else ReleaseForm


class RefuseForm(Form):
    """Why the customer gets nothing, from the policy's closed list; where no mail can go, how they were told."""

    name: ClassVar[str] = "customer_refuse"
    title: ClassVar[str] = "Refuse it"
    send: ClassVar[str] = "Refuse"
    read_first: ClassVar[bool] = True
    refusal: Annotated[str, OneOf("Why?", _refusal_options, help="The customer reads this sentence.")]
    told: Annotated[
        Text,
        Words(
            "If you can’t send an e-mail: how were they told, and when?", 500, lines=True,
            help="In writing, with the words above. Leave it empty if there is an address.",
        ),
    ] = ""  # fmt: skip


class QuestionForm(Form):
    """A releaser's question to the people who filed the request."""

    name: ClassVar[str] = "customer_question"
    title: ClassVar[str] = "Ask about it"
    send: ClassVar[str] = "Send"
    words: Annotated[
        Text, Words("Your question", 1000, lines=True, help="The person who filed it answers, or asks the customer.")
    ]


class NumberForm(Form):
    """Another number for the passcode, for the Head to allow."""

    name: ClassVar[str] = "customer_number"
    title: ClassVar[str] = "Another number"
    send: ClassVar[str] = "Ask"
    number: Annotated[Text, Words("Which number?", 30, placeholder="+61 412 345 678")]
    words: Annotated[Text, Words("Why?", 500, lines=True, help="How you know that this number is the customer’s.")]


NUMBER = "number:"
MOST_NUMBERS = 3  # that are offered as a whole
FIRST = 12  # calls that come before them, as a platform may show no more than 15 options
GONE = "One of these calls is no longer there. Please choose again."
EMPTY = "Without a call, the request can only be refused."


def find_calls_and_numbers(ctx: Context, typed: str) -> list[Option]:
    """Return the calls that match what was typed, then all calls of each number that matches; first if it was typed."""
    found = finding.look_for_calls(ctx, typed)
    typed_whole, calls = _typed_number(ctx, typed), found.all
    whole = number_options(ctx, found.exactly) if typed.strip() and not typed_whole else []
    return finding.offer_or_examples([*typed_whole, *calls[:FIRST], *whole, *calls[FIRST:]], typed)


def number_options(ctx: Context, found: Sequence[Option]) -> list[Option]:
    """Return an option for all calls of each number that these calls came from; none for a number with one call."""
    calls = ctx.store.recordings.all_of(int(one.value) for one in found)
    callers = [one for one in dict.fromkeys(call.caller for call in calls) if one][:MOST_NUMBERS]
    return [_number_option(ctx, one) for one in callers if len(_calls_with_number(ctx, one)) > 1]


def chosen_options(ctx: Context, values: Iterable[str]) -> list[Option]:
    """Return the options for what was chosen before, in order; calls that this person may not know of are left out."""
    chosen = list(values)
    singles = {
        one.value: one for one in finding.chosen_calls(ctx, (one for one in chosen if not one.startswith(NUMBER)))
    }
    numbers = {one: _number_option(ctx, one.removeprefix(NUMBER)) for one in chosen if one.startswith(NUMBER)}
    return [(numbers | singles)[one] for one in chosen if one in numbers or one in singles]


def calls_and_number(ctx: Context, values: Iterable[str]) -> tuple[list[Recording], str, Refused | None]:
    """Return the chosen calls, oldest first, the number (E.164) if all calls with it were chosen, and why they are refused, if
    they are; calls that this person may not know of are refused as if they didn't exist.
    """
    chosen, most = list(dict.fromkeys(values)), ctx.policy.customers.most_calls
    numbers = [one.removeprefix(NUMBER) for one in chosen if one.startswith(NUMBER)]
    ids = [int(one) for one in chosen if not one.startswith(NUMBER)]
    single = [
        one for one in ctx.store.recordings.present((one for one in ids if one < 2**31), ctx.now) if may_know(ctx, one)
    ]
    found = {one.id: one for one in (*single, *(one for number in numbers for one in _calls_with_number(ctx, number)))}
    why = ""
    if len(numbers) > 1:
        why = "These are different numbers. Please file a request for each, or choose single calls."
    elif len(single) < len(ids):
        why = GONE
    elif len(found) > most:
        why = f"A request can have {quantity_words(most, 'call')} at most. Type the number and a day, and choose single calls."
    calls = sorted(found.values(), key=lambda one: (one.started, one.id))
    return calls, "".join(numbers[:1]), _refuse_calls(why) if why else None


def _typed_number(ctx: Context, typed: str) -> list[Option]:
    """Offer a whole number, even without findable calls: they may be locked, and the request is for all of them (P8)."""
    try:
        number = phone.read_whole_number(typed, {one.region_code for one in ctx.policy.lines.values()})
    except ValueError:
        return []
    return [_number_option(ctx, number)]


def _number_option(ctx: Context, number: str) -> Option:
    """Offer all calls with a number (E.164): how many there are, and the days of the first and the last."""
    calls = sorted(_calls_with_number(ctx, number), key=lambda one: one.started)
    most = ctx.policy.customers.most_calls
    how_many = f"All {quantity_words(len(calls), 'call')}" if len(calls) <= most else f"All calls, more than {most},"
    days = [day_words(_day_of_call(ctx, one), None) for one in (calls[:1] + calls[-1:])] or ["none found yet"]
    if len(calls) < 2:
        how_many = "Any call"
    return Option(f"{NUMBER}{number}", f"{how_many} with {masked_number(number)}", " to ".join(dict.fromkeys(days)))


def _calls_with_number(ctx: Context, number: str) -> list[Recording]:
    """Return calls with exactly this number that this person may know of, newest first; then those that are locked, as
    their caller declined.
    """
    departments, operator = searching.search_scope(ctx.policy, ctx.me.id, ctx.me.email_key)
    wanted = Wanted(caller=number, departments=departments, mine=operator)
    found = ctx.store.searches.find(wanted, ctx.policy.customers.most_calls + 1, ctx.now)
    locked = [one for one in ctx.store.declines.locked({number}) if one.state == "declined" and may_know(ctx, one)]
    return [one for one in (*found, *locked) if one.line in ctx.policy.lines]


def _day_of_call(ctx: Context, one: Recording) -> date:
    """Return the day of a call, by the clock of its line."""
    return one.started.astimezone(ZoneInfo(ctx.policy.lines[one.line].time_zone)).date()


def _refuse_calls(words: str) -> Refused:
    """Return the refusal at the field of the calls, with these words."""
    return Refused.at({"recordings": words}, "P8")
