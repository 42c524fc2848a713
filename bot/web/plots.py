"""Charts of tables as SVG within a page: bars in parts, with their numbers beside them."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from textwrap import wrap as wrapped

from handlers.rules.figures import Cell, Table, text

MOST_ROWS = 24
"""Bars of a picture; the table beside it has all rows."""
INCH = 72  # units of a picture, which are points
EDGE, ROW, BAR, LEGEND, SIDE, THIN = 0.03, 0.5, 0.2, 0.3, 0.62, 0.05  # inches
_OTHERS = (0, 4, 2, 5)
_BAD = frozenset({"Missed", "Late", "Not in time", "Lapsed"})
_OPEN = frozenset({"Yet to come", "Open at its end", "Waiting", "Not known yet"})


def draw(table: Table, *, narrow: bool) -> str:
    """A table's drawn columns as SVG for a page; figures.css has the colours, for light and dark screens."""
    rows = [row for row in table.rows if any(_numbers(table, row))][:MOST_ROWS]
    width = 2.9 if narrow else 7.0
    above = LEGEND * len(list(_legend_lines(table, width))) if len(table.drawn) > 1 else 0.0
    lines = [wrapped(_label(table, row), 38 if narrow else 96)[:2] for row in rows]
    height = 2 * EDGE + above + sum(ROW + 0.17 * (len(one) - 1) for one in lines)
    drawn = [
        *_legend(table, width), *_bars(table, width, above, list(zip(rows, lines, strict=True))),
    ]  # fmt: skip
    wide, high = width * INCH, height * INCH
    return (
        f'<svg class="plot {"narrow" if narrow else "wide"}" role="img" viewBox="0 0 {wide:.1f} {high:.1f}"'
        f' aria-label="Bars of {escape(table.title)}; the table that follows has the same numbers.">{"".join(drawn)}</svg>'
    )


def _bars(table: Table, width: float, top: float, rows: list[tuple[tuple[Cell, ...], list[str]]]) -> Iterator[str]:
    most = max((sum(_numbers(table, row)) for row, _ in rows), default=0.0)
    y = top + EDGE
    for row, label in rows:
        for line in label:
            yield _words((EDGE, y + 0.12), line, "ink", 8.5)
            y += 0.17
        numbers = _numbers(table, row)
        x, total = EDGE, sum(numbers)
        for place, number, long in zip(table.drawn, numbers, _lengths(table, row, most, width), strict=True):
            if long:
                told = text(_plain(number)) if len(table.drawn) > 1 else ""
                yield from _part((x, y + 0.07, long), _colour(table, place), told)
                x += long
        yield _words((x + 0.06, y + 0.07 + BAR / 2), text(_plain(total)), "quiet", 8.5)
        y += ROW - 0.17


def _lengths(table: Table, row: tuple[Cell, ...], most: float, width: float) -> list[float]:
    """How long each part of a bar is, in inches: to one scale, or each bar as a whole. None is too small to be seen, and what went
    wrong has room for its number.
    """
    numbers, room = _numbers(table, row), width - 2 * EDGE - SIDE
    whole = sum(numbers) if table.shares else most
    least = [
        0.0 if not number else _room(text(_plain(number))) if table.columns[place].name in _BAD else THIN
        for place, number in zip(table.drawn, numbers, strict=True)
    ]
    found = [max(room * number / whole, small) for number, small in zip(numbers, least, strict=True)]
    over, longest = sum(found) - room, max(range(len(found)), key=lambda one: found[one])
    if over > 0:
        found[longest] -= over
    return found


def _room(told: str) -> float:
    return 0.1 + 0.08 * len(told)


def _part(at: tuple[float, float, float], colour: str, told: str) -> Iterator[str]:
    """One part of a bar, with its number in it where that has room."""
    x, y, long = at
    yield _rectangle((x, y), (long, BAR), f"part {colour}")
    if told and long >= _room(told):
        yield _words((x + long / 2, y + BAR / 2), told, "on", 7.5, anchor="middle")


def _legend(table: Table, width: float) -> Iterator[str]:
    if len(table.drawn) < 2:
        return
    for number, line in enumerate(_legend_lines(table, width)):
        x, y = EDGE, EDGE + number * LEGEND
        for place in line:
            yield _rectangle((x, y + 0.05), (0.14, 0.14), _colour(table, place))
            yield _words((x + 0.2, y + 0.12), table.columns[place].name, "ink", 8)
            x += _wide(table.columns[place].name)


def _rectangle(at: tuple[float, float], size: tuple[float, float], colour: str) -> str:
    (x, y), (wide, high) = at, size
    return (
        f'<rect x="{x * INCH:.1f}" y="{y * INCH:.1f}" width="{wide * INCH:.1f}" height="{high * INCH:.1f}"'
        f' class="{colour}"/>'
    )


def _words(at: tuple[float, float], told: str, colour: str, size: float, *, anchor: str = "start") -> str:
    """Words in the middle of a line at this height."""
    x, y = at
    return (
        f'<text x="{x * INCH:.1f}" y="{y * INCH:.1f}" class="{colour}" font-size="{size}" text-anchor="{anchor}"'
        f' dominant-baseline="central">{escape(told)}</text>'
    )


def _legend_lines(table: Table, width: float) -> Iterator[list[int]]:
    """The drawn columns, as many on a line as have room."""
    line: list[int] = []
    left = width - 2 * EDGE
    for place in table.drawn:
        needed = _wide(table.columns[place].name)
        if line and needed > left:
            yield line
            line, left = [], width - 2 * EDGE
        line.append(place)
        left -= needed
    yield line


def _wide(name: str) -> float:
    return 0.42 + 0.075 * len(name)


def _label(table: Table, row: tuple[Cell, ...]) -> str:
    """What a bar is about: the first cell, and the second where that is a word as well."""
    second = row[1] if len(row) > 1 and 1 not in table.drawn and isinstance(row[1], str) else ""
    return f"{row[0]} · {second}" if second else text(row[0])


def _numbers(table: Table, row: tuple[Cell, ...]) -> list[float]:
    cells = (row[place] for place in table.drawn)
    return [float(cell) if isinstance(cell, int | float) else 0.0 for cell in cells]


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else round(number, 1)


def _colour(table: Table, place: int) -> str:
    """The class of a part's colour: what went wrong and what is open has its own in every chart; legend and table say the same in words."""
    name = table.columns[place].name
    others = [one for one in table.drawn if table.columns[one].name not in _BAD | _OPEN]
    which = 1 if name in _BAD else 3 if name in _OPEN else _OTHERS[others.index(place)]
    return f"p{which}"
