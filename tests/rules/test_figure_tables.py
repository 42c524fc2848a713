"""Tables of numbers as CSV and for a terminal: nothing in them is worked out by a spreadsheet, and nothing is lost on the way."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.figure_tables import Column, Table, as_csv, as_text, harmless, text
from tests.each import each

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
        assert harmless(cell) == f"'{cell}"
    assert harmless("1+1") == "1+1"
    assert (harmless(None), harmless(-3), harmless(0.5), harmless("")) == ("", "-3", "0.5", "")


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


def test_several_tables_stand_in_one_file_under_their_titles() -> None:
    assert as_csv([table(("a", 1, "x")), table()]).split("\r\n") == [
        "Some numbers", "What,Met,'=Why", "a,1,x", "", "Some numbers", "What,Met,'=Why", "",
    ]  # fmt: skip


def test_a_terminal_has_words_to_the_left_and_numbers_to_the_right() -> None:
    assert as_text(table(("short", 7, "x"), ("rather long", 1234, None))) == [
        "What           Met  =Why",
        "short            7  x",
        "rather long  1,234  –",
    ]
    assert as_text(table()) == ["Nothing was counted."]


def test_what_is_drawn_and_what_is_a_number_is_told_by_the_columns() -> None:
    found = table(("a", 1, "x"), ("b", None, None))
    assert (found.drawn, found.numeric, found.pictured) == ((1,), (1,), True)
    assert not table(("a", 0, "x")).pictured
    assert (text(1234), text(None), text("x"), text(0.5)) == ("1,234", "–", "x", "0.5")
