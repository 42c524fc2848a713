"""The passcode: six digits, shown once to whoever releases the request, and read out to a number on the call (P8)."""

from __future__ import annotations

from dataclasses import dataclass, field

from handlers.acting import Act, Done
from handlers.cards import Button, Heading, Line, Page, Part, Row, Sign, Small
from handlers.customers import forms
from handlers.customers.links import SPENT, new_passcode
from handlers.customers.releasing import Turn, find, find_for_the_head, remark
from handlers.customers.state import Rung, View, write_known
from handlers.effects import Tell
from handlers.handling import handler
from handlers.matters.asking import changed, reached
from handlers.rules import phone
from handlers.rules.customers import for_the_head as for_head_alone
from handlers.rules.refusal import Refused
from handlers.sealing import Seal
from handlers.words import counted
from storage.tables.customers import CustomerLink


@dataclass(frozen=True, slots=True)
class Shown:
    """Six digits to be read out, and to which number (E.164); `left` passcodes can still be made for this link."""

    passcode: str = field(repr=False)
    number: str = field(repr=False)
    left: int = 0


ACTION, RING, ANOTHER, ASK = "customer_passcode", "customer_ring", "customer_number", "customer_ask_number"
NOT_SENT = "The link has not gone out yet. The passcode is for the moment at which the customer has it."
NO_LINK = "There is no link in force. Press Send a new link on the card."
NOT_THAT = "That number may not be phoned for this request. Please choose one from the list."
NOBODY = "These calls show no number, so the {head} has to allow one first."
NOBODY_THERE = "No one can allow another number at the moment. Please try again later."
NOT_THEIRS = "The number on these calls is not the requester’s, so the {head} has to allow one first."


def page(act: Act, request: str) -> Page:
    """Which number is rung: those on the calls, and those that the Head allowed; raises `Refused` for whoever may not know of it."""
    found, link = _may_see(act, request)
    left = act.policy.customers.passcodes - link.passcodes
    head = act.policy.role("head_of_customer_success").title
    rows: list[Part] = [_row(found, *one) for one in numbers_of(act, found).items()]
    nobody = NOBODY if not any(one.caller for one in found.view.recordings) else NOT_THEIRS
    told: list[Part] = rows or [Line(nobody.format(head=head))]
    mine = found.view.allows_numbers(act.me)
    another = (
        Button(ANOTHER, "Allow another number", request) if mine else Button(ASK, "Ask for another number", request)
    )
    return Page(
        "Passcode",
        (
            Line("Which number do you ring? The passcode is shown once, and a new one ends the one before."),
            *told,
            Row(f"Another number? The {head} has to allow it.", another),
            Small(f"{counted(left, 'passcode')} left for this link · {request} · P8"),
        ),
    )  # fmt: skip


@handler("customer.passcode", clause="P8", about="request")
def passcode(act: Act, request: str, mark: str) -> Done[Shown]:
    """P8: another passcode for the link in force; who rang which number when is kept."""
    found, link = _may_see(act, request)
    number = numbers_of(act, found).get(mark)
    if number is None:
        raise Refused(NOT_THAT, clause="P8", code="not_that_number")
    if link.passcodes >= act.policy.customers.passcodes:
        raise Refused(SPENT, clause="P8", code="no_passcode_left")
    digits = new_passcode(act, link)
    on_call = number in _on_calls(found.view)
    rung = Rung(
        number=number, on_call=on_call, by=act.me.id, at=act.now, allowed_by=found.known.allowed_numbers.get(number)
    )
    found.known.rung.append(rung)
    write_known(act, found.view.request, found.known)
    detail = {"link": link.id, "number": Seal(act).mark(request, "number", number), "on_call": on_call}
    left = act.policy.customers.passcodes - link.passcodes
    return Done(Shown(digits, number, left), changed(found.view), detail=detail)


def shown(given: Shown, _: str) -> Page:
    """The six digits, once, and what to do with them."""
    digits = f"{given.passcode[:3]} {given.passcode[3:]}"
    return Page(
        "Passcode",
        (
            Line(f"Ring {phone.written(given.number)} and read out:"),
            Heading(digits),
            Line("Read it to the customer alone. Never leave it on a machine, and never send it.", Sign.ALARM),
            Small(f"It is shown once. {counted(given.left, 'passcode')} left for this link. P8"),
        ),
    )  # fmt: skip


@handler("customer.ask_number", clause="P8", about="request_id")
def ask_number(act: Act, request_id: str, form: forms.AskNumberForm) -> Done[None]:
    """P8: the Head is told that another number is wanted, and reads which and why above the form that allows it."""
    found, _ = _may_see(act, request_id)
    request, number = found.view.request, _whole(act, form.number)
    where = reached(act, for_head_alone(found.view.circumstances))
    people = act.store.people.ids_for(one.email for one in where.approvers)
    if not people:
        raise Refused(NOBODY_THERE, clause="P8", code="nobody_allows")
    remark(act, found.view, found.known, "asked_number", f"{phone.written(number)}\n{form.words}")
    words = (
        f"{act.me.name} asks whether another number may be rung for the passcode of {request.id}. "
        "Press Allow another number to read which, and why."
    )
    once = f"ask_number:{request.id}:{len(found.known.remarks)}"
    told = [Tell(people[one.email], words, once, ANOTHER, request.id) for one in where.approvers]
    return Done(None, (*changed(found.view), *told))


@handler("customer.allow_number", clause="P8", about="request_id")
def allow_number(act: Act, request_id: str, form: forms.NumberForm) -> Done[None]:
    """P8: the Head lets a passcode be read to a number that stands on none of the calls."""
    found = find_for_the_head(act, request_id)
    number = _whole(act, form.number)
    asked = found.known.number_asked
    told = dict.fromkeys((*([asked.by] if asked else []), *(one.person_id for one in found.view.approvers)))
    found.known.allowed_numbers[number] = act.me.id
    remark(act, found.view, found.known, "allowed_number", form.words)
    request = found.view.request
    words = f"{act.me.name} allowed another number for the passcode of {request.id}. Press Passcode."
    effects = [
        Tell(one, words, f"number:{request.id}:{request.revision}", ACTION, request.id)
        for one in told
        if one != act.me.id
    ]
    marked = Seal(act).mark(request.id, "number", number)
    return Done(None, (*changed(found.view), *effects), detail={"number": marked})


def allowing(act: Act, request: str) -> str:
    """Which number was asked for, by whom and why, if anybody did; raises `Refused` for anybody but the Head."""
    found = find_for_the_head(act, request)
    asked = found.known.number_asked
    return f"{found.view.people[asked.by].name} asks for {asked.words}" if asked else ""


def asking(act: Act, request: str) -> str:
    """Nothing more than the form says; raises `Refused` for whoever reads out no passcode of it."""
    _may_see(act, request)
    return ""


def _whole(act: Act, typed: str) -> str:
    """E.164; raises `Refused` at the field."""
    try:
        return phone.whole(typed, {one.region_code for one in act.policy.lines.values()})
    except ValueError as wrong:
        raise Refused.at({"number": str(wrong)}, "P8") from None


def numbers_of(act: Act, found: Turn) -> dict[str, str]:
    """The numbers that may be rung (E.164), by the mark that stands for each on a button."""
    request = found.view.request.id
    numbers = dict.fromkeys((*_on_calls(found.view), *found.known.allowed_numbers))
    return {act.keys.mark("customer number", request, one)[:16]: one for one in numbers}


def _on_calls(view: View) -> list[str]:
    """Numbers that are those of whoever asks: for anybody but the customer in person the number on a call is somebody else's."""
    if view.request.asker != "customer":
        return []
    return list(dict.fromkeys(one.caller for one in view.recordings if one.caller))


def _row(found: Turn, mark: str, number: str) -> Row:
    on_call = number in _on_calls(found.view)
    allowed = found.known.allowed_numbers.get(number)
    by = found.view.people[allowed].name if allowed in found.view.people else "the Head"
    small = "number on the call" if on_call else f"allowed by {by}"
    value = f"{found.view.request.id}:{mark}"
    return Row(phone.written(number), Button(RING, "Show the passcode", value, "primary"), small)


def _may_see(act: Act, request: str) -> tuple[Turn, CustomerLink]:
    """For whoever may release it, or did; never for whoever wrote any of it down or was on the call."""
    found = find(act, request)
    link, state = found.view.link, found.view.request.state
    if state == "sending":
        raise Refused(NOT_SENT, clause="P8", code="not_sent")
    if link is None:
        raise Refused(NO_LINK, clause="P8", code="no_link")
    return found, link
