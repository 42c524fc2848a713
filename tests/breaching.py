"""A stand-in for the room of confidential reports, which files them and says what it was given (P13)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

import handlers
from handlers.acting import Actor, Context, Intent, Result
from handlers.breach import filing
from handlers.breach.filing import PEOPLE, READERS, ReportForm
from handlers.breach.state import Filed, Statement
from handlers.breach.vault import Vault
from handlers.cards import Line, Option, Page
from handlers.room import Asks, Command, Opens, Search
from handlers.sealing import Keys
from storage.database.store import Database
from tests.handlers.breach.reporting import a_known
from tests.restoring import copied
from tests.standing_in import stand_in

CANARY = "canary-words-of-a-reporter"
COMMAND, BUTTON = "recording-breach", "breach_report"
SAYS = "Report a suspected breach in confidence"
KEYS = Keys(bytes(range(32)))
RECEIPT = "Keep this receipt"


@dataclass
class Drawer:
    """What the room was given: who filed, what, and with which key; and who looked people up."""

    filed: list[tuple[Actor, Statement, str]] = field(default_factory=list)
    looked: list[Actor] = field(default_factory=list)
    fault: Exception | None = None

    def file(self, ctx: Context, intent: Intent[Filed]) -> Result[Filed]:
        if self.fault is not None:
            raise self.fault
        self.filed.append((ctx.who, intent.given["told"], intent.given["once"]))
        return Result(_filed(ctx, intent.given["told"]))

    def find(self, ctx: Context, typed: str) -> list[Option]:
        self.looked.append(ctx.who)
        people = ctx.store.people.called(typed.split(), 20)
        return [Option(one.email_key, one.name) for one in people]

    def named(self, ctx: Context, values: Iterable[str]) -> list[Option]:
        self.looked.append(ctx.who)
        return [Option(one, one) for one in values]


def _ids(ctx: Context, addresses: Iterable[str]) -> list[int]:
    return [*ctx.store.people.resolve(addresses).values()]


def _filed(ctx: Context, told: Statement) -> Filed:
    known = a_known(
        source=told.source, what=told.what, accused=_ids(ctx, told.accused), conflicts=_ids(ctx, told.conflicts)
    )
    _, receipt = Vault(ctx).file(known)
    return Filed(receipt, date(2026, 11, 26), date(2026, 12, 8))


def send(about: str, form: ReportForm, key: str) -> Intent[Filed]:
    told = Statement(
        "chat", form.what, form.when, form.which, tuple(form.accused), form.concerned, tuple(form.conflicts)
    )
    return filing.file_report(replace(told, named=form.named == "named"), once=key)


def receipt(filed: Filed) -> Page:
    return Page("Sent", (Line(f"{RECEIPT}: {filed.receipt}"),))


def furnished(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    """Put it in the room's place until the test is over."""
    drawer = Drawer()

    def gone(_: str) -> Page:
        raise AssertionError("a private form is never drawn as a message")

    report = Asks(ReportForm, send, gone, private=True, after=receipt, instead=filing.link_page)
    stand_in(monkeypatch, filing.file_report, drawer.file)
    brought: dict[Any, dict[Any, Any]] = {
        "FORMS": {"breach_report": report},
        "SEARCHES": {one: Search(drawer.find, drawer.named, private=True) for one in (PEOPLE, READERS)},
        "COMMANDS": {COMMAND: Command(SAYS, "Type {word} to report in confidence.", form="breach_report")},
        "BUTTONS": {BUTTON: Opens("breach_report", SAYS)},
    }
    for place, things in brought.items():
        for name, one in things.items():
            monkeypatch.setitem(getattr(handlers, place), name, one)
    return drawer


async def elsewhere(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table except the reports' own."""
    return {name: rows for name, rows in (await copied(database)).items() if not name.startswith("breach_")}


async def theirs(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return every row of the reports' own tables."""
    return {name: rows for name, rows in (await copied(database)).items() if name.startswith("breach_")}
