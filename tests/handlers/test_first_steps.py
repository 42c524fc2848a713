"""Whoever meets the bot for the first time reads in three sentences what it does for a person in that role, with one button."""

from __future__ import annotations

from handlers import BUTTONS, home
from handlers.access import asking
from handlers.acting import Visitor
from handlers.cards import Actions, Card, Heading, Line
from handlers.first_steps import HELLO, STEPS
from handlers.rules.explaining import CLAUSES
from tests.each import each
from tests.handlers.builders import Company, approved, ask, audit, form
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


async def test_whoever_never_looked_at_a_home_and_lines_that_were_redrawn_are_not_greeted(company: Company) -> None:
    assert not greeted(await home_of(company, company.anna))


async def test_it_is_there_for_a_day_and_never_again(company: Company) -> None:
    assert greeted(await first_home(company, company.tara))
    company.clock.pass_(hours=23, minutes=59)
    assert greeted(await first_home(company, company.tara))
    company.clock.pass_(minutes=1)
    assert not greeted(await first_home(company, company.tara))
    await company.door.enter(home.welcome(), company.tara)
    assert not greeted(await home_of(company, company.tara))


async def test_once_anything_was_asked_it_is_gone(company: Company) -> None:
    assert greeted(await first_home(company, company.anna))
    await company.door.enter(asking.file_request(form(company.calls[:1]), "S-9"), company.anna)
    assert not greeted(await home_of(company, company.anna))


async def test_whoever_asked_by_a_command_before_is_not_greeted(company: Company) -> None:
    await ask(company, company.anna)
    assert not greeted(await first_home(company, company.anna))


async def test_whoever_adds_the_app_is_greeted_by_the_home_that_comes(company: Company) -> None:
    await company.door.enter(home.welcome(), company.anna)
    assert greeted(await home_of(company, company.anna))


async def test_a_greeting_leaves_no_entry_and_names_nobody(company: Company) -> None:
    before = await audit(company)
    request = await approved(company)
    told, _ = greeting(await first_home(company, company.helena))
    assert not any(name in told for name in ("Anna", "Tara", "Deven", request))
    assert [one for one in await audit(company) if one[0].startswith("home.")] == [
        one for one in before if one[0].startswith("home.")
    ]


@each("met", STEPS)
def test_every_role_has_three_sentences_and_a_button_that_leads_somewhere(met: str) -> None:
    steps = STEPS[met]  # type: ignore[index]
    for sentence in (steps.does, steps.then, steps.so):
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0
        assert len(sentence.format(title=LONGEST, leader=LONGEST, head=HEAD).split()) < 20, sentence
    assert steps.button.action in BUTTONS
    assert steps.button.action != "clause" or steps.button.value in CLAUSES


async def test_p8_the_team_leader_reads_that_customers_wait_for_a_release(company: Company) -> None:
    words, _ = greeting(await first_home(company, company.tara))
    assert "You release what customers get of their calls, too;" in words
    assert "Silence approves nothing;" in words
