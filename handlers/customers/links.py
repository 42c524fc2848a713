"""A customer's link and its passcode: made for one release, and opened by both together, by neither of them alone (P8)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from hmac import compare_digest
from secrets import randbelow
from typing import Literal

from handlers import phrases, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Button, Heading, Line, Page, Part, Row, Sign, Small
from handlers.customers.forms import NumberForm
from handlers.customers.state import CustomerCase, Details, Rung, add_remark, load_for, load_for_releaser, save_details
from handlers.matters.asking import ask_these, bump_and_redraw, find_route
from handlers.rules import Refused, customers, phone
from handlers.sealing import Seal, new_secret
from storage.customers import LONGEST_SESSION, ON_ITS_WAY
from storage.tables.customers import ALIVE, CustomerLetter, CustomerRequest


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who is let in: the link's id, and a session's secret for a cookie; both are empty where it doesn't fit.

    `over` says that both fitted and the link is over.
    """

    link: str = ""
    secret: str = field(default="", repr=False)
    over: bool = False


Fit = Literal["open", "wrong", "over", "unknown"]
SENT = (*ON_ITS_WAY, "answered")
"""States in which the link may be used, including an unknown outcome at the mail server."""
OVER = "This link has expired. Press Send a new link on the card."
SPENT = "This link has used all its passcodes. Press Send a new link on the card."


def make_link(ctx: Context, letter: CustomerLetter, gives: str, before: Iterable[CustomerLetter] = ()) -> str:
    """P8: give the letter a link; return its code, which is stored only as a keyed mark. Links of the letters `before` end."""
    for one in before:
        if one.link in ALIVE:
            end_link(one, "ended")
    code = new_secret()
    letter.link, letter.gives, letter.code = "live", gives, ctx.keys.mark_of_pass("link", code)
    letter.ends_at = ctx.now + timedelta(days=ctx.policy.customers.link_days)
    return code


def end_link(letter: CustomerLetter, state: str) -> None:
    """End a link and its browser session at once. `state` is the `link` of a `CustomerLetter`."""
    letter.link, letter.session_ends_at = state, None


def new_passcode(ctx: Context, letter: CustomerLetter) -> str:
    """P8: return six new digits, stored as a keyed mark; earlier ones and their session end, and a locked link opens.

    Raises `Refused` for a link that has ended or has used up its passcodes.
    """
    if not letter.in_force(ctx.now):
        raise Refused(OVER, clause="P8", code="link_over")
    if letter.passcodes >= ctx.policy.customers.passcodes:
        raise Refused(SPENT, clause="P8", code="no_passcode_left")
    digits = f"{randbelow(10**6):06d}"
    letter.passcode, letter.passcodes, letter.tries = _passcode_mark(ctx, letter, digits), letter.passcodes + 1, 0
    end_link(letter, "live")
    return digits


def judge_passcode(ctx: Context, code: str, passcode: str) -> tuple[CustomerLetter | None, Fit]:
    """Judge a code and passcode without writing anything.

    “wrong” is a passcode that counts against its link. “unknown” covers everything that must not be told apart: no such
    code, no passcode yet, a locked link, the wrong passcode of an ended link. “over”: both are right, and the link has
    ended.
    """
    letter = ctx.store.first_row(CustomerLetter, CustomerLetter.code == ctx.keys.mark_of_pass("link", code))
    told = _passcode_mark(ctx, letter, passcode)
    # Compared in any case, so that each answer takes the same work.
    fits = compare_digest(told, letter.passcode if letter and letter.passcode else "0" * len(told))
    tries = ctx.policy.customers.passcode_tries
    if letter is None or not letter.passcode or letter.link == "locked" or letter.tries >= tries:
        return letter, "unknown"
    if request_in_force(ctx, letter) is None:
        return letter, "over" if fits else "unknown"
    return letter, "open" if fits else "wrong"


def request_in_force(ctx: Context, letter: CustomerLetter) -> CustomerRequest | None:
    """Return the request behind a link; None once either has ended, or the request's key was destroyed."""
    request = ctx.store.matters.of_kind(CustomerRequest, letter.matter_id)
    alive = letter.link == "live" and letter.made_at <= ctx.now < letter.ends_at
    if not alive or request is None or request.state not in SENT:
        return None
    return request if ctx.store.matter_keys.get(request.id) is not None else None


@handler("customer.open_link", clause="P8")
def open_link(ctx: Context, code: str, passcode: str) -> Result[Admitted]:
    """P8: open a session if both are right; a wrong passcode is counted, and the last one allowed locks the link."""
    letter, fit = judge_passcode(ctx, code, passcode)
    if letter is None or fit not in ("open", "wrong"):
        return Result(Admitted(over=fit == "over"), quiet=True)
    if fit == "open" and _is_altered(ctx, letter):
        return Result(Admitted(over=True), quiet=True)
    return _open_session(ctx, letter) if fit == "open" else _count_wrong(ctx, letter)


def redraw_request(ctx: Context, letter: CustomerLetter) -> tuple[Effect, ...]:
    """Redraw the card of the link's request for everyone with a copy."""
    request = ctx.store.matters.of_kind(CustomerRequest, letter.matter_id)
    return bump_and_redraw(CustomerCase.of(ctx, request)) if request is not None else ()


def session_mark(ctx: Context, letter: CustomerLetter, secret: str) -> str:
    """Return the stored mark of a session's secret; it fits only this link of this request."""
    return ctx.keys.mark_of_pass("customer", secret, letter.id, letter.matter_id)


def rows_behind_link(letter: CustomerLetter) -> set[tuple[str, str]]:
    """Return the database rows (table, id) that decide what a link gives, to check them against the log."""
    tables = ("matters", "requested_recordings")
    return {("customer_letters", letter.id), *((one, letter.matter_id) for one in tables)}


def _is_altered(ctx: Context, letter: CustomerLetter) -> bool:
    """Return True if the rows behind the link, such as its calls, were changed by hand."""
    return bool(ctx.store.not_vouched(ctx.keys.log_seal, rows_behind_link(letter)))


def _open_session(ctx: Context, letter: CustomerLetter) -> Result[Admitted]:
    """Begin a session for the link; the card is redrawn the first time."""
    secret, first = new_secret(), letter.opened_at is None
    letter.opened_at = letter.opened_at or ctx.now
    letter.session = session_mark(ctx, letter, secret)
    letter.session_ends_at = min(ctx.now + LONGEST_SESSION, letter.ends_at)
    detail = {"link": letter.id, "fits": True, "session": letter.session}
    effects = redraw_request(ctx, letter) if first else ()
    return Result(Admitted(letter.id, secret), effects, subject=letter.matter_id, detail=detail)


def _count_wrong(ctx: Context, letter: CustomerLetter) -> Result[Admitted]:
    """Count a wrong passcode. If it locks the link, the releasers get a message, since an edited card isn't noticed."""
    letter.tries += 1
    locked, effects = letter.tries >= ctx.policy.customers.passcode_tries, tuple[Effect, ...]()
    request = ctx.store.matters.of_kind(CustomerRequest, letter.matter_id)
    if locked and request is not None:
        end_link(letter, "locked")
        wrong = phrases.quantity_words(letter.tries, "wrong passcode")
        words = f"I locked a customer’s link after {wrong}. It opens again with a new passcode."
        once, case = f"locked:{letter.id}:{letter.passcodes}", CustomerCase.of(ctx, request)
        effects = (*bump_and_redraw(case), *telling.tell_of(request.id, case.releasers, words, once))
    detail = {"link": letter.id, "fits": False, "tries": letter.tries, "locked": locked}
    return Result(Admitted(), effects, subject=letter.matter_id, detail=detail)


def _passcode_mark(ctx: Context, letter: CustomerLetter | None, passcode: str) -> str:
    """Return the stored mark of a passcode; it fits only this link of this request."""
    opens = (letter.matter_id, letter.id) if letter else ()
    return ctx.keys.mark("customer passcode", *opens, passcode)


@dataclass(frozen=True, slots=True)
class NewPasscode:
    """Six digits to be read out, and to which number (E.164); `left` passcodes can still be made for this link."""

    passcode: str = field(repr=False)
    number: str = field(repr=False)
    left: int = 0


PASSCODE, RING, ANOTHER = "customer_passcode", "customer_ring", "customer_number"
NOT_SENT = "The link hasn’t been sent yet. Please wait until the customer has it."
NO_LINK = "The link has expired. Press Send a new link on the card."
NOT_THAT = "You can’t phone that number for this request. Please choose one from the list."
NO_NUMBER = "These calls don’t show the customer’s number. Ask the {head} to allow one."
NOBODY_THERE = "No one can allow another number at the moment. Please try again later."
NOT_ASKED = "No one is asking for another number."


def passcode_page(ctx: Context, request: str) -> Page:
    """Return the numbers that may be phoned: those on the calls, and those the Head allowed. Raises `Refused`."""
    case, known, link = _load_for_passcode(ctx, request)
    head = ctx.policy.role("head_of_customer_success").title
    rows: list[Part] = [_number_row(case, known, *one) for one in numbers_of(ctx, case, known).items()]
    left = phrases.quantity_words(ctx.policy.customers.passcodes - link.passcodes, "passcode")
    return Page(
        "Passcode",
        (
            Line("Which number will you phone? You see the passcode only once. A new one replaces it."),
            *(rows or [Line(NO_NUMBER.format(head=head))]),
            Row(f"Another number? The {head} has to allow it.", Button(ANOTHER, "Another number", request)),
            Small(f"{left} left for this link · {request} · P8"),
        ),
    )  # fmt: skip


@handler("customer.passcode", clause="P8", about="request")
def make_passcode(ctx: Context, request: str, mark: str) -> Result[NewPasscode]:
    """P8: make a new passcode for the link in force, and record who phoned which number when."""
    case, known, link = _load_for_passcode(ctx, request)
    number = numbers_of(ctx, case, known).get(mark)
    if number is None:
        raise Refused(NOT_THAT, clause="P8", code="not_that_number")
    digits, on_call = new_passcode(ctx, link), number in _numbers_on_calls(case)
    allowed = known.allowed_numbers.get(number)
    known.rung.append(Rung(number=number, on_call=on_call, by=ctx.me.id, at=ctx.now, allowed_by=allowed))
    save_details(ctx, case.matter, known)
    detail = {"link": link.id, "number": Seal(ctx).mark(request, "number", number), "on_call": on_call}
    left = ctx.policy.customers.passcodes - link.passcodes
    return Result(NewPasscode(digits, number, left), bump_and_redraw(case), detail=detail)


def passcode_shown(given: NewPasscode, _: str) -> Page:
    """Return the six digits, once, and what to do with them."""
    digits = f"{given.passcode[:3]} {given.passcode[3:]}"
    return Page(
        "Passcode",
        (
            Line(f"Phone {phone.written_number(given.number)} and read out:"),
            Heading(digits),
            Line("Read it only to the customer. Never leave it as a message or send it.", Sign.ALARM),
            Small(f"It is shown only once. {phrases.quantity_words(given.left, 'passcode')} left for this link. P8"),
        ),
    )  # fmt: skip


@handler("customer.ask_number", clause="P8", about="request_id")
def ask_number(ctx: Context, request_id: str, form: NumberForm) -> Result[None]:
    """P8: ask the Head to allow another number, with the reason on the card.

    One entered by the Head is allowed at once.
    """
    case, known, _ = _load_for_passcode(ctx, request_id)
    number = _whole_number(ctx, form.number)
    add_remark(ctx, case.matter, known, "asked_number", f"{phone.written_number(number)}\n{form.words}", number)
    if case.allows_numbers(ctx.me.id):
        return _allow_number(ctx, case, known)
    where = find_route(ctx, customers.for_the_head(case.circumstances))
    new = ask_these(ctx, case, where.approvers)
    people = [one.person for one in where.approvers]
    if not people:
        raise Refused(NOBODY_THERE, clause="P8", code="nobody_allows")
    words = f"{ctx.me.name} asked you to allow another number for a passcode."
    once = f"ask_number:{request_id}:{len(known.remarks)}"
    told = telling.tell_of(request_id, people, words, once)
    return Result(None, (*bump_and_redraw(case, new), *told), detail={"asked": sorted(people)})


@handler("customer.allow_number", clause="P8", about="request")
def allow_number(ctx: Context, request: str) -> Result[None]:
    """P8: allow the passcode to be read to a number that is on none of the calls, by the Head."""
    case, known, _ = load_for(ctx, request, lambda case: case.authority_of_the_head(ctx.me.id))
    return _allow_number(ctx, case, known)


def open_number_form(ctx: Context, request: str) -> str:
    """Return no text above the form; called when it opens, to raise `Refused` for a person who may not read out its
    passcode.
    """
    _load_for_passcode(ctx, request)
    return ""


def _allow_number(ctx: Context, case: CustomerCase, known: Details) -> Result[None]:
    """Allow the number that was last asked for, and tell the person who asked."""
    asked, request = known.last("asked_number", "allowed_number"), case.matter
    if asked is None:
        raise Refused(NOT_ASKED, clause="P8", code="not_asked")
    known.allowed_numbers[asked.number] = ctx.me.id
    add_remark(ctx, request, known, "allowed_number", phone.written_number(asked.number))
    words = f"{ctx.me.name} allowed another number for a passcode."
    once = f"number:{request.id}:{len(known.remarks)}"
    told = telling.tell_of(request.id, {asked.by} - {ctx.me.id}, words, once)
    return Result(
        None, (*bump_and_redraw(case), *told), detail={"number": Seal(ctx).mark(request.id, "number", asked.number)}
    )


def _whole_number(ctx: Context, typed: str) -> str:
    """Return a typed number in E.164; raises `Refused` at the field."""
    try:
        return phone.read_whole_number(typed, {one.region_code for one in ctx.policy.lines.values()})
    except ValueError as wrong:
        raise Refused.at({"number": str(wrong)}, "P8") from None


def numbers_of(ctx: Context, case: CustomerCase, known: Details) -> dict[str, str]:
    """Return the numbers that may be phoned (E.164), each by its mark on a button."""
    numbers = dict.fromkeys((*_numbers_on_calls(case), *known.allowed_numbers))
    return {ctx.keys.mark("customer number", case.matter.id, one)[:16]: one for one in numbers}


def _numbers_on_calls(case: CustomerCase) -> list[str]:
    """Return the customer's numbers on the calls; none if another person asks, since those numbers aren't theirs."""
    if case.matter.asker != "customer":
        return []
    return list(dict.fromkeys(one.caller for one in case.recordings if one.caller))


def _number_row(case: CustomerCase, known: Details, mark: str, number: str) -> Row:
    """Return the row of a number that may be phoned; its button carries the number's mark, not the number."""
    small = (
        "number on the call"
        if number in _numbers_on_calls(case)
        else f"allowed by {case.name_of(known.allowed_numbers[number])}"
    )
    return Row(
        phone.written_number(number), Button(RING, "Show the passcode", f"{case.matter.id}:{mark}", "primary"), small
    )


def _load_for_passcode(ctx: Context, request: str) -> tuple[CustomerCase, Details, CustomerLetter]:
    """Load a request and its link for a person who may read out the passcode.

    Raises `Refused` for anyone else, before the mail has gone, and without a link in force.
    """
    case, known, _ = load_for_releaser(ctx, request)
    if case.matter.state == "sending":
        raise Refused(NOT_SENT, clause="P8", code="not_sent")
    if case.link is None:
        raise Refused(NO_LINK, clause="P8", code="no_link")
    return case, known, case.link
