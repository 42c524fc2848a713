"""The passcode: six digits, shown once to whoever releases the request, and read out to a number that stands on the call (P8)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.cards import Button, Heading, Line, Page, Part, Row, Sign, Small
from handlers.customers.intents.deciding import AllowNumber, Passcode, Shown
from handlers.customers.known import Rung
from handlers.customers.links import new_passcode
from handlers.customers.paper import write
from handlers.customers.turns import Turn, for_the_head, remarked, turn
from handlers.customers.view import View
from handlers.effects import Tell
from handlers.matters.asking import changed
from handlers.rules import phone
from handlers.rules.refusal import Refused
from handlers.sealing import Seal
from handlers.words import counted
from storage.customer_records import CustomerLink

ACTION, RING, ANOTHER = "customer_passcode", "customer_ring", "customer_number"
NOT_SENT = "The link has not gone out yet. The passcode is for the moment at which the customer has it."
NO_LINK = "There is no link in force. Release the request again, and another one is sent."
SPENT = (
    "This link has had all its passcodes. Press End the link, and release the request again: that makes another link."
)
NOT_THAT = "That number may not be rung for this request. Please choose one of those that stand there."
NOBODY = "No number stands on these calls, so the {head} has to allow one first."
NOT_THEIRS = "The number on these calls is not that of whoever asks, so the {head} has to allow one first."


def page(act: Act, request: str) -> Page:
    """Which number is rung: those on the calls, and those that the Head allowed; raises `Refused` for whoever may not know of it."""
    found, link = _may_see(act, request)
    left = act.policy.customers.passcodes - link.passcodes
    head = act.policy.role("head_of_customer_success").title
    rows: list[Part] = [_row(found, *one) for one in numbers_of(act, found).items()]
    nobody = NOBODY if not any(one.caller for one in found.view.recordings) else NOT_THEIRS
    told: list[Part] = rows or [Line(nobody.format(head=head))]
    return Page(
        "Passcode",
        (
            Line("Which number do you ring? The passcode is shown once, and a new one ends the one before."),
            *told,
            Row(f"Another number? The {head} has to allow it.", Button(ANOTHER, "Allow another number", request)),
            Small(f"{counted(left, 'passcode')} left for this link · {request} · P8"),
        ),
    )  # fmt: skip


def passcode(act: Act, intent: Passcode) -> Done[Shown]:
    """P8: another passcode for the link in force; who rang which number when is kept."""
    found, link = _may_see(act, intent.request)
    number = numbers_of(act, found).get(intent.number)
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
    words = write(act, found.view.request, found.known)
    detail = {**words, "link": link.id, "number": Seal(act).mark(intent.request, "number", number), "on_call": on_call}
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


def allow_number(act: Act, intent: AllowNumber) -> Done[None]:
    """P8: the Head lets a passcode be read to a number that stands on none of the calls."""
    found = for_the_head(act, intent.request)
    try:
        number = phone.whole(intent.form.number, {one.region_code for one in act.policy.lines.values()})
    except ValueError as wrong:
        raise Refused.at({"number": str(wrong)}, "P8") from None
    found.known.allowed_numbers[number] = act.me.id
    detail = remarked(act, found.view, found.known, "allowed_number", intent.form.words)
    request = found.view.request
    words = f"{act.me.name} allowed another number for the passcode of {request.id}. Press Passcode."
    told = [one.person_id for one in found.view.approvers if one.person_id != act.me.id]
    effects = [Tell(one, words, f"number:{request.id}:{request.revision}", ACTION, request.id) for one in told]
    marked = Seal(act).mark(request.id, "number", number)
    return Done(None, (*changed(found.view), *effects), detail={"number": marked, **detail})


def allowing(act: Act, request: str) -> str:
    """Nothing more than the form says; raises `Refused` for anybody but the Head."""
    for_the_head(act, request)
    return ""


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
    small = "stands on the call" if on_call else f"allowed by {by}"
    value = f"{found.view.request.id}:{mark}"
    return Row(phone.written(number), Button(RING, "Show the passcode", value, "primary"), small)


def _may_see(act: Act, request: str) -> tuple[Turn, CustomerLink]:
    """For whoever may release it, or did; never for whoever wrote any of it down or was on the call."""
    found = turn(act, request)
    link, state = found.view.link, found.view.request.state
    if state == "sending":
        raise Refused(NOT_SENT, clause="P8", code="not_sent")
    if link is None:
        raise Refused(NO_LINK, clause="P8", code="no_link")
    return found, link


DOES = (Passcode.by(passcode), AllowNumber.by(allow_number))
