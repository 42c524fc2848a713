"""Numbers: masked for the eye (three digits), found by any part in any usual writing."""

from __future__ import annotations

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.phone import mask, one_of, parts
from tests.each import each


@each(
    ("number", "seen"),
    [
        ("+61412345678", "•••• 678"),
        ("+442036953777", "•••• 777"),
        ("", "number withheld"),
        ("+123456", "••••"),
        ("+1234567", "•••• 567"),
    ],
)
def test_only_the_last_three_digits_are_seen(number: str, seen: str) -> None:
    assert mask(number) == seen


@each(
    ("typed", "digits"),
    [
        ("0412 345", "412345"),
        ("+61 (0)412", "61412"),
        ("61 (0)412", "61412"),
        ("+61 0412 345", "61412345"),
        ("+44(0)20 3695", "44203695"),
        ("61412", "61412"),
        ("020 3695", "203695"),
        ("(02) 8197-9000", "281979000"),
        ("02.8197.9000", "281979000"),
        ("02 8197–9000", "281979000"),
        ("０４１２ ３４５", "412345"),
        ("345 678", "345678"),
        ("  678 ", "678"),
        ("0061 412", "61412"),
        ("0061 0412", "61412"),
        ("0011 61 412", "61412"),
        ("011 44 20", "4420"),
        ("0114 496", "114496"),
        ("+39 06 698", "3906698"),
        ("+999 (0)12", "999012"),
        ("1-212", "1212"),
    ],
)
def test_digits_of_a_part_in_any_usual_writing(typed: str, digits: str) -> None:
    assert parts(typed) == digits


@each("typed", ["", " ", "0", "00", "+", "-", "Anna", "CS-10442", "24 Nov", "345x", "٣٤٥", "#31"])
def test_what_is_no_part_of_a_number(typed: str) -> None:
    assert parts(typed) is None


FORMATS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
)
REGIONS = ("AU", "NZ", "GB", "IE", "FR", "DE", "IT", "ES", "NL", "US", "CA")


@each("region", REGIONS)
@each("kind", [phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE])
@each("written", FORMATS)
def test_a_whole_number_of_the_served_regions_is_found_however_it_is_written(
    region: str, kind: int, written: int
) -> None:
    """P4: Australia, New Zealand, UK, Europe, North America; examples from the numbering plans."""
    number = phonenumbers.example_number_for_type(region, kind)
    assert number is not None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = parts(phonenumbers.format_number(number, written))
    assert digits is not None and digits in e164


@settings(deadline=None)
@given(number=st.integers(10**9, 10**14).map(str), first=st.integers(0, 14), length=st.integers(1, 14))
def test_every_part_that_begins_with_no_0_is_found_as_it_is(number: str, first: int, length: int) -> None:
    part = number[first : first + length]
    if part and not part.startswith("0"):
        assert parts(part) == part


@settings(deadline=None)
@given(st.text(max_size=40))
def test_nothing_but_digits_comes_out(typed: str) -> None:
    found = parts(typed)
    assert found is None or (found.isascii() and found.isdigit())


LINES = ("+61281979000", "+442036953777")


@each(
    ("typed", "line"),
    [
        ("+61 2 8197 9000", LINES[0]), ("+61281979000", LINES[0]), ("61281979000", LINES[0]), ("(02) 8197-9000", LINES[0]),
        ("+61 (0)2 8197 9000", LINES[0]), ("0061 2 8197 9000", LINES[0]), (" +61\N{NO-BREAK SPACE}2 8197 9000 ", LINES[0]),
        ("+44 20 3695 3777", LINES[1]), ("020 3695 3777", LINES[1]), ("", None), ("9000", None), ("+61 2 8197 9001", None),
        ("all", None), ("+44 20 3695 37777", None),
    ],
)  # fmt: skip
def test_p4_a_line_is_known_in_any_usual_writing_and_only_whole(typed: str, line: str | None) -> None:
    assert one_of(typed, LINES) == line


def test_p4_a_number_that_two_countries_have_wants_its_country_code() -> None:
    lines = ("+61281979000", "+64281979000")
    assert one_of("02 8197 9000", lines) is None
    assert one_of("+64 2 8197 9000", lines) == lines[1]
