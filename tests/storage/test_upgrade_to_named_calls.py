"""After the upgrade a matter of any kind may name calls, and what a request named is named as it was."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, text

from storage.columns import Moment
from storage.database.store import Store
from storage.database.upgrade import upgrade
from storage.records import RequestedRecording
from tests.storage.rows import NOW
from tests.storage.test_upgrade_to_matters import AS_IT_WAS
from tests.storage.upgrading import of_before

pytestmark = pytest.mark.soak

REVIEW = (
    "INSERT INTO policy_reviews (id, key, why, stage, due_on, salt, change, changed_on, held_on, took_part, outcome, "
    "outcome_words, next_on, covered_by) VALUES ('PR-1', 'k', 'due', 'review', '2028-07-01', 's', '', '', '', '', '', '', '', '')"
)


def _named(store: Store) -> list[tuple[str, int, int]]:
    rows = store.session.query(RequestedRecording).order_by(RequestedRecording.request_id)
    return [(one.request_id, one.recording_id, one.version) for one in rows]


def _review(store: Store) -> None:
    matter = text(
        "INSERT INTO matters (id, kind, state, revision, line, asked_at) VALUES ('PR-1', 'policy_review', 'waiting', 1, '', :at)"
    )
    store.session.execute(matter.bindparams(bindparam("at", NOW, Moment())))
    store.session.execute(text(REVIEW))
    store.session.execute(
        text("INSERT INTO requested_recordings (request_id, recording_id, place, version) VALUES ('PR-1', 5, 0, 1)")
    )


async def test_p7_what_was_named_stays_and_another_kind_of_matter_may_name_calls(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    await upgrade(database)
    assert await database.read(_named) == [("R-2", 5, 1)]
    await database.write(_review)
    assert await database.read(_named) == [("PR-1", 5, 1), ("R-2", 5, 1)]
    assert await database.read(lambda store: store.evidence.strays()) == []
    await database.close()


async def test_a_matter_that_is_not_there_names_none(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    await upgrade(database)
    with pytest.raises(Exception, match=r"(?i)foreign key|violates"):
        await database.write(
            lambda store: store.session.execute(text("UPDATE requested_recordings SET request_id = 'R-9'"))
        )
    await database.close()
