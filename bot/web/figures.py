"""The page of a month in numbers: charts with a table beside each, and files for a spreadsheet."""

import re
from typing import NamedTuple

from aiohttp import web

from bot.listeners import Listeners
from bot.web.answers import HEAD, LONGEST, Fault, SessionCookie, asset_route, go_to, read_form, render_page
from bot.web.limits import LINKS, Limits
from handlers.acting import WEB
from handlers.door import Door
from handlers.figures import room
from handlers.figures.room import CLOSED, SPENT, Figures, for_reader, is_pass_open, reader_of_session
from handlers.rules import Refused, figures

ASSETS = {"figures.css": "text/css", "figures.js": "text/javascript"}
MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


class FigurePages:
    """`/figures` and below; `listeners` know who is still a member."""

    def __init__(self, door: Door, public_url: str, limits: Limits, listeners: Listeners) -> None:
        self.door, self.limits, self.listeners = door, limits, listeners
        self.cookie = SessionCookie("figures", public_url)

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of the pages."""
        return [
            asset_route("/figures", ASSETS),
            web.post("/figures/open", self._exchange_code),
            web.get("/figures", self._show_month, allow_head=False),
            web.get("/figures/{month}", self._show_month, allow_head=False),
            web.get("/figures/{month}/{key}.csv", self._send_csv, allow_head=False),
        ]

    def sorry(self, _: web.Request, fault: Fault) -> web.Response:
        """Show a fault as a page with a sentence."""
        return render_page("figures_sorry.html", fault.status, sentence=fault.sentence)

    async def _show_month(self, request: web.Request) -> web.StreamResponse:
        """Show a month in numbers; without a session, the page that opens one from the link's code."""
        month = request.match_info.get("month", "")
        session = self.cookie.of(request)
        if not await self._is_open("session", session):  # a link's code is in the fragment, which no server sees
            return render_page("figures_open.html", month=month if MONTH.fullmatch(month) else "")
        month_figures = await self._read_month(session, month)
        return render_page(
            "figures.html", told=month_figures, month=month_figures.month, bars=draw_bars, legend=bar_legend,
            before=figures.adjacent_month(month_figures.month.name, -1), after=figures.adjacent_month(month_figures.month.name, 1) if month_figures.month.is_over else "",
        )  # fmt: skip

    async def _send_csv(self, request: web.Request) -> web.StreamResponse:
        """Send one table of the month, or `all`, as CSV. Raises `Refused` and `TooMuch` without a session."""
        session, key = self.cookie.of(request), request.match_info["key"]
        if not await self._is_open("session", session):
            self.limits.turn_away(LINKS, request, Refused(CLOSED, code="no_session"))
        month_figures = await self._read_month(session, request.match_info["month"])
        tables = month_figures.tables if key == "all" else [one for one in month_figures.tables if one.key == key]
        if not tables:
            raise web.HTTPNotFound
        name = f"month-{month_figures.month.name}-{key}.csv"
        headers = {**HEAD, "Content-Disposition": f'attachment; filename="{name}"'}
        # With its mark at the beginning a spreadsheet takes it for UTF-8.
        return web.Response(
            body=figures.as_csv(tables).encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers
        )

    async def _exchange_code(self, request: web.Request) -> web.StreamResponse:
        """Exchange a link's code for a session in a cookie. Raises `Refused` and `TooMuch`."""
        sent = await read_form(request)
        code, month = sent.words("code").rpartition("#")[2][:LONGEST], sent.words("month")[:7]
        if not await self._is_open("code", code):
            self.limits.turn_away(LINKS, request, Refused(SPENT, code="code_spent"))
        session = await self.door.enter(room.exchange_code(code), WEB)
        self.listeners.opened(code)
        where = f"/figures/{month}" if MONTH.fullmatch(month) else "/figures"
        return self.cookie.give(go_to(where), session, "/figures")

    async def _read_month(self, session: str, month: str) -> Figures:
        """Return a month if the session's person may read it and still belongs here; raises `Refused` and `Unsure`."""
        reader = await self.door.look(WEB, lambda ctx: reader_of_session(ctx, session).id)
        await self.listeners.check(reader)
        return await self.door.look(WEB, lambda ctx: for_reader(ctx, reader_of_session(ctx, session), month))

    async def _is_open(self, kind: str, secret: str) -> bool:
        """Return True if this code or session exists and hasn't ended; only reads."""
        return await self.door.look(WEB, lambda ctx: is_pass_open(ctx, kind, secret))


MOST_ROWS = 24
"""Bars of a chart; the table below it has all rows."""
LEAST = 1.5
"""Per cent of a bar's width that the smallest part still has, so that it can be seen."""
_OTHERS = ("p0", "p4", "p2", "p5")
_BAD = frozenset({"Missed", "Late", "Not in time", "Lapsed"})
_OPEN = frozenset({"Yet to come", "Open at its end", "Waiting", "Not known yet"})


class Part(NamedTuple):
    """One part of a bar, in per cent of the chart's width; figures.css has the colours, for light and dark screens."""

    colour: str
    start: float
    width: float


class Bar(NamedTuple):
    """One row of a table as a bar."""

    label: str
    total: str
    parts: list[Part]


def draw_bars(table: figures.Table) -> list[Bar]:
    """Return a table's rows as bars: all to one scale, or each filling the width if the table shows shares."""
    rows = [row for row in table.rows if any(_drawn_numbers(table, row))][:MOST_ROWS]
    most = max((sum(_drawn_numbers(table, row)) for row in rows), default=1.0)
    return [_draw_bar(table, row, most) for row in rows]


def bar_legend(table: figures.Table) -> list[tuple[str, str]]:
    """Return colour and name of each column drawn; bad and open values have the same colours in every chart."""
    names = [table.columns[place].name for place in table.drawn]
    others = iter(_OTHERS)
    return [("p1" if name in _BAD else "p3" if name in _OPEN else next(others), name) for name in names]


def _draw_bar(table: figures.Table, row: tuple[figures.Cell, ...], most: float) -> Bar:
    """Return a row as a bar, whose full width stands for `most`; a text in its second column belongs to the label."""
    numbers = _drawn_numbers(table, row)
    total, parts, start = sum(numbers), list[Part](), 0.0
    for (colour, _), number in zip(bar_legend(table), numbers, strict=True):
        if number:
            width = max(LEAST, 100 * number / (total if table.each_row_whole else most))
            parts.append(Part(colour, start, min(width, 100 - start)))
            start += width
    second = row[1] if len(row) > 1 and 1 not in table.drawn and isinstance(row[1], str) else ""
    label = f"{row[0]} · {second}" if second else figures.cell_as_text(row[0])
    return Bar(label, figures.cell_as_text(int(total) if total == int(total) else round(total, 1)), parts)


def _drawn_numbers(table: figures.Table, row: tuple[figures.Cell, ...]) -> list[float]:
    """Return the row's numbers in the columns that are drawn; 0 for a cell without one."""
    cells = (row[place] for place in table.drawn)
    return [float(cell) if isinstance(cell, int | float) else 0.0 for cell in cells]
