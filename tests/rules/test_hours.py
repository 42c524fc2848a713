"""P7: a time of the day as people write it, and never digits of a number."""

from __future__ import annotations

from datetime import time

from handlers.rules.hours import PARTS, hours_in, part_in
from tests.each import each


@each(
    ("typed", "begins", "ends", "rest"),
    [
        ("16:20", time(16, 10), time(16, 30, 59), ""), ("at 9:35", time(9, 25), time(9, 45, 59), ""), ("16h20 anna", time(16, 10), time(16, 30, 59), "anna"),
        ("4:20 pm", time(16, 10), time(16, 30, 59), ""), ("12:05am", time(0), time(0, 15, 59), ""), ("23:55", time(23, 45), time(23, 59, 59), ""),
        ("4pm", time(16), time(16, 59, 59), ""), ("12 pm", time(12), time(12, 59, 59), ""), ("12 am", time(0), time(0, 59, 59), ""),
        ("tue 24 nov, 16:20 sydney", time(16, 10), time(16, 30, 59), "tue 24 nov sydney"), ("around 3 pm yesterday", time(15), time(15, 59, 59), "yesterday"),
    ],
)  # fmt: skip
def test_a_time_has_some_minutes_around_it(typed: str, begins: time, ends: time, rest: str) -> None:
    assert hours_in(typed) == ((begins, ends), rest)


@each("typed", ["25:10", "13 pm", "16:75", "10:20:30", "24.11.", "0412 345", "cs-16:20", "4 april", ""])
def test_what_is_no_time_stays(typed: str) -> None:
    assert hours_in(typed) == (None, typed)


def test_a_part_of_the_day() -> None:
    assert part_in("in the afternoon anna") == (PARTS["afternoon"], "anna")
    assert part_in("aftermath") == (None, "aftermath")
