"""Fields that only one kind of matter has: they come back as they were, and a body of another shape is told apart."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from storage.columns import is_sound
from storage.database.store import Database, Store
from storage.records import Matter
from storage.tables.calls import Hold
from tests.each import each
from tests.storage.rows import NOW, person

SYDNEY = timezone(timedelta(hours=11))


def a_hold() -> Hold:
    words: dict[str, Any] = {"case_name": "Claim of March", "reason": "a\0b"}
    return Hold(id="H-1", asked_by=1, begun="asked", ends_at=NOW, asked_at=NOW, set_at=NOW.astimezone(SYDNEY), **words)


async def test_fields_come_back_as_they_were_written(database: Database) -> None:
    def write(store: Store) -> None:
        store.session.add(person("anna"))
        store.session.flush()
        store.session.add(a_hold())

    def confirm(store: Store) -> None:
        store.session.get_one(Hold, "H-1").set_by = 1

    await database.write(write)
    await database.write(confirm)
    found = await database.read(lambda store: store.session.get_one(Matter, "H-1"))
    assert isinstance(found, Hold)
    assert (found.begun, found.case_name, found.reason) == ("asked", "Claim of March", "a\N{REPLACEMENT CHARACTER}b")
    assert (found.set_by, found.set_at, found.closed_by, found.ends_at) == (1, NOW, None, NOW)


def test_what_has_to_be_given_has_to_be_given_and_a_moment_has_a_time_zone() -> None:
    with pytest.raises(TypeError, match="case_name"):
        Hold(id="H-1", asked_by=1, begun="asked", ends_at=NOW, asked_at=NOW, reason="")
    with pytest.raises(ValueError, match="time zone"):
        a_hold().set_at = datetime(2026, 11, 24, 3, 0)


@each(
    "changed", [{}, {"begun": 1}, {"set_at": "soon"}, {"set_at": "2026-11-24T03:00:00"}, {"set_by": True}, {"more": ""}]
)
def test_a_body_of_another_shape_is_told_apart(changed: dict[str, Any]) -> None:
    body = a_hold().body
    assert is_sound(Hold, {**body, **changed}) == (not changed)
    assert not is_sound(Hold, {})


def test_a_field_that_may_be_empty_may_be_missing_in_a_row_that_is_older_than_it() -> None:
    hold = a_hold()
    hold.body = {name: value for name, value in hold.body.items() if name != "set_by"}
    assert is_sound(Hold, hold.body)
    assert hold.set_by is None
