"""P13: whether the reports' own log holds, by itself and by what the main log sealed of it each midnight."""

from __future__ import annotations

from sqlalchemy import select

from handlers.acting import CLOCK, NONE
from handlers.breach import intents
from handlers.breach.proof import SEALED, astray, broken
from handlers.keys import Keys
from storage.chain import compact
from storage.database.store import Store
from storage.tables.breaches import ReportEntry
from storage.tables.log import AuditEntry
from tests.each import each
from tests.handlers.breach.reporting import report
from tests.handlers.builders import KEYS, Company


def sealed(store: Store) -> list[tuple[str, str]]:
    """Each day, and what stands in the main log of it."""
    rows = store.session.scalars(select(AuditEntry).where(AuditEntry.action == SEALED))
    return [(one.subject, compact(one.detail)) for one in rows]


async def looked(company: Company, keys: Keys = KEYS) -> tuple[int, list[str]]:
    return await company.database.read(lambda store: (len(broken(store)), astray(store, keys, sealed(store))))


async def test_p13_what_was_sealed_is_what_stands_there(company: Company) -> None:
    await company.door.enter(intents.Seal("2026-11-24"), CLOCK)
    await report(company, company.anna)
    for _ in range(2):
        await company.door.enter(intents.Seal("2026-11-25"), CLOCK)
    assert await looked(company) == (0, [])
    assert len({len(detail) for _, detail in await company.database.read(sealed)}) == 1
    assert [day for day, _ in await company.database.read(sealed)] == ["2026-11-24", "2026-11-25"]


async def test_p13_what_was_taken_out_is_found_by_each(company: Company) -> None:
    await report(company, company.anna)
    await company.door.enter(intents.Seal("2026-11-24"), CLOCK)
    await company.database.write(lambda store: store.session.delete(store.session.get_one(ReportEntry, 1)))
    number, told = await looked(company)
    assert (number, [one for one in told if "2026-11-24" in one]) == (1, told)
    assert await looked(company, NONE) == (1, [])


@each("detail", ["nonsense", "{}", '{"sealed": 7}', '{"sealed": "zz"}', '{"sealed": "00"}', "[]"])
async def test_p13_an_entry_that_can_t_be_read_tells_nothing(company: Company, detail: str) -> None:
    assert await company.database.read(lambda store: astray(store, KEYS, [("2026-11-24", detail)])) == []
