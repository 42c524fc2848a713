"""P7, P12: calls are found by an index where there is one, and nobody finds or reads in it what was erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from storage import searches
from storage.database.store import Database, Store
from storage.database.upgrade import search_lacks
from storage.records import Recording
from storage.searches import Wanted
from storage.sessions import append
from storage.tables.searches import Operator
from tests.each import each
from tests.storage.counting import counted
from tests.storage.rows import NOW, hours, lay, names, numbered

UK = "+442036953777"


@pytest_asyncio.fixture
async def register(searched_url: str) -> AsyncIterator[Database]:
    """An open one."""
    database = Database(searched_url)
    yield database
    await database.close()


@each(
    ("part", "found"),
    [
        ("412345", ["a", "b"]), ("678;", ["a"]), ("+614", ["a", "b"]), ("cs104", ["a", "c"]), ("#cs10442.", ["a"]),
        ("442.", ["a", "c"]), ("10", ["a", "c"]), ("zz", []), ("987654", []), ('"; DROP', []), ("%", []), ("_", []),
    ],
)  # fmt: skip
async def test_p7_a_part_is_found_where_it_stands_in_number_or_reference(
    register: Database, part: str, found: list[str]
) -> None:
    calls = (
        numbered("a", "+61412345678", "cs10442"), numbered("b", "+61412345600", **hours(1)), numbered("c", "", "cs110442", **hours(2)), numbered("d", **hours(3))
    )  # fmt: skip
    await lay(register, *calls)
    expected = [name for name in found if part != "cs104" or name == "a"]
    assert await names(register, Wanted(parts=(part,))) == expected


async def test_p7_parts_are_all_in_one_call(register: Database) -> None:
    await lay(register, numbered("a", "+61412345678", "cs10442"), numbered("b", "+61412345678", "cs20000", **hours(1)))
    assert await names(register, Wanted(parts=("412345", "10442"))) == ["a"]
    assert await names(register, Wanted(parts=("412345", "20"), direction="incoming")) == ["b"]
    assert await names(register, Wanted(caller="+61412345678")) == ["a", "b"]
    assert await names(register, Wanted(caller="+61412345678"), 1) == ["a"]


async def test_p7_operators_lines_ways_and_departments_narrow_it(register: Database) -> None:
    await lay(
        register, numbered("a"), numbered("b", line=UK, **hours(1)), numbered("c", direction="outgoing", **hours(2)),
        numbered("d", department="sales", **hours(3)), numbered("e", operator_key="cleo@fernhill.example", line=UK, **hours(4)),
    )  # fmt: skip
    both = frozenset({UK, "+61281979000"})
    for wanted, found in (
        (Wanted(operators=frozenset({"cleo@fernhill.example"})), ["e"]),
        (Wanted(operators=frozenset()), []),
        (Wanted(lines=frozenset({UK})), ["b", "e"]),
        (Wanted(lines=both, direction="outgoing"), ["c"]),
        (Wanted(within=frozenset({"sales"})), ["d"]),
        (Wanted(within=frozenset({"sales"}), lines=frozenset({UK})), []),
        (Wanted(operators=frozenset({"cleo@fernhill.example", "bram@fernhill.example"}), direction="outgoing"), ["c"]),
        (Wanted(departments=frozenset({"sales"}), mine="cleo@fernhill.example"), ["d", "e"]),
        (Wanted(departments=frozenset({"sales"}), mine="", parts=("zz",)), []),
        (Wanted(operators=frozenset({f"nobody.{one}" for one in range(30)} | {"cleo@fernhill.example"})), ["e"]),
        (Wanted(days=(date(2026, 11, 24), date(2026, 11, 24)), lines=frozenset({UK})), ["b"]),
    ):
        assert await names(register, wanted) == found, wanted


async def test_p7_of_what_very_many_have_the_newest_are_found_and_some_of_the_older(
    register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "EXACTLY", 12)
    monkeypatch.setattr(searches, "LOOKED", 6)
    old = [numbered(f"old{number}", "+61412345678", **hours(100 + number)) for number in range(20)]
    new = [numbered(f"new{number}", "+442079460123", **hours(number)) for number in range(6)]
    await lay(register, *old, *new, numbered("now", "+61412345678"))
    found = await names(register, Wanted(parts=("412345",), codes=("61",)))
    assert found[0] == "now"
    assert 2 <= len(found) <= 14
    assert all(one.startswith("old") for one in found[1:])
    assert await names(register, Wanted(parts=("412345",)), 1) == ["now"]


async def test_p7_without_pg_trgm_beginnings_and_endings_are_found_among_all(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server from the wheel lacks it; a number may be typed without its country's code."""
    monkeypatch.setattr(searches, "LOOKED", 1)
    database = Database(postgresql_url)
    await lay(database, numbered("a", "+61412345678", "cs10442", **hours(5)), numbered("b"), numbered("c", **hours(1)))
    for part, found in (
        ("412345", True),
        ("614", True),
        ("678;", True),
        ("cs10", True),
        ("442.", True),
        ("3456", False),
    ):
        assert await names(database, Wanted(parts=(part,), codes=("44", "61"))) == (["a"] if found else []), part
    assert await search_lacks(database) == "package"
    await database.close()


async def test_p7_operators_are_known_by_name_in_the_departments_that_may_be_known_of(database: Database) -> None:
    await lay(
        database, numbered("a"), numbered("b"), numbered("c", operator_name="Cleo", operator_key="cleo", department="sales"),
        numbered("d", operator_name="Cleo M.", operator_key="cleo"),
    )  # fmt: skip
    bram, cleo = ("bram@fernhill.example", "Bram Tolliver"), ("cleo", "Cleo")

    async def known(*asked: Any) -> list[tuple[str, str]]:
        return sorted(await database.read(lambda store: store.searches.operators(*asked)))

    assert await known(None, "") == [bram, cleo, ("cleo", "Cleo M.")]
    assert await known(frozenset({"sales"}), "") == [cleo]
    assert await known(frozenset[str](), "bram@fernhill.example") == [bram]
    assert await database.read(lambda store: store.session.query(Operator).count()) == 3


@pytest.mark.parametrize("wanted", [
    Wanted(), Wanted(parts=("10442",)), Wanted(operators=frozenset({"bram@fernhill.example"})),
    Wanted(direction="outgoing", lines=frozenset({UK})), Wanted(days=(date(2026, 11, 1), date(2026, 11, 30))),
    Wanted(departments=frozenset({"sales"}), mine="bram@fernhill.example"), Wanted(caller="+61412345678"),
])  # fmt: skip
async def test_p7_a_search_costs_the_same_in_a_larger_register(sqlite_url: str, wanted: Wanted) -> None:
    """In steps of SQLite's machine, so that no clock is asked."""
    database, costs, total = Database(sqlite_url), [], 0
    for calls in (1_000, 8_000):
        await database.write(lambda store, calls=calls, total=total: _many(store, total, calls))  # type: ignore[misc]
        total = calls
        _, cost = await database.read(lambda store: counted(store, lambda: store.searches.find(wanted, 5, NOW)))
        costs.append(cost)
    assert costs[1] <= 2 * costs[0] + 50, costs
    await database.close()


def _many(store: Store, after: int, upto: int) -> None:
    for number in range(after, upto):
        sales, away = number % 100 == 0, number % 7 == 0
        words = numbered(f"c{number}", f"+614{number * 48_271 % 10**8:08d}", f"cs{number}", **hours(number % 500))
        words |= {
            "department": "sales" if sales else "customer_success",
            "direction": "outgoing" if away else "incoming",
        }
        words |= {"line": UK if number % 3 else "+61281979000", "operator_key": f"o{number % 50}"}
        append(
            store.session,
            Recording,
            {"system": "file", "folder": "", "version": 1, "operators_before": "", "identity": "", **words},
        )
