"""P1, P13: where a person's own words lead, by page too; nothing is done by them, and what sounds like a breach is not said again."""

from handlers import BUTTONS, FORMS, lead_from_words
from handlers import plain_words as told
from handlers.acting import Actor
from handlers.cards import Actions, Card, Page, Row
from handlers.plain_words import InConfidence, Lead, OpensForm, OpensPage, Say
from handlers.room import Shows
from tests.each import each
from tests.handlers.builders import POLICY, Company, ask
from tests.handlers.reading import lines, looking

WISH = "I need the call with 0412 345 678 yesterday afternoon for a complaint"


def said(page: Page) -> str:
    return str(page)


def buttons(page: Page) -> set[str]:
    rows = {part.button.action for part in page.parts if isinstance(part, Row) and part.button}
    return rows | {one.action for part in page.parts if isinstance(part, Actions) for one in part.buttons}


@each(
    ("words", "leads"),
    [
        (WISH, OpensForm("access", WISH)),
        ("a customer wants a copy of her call", OpensForm("customer", "a customer wants a copy of her call")),
        ("put a hold on the calls of CS-10442", OpensForm("hold")),
        ("I'm on leave next week", OpensForm("away")),
        ("where is my request?", OpensPage("own_requests")),
        ("what about R-7F3K2QXM", OpensPage("details", "R-7F3K2QXM")),
        ("who listened to my calls?", OpensPage("whose_data")),
        ("the customer doesn't want to be recorded", Say(told.declining_page)),
        ("approve it", Say(told.press_needed_page)),
        ("tell me a joke", Say(told.unknown_question_page)),
    ],
)
def test_p1_words_lead_to_what_is_meant(words: str, leads: Lead) -> None:
    assert lead_from_words(POLICY, "", words) == leads


def test_p1_a_question_is_answered_from_the_policy() -> None:
    answered = lead_from_words(POLICY, "recording-policy", "how long are calls kept?")
    assert isinstance(answered, Say)
    assert "P12" in said(answered.page(POLICY, answered.about, True))


def test_p8_a_question_about_a_wish_leads_on_to_its_form() -> None:
    answered = lead_from_words(POLICY, "", "can I email the customer the recording?")
    assert isinstance(answered, Say)
    page = answered.page(POLICY, answered.about, True)
    assert ("P8" in said(page), page.parts[0]) == (True, told.CHOICES["customer"])


@each("command", ["recording-breach", "recording-declined", "something"])
def test_p13_behind_another_command_no_words_are_read(command: str) -> None:
    assert lead_from_words(POLICY, command, "who decides?") is None


@each("command", ["", "recording-request", "recording-policy"])
def test_p13_what_sounds_like_a_breach_leads_to_the_private_form_and_is_not_said_again(command: str) -> None:
    led = lead_from_words(POLICY, command, "Zebediah leaked a recording to his friends")
    assert isinstance(led, InConfidence)
    assert ("Zebediah" in said(led.page), led.form, FORMS[led.form].private) == (False, "breach_report", True)
    assert buttons(led.page) == {"breach_report", "request"}


def test_p1_who_may_not_act_reads_a_title_and_no_name() -> None:
    holder = POLICY.role("team_leader").holder
    assert [holder in said(told.unknown_question_page(POLICY, "", known)) for known in (-1, 0)] == [True, False]


async def test_d2_only_who_has_duties_is_offered_to_be_away(company: Company) -> None:
    for who, offered in ((company.anna, False), (company.tara, True)):
        page = await looking(company, who, lambda ctx: told.unknown_question_page(ctx.policy, "", ctx.me.id))
        assert ("away" in buttons(page)) is offered


async def read(company: Company, who: Actor, button: str) -> list[str]:
    shows = BUTTONS[button]
    assert isinstance(shows, Shows)
    page: Page = await looking(company, who, lambda ctx: shows.page(ctx, ""))
    return lines(Card(page.parts, page.title))


async def test_p7_ones_own_requests_stand_there_and_no_one_elses(company: Company) -> None:
    mine = await ask(company, company.anna)
    theirs = await ask(company, company.bram, calls=company.calls[1:2])
    told = " ".join(await read(company, company.anna, "own_requests"))
    assert (mine in told, theirs in told) == (True, False)


async def test_p7_a_person_who_asked_for_nothing_reads_so(company: Company) -> None:
    assert (await read(company, company.anna, "own_requests"))[
        0
    ] == "You haven’t asked for anything in the last 30 days."
