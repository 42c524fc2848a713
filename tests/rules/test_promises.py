"""P8: a holiday proclaimed or a closure day entered later is told, and moves no promise in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from handlers.rules.calendars import DayOff
from handlers.rules.promises import changed
from handlers.rules.working_days import Due, due
from tests.each import each

from .days import LONDON, SYDNEY, a_calendar, at


@pytest.fixture
def promised() -> Due:
    """Due on Thu 3 December 2026 at 17:00."""
    return due(a_calendar(SYDNEY), at("2026-11-24 12:00", SYDNEY), 7)


@each("closure", ["2026-11-23", "2026-12-04", "2026-11-28", ("2026-11-26", LONDON)])
def test_p8_what_touches_no_day_of_the_sum_is_no_change(promised: Due, closure: object) -> None:
    """Before and after it, on a weekend, for another line."""
    assert changed(promised, a_calendar(SYDNEY)) is None
    assert changed(promised, a_calendar(SYDNEY, closure)) is None


def test_p8_another_version_of_the_library_that_says_the_same_is_no_change(promised: Due) -> None:
    older = replace(promised, calendar=replace(promised.calendar, library="0.1"))
    assert changed(older, a_calendar(SYDNEY)) is None


def test_p8_a_closure_day_entered_later_is_told_with_the_date_that_would_result(promised: Due) -> None:
    found = changed(promised, a_calendar(SYDNEY, "2026-11-26"))
    assert found is not None
    assert (found.promised, found.moves) == (promised, True)
    assert found.off_now == (DayOff(date(2026, 11, 26), "closure day"),)
    assert found.working_now == ()
    assert found.anew.at == promised.at + timedelta(days=1)


def test_p8_a_closure_day_that_is_taken_back_is_told(promised: Due) -> None:
    before = due(a_calendar(SYDNEY, "2026-11-26", "2026-11-30"), promised.received, 7)
    found = changed(before, a_calendar(SYDNEY, "2026-11-30"))
    assert found is not None
    assert (found.off_now, found.working_now) == ((), (date(2026, 11, 26),))
    assert (before.counted[-1], found.anew.counted[-1]) == (date(2026, 12, 7), date(2026, 12, 4))


def test_p8_a_day_for_a_day_is_a_change_that_moves_nothing(promised: Due) -> None:
    before = due(a_calendar(SYDNEY, "2026-11-26"), promised.received, 7)
    found = changed(before, a_calendar(SYDNEY, "2026-11-27"))
    assert found is not None
    assert (found.moves, [off.day.day for off in found.off_now], found.working_now) == (
        False, [27], (date(2026, 11, 26),),
    )  # fmt: skip


def test_p8_the_day_of_receipt_and_day_0_may_be_taken_away(promised: Due) -> None:
    found = changed(promised, a_calendar(SYDNEY, "2026-11-24"))
    assert found is not None
    assert (found.anew.day0, found.moves) == (date(2026, 11, 25), True)


def test_p8_as_many_days_are_counted_anew_as_were_promised() -> None:
    promised = due(a_calendar(SYDNEY), at("2026-11-24 12:00", SYDNEY), 2)
    found = changed(promised, a_calendar(SYDNEY, "2026-11-26"))
    assert found is not None
    assert len(found.anew.counted) == 2


def test_p8_another_cut_off_is_a_change_where_it_moves_the_moment(promised: Due) -> None:
    found = changed(promised, a_calendar(SYDNEY, cut_off="16:00"))
    assert found is not None
    assert (found.off_now, found.working_now, found.moves) == ((), (), True)
    assert found.anew.at == promised.at - timedelta(hours=1)
