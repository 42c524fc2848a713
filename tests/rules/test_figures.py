"""The month in numbers, and its tables as CSV and for a terminal."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules import figures as rule
from handlers.rules.figures import spreadsheet_cell
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
    with pytest.raises(Refused, match=r"2027-06 is in the future. Write 2027-05 or an earlier month\."):
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
            Refused, match="is for the Head of Customer Success, the Manager, Human Resources, and"
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
        ("2027-03-25T16:00", "2027-03-30T10:00", 2),  # over Easter
        ("2027-03-08T03:00", "2027-03-08T23:00", 8),
    ],
)
def test_working_time_has_no_nights_and_holidays(home: Calendar, since: str, until: str, worked: float) -> None:
    assert rule.working_time_between(home, _at(since), _at(until)) == timedelta(hours=worked)


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
    assert rule.promise_state(DUE, answered, missed, withdrawn) == stands


@each(
    ("state", "decided", "back", "answered", "why"),
    [
        ("waiting", None, True, False, "its e-mail came back, or went to the wrong address"),
        ("waiting", None, False, False, "no one has decided it yet"),
        ("withdrawn", None, False, False, "no one had decided it when it was withdrawn"),
        ("answered", DUE + HOUR, False, True, "decided after the deadline"),
        (
            "answered", DUE + HOUR, True, True,
            "its e-mail came back, or went to the wrong address, and it was decided after the deadline",
        ),
        ("answered", DUE, False, True, "decided in time; its e-mail was late"),
        ("unknown", DUE, False, False, "decided in time; the mail server didn’t say whether it accepted the e-mail"),
    ],
)  # fmt: skip
def test_p8_why_a_promise_failed(state: str, decided: datetime | None, back: bool, answered: bool, why: str) -> None:
    assert rule.why_unanswered(DUE, state, decided, came_back=back, answered=answered) == why


def _hours(number: float | None) -> datetime | None:
    return None if number is None else DUE + number * HOUR


@each(
    ("done", "kept", "paused", "now", "went"),
    [
        (1, None, None, 99, "in_time"), (1.01, None, None, 99, "late"), (None, None, None, 0.9, "coming"),
        (None, None, None, 1.1, "late"), (50, 49.5, None, 99, "kept"), (50, 48, None, 99, "late"),
        (30, None, 29.5, 99, "paused"), (None, None, 99, 99, "paused"), (5, -3, None, 99, "late"),
    ],
)  # fmt: skip
def test_p12_an_erasure_is_late_where_nothing_kept_or_paused_it(
    done: float | None, kept: float | None, paused: float | None, now: float, went: str
) -> None:
    told = {"kept": _hours(kept), "paused": _hours(paused), "late": HOUR, "now": DUE + now * HOUR}
    assert rule.how_erasure_went(DUE, _hours(done), **told) == went  # type: ignore[arg-type]


SIGNS = "=+-@|\t\r\n"


@each("sign", SIGNS)
def test_what_a_spreadsheet_takes_for_a_formula_is_made_text(sign: str) -> None:
    blank = "" if sign.isspace() else "  "
    for cell in (f"{sign}1+1", f"{blank}{sign}HYPERLINK()", sign):
        assert spreadsheet_cell(cell) == f"'{cell}"
    assert spreadsheet_cell("1+1") == "1+1"
    assert [spreadsheet_cell(one) for one in (None, -3, 0.5, "")] == ["", "-3", "0.5", ""]


def test_a_table_as_csv_runs_no_formula_and_for_a_terminal_numbers_stand_to_the_right() -> None:
    columns = (rule.Column("Who"), rule.Column("Calls", drawn=True))
    some = rule.Table("t", "=Title", "P10", columns, (("=HYPERLINK(1)", 7), ("Bram", 1200), ("Cora", None)), "Nobody.")
    none = rule.Table("n", "None", "P10", columns, (), "Nobody.")
    assert rule.as_csv([none]) == "Who,Calls\r\n"
    assert rule.as_csv([some, none]).split("\r\n") == [
        "'=Title", "Who,Calls", "'=HYPERLINK(1),7", "Bram,1200", "Cora,", "", "None", "Who,Calls", "",
    ]  # fmt: skip
    assert rule.as_text(none) == ["Nobody."]
    assert rule.as_text(some)[1:3] == ["=HYPERLINK(1)      7", "Bram           1,200"]
    assert (some.pictured, none.pictured) == (True, False)
