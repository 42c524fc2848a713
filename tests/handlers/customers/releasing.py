"""What the releaser of a customer's request does, and the mail server, one line each (P8)."""

from typing import Any

from handlers import BUTTONS, FORMS
from handlers.acting import DELIVERY, WEB, Actor, Intent
from handlers.cards import Page
from handlers.customers import letters, serving, steps
from handlers.customers import links as customers_links
from handlers.customers.forms import AnswerForm, NumberForm, QuestionForm, RefuseForm, ReleaseForm, WeighedForm
from handlers.customers.letters import CollectedLetter, due_letters
from handlers.customers.links import NewPasscode, numbers_of
from handlers.customers.state import load_for_releaser
from handlers.room import Hands, Shows
from storage.tables.customers import CustomerLetter
from tests.handlers.builders import Company, audit, ledger
from tests.handlers.customers.acts import viewed
from tests.handlers.reading import looking

OK = "250 2.0.0 queued as 4F1"


async def release(company: Company, request: str, who: Actor | None = None, **more: str) -> None:
    """Release it as Tara, or as this person."""
    answers = {"voices": "nobody", **more}
    kind = WeighedForm if "weighed" in answers else ReleaseForm
    await company.door.enter(
        steps.release_calls(*(await as_shown(company, request)).partition(":")[::2], kind.read(answers)),
        who or company.tara,
    )


async def as_shown(company: Company, request: str) -> str:
    """Return what a request's forms are about, as its card says now: `C-…:mark`."""
    return f"{request}:{(await viewed(company, request)).shown_mark}"


def releasing(request: str, seen: str = "") -> Intent[Any]:
    """Without the mark of what was seen, it is refused at the last moment."""
    return steps.release_calls(request, seen, ReleaseForm.read({"voices": "nobody"}))


def refusing(request: str, refusal: str = "no_call", seen: str = "", **more: str) -> Intent[Any]:
    return steps.refuse_request(request, seen, RefuseForm.read({"refusal": refusal, **more}))


async def refuse(
    company: Company, request: str, refusal: str = "no_call", who: Actor | None = None, **more: str
) -> None:
    """Refuse it as Tara, or as this person."""
    seen = (await viewed(company, request)).shown_mark
    await company.door.enter(refusing(request, refusal, seen, **more), who or company.tara)


def questioning(request: str) -> Intent[Any]:
    return steps.ask_a_question(request, QuestionForm.read({"words": "Which day was it?"}))


def answering(request: str) -> Intent[Any]:
    return steps.answer_question(request, AnswerForm.read({"words": "It was Monday."}))


def asking_for(request: str, number: str = "+61 412 000 111") -> Intent[Any]:
    return customers_links.ask_number(request, NumberForm.read({"number": number, "words": "The CRM has it."}))


async def collected(company: Company) -> CollectedLetter:
    """Take the next letter, as the delivery does."""
    found = await _next(company)
    assert found is not None
    return found


async def nothing_to_collect(company: Company) -> bool:
    return await _next(company) is None


async def _next(company: Company) -> CollectedLetter | None:
    """Take the first that can be sent, as the delivery goes through those that are due."""
    for mail in await company.database.read(lambda store: due_letters(store, company.clock.now)):
        if (found := await company.door.enter(letters.collect_letter(mail), DELIVERY)) is not None:
            return found
    return None


async def accepted(company: Company, answer: str = OK) -> CollectedLetter:
    """Have the mail server accept the next letter."""
    letter = await collected(company)
    await company.door.enter(letters.note_accepted(letter.mail, answer), DELIVERY)
    return letter


async def put_off(company: Company, code: str = "smtp_451") -> CollectedLetter:
    letter = await collected(company)
    await company.door.enter(letters.put_off_letter(letter.mail, code), DELIVERY)
    return letter


async def not_taken(company: Company, code: str = "smtp_550") -> CollectedLetter:
    letter = await collected(company)
    await company.door.enter(letters.note_refused_mail(letter.mail, code, f"{code[5:]} no such mailbox"), DELIVERY)
    return letter


async def not_known(company: Company, code: str = "timeout") -> CollectedLetter:
    letter = await collected(company)
    await company.door.enter(letters.note_uncertain_mail(letter.mail, code), DELIVERY)
    return letter


async def mails(company: Company, request: str) -> list[CustomerLetter]:
    """Return all letters of a request, the newest first."""
    return await company.database.read(lambda store: store.customers.correspondence(request)[0])


async def links(company: Company, request: str) -> list[CustomerLetter]:
    """Return those with a link."""
    return [one for one in await mails(company, request) if one.link]


async def envelope(company: Company, mail: CustomerLetter) -> letters.Envelope:
    found = await looking(company, company.tara, lambda ctx: letters.read_letter(ctx, mail))
    assert found is not None
    return found


async def preview(company: Company, form: str, about: str, who: Actor | None = None) -> str:
    """Return what is above a form for the person who opens it."""
    introduce = FORMS[form].intro
    assert introduce is not None
    return await looking(company, who or company.tara, lambda ctx: introduce(ctx, about))


async def numbers(company: Company, request: str, who: Actor | None = None) -> dict[str, str]:
    """Return the numbers that may be phoned, by their words on a button."""
    return await looking(
        company, who or company.tara, lambda ctx: numbers_of(ctx, *load_for_releaser(ctx, request)[:2])
    )


async def passcode(company: Company, request: str, who: Actor | None = None, number: str = "") -> NewPasscode:
    """Return a passcode for the first of the numbers, or for this one."""
    known = await numbers(company, request, who)
    mark = next(one for one, known_number in known.items() if number in ("", known_number))
    return await company.door.enter(
        customers_links.make_passcode(*f"{request}:{mark}".partition(":")[::2]), who or company.tara
    )


async def let_in(company: Company, request: str, letter: CollectedLetter) -> tuple[str, str]:
    """Open the link of a letter as the customer: return the link, and a session's secret."""
    code, digits = letter.written.link.partition("#")[2], (await passcode(company, request)).passcode
    entered = await company.door.enter(customers_links.open_link(code, digits), WEB)
    return entered.link, entered.secret


async def fetched(company: Company, request: str, letter: CollectedLetter) -> None:
    """Download all that was released, too."""
    names = await let_in(company, request, letter)
    calls = [one.id for one in (await viewed(company, request)).recordings]
    await company.door.enter(serving.note_downloaded(*names, tuple(calls)), WEB)
    for one in calls:
        await company.door.enter(serving.heard_to_end(*names, one), WEB)


async def shown(company: Company, action: str, value: str, who: Actor | None = None) -> Page:
    """Return the page behind a button."""
    button = BUTTONS[action]
    assert isinstance(button, Shows)
    return await looking(company, who or company.tara, lambda ctx: button.page(ctx, value))


async def handed(company: Company, action: str, value: str, who: Actor | None = None) -> Page:
    """Return what a button hands over, as a page."""
    button = BUTTONS[action]
    assert isinstance(button, Hands)
    return button.page(await company.door.enter(button.intent(value), who or company.tara), "https://steward.example")


async def tells(company: Company, who: Actor) -> list[tuple[str, str]]:
    """Return the words that this person was told, each with its button."""
    rows = [one.payload for one in await ledger(company, who) if one.kind == "tell"]
    return [(one["words"], one.get("button", "")) for one in rows]


async def logged(company: Company, request: str, action: str) -> dict[str, Any]:
    """Return the details of the one entry of this action about a request."""
    [found] = [one for one in await audit(company, request) if (one[1], one[2]) == (f"customer.{action}", "done")]
    return found[4]


def body(letter: letters.Envelope | CollectedLetter) -> str:
    """Return all that a letter says."""
    return letters.preview_letter(letter.to, letter.written)


def under_way(mail: CustomerLetter) -> tuple[Any, ...]:
    return mail.state, mail.attempts
