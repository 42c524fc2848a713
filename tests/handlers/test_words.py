"""How a moment, a number and a question are named to people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import handlers
from handlers.access import deciding
from handlers.access.cards import question_words
from handlers.access.forms import AnswerForm
from handlers.access.state import load
from handlers.acting import Act
from handlers.cards import Card, Line, Sign, Title, When
from handlers.words import days_left, listed, masked, moment_words, told
from tests.each import each
from tests.handlers.builders import POLICY, Company, ask
from tests.handlers.reading import looking
from tests.moments import NOW


def test_no_room_takes_its_day_from_utc() -> None:
    """In Sydney that is another day until the forenoon, and on New Year's Day another year."""
    rooms = Path(handlers.__file__).parent.rglob("*.py")
    assert [one.name for one in rooms if re.search(r"\bnow\.date\(\)", one.read_text(encoding="utf-8"))] == []


@each(
    ("at", "zone", "words"),
    [
        (datetime(2026, 11, 24, 3, 4, tzinfo=UTC), "Australia/Sydney", "Tue 24 Nov, 14:04 Sydney"),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), "America/Los_Angeles", "Thu 31 Dec, 07:00 Los Angeles"),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), "Australia/Sydney", "Fri 1 Jan 2027, 02:00 Sydney"),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), "Nowhere/At_All", "Thu 31 Dec, 15:00 UTC"),
    ],
)
def test_a_moment_has_its_year_where_that_is_another_one(at: datetime, zone: str, words: str) -> None:
    assert moment_words(at, zone, NOW) == words


@each(
    ("reader", "words"),
    [
        ("Europe/London", "Tue 24 Nov, 03:00 London (in 2 days; 14:00 Sydney)"),
        ("Pacific/Honolulu", "Mon 23 Nov, 17:00 Honolulu (in 2 days; Tue 24 Nov, 14:00 Sydney)"),
        ("Australia/Melbourne", "Tue 24 Nov, 14:00 Melbourne (in 2 days)"),
    ],
)
def test_d1_beside_a_moment_stands_how_far_off_it_is_and_the_lines_time(reader: str, words: str) -> None:
    assert told(When(NOW, "Australia/Sydney", NOW, "in 2 days"), reader) == words


@each(
    ("span", "left"),
    [
        (timedelta(days=7), "in 7 days"),
        (timedelta(days=6, hours=13), "in 7 days"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(minutes=119), "in 119 minutes"),
        (timedelta(seconds=5), "in 1 minute"),
        (timedelta(0), ""),
        (timedelta(days=-1), ""),
    ],
)
def test_d1_how_far_off_something_is_has_the_largest_unit_that_it_fills_twice(span: timedelta, left: str) -> None:
    assert days_left(NOW + span, NOW) == left


@each(
    ("number", "shown"),
    [("+61412345678", "••••\N{NO-BREAK SPACE}678"), ("", "number withheld"), ("+61412", "••••")],
)
def test_p7_a_masked_number_stays_in_one_line(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_a_card_is_called_by_what_it_is() -> None:
    assert Card((Line("x"), Title(Sign.NOTE, "Access request", "waiting")), "Anna asks.").title == "Access request"
    assert Card((Line("x"),), "Anna asks.").title == "Anna asks."


async def test_p7_the_answer_form_shows_the_question_to_whoever_is_asked(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)

    def intros(act: Act) -> list[str]:
        view = load(act, request)
        return [question_words(view, one.person_id or 0) for one in (company.anna, company.tara)]

    told = "Tara Lindqvist asks:\nWhich complaint?"
    assert await looking(company, company.anna, intros) == [told, ""]
    assert (AnswerForm.sheet(POLICY, request, told).intro, AnswerForm.sheet(POLICY, request).intro) == (told, "")
    await company.door.enter(deciding.answer_question(request, "Ticket 9."), company.anna)
    assert await looking(company, company.anna, intros) == ["", ""]


@each(("names", "told"), [((), ""), (("A",), "A"), (("A", "B"), "A or B"), (("A", "B", "C"), "A, B or C")])
def test_several_are_listed_with_commas_and_a_word_before_the_last(names: tuple[str, ...], told: str) -> None:
    assert listed(names, "or") == told
