"""Whoever meets the bot for the first time reads in three sentences what it does for a person in that role, with one button."""

from __future__ import annotations

from handlers import home
from handlers.acting import Visitor
from handlers.cards import Actions, Card, Heading, Line
from handlers.first_steps import HELLO
from tests.each import each
from tests.handlers.builders import Company
from tests.handlers.reading import buttons, home_of, labels, lines

LONGEST, HEAD = "Customer Success Specialist Team Leader", "Head of Customer Success"
STAFF = (
    "Calls with customers are recorded, and no one here listens to one without a reason. "
    "Ask for one and say why; the Customer Success Specialist Team Leader decides; a card shows its status. "
    "What is approved you hear in your browser, and every listening is on record."
)


def greeted(card: Card) -> bool:
    return Heading(HELLO) in card.parts


def greeting(card: Card) -> tuple[str, list[str]]:
    """Its words, and the labels of its buttons."""
    at = card.parts.index(Heading(HELLO))
    words, acts = card.parts[at + 1 : at + 3]
    assert isinstance(words, Line)
    assert isinstance(acts, Actions)
    return str(words.words), [one.label for one in acts.buttons]


async def first_home(company: Company, who: Visitor) -> Card:
    await company.door.enter(home.open_home(), who)
    return await home_of(company, who)


async def test_staff_read_three_sentences_and_begin_with_one_button(company: Company) -> None:
    card = await first_home(company, company.anna)
    assert greeting(card) == (STAFF, ["Ask for a recording"])
    told = lines(card)
    assert told[:4] == ["📋 Call recordings · nothing needs you", f"# {HELLO}", STAFF, "[Ask for a recording]"]
    assert labels(card).count("Ask for a recording") == 1
    assert "What you ask for and what needs you will be here." not in told


@each(
    ("who", "says", "label"),
    [
        ("tara", "a card comes to you: approve, deny, or ask a question.", "How it is decided"),
        (
            "deven",
            "While the Customer Success Specialist Team Leader is away or silent, you stand in:",
            "How it is decided",
        ),
        ("helena", "what the Customer Success Specialist Team Leader may not decide", "How it is decided"),
        ("ruth", "You decide where the Head of Customer Success may not,", "How reports are handled"),
    ],
)
async def test_p9_whoever_decides_reads_what_comes_to_that_role(
    company: Company, who: str, says: str, label: str
) -> None:
    words, found = greeting(await first_home(company, getattr(company, who)))
    assert says in words
    assert found == [label]
    card = await home_of(company, getattr(company, who))
    assert "Ask for a recording" in labels(card)
    assert next(one.label for one in buttons(card) if one.style == "primary") == label
    assert [one.style for one in buttons(card) if one.label == "Ask for a recording"] == ["plain"]


async def test_it_is_there_for_a_day_and_never_again(company: Company) -> None:
    assert greeted(await first_home(company, company.tara))
    company.clock.pass_(hours=23, minutes=59)
    assert greeted(await first_home(company, company.tara))
    company.clock.pass_(minutes=1)
    assert not greeted(await first_home(company, company.tara))
    await company.door.enter(home.welcome(), company.tara)
    assert not greeted(await home_of(company, company.tara))
