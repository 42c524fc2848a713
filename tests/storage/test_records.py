"""What crosses the border of the database: aware moments, whole text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from storage.columns import whole
from storage.database.store import Database
from storage.records import Seen
from tests.each import each
from tests.storage.rows import NOW, account


@pytest.mark.parametrize(
    "at",
    [
        NOW,
        datetime(2026, 10, 4, 2, 30, tzinfo=timezone(timedelta(hours=10))),
        datetime(2026, 11, 24, 23, 59, 59, 999_999, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
    ],
)
async def test_a_moment_comes_back_as_the_same_moment_in_utc(database: Database, at: datetime) -> None:
    await database.write(lambda store: store.session.add(Seen(key="k", at=at)))
    found = await database.read(lambda store: store.session.query(Seen).filter(Seen.at == at).one().at)
    assert found == at
    assert found.tzinfo is UTC


async def test_moments_of_different_zones_are_in_order(database: Database) -> None:
    sydney, denver = timezone(timedelta(hours=11)), timezone(-timedelta(hours=7))
    moments = [datetime(2026, 11, 24, 9, tzinfo=sydney), datetime(2026, 11, 23, 20, tzinfo=denver)]
    await database.write(lambda store: store.session.add_all(Seen(key=f"{one}", at=one) for one in moments))
    found = await database.read(lambda store: [one.at for one in store.session.query(Seen).order_by(Seen.at)])
    assert found == moments


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 24, 9)
    with pytest.raises(StatementError, match="a moment without a time zone can't be stored"):
        await database.write(lambda store: store.session.add(Seen(key="k", at=naive)))
    with pytest.raises(StatementError, match="without a time zone"):
        await database.read(lambda store: store.session.query(Seen).filter(Seen.at < naive).all())


@pytest.mark.soak
@each(
    ("typed", "kept"),
    [
        ("Plain", "Plain"),
        ("Zoë 🎧 العربية", "Zoë 🎧 العربية"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("ü\0", "ü\N{REPLACEMENT CHARACTER}"),
        ("half \ud83d", "half \N{REPLACEMENT CHARACTER}"),
        ("other half \udfa7", "other half \N{REPLACEMENT CHARACTER}"),
        ("two halves \ud83c\udfa7", "two halves 🎧"),
    ],
)
async def test_text_that_no_database_takes_is_made_whole(database: Database, typed: str, kept: str) -> None:
    met = await database.write(lambda store: store.meetings.meet(replace(account("U1"), name=typed)))
    assert await database.read(lambda store: store.people.get(met.person_id or 0).name) == kept
    assert await database.read(lambda store: store.people.by_key(typed)) is None


@given(st.text(st.characters(), max_size=50))
def test_whole_text_is_text_and_stays_as_it_is(typed: str) -> None:
    kept = whole(typed)
    assert kept.encode().count(0) == 0
    assert whole(kept) == kept
    if "\0" not in typed and not any("\ud800" <= one <= "\udfff" for one in typed):
        assert kept == typed
