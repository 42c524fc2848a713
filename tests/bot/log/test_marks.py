"""C1: every protected row is held against the log; whatever is changed behind the door's back is found and named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from bot.proof import verification
from bot.proof.verification import Pace, verify_log
from handlers import people
from handlers.acting import DELIVERY
from storage.audit import Entry
from storage.database.store import Database, Store
from storage.marks import LEFT_OUT, SALT, UNPROTECTED
from storage.records import Grant, Listening, Pass, Record
from storage.tables.calls import Keep
from tests.handlers.builders import NAMES, Clock, a_company, account, audit
from tests.moments import NOW
from tests.spoiling import NO_UTF8
from tests.tables import table_of
from tests.tampering import deleted, edits, exchanged, furnish, named, protected, put_in, rows_of, tamper


@pytest.fixture
async def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(verification, "MOST_TOLD", 1000)
    await furnish(database)
    return database


async def test_every_column_of_every_protected_table_is_held_against_the_log(house: Database) -> None:
    rows, missed, number = await rows_of(house), list[str](), 0
    assert (await verify_log(house)).faults == []
    for some in edits(rows):
        await tamper(house, *(one.made() for one in some))
        faults = (await verify_log(house)).faults
        missed += [f"{one.row}: {one.name}" for one in some if not named(faults, one.row)]
        await tamper(house, *(one.undone() for one in some))
        number += len(some)
    assert missed == []
    assert (await verify_log(house)).faults == []
    assert number > 200


async def test_rows_that_are_deleted_put_in_or_exchanged_are_named(house: Database) -> None:
    rows = await rows_of(house)
    for did in (deleted, put_in, exchanged):
        changes = [did(table, *rows[table.name][:2]) for table in protected()]
        await tamper(house, *(one for made, _ in changes for one in made))
        faults = (await verify_log(house)).faults
        assert [one.name for one in protected() if not named(faults, f"{one.name}/")] == [], did
        await tamper(house, *(one for _, undone in changes for one in undone))
    assert (await verify_log(house)).faults == []


async def test_an_older_copy_of_a_row_put_back_is_found(house: Database) -> None:
    before = (await rows_of(house))["grants"][0]

    def end(store: Store) -> None:
        [grant] = store.session.query(Grant).filter(Grant.id == before["id"])
        grant.ended_at = NOW
        store.audit.append(Entry("clock", "access.expire", grant.id), NOW)

    await house.write(end)
    assert (await verify_log(house)).faults == []
    await tamper(house, update(table_of(Grant)).where(table_of(Grant).c.id == before["id"]).values(before))
    assert (await verify_log(house)).faults == [f"row grants/{before['id']} was changed after entry 2"]


async def test_a_row_that_was_changed_by_hand_is_found_after_the_bot_wrote_or_deleted_it(house: Database) -> None:
    grants, passes, heard = table_of(Grant), table_of(Pass), table_of(Listening)
    before = (await rows_of(house))["grants"]
    await tamper(
        house,
        update(grants).where(grants.c.id == "grants-1").values(ends_at=NOW + timedelta(days=90)),
        update(heard).where(heard.c.id == "listenings-2").values(end=7.0),
        delete(grants).where(grants.c.id == "grants-3"),
        update(passes).where(passes.c.hash == "passes-1").values(ends_at=NOW - timedelta(days=1)),
    )

    def work(store: Store) -> None:
        store.session.get_one(Grant, "grants-1").ended_at = NOW
        store.session.flush()
        store.session.get_one(Grant, "grants-1").ended_at = NOW + timedelta(days=1)
        store.session.add(Grant(**{name: value for name, value in before[2].items() if name != SALT}))
        store.audit.append(Entry("clock", "access.expire", "grants-1"), NOW)
        store.session.delete(store.session.get_one(Listening, "listenings-2"))
        store.grants.forget_passes(NOW)
        store.audit.append(Entry("clock", "access.expire", "grants-2"), NOW)

    await house.write(work)
    assert (await verify_log(house)).faults == [
        "row grants/grants-1 was changed by hand before entry 2, which recorded it as changed",
        "row grants/grants-3 was changed by hand before entry 2, which recorded it as changed",
        "row listenings/listenings-2 was changed by hand before entry 3, which recorded it as changed",
        "row passes/passes-1 was changed by hand before entry 3, which recorded it as changed",
    ]


async def test_a_row_of_which_the_salt_is_text_is_written_all_the_same_and_named(sqlite_url: str) -> None:
    """Work on it failed at each tick, for ever."""
    house = Database(sqlite_url)
    await furnish(house)
    await tamper(house, text("UPDATE keeps SET mark_salt = 'junk' WHERE recording_id = 1"))

    def work(store: Store) -> None:
        store.session.get_one(Keep, (1, "requests-1")).ended_at = NOW
        store.audit.append(Entry("clock", "retention.let_go", "recording:1"), NOW)

    await house.write(work)
    assert (await verify_log(house)).faults == [
        "row keeps/1/requests-1 was changed by hand before entry 2, which recorded it as changed"
    ]
    assert await house.look_through() == ["keeps/1/requests-1"]
    await house.close()


async def test_a_table_that_is_gone_is_a_finding_and_not_the_end_of_the_check(house: Database) -> None:
    await tamper(
        house,
        text("ALTER TABLE grants RENAME TO taken_away"),
        text("UPDATE matters SET state = 'x' WHERE id = 'holds-1'"),
    )
    faults = (await verify_log(house)).faults
    await tamper(house, text("ALTER TABLE taken_away RENAME TO grants"))  # a server's is used again
    assert faults == ["table grants can't be read", "row matters/holds-1 was changed after entry 1"]


async def test_a_row_that_is_stored_twice_alike_in_a_table_made_again_without_its_key_is_found(house: Database) -> None:
    await tamper(
        house,
        text("ALTER TABLE grants RENAME TO taken_away"),
        text("CREATE TABLE grants AS SELECT * FROM taken_away"),
        text("INSERT INTO grants SELECT * FROM taken_away WHERE id = 'grants-2'"),
    )
    faults = [(await verify_log(house, pace=Pace(rows=rows))).faults for rows in (1, 2, 3, 4, 5)]
    await tamper(house, text("DROP TABLE grants"), text("ALTER TABLE taken_away RENAME TO grants"))
    assert faults == [["row grants/grants-2 is stored twice"]] * 5
    assert (await verify_log(house, pace=Pace(rows=1))).faults == []


async def test_what_no_one_can_read_is_a_finding_that_hides_no_other(house: Database) -> None:
    if not house.is_sqlite:
        return  # a server takes no such thing
    for value in (NO_UTF8, "x'00ff'", "'no moment at all'", "1e999", "''"):
        await tamper(house, text(f"UPDATE matters SET asked_at = {value} WHERE id = 'holds-1'"))
        await tamper(house, text(f"UPDATE grants SET starts_at = {value}"))
        faults = (await verify_log(house)).faults
        assert faults == [
            *(f"row grants/grants-{one} was changed after entry 1" for one in (1, 2, 3)),
            "row matters/holds-1 was changed after entry 1",
        ]


async def test_quiet_work_leaves_an_entry_where_it_wrote_what_the_log_vouches_for(database: Database) -> None:
    company = await a_company(database, Clock())
    met = account("UTARA", NAMES["tara"])
    before = len(await audit(company))
    await company.door.enter(people.meet_account(replace(met, checked_at=NOW)), DELIVERY)
    assert len(await audit(company)) == before
    await company.door.enter(people.meet_account(replace(met, name="Tara Else")), DELIVERY)
    assert len(await audit(company)) == before + 1
    assert (await verify_log(company.database)).faults == []


def test_every_table_is_protected_or_named_with_the_reason_why_not() -> None:
    patterns = UNPROTECTED.keys()
    unprotected = {
        one
        for one in Record.metadata.tables
        if one in patterns or (one.startswith("breach_") and "breach_*" in patterns)
    }
    assert unprotected.isdisjoint(one.name for one in protected())
    assert {*Record.metadata.tables} == unprotected | {one.name for one in protected()}
    assert all(name in Record.metadata.tables[table].c for table, left in LEFT_OUT.items() for name in left)
