"""P4, P7, P12: the register keeps what was shown, calls are found by an index, and nothing erased is found in it."""

import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import date

import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from storage import searches
from storage.database.store import Database, Store
from storage.records import Recording
from storage.search_index import NAME
from storage.searches import Wanted
from tests.each import each
from tests.storage.rows import NOW, call, hours, lay, names, numbered

UK = "+442036953777"


@pytest_asyncio.fixture
async def register(searched_url: str) -> AsyncIterator[Database]:
    """An open one."""
    database = Database(searched_url)
    yield database
    await database.close()


async def person(database: Database, name: str) -> int:
    """A person who is on calls."""
    found = await database.write(lambda store: store.people.resolve([f"{name}@fernhill.example"]))
    return next(iter(found.values()))


@each(
    ("part", "found"),
    [
        ("412345", ["a", "b"]), ("678;", ["a"]), ("+614", ["a", "b"]), ("cs104", ["a", "c"]), ("#cs10442.", ["a"]),
        ("442.", ["a", "c"]), ("10", ["a", "c"]), ("zz", []), ("987654", []), ('"; DROP', []), ("%", []), ("_", []),
    ],
)  # fmt: skip
async def test_p7_a_part_of_number_or_reference_is_found(register: Database, part: str, found: list[str]) -> None:
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
        numbered("d", department="sales", **hours(3)), numbered("e", operator_key="cleo@fernhill.example", operator_id=await person(register, "cleo"), line=UK, **hours(4)),
    )  # fmt: skip
    both = frozenset({UK, "+61281979000"})
    for wanted, found in (
        (Wanted(operators=frozenset({"cleo@fernhill.example"})), ["e"]),
        (Wanted(operators=frozenset()), []),
        (Wanted(lines=frozenset({UK})), ["b", "e"]),
        (Wanted(lines=both, direction="outgoing"), ["c"]),
        (Wanted(operators=frozenset({"cleo@fernhill.example", "bram@fernhill.example"}), direction="outgoing"), ["c"]),
        (Wanted(departments=frozenset({"sales"}), mine=1), ["d", "e"]),
        (Wanted(departments=frozenset({"sales"}), mine=0, parts=("zz",)), []),
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
    found = await names(register, Wanted(parts=("412345",)))
    assert found[0] == "now"
    assert len(found) >= 2
    assert all(one.startswith("old") for one in found[1:])
    assert await names(register, Wanted(parts=("412345",)), 1) == ["now"]


async def test_p12_of_an_erased_call_nothing_is_left_in_the_index(sqlite_url: str) -> None:
    """Neither for a search nor in the pages: a letter that no other call has is nowhere any more."""
    database = Database(sqlite_url)
    await lay(database, *(numbered(f"c{number}", f"+6141234{number:04d}", f"cs{number}") for number in range(300)))
    await lay(database, numbered("mine", "+61499999999", "ж10442"))
    before = _raw(sqlite_url, "ж10"), _holders(sqlite_url, "ж10")

    def wipe(store: Store) -> None:
        [mine] = store.recordings.known("file", ["mine"]).values()
        store.erasures.wipe(mine)

    await database.write(wipe)
    assert before == (True, [301])
    assert (_raw(sqlite_url, "ж10"), _holders(sqlite_url, "ж10"), _holders(sqlite_url, "999")) == (False, [], [])
    assert await names(database, Wanted(parts=("99999",))) == []
    await database.close()


async def test_p12_whatever_happens_to_calls_the_index_is_what_they_are(sqlite_url: str) -> None:
    """Registered, told again, erased and deleted in any order, in transactions of any size."""
    database, chance = Database(sqlite_url), random.Random(7)
    for _ in range(60):
        rows = [
            numbered(f"c{chance.randrange(200)}", f"+614{chance.randrange(10**8):08d}", f"cs{chance.randrange(10**5)}")
            for _ in range(chance.randrange(1, 30))
        ]
        await lay(database, *{row["native_id"]: row for row in rows}.values())
        await database.write(lambda store: _some_go(store, chance))
    await database.close()
    check = f"INSERT INTO {NAME}({NAME}, rank) VALUES ('integrity-check', 1)"
    with closing(sqlite3.connect(str(make_url(sqlite_url).database))) as raw:
        raw.execute(check)
        raw.execute(f"DROP TRIGGER {NAME}_gone")
        raw.execute("DELETE FROM recordings")
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            raw.execute(check)


def _some_go(store: Store, chance: random.Random) -> None:
    there = store.session.query(Recording).filter(Recording.found_by != "").all()
    for recording in chance.sample(there, min(3, len(there))):
        if chance.random() < 0.7:
            store.erasures.wipe(recording)
        else:
            store.session.delete(recording)


def _raw(url: str, words: str) -> bool:
    """Whether the bytes of a trigram stand in a page of the index."""
    with closing(sqlite3.connect(str(make_url(url).database))) as raw:
        blocks = [*raw.execute(f"SELECT block FROM {NAME}_data"), *raw.execute(f"SELECT term FROM {NAME}_idx")]
    sought = words.encode()
    return any(sought in (one.encode() if isinstance(one, str) else bytes(one)) for (one,) in blocks)


def _holders(url: str, words: str) -> list[int]:
    with closing(sqlite3.connect(str(make_url(url).database))) as raw:
        raw.execute(f"CREATE VIRTUAL TABLE temp.told USING fts5vocab('main', '{NAME}', 'instance')")
        return [doc for (doc,) in raw.execute("SELECT doc FROM temp.told WHERE term = ?", (words,))]


async def _register(database: Database, *found: dict[str, object], system: str = "file") -> tuple[int, int]:
    return await database.write(lambda store: store.recordings.register(system, found)[:2])


async def test_only_what_is_there_and_in_scope_is_found(database: Database) -> None:
    """P4: a call of another line is out of scope; P12: one that is gone can't be asked for."""
    calls = [call("here"), call("outside", state="out_of_scope"), call("gone", state="gone")]
    await _register(database, *calls)
    assert await names(database, Wanted()) == ["here"]
    assert await database.read(
        lambda store: [one.native_id for one in store.recordings.present([3, 1, 2, 1, 9], NOW)]
    ) == ["here"]
    assert await database.read(lambda store: store.counts(Recording.state)) == {
        "present": 1, "out_of_scope": 1, "gone": 1,
    }  # fmt: skip


async def test_what_is_new_what_changed_and_what_is_gone(database: Database) -> None:
    assert await _register(database, call("a", size=5_000_000_000), call("b")) == (2, 0)
    await database.write(lambda store: store.recordings.keep_waveform(1, "1", [0.5]))
    await database.write(lambda store: store.recordings.keep_waveform(2, "an older one", [0.5]))
    drawn = await database.read(lambda store: [getattr(store.recordings.get(one), "peaks", None) for one in (1, 2)])
    assert drawn == [{"peaks": [0.5]}, None]
    which = ((1, "1"), (1, "an older one"), (2, "1"), (9, "1"))
    assert await database.read(lambda store: [store.recordings.waveform(*one) for one in which]) == [
        [0.5], None, None, None,
    ]  # fmt: skip
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


async def test_a_recording_that_comes_back_is_the_same_one(database: Database) -> None:
    await _register(database, call("a"))
    await database.write(lambda store: store.recordings.lose("file", ["a"]))
    assert await _register(database, call("a")) == (0, 1)
    assert await names(database, Wanted()) == ["a"]
