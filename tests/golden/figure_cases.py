"""The month at a glance as its two officers read it in chat: one in which much happened, and the link to the page with pictures."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.cards import Page
from handlers.figures.month import DEADLINES, LEFT_OUT, MISSED, Figures, figures_link_page, figures_page
from handlers.figures.tables import COLUMNS
from handlers.rules.figures import Table, month_named
from tests.golden.requests import NOW, POLICY

_REQUESTS = (
    ("Staff requests", 14, 9, 2, 1, 1, 1, 3.2, 19.0),
    ("Customers’ requests", 22, 18, 2, 1, None, 3, 11.5, 40.2),
)
_MISSED = ("Customer’s request", "C-7F3K2QXM", "Tue 13 Oct 2026, 17:00 Sydney", "decided in time; its mail went late")
_TABLES = (
    Table("requests", "Requests", "P7 · P8 · P9", COLUMNS, _REQUESTS, "", "Hours are working hours."),
    Table(
        "deadlines", "Deadlines", "P8", DEADLINES, (("Customers answered within 7 working days (P8)", 19, 2, 0),), ""
    ),
    Table("missed", "Deadlines that were missed", "", MISSED, (_MISSED,) * 10, ""),
    Table("holds", "Holds", "P12", (), (), "There was no hold."),
)
PAGES: Mapping[str, Page] = {
    "page-month": figures_page(
        Figures(month_named(POLICY, "2026-10", NOW), _TABLES, "Australia/Sydney", LEFT_OUT.format(months="12 months"))
    ),
    "page-month-link": figures_link_page("code", "https://steward.example.com", "2026-10"),
}
