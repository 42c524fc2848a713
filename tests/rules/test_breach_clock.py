"""P13: a report is acknowledged and answered by the home line's working days, and its standing still brings others in."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy, load_policy
from handlers.rules.breach import FALLBACK, HANDLERS, Fired, Handling, Seat
from handlers.rules.breach_clock import Kept, Receipt, Step, kept, moments, received, steps
from handlers.rules.working_days import due
from tests.each import each

from .days import SYDNEY, a_calendar, at, utc

MANAGER, HEAD, LAST = (Seat(name, name, deputy=False) for name in (*HANDLERS, FALLBACK))


@each(
    ("came", "receipt", "acknowledge", "waits", "feedback"),
    [
        ("2026-11-24 10:00", Receipt(date(2026, 11, 24), late=False), "2026-11-26", "2026-11-27", "2026-12-08"),
        ("2026-11-24 17:00", Receipt(date(2026, 11, 24), late=False), "2026-11-26", "2026-11-27", "2026-12-08"),
        ("2026-11-24 17:01", Receipt(date(2026, 11, 24), late=True), "2026-11-27", "2026-11-30", "2026-12-09"),
        ("2026-11-28 20:00", Receipt(date(2026, 11, 28), late=False), "2026-12-02", "2026-12-03", "2026-12-14"),
        ("2026-12-24 09:00", Receipt(date(2026, 12, 24), late=False), "2026-12-30", "2026-12-31", "2027-01-12"),
    ],
)
def test_p13_the_clock_runs_by_the_home_line(
    policy: Policy, came: str, receipt: Receipt, acknowledge: str, waits: str, feedback: str
) -> None:
    assert received(policy, at(came, SYDNEY)) == receipt
    promised = moments(policy, receipt)
    expected = [utc(f"{day} 17:00", SYDNEY) for day in (acknowledge, waits, feedback)]
    assert [promised.acknowledge, promised.waits, promised.feedback] == expected


@given(st.datetimes(datetime(2026, 1, 2), datetime(2035, 12, 1), timezones=st.just(UTC)))
def test_p13_the_minute_that_is_not_kept_moves_nothing(policy: Policy, now: datetime) -> None:
    """The day and whether it was late give the moments that the whole sum from the minute gives."""
    calendar = a_calendar(SYDNEY)
    promised = moments(policy, received(policy, now))
    sums = [due(calendar, now, days) for days in (2, 3, 10)]
    assert [promised.acknowledge, promised.waits, promised.feedback] == [one.at for one in sums]
    assert {one.day0 for one in sums} == {promised.day0}
    assert all(moment.tzinfo is UTC for moment in (promised.acknowledge, promised.waits, promised.feedback))


def test_p13_what_is_due_early_comes_early(shipped: str) -> None:
    """Feedback within a day of acknowledging: then the fallback is let in before it would have been told."""
    text = shipped.replace("feedback_working_days: 10", "feedback_working_days: 2")
    promised = moments(load_policy(text), Receipt(date(2026, 11, 24), late=False))
    assert promised.feedback == promised.acknowledge == utc("2026-11-26 17:00", SYDNEY)
    found = steps(promised, handling(MANAGER, HEAD))
    told = [one.does for one in found if one.does != "tell_reporter"]
    assert told == ["tell_others", "let_fallback_in", "tell_fallback", "let_fallback_in"]
    assert [one.at for one in found] == sorted(one.at for one in found)


def handling(*readers: Seat, fired: Fired = "both") -> Handling:
    return Handling(readers, fired)


def test_p13_silence_brings_first_the_others_then_the_fallback(policy: Policy) -> None:
    promised = moments(policy, Receipt(date(2026, 11, 24), late=False))
    several = _of_readers(steps(promised, handling(MANAGER, HEAD)))
    assert several == [
        (promised.acknowledge, "tell_others", "acknowledged"),
        (promised.waits, "tell_fallback", "acknowledged"),
        (promised.waits, "let_fallback_in", "opened"),
        (promised.feedback, "let_fallback_in", "answered"),
    ]
    alone = _of_readers(steps(promised, handling(HEAD, fired="head_alone")))
    assert alone == [
        (promised.acknowledge, "tell_fallback", "acknowledged"),
        (promised.acknowledge, "let_fallback_in", "opened"),
        (promised.feedback, "let_fallback_in", "answered"),
    ]


def test_p13_beyond_the_fallback_there_is_nobody(policy: Policy) -> None:
    promised = moments(policy, Receipt(date(2026, 11, 24), late=False))
    assert _of_readers(steps(promised, handling(LAST, fired="fallback"))) == []
    assert _of_readers(steps(promised, handling(fired="sealed"))) == []
    beside = _of_readers(steps(promised, handling(HEAD, LAST, fired="with_fallback")))
    assert [does for _, does, _ in beside] == ["tell_others"]


def _of_readers(found: tuple[Step, ...]) -> list[tuple[datetime, str, str]]:
    return [(one.at, one.does, one.unless) for one in found if one.does != "tell_reporter"]


@each("readers", [(), (LAST,), (HEAD,), (MANAGER, HEAD), (HEAD, LAST)])
def test_p13_whoever_reads_it_the_reporter_hears_of_both_moments(policy: Policy, readers: tuple[Seat, ...]) -> None:
    promised = moments(policy, Receipt(date(2026, 11, 24), late=False))
    found = steps(promised, handling(*readers))
    assert [(one.at, one.unless) for one in found if one.does == "tell_reporter"] == [
        (promised.acknowledge, "acknowledged"), (promised.feedback, "answered"),
    ]  # fmt: skip
    assert [one.at for one in found] == sorted(one.at for one in found)


def test_p13_a_closed_report_is_kept_for_whole_months_after_the_day(policy: Policy) -> None:
    found = kept(policy, date(2026, 11, 24))
    assert found == Kept(utc("2028-10-26 00:00", SYDNEY), utc("2028-11-25 00:00", SYDNEY))
    assert kept(policy, date(2026, 2, 27)).destroy == utc("2028-02-28 00:00", SYDNEY)
