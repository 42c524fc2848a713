"""Effects are taken by one program at a time, one a person, and nothing that was taken is lost."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from storage.database.store import Database, Store
from storage.records import Copy, Outgoing
from tests.ledgers import outgoing
from tests.storage.rows import NOW, SECOND, effect, left, person

LEASE = timedelta(seconds=25)


async def _queue(database: Database, *rows: Outgoing, people: int = 3) -> None:
    def work(store: Store) -> None:
        store.session.add_all(person(f"p{one}") for one in range(people))
        store.session.flush()
        for row in rows:
            store.outbox.queue(left(row))

    await database.write(work)


async def _claim(database: Database, after: timedelta = timedelta(0), most: int = 16) -> list[str]:
    def work(store: Store) -> list[str]:
        due = store.outbox.due(NOW + after, LEASE, most)[:most]
        return [row.id for row in store.outbox.claim(due, NOW + after, LEASE)]

    return await database.write(work)


def _settled(outgoing_id: str) -> Callable[[Store], object]:
    return lambda store: store.outbox.settle(outgoing_id, "sent", "", NOW)


def _for_whom(ids: list[str]) -> Callable[[Store], list[int]]:
    return lambda store: [store.session.get_one(Outgoing, one).person_id for one in ids]


def _posted(message: str, revision: int) -> Callable[[Store], None]:
    copy = Copy(
        matter="R-1", person_id=1, platform="slack", conversation="D1", message=message, revision=revision, drawn_at=NOW
    )  # fmt: skip
    return lambda store: store.outbox.remember(copy)


def _ids(*rows: Outgoing) -> list[str]:
    return [row.id for row in rows]


async def test_the_oldest_of_each_person_is_taken_first_and_then_what_is_behind_it(database: Database) -> None:
    rows = [effect(1, 1), effect(1, 2), effect(2, 3, NOW - SECOND), effect(2, 4, NOW - 2 * SECOND)]
    wanted = _ids(rows[2], rows[0], rows[1], rows[3])
    await _queue(database, *rows)
    assert await _claim(database) == wanted


async def test_a_person_with_effects_in_flight_gets_no_other_meanwhile(database: Database) -> None:
    rows = [effect(1, number) for number in range(1, 7)]
    ids = _ids(*rows)
    await _queue(database, *rows, other := effect(2, 7))
    assert await _claim(database, most=1) == ids[:4]
    assert await _claim(database) == [other.id]
    for one in ids[:3]:
        await database.write(_settled(one))
    assert await _claim(database) == []
    await database.write(lambda store: store.outbox.put_back(ids[3]))
    assert await _claim(database) == ids[3:]


async def test_what_a_dead_program_had_taken_comes_back_after_its_lease(database: Database) -> None:
    row = effect(1, 1)
    ids = _ids(row)
    await _queue(database, row)
    assert await _claim(database) == ids
    assert await _claim(database, LEASE - timedelta(microseconds=1)) == []
    assert await _claim(database, LEASE) == ids
    assert await database.read(lambda store: store.session.get_one(Outgoing, ids[0]).attempts) == 2


async def test_a_slow_bot_does_not_take_what_another_has_in_hand(database: Database) -> None:
    """It read its clock, then waited for its turn: by that moment the other one's lease seems to be longer than any is."""
    row = effect(1, 1)
    ids = _ids(row)
    await _queue(database, row)
    assert await _claim(database, SECOND) == ids
    assert await _claim(database) == []
    assert await _claim(database, SECOND + LEASE) == ids


async def test_two_programs_never_take_the_same_effect(database_url: str) -> None:
    programs = [Database(database_url), Database(database_url)]
    rows = [effect(1 + one % 20, one) for one in range(60)]
    expected = sorted(_ids(*rows))
    await _queue(programs[0], *rows, people=20)

    async def deliver(program: Database, mine: list[str]) -> list[str]:
        taken: list[str] = []
        while mine := mine or await _claim(program, most=4):
            taken += mine
            for one in mine:
                await program.write(_settled(one))
            mine = []
        return taken

    begun = await asyncio.gather(*(_claim(program, most=4) for program in programs))
    one, other = [set(await programs[0].read(_for_whom(ids))) for ids in begun]
    assert (len(one), len(other), one & other) == (4, 4, set())
    first, second = await asyncio.gather(*map(deliver, programs, begun))
    rest = await deliver(programs[0], [])  # a person's next one may have come free when both had looked last
    assert sorted([*first, *second, *rest]) == expected
    for program in programs:
        await program.close()


async def test_a_pause_holds_for_everything_that_waits_for_that_person(database: Database) -> None:
    first, second, other = effect(1, 1), effect(1, 2), effect(2, 3)
    late = effect(1, 4, NOW + timedelta(minutes=5))
    ids = _ids(first, second, other)
    await _queue(database, first, second, other, late)
    await _claim(database, most=1)

    def postpone(store: Store) -> None:
        store.outbox.postpone(ids[0], "ratelimited", NOW + 30 * SECOND)
        for one in (ids[1], late.id):
            store.outbox.put_back(one)

    await database.write(postpone)
    assert await _claim(database) == ids[2:]
    assert await _claim(database, 29 * SECOND) == ids[2:]  # its own lease has run out; the pause has not
    assert await _claim(database, 30 * SECOND) == [*ids[:2], late.id]
    told = await database.read(lambda store: [(one.code, one.due_at) for one in outgoing(store, person_id=1)])
    pause = NOW + 30 * SECOND
    assert told == [("ratelimited", pause), ("", NOW), ("", NOW + timedelta(minutes=5))]


async def test_what_comes_later_waits_behind_what_was_put_off(database: Database) -> None:
    """A pause that a platform asked for holds for messages that were not written yet, and the order stays."""
    first, second, other = effect(1, 1, NOW + 30 * SECOND), effect(1, 2), effect(2, 3)
    ids = _ids(first, second, other)
    await _queue(database, first, second, other)
    assert await _claim(database) == ids[2:]
    assert await _claim(database, 30 * SECOND) == [ids[2], ids[0], ids[1]]


async def test_a_key_is_new_once(database: Database) -> None:
    seen = [await database.write(lambda store: store.outbox.seen("slack:U1:1", NOW)) for _ in range(3)]
    assert seen == [False, True, True]

    def twice(store: Store) -> list[bool]:
        return [store.outbox.seen("slack:U2:1", NOW) for _ in range(2)]

    assert await database.write(twice) == [False, True]


async def test_of_what_is_said_once_the_first_stays_also_in_one_commit(database: Database) -> None:
    first, again, later, other = (effect(1, number, kind="tell") for number in range(1, 5))
    for one in (first, again, later):
        one.once = "tell:1:approved"
    await _queue(database, first, again, other)
    await _queue(database, later, people=0)
    assert [one.id for one in await database.read(outgoing)] == _ids(first, other)


async def test_which_message_is_a_copy_is_remembered_and_replaced(database: Database) -> None:
    await _queue(database)
    for message, revision in (("1.1", 1), ("1.1", 2), ("2.2", 3)):
        await database.write(_posted(message, revision))
    copy = await database.read(lambda store: store.outbox.copy("R-1", 1))
    assert copy is not None
    assert (copy.message, copy.revision) == ("2.2", 3)
    assert await database.read(lambda store: store.outbox.copy("R-1", 2)) is None


async def test_what_belongs_to_one_platform_holds_nothing_up(database: Database) -> None:
    """A home that can't be drawn on a platform that is out must not keep cards from going by another."""
    home, card, word = effect(1, 1, kind="home", platform="slack"), effect(1, 2), effect(1, 3, kind="tell")
    await _queue(database, home, card, word)
    assert await _claim(database) == _ids(home, card, word)
    later = NOW + timedelta(minutes=10)
    await database.write(lambda store: store.outbox.postpone(home.id, "invalid_auth", later))
    await database.write(_settled(card.id))
    await database.write(lambda store: store.outbox.put_back(word.id))
    assert await _claim(database) == _ids(word)
