"""What somebody told of a call is held against it: other numbers and references are said, and refuse nothing (P8)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.reference import other_numbers, other_references
from tests.each import each

CALLERS = {"+61412345671", "+442079460123"}
PATTERN = "CS-[0-9]+"


@each(
    ("told", "others"),
    [
        ("I rang from 0412 345 671.", ()), ("I rang from +61 412 345 671", ()), ("It was 020 7946 0123", ()),
        ("I rang from 0412 345 672.", ("+61412345672",)), ("+61 412 345 673, or 0412 345 673", ("+61412345673",)),
        ("On 24 November at 14:30, invoice 4711.", ()), ("", ()), ("call me: +1 650 253 0000", ("+16502530000",)),
    ],
)  # fmt: skip
def test_p8_a_number_of_none_of_the_calls_is_named(told: str, others: tuple[str, ...]) -> None:
    assert other_numbers(told, ["AU", "GB", "AU"], CALLERS) == others


@each(
    ("told", "pattern", "others"),
    [
        ("About CS-10443.", PATTERN, ()), ("cs-10443", PATTERN, ()), ("CS-9, CS-9 and CS-10443", PATTERN, ("CS-9",)),
        ("XCS-9 or CS-9X", PATTERN, ()), ("CS-9", None, ()), ("AB-1", "(AB|CD)-[0-9]", ("AB-1",)), ("nothing", PATTERN, ()),
    ],
)  # fmt: skip
def test_p8_a_reference_of_none_of_the_calls_is_named(told: str, pattern: str | None, others: tuple[str, ...]) -> None:
    assert other_references(told, pattern, {"CS-10443"}) == others


@given(st.text())
def test_p8_whatever_was_told_nothing_fails(told: str) -> None:
    assert isinstance(other_numbers(told, ["AU", "GB"], CALLERS), tuple)
    assert isinstance(other_references(told, PATTERN, ()), tuple)
