"""The register keeps what the recording system showed, and finds a call by what somebody typed (P4, P7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from storage.database.store import Database
from storage.records import Recording
from storage.searches import Wanted
from tests.storage.rows import NOW, call


async def _register(database: Database, *found: dict[str, object], system: str = "file") -> tuple[int, int]:
    return await database.write(lambda store: store.recordings.register(system, found)[:2])


async def _found(database: Database, wanted: Wanted, most: int = 40) -> list[str]:
    return await database.read(lambda store: [one.native_id for one in store.searches.find(wanted, most, NOW)])


async def test_the_newest_comes_first_and_not_more_than_wanted(database: Database) -> None:
    calls = [call(f"c{one}", started=NOW - timedelta(hours=one)) for one in (3, 1, 4, 0, 2)]
    await _register(database, *calls, call("same", started=NOW))
    assert await _found(database, Wanted(), 3) == ["same", "c0", "c1"]


async def test_only_what_is_there_and_in_scope_is_found(database: Database) -> None:
    """P4: a call of another line is out of scope; P12: one that is gone can't be asked for."""
    calls = [call("here"), call("outside", state="out_of_scope"), call("gone", state="gone")]
    await _register(database, *calls)
    assert await _found(database, Wanted()) == ["here"]
    assert await database.read(
        lambda store: [one.native_id for one in store.recordings.present([3, 1, 2, 1, 9], NOW)]
    ) == ["here"]
    assert await database.read(lambda store: store.recordings.count()) == {"present": 1, "out_of_scope": 1, "gone": 1}


async def test_a_day_is_the_line_s_own(database: Database) -> None:
    await _register(database, call("late", started=datetime(2026, 11, 23, 14, tzinfo=UTC), local_day="2026-11-24"))
    assert await _found(database, Wanted(days=(date(2026, 11, 24), date(2026, 11, 24)))) == ["late"]
    assert await _found(database, Wanted(days=(date(2026, 11, 22), date(2026, 11, 23)))) == []


async def test_a_searcher_sees_the_own_department_and_the_own_calls(database: Database) -> None:
    await _register(
        database,
        call("service"),
        call("sales", department="sales"),
        call("mine", department="sales", operator_key="anna@fernhill.example"),
    )
    narrowed = Wanted(departments=frozenset({"customer_success"}), mine="anna@fernhill.example")
    assert sorted(await _found(database, narrowed)) == ["mine", "service"]
    nowhere = Wanted(departments=frozenset(), mine="anna@fernhill.example")
    assert await _found(database, nowhere) == ["mine"]


async def test_what_is_new_what_changed_and_what_is_gone(database: Database) -> None:
    assert await _register(database, call("a"), call("b")) == (2, 0)
    await database.write(lambda store: store.recordings.draw(1, "1", [0.5]))
    await database.write(lambda store: store.recordings.draw(2, "an older one", [0.5]))
    drawn = await database.read(lambda store: [getattr(store.recordings.get(one), "peaks", None) for one in (1, 2)])
    assert drawn == [{"peaks": [0.5]}, None]
    which = ((1, "1"), (1, "an older one"), (2, "1"), (9, "1"))
    assert await database.read(lambda store: [store.recordings.drawn(*one) for one in which]) == [
        [0.5],
        None,
        None,
        None,
    ]
    assert await _register(database, call("a", stamp="2", seconds=61.5), call("c")) == (1, 1)
    changed = await database.read(lambda store: store.recordings.get(1))
    assert changed is not None
    assert (changed.stamp, changed.seconds, changed.peaks) == ("2", 61.5, None)
    await database.write(lambda store: store.recordings.lose("file", ["b"]))
    assert await database.read(lambda store: store.recordings.within("file", [""])) == {"a": "2", "c": "1"}
    assert await database.read(lambda store: store.recordings.within("twilio", [""])) == {}


async def test_what_lies_in_a_folder_is_asked_for_by_it(database: Database) -> None:
    calls = [call("a"), call("b/c"), call("b/gone", state="gone"), call("b/d/e", state="out_of_scope"), call("bb/c")]
    await _register(database, *calls)

    async def within(*folders: str) -> set[str]:
        return set(await database.read(lambda store: store.recordings.within("file", folders)))

    assert (await within(""), await within("b"), await within("b/d", "bb")) == ({"a"}, {"b/c"}, {"b/d/e", "bb/c"})
    assert await within(*(f"nowhere {number}" for number in range(1_200)), "b") == {"b/c"}
    assert await within() == set()
    counted = {"": 1, "b": 1, "b/d": 1, "bb": 1}
    assert await database.read(lambda store: store.recordings.folders("file")) == counted


async def test_a_folder_that_somebody_wrote_into_a_row_is_mended_with_the_next_change(database: Database) -> None:
    await _register(database, call("b/c"))
    await database.write(lambda store: store.session.execute(update(Recording).values(folder="elsewhere")))
    await _register(database, call("b/c"))
    assert await database.read(lambda store: store.recordings.folders("file")) == {"b": 1}


async def test_which_calls_are_known_by_their_content(database: Database) -> None:
    await _register(database, call("a", identity="1" * 64), call("b", identity="2" * 64, state="gone"), call("c"))
    names = ["a", "b", "c", *(f"none-{number}" for number in range(1_000))]
    assert await database.read(lambda store: store.recordings.identified("file", names)) == {"a", "b"}
    assert await database.read(lambda store: store.recordings.identified("twilio", names)) == set()


async def test_a_recording_that_comes_back_is_the_same_one(database: Database) -> None:
    await _register(database, call("a"))
    await database.write(lambda store: store.recordings.lose("file", ["a"]))
    assert await _register(database, call("a")) == (0, 1)
    assert await _found(database, Wanted()) == ["a"]


async def test_the_same_name_in_two_systems_is_two_recordings(database: Database) -> None:
    await _register(database, call("a"))
    assert await _register(database, call("a"), system="twilio") == (1, 0)


async def test_a_recording_of_many_gigabytes_has_a_size(database: Database) -> None:
    await _register(database, call("long", size=5_000_000_000))
    assert await database.read(lambda store: getattr(store.recordings.get(1), "size", 0)) == 5_000_000_000
