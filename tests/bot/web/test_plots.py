"""Charts of a month: parts of one bar are told apart by colour."""

from __future__ import annotations

from bot.web.plots import _colour
from handlers.figures import erasures, month, tables
from handlers.rules.figure_tables import Column, Table
from tests.each import each

TABLES: dict[str, tuple[Column, ...]] = {
    name: columns
    for room in (erasures, month, tables)
    for name, columns in vars(room).items()
    if isinstance(columns, tuple) and columns and all(isinstance(one, Column) for one in columns)
}


def test_every_kind_of_table_is_looked_at() -> None:
    assert len(TABLES) >= 7


@each("name", TABLES)
def test_no_two_parts_of_a_bar_have_the_same_colour(name: str) -> None:
    table = Table("key", "Title", "", TABLES[name], (), "")
    colours = [_colour(table, place) for place in table.drawn]
    assert len(set(colours)) == len(colours)
