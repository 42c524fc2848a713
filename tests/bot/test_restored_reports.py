"""P12, P13: no restored database opens a report to who lost sight of it since, or brings back one that was destroyed."""

from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio

from bot.clockwork.parts import Reports
from bot.journal import JournalDown
from handlers.acting import CLOCK, Context, Intent, Result
from handlers.breach import clock
from handlers.breach.state import Reader
from handlers.breach.vault import Opened, Vault
from storage.database.store import Database, DatabaseDown
from tests.breaching import theirs
from tests.handlers.breach.reporting import a_known
from tests.restoring import Program, a_program, copied, put_back
from tests.standing_in import stand_in

pytestmark = pytest.mark.soak

T = TypeVar("T")
HELENA, RUTH = 5, 7
SEATS = [
    Reader(person=RUTH, role="manager_human_resources", deputy=False),
    Reader(person=HELENA, role="head_of_customer_success", deputy=False),
]
asked: list[str] = []


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for what the room does of these."""
    asked.clear()

    def look(ctx: Context, intent: Intent[int]) -> Result[int]:
        asked.append(ctx.who.account)
        return Result(0, quiet=True)

    stand_in(monkeypatch, clock.review_reports, look)


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


def reports(program: Program) -> Reports:
    return Reports(program.company.door, program.noting.patiently)


async def within(program: Program, do: Callable[[Vault], T]) -> T:
    door = program.company.door
    return await door.database.write(lambda store: do(Vault(door.context(store, CLOCK))))


def _known(vault: Vault, report: str) -> Opened:
    found = vault.by_rule(report)
    assert found is not None
    return found


async def filed(program: Program) -> str:
    """A report that both read."""

    def file(vault: Vault) -> str:
        one, _ = vault.file(a_known())
        vault.give_sight(one, SEATS)
        one.save()
        return one.id

    return await within(program, file)


async def see(program: Program, report: str, seats: Iterable[Reader]) -> None:
    def change(vault: Vault) -> None:
        one = _known(vault, report)
        vault.give_sight(one, list(seats))
        one.save()

    await within(program, change)


async def readers(program: Program, report: str) -> list[int]:
    return await within(program, lambda vault: [one for one in (RUTH, HELENA) if vault.for_reader(report, one)])


async def test_p12_p13_an_ended_sight_stays_ended_though_the_log_did_not_move(
    program: Program, database_url: str
) -> None:
    """Nothing shows whether it was restored or changed by hand, so no one reads it until the journal says that it was
    put back.
    """
    report = await filed(program)
    assert await readers(program, report) == [RUTH, HELENA]
    await reports(program).tick()  # the day is sealed
    yesterday = await copied(program.company.database)
    await see(program, report, SEATS[:1])
    await reports(program).tick()
    [line] = program.lines("sight_ended")
    assert set(line) == {"kind", "id", "at", "key", "seal"}
    assert line["at"] == "2026-11-24"
    assert (await theirs(program.company.database))["breach_marks"] == []
    await program.leave()
    await put_back(program.company.database, yesterday)

    after = await program.again(database_url)
    assert (after.restoring.state, after.restoring.found) == ("", False)
    assert await readers(after, report) == []
    await after.leave()
    await put_back(program.company.database, yesterday)
    program.journal.add([{"kind": "put_back"}])
    restored = await after.again(database_url)
    assert (restored.restoring.state, restored.restoring.found) == ("", True)
    assert await readers(restored, report) == [RUTH]
    known = await within(restored, lambda vault: _known(vault, report).known)
    assert [one.person for one in known.readers] == [RUTH]
    await reports(restored).tick()
    assert await readers(restored, report) == [RUTH]
    await restored.leave()


async def test_p13_what_the_journal_cannot_take_is_told_later_and_no_line_of_the_log_speaks_of_it(
    program: Program, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    def away(_: object) -> None:
        raise JournalDown("away")

    report = await filed(program)
    await see(program, report, [])
    with monkeypatch.context() as patched:
        patched.setattr(program.journal, "add", away)
        await reports(program).tick()
    assert program.lines("sight_ended") == []
    await reports(program).tick()
    assert len(program.lines("sight_ended")) == 2
    assert logs == []


async def test_p13_a_fault_of_ours_says_none_of_its_words(
    program: Program, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    def fault(ctx: Context, intent: Intent[int]) -> Result[int]:
        raise RuntimeError("what someone wrote")

    def down(ctx: Context, intent: Intent[int]) -> Result[int]:
        raise DatabaseDown("locked")

    stand_in(monkeypatch, clock.review_reports, fault)
    await reports(program).tick()
    assert [(one["event"], one["part"], one["error"]) for one in logs] == [
        ("tick.fault", "confidential", "RuntimeError")
    ]
    assert "wrote" not in str(logs)
    stand_in(monkeypatch, clock.review_reports, down)
    with pytest.raises(DatabaseDown):
        await reports(program).tick()
