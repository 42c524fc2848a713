"""The page of a month in numbers: charts with a table beside each, and files for a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from html import escape
from textwrap import wrap as wrapped

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.listeners import Listeners
from bot.web.answers import HEAD, SessionCookie, assets, faults, page, written
from bot.web.limits import LINKS, Limits, Networks, caller
from handlers.acting import WEB
from handlers.door import Door
from handlers.figures import room
from handlers.figures.month import Figures
from handlers.figures.room import CLOSED, SPENT, for_reader, reading, stands
from handlers.rules.figures import Cell, Table, as_csv, beside, text
from handlers.rules.refusal import Refused

ASSETS = {"figures.css": "text/css", "figures.js": "text/javascript"}
MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)
LONGEST = 200
"""Characters of a code that are looked at."""
Check = Callable[[int], Awaitable[None]]


class FigurePages:
    """`/figures` and below; `trusted` are the networks of our own proxies, `listeners` know who is still a member."""

    def __init__(
        self, door: Door, public_url: str, trusted: Networks = (), listeners: Listeners | None = None,
        limits: Limits | None = None,
    ) -> None:  # fmt: skip
        self.door, self.trusted = door, trusted
        self.check: Check = listeners.check if listeners is not None else _nobody_asks
        self.limits = limits or Limits()
        self.cookie = SessionCookie("figures", public_url)

    def routes(self) -> list[web.RouteDef]:
        """The addresses of the pages."""
        return [
            assets("/figures", ASSETS),
            web.post("/figures/open", self._open),
            web.get("/figures", self._page, allow_head=False),
            web.get("/figures/{month}", self._page, allow_head=False),
            web.get("/figures/{month}/{key}.csv", self._csv, allow_head=False),
        ]

    def faults(self) -> Middleware:
        """What goes wrong below `/figures` is a page with a sentence."""
        return faults(lambda path: path == "/figures" or path.startswith("/figures/"), _sorry)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        month = request.match_info.get("month", "")
        session = self.cookie.of(request)
        if not await self._stands("session", session):  # a link's code is in the fragment, which no server sees
            return page("figures_open.html", month=month if MONTH.fullmatch(month) else "")
        told = await self._figures(session, month)
        return page(
            "figures.html", told=told, month=told.month, plots={one.key: _plots(one) for one in told.tables},
            before=beside(told.month.name, -1), after=beside(told.month.name, 1) if told.month.is_over else "",
        )  # fmt: skip

    async def _csv(self, request: web.Request) -> web.StreamResponse:
        session, key = self.cookie.of(request), request.match_info["key"]
        if not await self._stands("session", session):
            self._stranger(request)
            raise Refused(CLOSED, code="no_session")
        told = await self._figures(session, request.match_info["month"])
        tables = told.tables if key == "all" else [one for one in told.tables if one.key == key]
        if not tables:
            raise web.HTTPNotFound
        name = f"month-{told.month.name}-{key}.csv"
        headers = {**HEAD, "Content-Disposition": f'attachment; filename="{name}"'}
        # With its mark at the beginning a spreadsheet takes it for UTF-8.
        return web.Response(
            body=as_csv(tables).encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers
        )

    async def _open(self, request: web.Request) -> web.StreamResponse:
        sent = await written(request)
        code, month = sent.words("code").rpartition("#")[2][:LONGEST], sent.words("month")[:7]
        if not await self._stands("code", code):
            self._stranger(request)
            raise Refused(SPENT, code="code_spent")
        session = await self.door.enter(room.exchange(code), WEB)
        where = f"/figures/{month}" if MONTH.fullmatch(month) else "/figures"
        response = web.Response(status=303, headers={**HEAD, "Location": where})
        self.cookie.give(response, session, "/figures")
        return response

    async def _figures(self, session: str, month: str) -> Figures:
        """A month, for the session of somebody who still may read it and still belongs here; raises `Refused` and `Unsure`."""
        reader = await self.door.look(WEB, lambda act: reading(act, session).id)
        await self.check(reader)
        return await self.door.look(WEB, lambda act: for_reader(act, reading(act, session), month))

    async def _stands(self, kind: str, secret: str) -> bool:
        """Before the door only reads."""
        return await self.door.look(WEB, lambda act: stands(act, kind, secret))

    def _stranger(self, request: web.Request) -> None:
        self.limits.take(LINKS, caller(request, self.trusted))


def _plots(table: Table) -> str:
    """A wide chart and a narrow one, of which a screen shows the one that fits; nothing where there is nothing to draw."""
    return draw(table, narrow=False) + draw(table, narrow=True) if table.pictured else ""


def _sorry(_: web.Request, sentence: str, status: int) -> web.Response:
    return page("figures_sorry.html", status, sentence=sentence)


async def _nobody_asks(_: int) -> None:
    return None


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
