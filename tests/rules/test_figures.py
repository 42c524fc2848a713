"""The month in numbers, and its tables as CSV and for a terminal."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules import figures as rule
from handlers.rules.figures import Column, Table, as_csv, as_text, cell_as_text, spreadsheet_cell
from handlers.rules.refusal import Refused
from handlers.rules.working_days import Calendar, calendar_of
from tests.each import each
from tests.seats import number

AU, SYDNEY = "+61281979000", ZoneInfo("Australia/Sydney")
HELENA, RUTH, TARA = (number(f"{one}@fernhill.example") for one in ("helena.marsh", "ruth.adeyemi", "tara.lindqvist"))
DUE = datetime(2027, 3, 12, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def home(policy: Policy) -> Calendar:
    return calendar_of(policy, AU)


@each(
    ("told", "since", "until"),
    [
        ("2027-03", "2027-02-28T13:00", "2027-03-31T13:00"),  # summer time throughout
        ("2027-04", "2027-03-31T13:00", "2027-04-30T14:00"),  # clocks go back on 4 April
        ("2026-10", "2026-09-30T14:00", "2026-10-31T13:00"),  # and forward on 4 October
        (" 2027-02 ", "2027-01-31T13:00", "2027-02-28T13:00"),
        ("", "2027-03-31T13:00", "2027-04-30T14:00"),
    ],
)
def test_a_month_is_the_home_lines_own(policy: Policy, told: str, since: str, until: str) -> None:
    now = datetime(2027, 5, 1, 3, tzinfo=UTC)
    found = rule.month_named(policy, told, now)
    assert (found.since.isoformat()[:16], found.until.isoformat()[:16]) == (since, until)
    assert found.is_over
    assert (found.has(found.since), found.has(found.until), found.has(None)) == (True, False, False)
    assert found.ends == found.until


@each("told", ["2027-13", "2027-00", "27-03", "March", "2027-03-01", "２０２７-03", "1999-12", "x" * 90])
def test_what_is_no_month_is_refused_in_a_sentence_that_shows_how_to_write_one(policy: Policy, told: str) -> None:
    with pytest.raises(Refused, match=r"isn't a month. Write it like 2027-04\.$") as refused:
        rule.month_named(policy, told, datetime(2027, 5, 20, tzinfo=UTC))
    assert set(refused.value.fields) == {"month"}


def test_a_month_that_is_yet_to_come_is_refused_and_the_running_one_is_told_so_far(policy: Policy) -> None:
    now = datetime(2027, 5, 31, 13, 59, tzinfo=UTC)  # a minute before June in Sydney
    with pytest.raises(Refused, match=r"2027-06 is yet to come. Write 2027-05 or an earlier month\."):
        rule.month_named(policy, "2027-06", now)
    running = rule.month_named(policy, "2027-05", now)
    assert (running.is_over, running.ends, running.words) == (False, now, "May 2027")
    assert rule.month_named(policy, "2027-06", now + timedelta(minutes=1)).name == "2027-06"


def test_either_officer_sees_the_month_and_their_deputies_while_they_are_away(policy: Policy) -> None:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    for one in (HELENA, RUTH):
        rule.may_see(policy, one, now)
    deputy = policy.held("head_of_customer_success").deputies[0]
    for one in (TARA, deputy, 0):
        with pytest.raises(
            Refused, match="is for the Head of Customer Success, for the Manager, Human Resources"
        ) as no:
            rule.may_see(policy, one, now)
        assert no.value.code == "not_overseeing"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SYDNEY)


@each(
    ("since", "until", "worked"),
    [
        ("2027-03-08T10:00", "2027-03-08T11:30", 1.5),
        ("2027-03-08T16:00", "2027-03-09T10:00", 2),  # an hour, and an hour of the next morning
        ("2027-03-12T16:00", "2027-03-15T10:00", 2),  # over a weekend
        ("2027-03-13T10:00", "2027-03-14T10:00", 0),
        ("2027-03-25T16:00", "2027-03-30T10:00", 2),  # over Easter
        ("2027-03-08T03:00", "2027-03-08T23:00", 8),
        ("2027-03-08T12:00", "2027-03-08T10:00", 0),
    ],
)
def test_working_time_leaves_out_nights_weekends_and_holidays(
    home: Calendar, since: str, until: str, worked: float
) -> None:
    assert rule.working_time_between(home, _at(since), _at(until)) == timedelta(hours=worked)


@each(
    ("spans", "told"),
    [
        ((), None),
        ((3,), (3, 3)),
        ((1, 5), (3, 5)),
        ((9, 1, 2), (2, 9)),
        ((1, 2, 4, 20), (3, 20)),
        ((0.26,), (0.3, 0.3)),
    ],
)
def test_the_median_and_the_longest_are_told_in_hours(spans: tuple[float, ...], told: object) -> None:
    assert rule.median_and_longest([timedelta(hours=one) for one in spans]) == told


@each(
    ("answered", "missed", "withdrawn", "stands"),
    [
        (DUE, None, None, "met"),
        (DUE + timedelta(microseconds=1), None, None, "missed"),
        (DUE - HOUR, DUE, None, "missed"),  # what was missed once stays so
        (None, DUE, DUE + HOUR, "missed"),
        (None, None, DUE - HOUR, "none"),
        (None, None, None, "open"),
    ],
)
def test_p8_a_promise_is_met_at_its_moment_and_missed_after_it(
    answered: datetime | None, missed: datetime | None, withdrawn: datetime | None, stands: str
) -> None:
    assert rule.how_promise_stands(DUE, answered, missed, withdrawn) == stands


@each(
    ("state", "decided", "back", "answered", "why"),
    [
        ("waiting", None, True, False, "its mail came back, or went to a wrong address"),
        ("waiting", None, False, False, "no one has decided it yet"),
        ("stuck", None, False, False, "no one could decide it"),
        ("withdrawn", None, False, False, "no one had decided it when it was withdrawn"),
        ("answered", DUE + HOUR, False, True, "decided after the deadline"),
        ("answered", DUE, False, True, "decided in time; its mail went late"),
        ("sending", DUE, False, False, "decided in time; its mail has not gone"),
        ("unknown", DUE, False, False, "decided in time; the mail server did not say whether it took the mail"),
    ],
)
def test_p8_why_a_promise_was_missed_is_told_from_what_is_stored(
    state: str, decided: datetime | None, back: bool, answered: bool, why: str
) -> None:
    assert rule.why_unanswered(DUE, state, decided, came_back=back, answered=answered) == why


def _hours(number: float | None) -> datetime | None:
    return None if number is None else DUE + number * HOUR


@each(
    ("done", "kept", "paused", "now", "went"),
    [
        (0.5, None, None, 99, "in_time"),
        (1, None, None, 99, "in_time"),
        (1.01, None, None, 99, "late"),
        (None, None, None, 0.9, "coming"),
        (None, None, None, -5, "coming"),
        (None, None, None, 1.1, "late"),
        (50, 49.5, None, 99, "kept"),
        (50, 48, None, 99, "late"),
        (None, 99, None, 99, "kept"),
        (None, 40, None, 99, "late"),
        (0.5, 0.2, None, 99, "in_time"),
        (30, None, 29.5, 99, "paused"),
        (30, 20, 29.5, 99, "paused"),
        (None, None, 99, 99, "paused"),
        (0.5, -3, -2, 99, "in_time"),
        (5, -3, None, 99, "late"),
    ],
)
def test_p12_an_erasure_is_late_where_nothing_kept_or_paused_it(
    done: float | None, kept: float | None, paused: float | None, now: float, went: str
) -> None:
    told = {"kept": _hours(kept), "paused": _hours(paused), "late": HOUR, "now": DUE + now * HOUR}
    assert rule.how_erasure_went(DUE, _hours(done), **told) == went  # type: ignore[arg-type]


SIGNS = "=+-@|\t\r\n"
_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), max_size=20)
_cells = st.one_of(st.integers(-9, 99_999), _words, st.none())


def table(*rows: tuple[str | int | float | None, ...], **more: str) -> Table:
    columns = (Column("What"), Column("Met", drawn=True), Column("=Why"))
    return Table("some", "Some numbers", "P0", columns, rows, "Nothing was counted.", **more)  # type: ignore[arg-type]


@each("sign", SIGNS)
def test_what_a_spreadsheet_takes_for_a_formula_is_made_text(sign: str) -> None:
    blank = "" if sign.isspace() else "  "
    for cell in (f"{sign}1+1", f"{blank}{sign}HYPERLINK()", sign):
        assert spreadsheet_cell(cell) == f"'{cell}"
    assert spreadsheet_cell("1+1") == "1+1"
    assert (spreadsheet_cell(None), spreadsheet_cell(-3), spreadsheet_cell(0.5), spreadsheet_cell("")) == (
        "",
        "-3",
        "0.5",
        "",
    )


@given(st.lists(st.tuples(_words, _cells, _cells), max_size=5))
def test_csv_is_read_back_as_it_was_and_no_cell_is_a_formula(
    rows: list[tuple[str, int | str | None, int | str | None]],
) -> None:
    read = list(csv.reader(io.StringIO(as_csv([table(*rows)]), newline="")))
    assert read[0] == ["What", "Met", "'=Why"]
    for row, found in zip(rows, read[1:], strict=True):
        for cell, was in zip(row, found, strict=True):
            assert was.removeprefix("'") == ("" if cell is None else str(cell)).removeprefix("'")
            assert isinstance(cell, int) or not was.lstrip().startswith(tuple(SIGNS))


def test_a_terminal_has_words_to_the_left_and_numbers_to_the_right() -> None:
    assert as_text(table(("short", 7, "x"), ("rather long", 1234, None))) == [
        "What           Met  =Why",
        "short            7  x",
        "rather long  1,234  –",
    ]
    assert as_text(table()) == ["Nothing was counted."]


def test_several_tables_stand_in_one_file_under_their_titles() -> None:
    assert as_csv([table(("a", 1, "x")), table()]).split("\r\n") == [
        "Some numbers", "What,Met,'=Why", "a,1,x", "", "Some numbers", "What,Met,'=Why", "",
    ]  # fmt: skip


def test_what_is_drawn_and_what_is_a_number_is_told_by_the_columns() -> None:
    found = table(("a", 1, "x"), ("b", None, None))
    assert (found.drawn, found.numeric, found.pictured) == ((1,), (1,), True)
    assert not table(("a", 0, "x")).pictured
    assert (cell_as_text(1234), cell_as_text(None), cell_as_text("x"), cell_as_text(0.5)) == ("1,234", "–", "x", "0.5")


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_months_follow_one_another_without_gap(policy: Policy, day: date) -> None:
    name, now = f"{day:%Y-%m}", datetime(2100, 1, 1, tzinfo=UTC)
    after = rule.adjacent_month(name, 1)
    assert rule.adjacent_month(after, -1) == name
    assert rule.month_named(policy, name, now).until == rule.month_named(policy, after, now).since
