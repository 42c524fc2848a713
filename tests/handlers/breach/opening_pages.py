"""Codes and sessions of the pages of reports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from handlers.acting import WEB, Visitor
from handlers.breach import readers
from handlers.rules.refusal import Refused
from storage.breaches import CODE, SESSION
from storage.database.store import Store
from storage.tables.breaches import ReportPart
from tests.handlers.breach.reporting import report, the_report
from tests.handlers.builders import Company

SPENT, OVER = "code_spent", "over"


async def a_code(company: Company, who: Visitor, **more: object) -> tuple[str, str]:
    """A report of Anna's, and a code for somebody who presses Details or Reply."""
    await report(company, company.anna, **more)
    name = await the_report(company)
    return name, await company.door.enter(readers.link(name), who)


async def exchanged(company: Company, code: str) -> tuple[str, str]:
    return await company.door.enter(readers.exchange(code), WEB)


async def over(look: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(Refused) as told:
        await look()
    assert told.value.code == OVER


async def passes(company: Company) -> dict[str, int]:
    """How many codes and sessions there are."""

    def count(store: Store) -> dict[str, int]:
        kinds = [one.kind for one in store.session.query(ReportPart) if one.kind in (CODE, SESSION)]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}

    return await company.database.read(count)
