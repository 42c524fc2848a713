"""Pictures of tables as SVG: bars in parts, with their numbers beside them."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from textwrap import wrap as wrapped
from typing import NamedTuple

from handlers.rules.figure_tables import Cell, Table, text

MOST_ROWS = 24
"""Bars of a picture; the table beside it has all rows."""
INCH = 72  # units of a picture, which are points
EDGE, ROW, BAR, LEGEND, SIDE, THIN = 0.03, 0.5, 0.2, 0.3, 0.62, 0.05  # inches
_LIGHT = ("#18202b", "#566273", "#ffffff")  # text, quiet, ground: those of public.css
_DARK = ("#e9edf2", "#a2adbb", "#11151b")
_PARTS = (
    ("#0b6b67", "#5bc8c0"),
    ("#b3541e", "#f0a36b"),
    ("#5b4b9a", "#b3a6ee"),
    ("#69707c", "#7d8794"),
    ("#2f6fb5", "#8dbdf2"),
    ("#8a6d1d", "#d8bf6a"),
)
_OTHERS = (0, 4, 2, 5)
_BAD = frozenset({"Missed", "Late", "Not in time", "Lapsed"})
_OPEN = frozenset({"Yet to come", "Open at its end", "Waiting", "Not known yet"})


class Look(NamedTuple):
    """How a picture is drawn: for a dark screen, for a narrow one."""

    dark: bool
    narrow: bool


def draw(table: Table, look: Look) -> str:
    """A table's drawn columns: no script, no address; the same table and look give the same words."""
    rows = [row for row in table.rows if any(_numbers(table, row))][:MOST_ROWS]
    width = 2.9 if look.narrow else 7.0
    above = LEGEND * len(list(_legend_lines(table, width))) if len(table.drawn) > 1 else 0.0
    lines = [wrapped(_label(table, row), 38 if look.narrow else 96)[:2] for row in rows]
    height = 2 * EDGE + above + sum(ROW + 0.17 * (len(one) - 1) for one in lines)
    drawn = [
        *_legend(table, look, width), *_bars(table, look, width, above, list(zip(rows, lines, strict=True))),
    ]  # fmt: skip
    wide, high = width * INCH, height * INCH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.1f}pt" height="{high:.1f}pt" viewBox="0 0 {wide:.1f} {high:.1f}"'
        f' font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="{_ground(look)}"/>{"".join(drawn)}</svg>'
    )


def _bars(
    table: Table, look: Look, width: float, top: float, rows: list[tuple[tuple[Cell, ...], list[str]]]
) -> Iterator[str]:
    ink, quiet, _ = _DARK if look.dark else _LIGHT
    most = max((sum(_numbers(table, row)) for row, _ in rows), default=0.0)
    y = top + EDGE
    for row, label in rows:
        for line in label:
            yield _words((EDGE, y + 0.12), line, ink, 8.5)
            y += 0.17
        numbers = _numbers(table, row)
        x, total = EDGE, sum(numbers)
        for place, number, long in zip(table.drawn, numbers, _lengths(table, row, most, width), strict=True):
            if long:
                told = text(_plain(number)) if len(table.drawn) > 1 else ""
                yield from _part((x, y + 0.07, long), _colour(table, place, look), told, _ground(look))
                x += long
        yield _words((x + 0.06, y + 0.07 + BAR / 2), text(_plain(total)), quiet, 8.5)
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


def _part(at: tuple[float, float, float], colour: str, told: str, ground: str) -> Iterator[str]:
    """One part of a bar, with its number in it where that has room."""
    x, y, long = at
    yield _rectangle((x, y), (long, BAR), colour, ground)
    if told and long >= _room(told):
        yield _words((x + long / 2, y + BAR / 2), told, ground, 7.5, anchor="middle")


def _legend(table: Table, look: Look, width: float) -> Iterator[str]:
    if len(table.drawn) < 2:
        return
    ink = (_DARK if look.dark else _LIGHT)[0]
    for number, line in enumerate(_legend_lines(table, width)):
        x, y = EDGE, EDGE + number * LEGEND
        for place in line:
            yield _rectangle((x, y + 0.05), (0.14, 0.14), _colour(table, place, look), "none")
            yield _words((x + 0.2, y + 0.12), table.columns[place].name, ink, 8)
            x += _wide(table.columns[place].name)


def _rectangle(at: tuple[float, float], size: tuple[float, float], colour: str, edge: str) -> str:
    (x, y), (wide, high) = at, size
    return (
        f'<rect x="{x * INCH:.1f}" y="{y * INCH:.1f}" width="{wide * INCH:.1f}" height="{high * INCH:.1f}"'
        f' fill="{colour}" stroke="{edge}" stroke-width="0.8"/>'
    )


def _words(at: tuple[float, float], told: str, colour: str, size: float, *, anchor: str = "start") -> str:
    """Words in the middle of a line at this height."""
    x, y = at
    return (
        f'<text x="{x * INCH:.1f}" y="{y * INCH:.1f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}"'
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


def _colour(table: Table, place: int, look: Look) -> str:
    """What went wrong and what is open has its own colour in every picture; the legend and the table say the same in words."""
    name = table.columns[place].name
    others = [one for one in table.drawn if table.columns[one].name not in _BAD | _OPEN]
    which = 1 if name in _BAD else 3 if name in _OPEN else _OTHERS[others.index(place)]
    return _PARTS[which][look.dark]


def _ground(look: Look) -> str:
    return (_DARK if look.dark else _LIGHT)[2]
