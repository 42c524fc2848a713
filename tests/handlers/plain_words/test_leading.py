"""P1, P13: where a person's own words lead, by page too; nothing is done by them, and what sounds like a breach is not said again."""

from handlers import FORMS, lead_from_words
from handlers import plain_words as told
from handlers.cards import Actions, Page, Row
from handlers.plain_words import InConfidence, Lead, OpensForm, OpensPage, Say
from tests.each import each
from tests.handlers.builders import POLICY, Company
from tests.handlers.reading import looking

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
        ("where is my request?", OpensPage("more", "mine:0")),
        ("what about R-7F3K2QXM", OpensPage("details", "R-7F3K2QXM")),
        ("who listened to my calls?", OpensPage("whose_data")),
        ("the customer doesn't want to be recorded", Say(told.declining_page)),
        ("tell me a joke", Say(told.unknown_question_page)),
    ],
)
def test_p1_words_lead_to_what_is_meant(words: str, leads: Lead) -> None:
    assert lead_from_words(POLICY, "", words) == leads


def test_p1_a_question_is_answered_from_the_policy() -> None:
    answered = lead_from_words(POLICY, "recording-policy", "how long are calls kept?")
    assert isinstance(answered, Say)
    assert "P12" in said(answered.page(POLICY, answered.about, True))


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
