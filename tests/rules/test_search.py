"""P7: a call is found by a day, a part of a number, a name or a CRM reference, as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.search import Search, query

TUESDAY = datetime(2026, 11, 24, 3, tzinfo=UTC)
SYDNEY = "Australia/Sydney"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("24/11", date(2026, 11, 24)),
        ("25/11", date(2025, 11, 25)),
        ("5/4", date(2026, 4, 5)),
        ("24/11/2026", date(2026, 11, 24)),
        ("24/11/25", date(2025, 11, 24)),
        ("24.11.2026", date(2026, 11, 24)),
        ("24-11-2026", date(2026, 11, 24)),
        ("2026-11-24", date(2026, 11, 24)),
        ("2026-1-4", date(2026, 1, 4)),
        ("24 Nov", date(2026, 11, 24)),
        ("24nov", date(2026, 11, 24)),
        ("24 November 2025", date(2025, 11, 24)),
        ("24th of November, 2025", date(2025, 11, 24)),
        ("Nov 24", date(2026, 11, 24)),
        ("Sept 3rd", date(2026, 9, 3)),
        ("may 1", date(2026, 5, 1)),
        ("29 Feb", date(2024, 2, 29)),
        ("today", date(2026, 11, 24)),
        ("Yesterday", date(2026, 11, 23)),
        ("Monday", date(2026, 11, 23)),
        ("Tuesday", date(2026, 11, 24)),
        ("last Wednesday", date(2026, 11, 18)),
        ("on Sunday", date(2026, 11, 22)),
    ],
)
def test_a_day_in_any_usual_writing(typed: str, day: date) -> None:
    assert query(typed, TUESDAY, SYDNEY) == Search("", (), day)


def test_today_is_the_day_of_the_reader() -> None:
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert query("today", late, SYDNEY).day == date(2026, 11, 25)
    assert query("today", late, "Europe/London").day == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", Search("", (), None)),
        ("Anna  Quill", Search("", ("anna", "quill"), None)),
        ("CS-10442", Search("", ("cs-10442",), None)),
        ("CS-2026-11-24", Search("", ("cs-2026-11-24",), None)),
        ("2026-11-24-7", Search("202611247", ("2026-11-24-7",), None)),
        ("10442", Search("10442", ("10442",), None)),
        ("0412 345", Search("412345", ("0412", "345"), None)),
        ("31/02", Search("3102", ("31/02",), None)),
        ("32/01/2026", Search("32012026", ("32/01/2026",), None)),
        ("0/0", Search("0", ("0/0",), None)),
        ("Sun", Search("", ("sun",), None)),
        ("May", Search("", ("may",), None)),
        ("Anna yesterday", Search("", ("anna",), date(2026, 11, 23))),
        ("24/11 345 678", Search("345678", ("345", "678"), date(2026, 11, 24))),
        ("STRASSE ﬁ", Search("", ("strasse", "fi"), None)),
    ],
)
def test_what_is_no_day_is_a_part_of_a_number_or_words(typed: str, found: Search) -> None:
    assert query(typed, TUESDAY, SYDNEY) == found


def test_only_the_beginning_of_a_long_text_is_looked_for() -> None:
    assert len(query("ab " * 2000, TUESDAY, SYDNEY).words) == 34


@settings(deadline=None)
@given(st.text(max_size=300))
def test_anything_can_be_typed(typed: str) -> None:
    found = query(typed, TUESDAY, SYDNEY)
    assert all(word == word.strip() and word for word in found.words)


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_whole_date_is_read_back_in_every_writing(day: date) -> None:
    for written in (f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day.day} {day:%B %Y}", f"{day:%b} {day.day}, {day.year}"):
        assert query(written, TUESDAY, SYDNEY) == Search("", (), day)


@settings(deadline=None)
@given(st.integers(0, 365))
def test_a_day_without_year_is_never_in_the_future(ago: int) -> None:
    today = date(2026, 11, 24)
    day = today - timedelta(days=ago)
    assert query(f"{day.day}/{day.month}", TUESDAY, SYDNEY).day in (day, day + timedelta(days=365))
