"""Requests of earlier revisions become matters that are found by their fingerprint, however often the upgrade is cut off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from storage.database.store import Store
from storage.database.upgrade import newest, revision, upgrade
from storage.records import Matter
from tests.storage.rows import NOW
from tests.storage.test_upgrade import OF_BEFORE
from tests.storage.upgrading import REACHED, cut_off_at_any_statement, died, of_before, said, step_on, upgraded_to

pytestmark = pytest.mark.soak

LATER = NOW + timedelta(days=1)
PARTIES = "INSERT INTO parties (request_id, person_id, part, role, since, unreachable) VALUES "
ROWS = (
    (
        "INSERT INTO recordings (id, system, native_id, stamp, line, direction, caller, operator_name, operator_key, department, "
        "started, local_day, seconds, crm, media_type, size, state, found_by) VALUES (5, 'file', 'a.wav', '1', '+61281979000', "
        "'incoming', '', 'Bram', 'bram', 'sales', :now, '2026-11-24', 9, '', 'audio/wav', 9, 'present', '')"
    ),
    (
        "INSERT INTO requests (id, key, twin, requester_id, reason, crm, purpose, asked_at, matter, basis, audience, state, "
        "revision, decided_at, decided_by, decided_as, decision_words) VALUES ('R-2', 'k2', 't2', 2, 'legal_claim', 'CS-2', "
        "'y', :now, 'Claim 7', 'law', 'nobody', 'approved', 4, :later, 1, 'Head', 'yes')"
    ),
    "INSERT INTO requested_recordings (request_id, recording_id, place) VALUES ('R-2', 5, 0)",
    PARTIES + "('R-1', 3, 'approver', 'team_leader', :now, ''), ('R-2', 1, 'approver', 'head', :now, '')",
    "INSERT INTO remarks (id, request_id, person_id, kind, words, at) VALUES ('R-1.1', 'R-1', 3, 'question', 'why?', :now)",
    "INSERT INTO grants (id, request_id, person_id, starts_at, ends_at) VALUES ('G-2', 'R-2', 2, :later, :later)",
)


AS_IT_WAS = (upgraded_to("0001"), said(*OF_BEFORE, *ROWS, later=LATER))


def _told(store: Store) -> list[tuple[object, ...]]:
    matters = [store.matters.get(one) for one in ("R-1", "R-2")]
    return [
        (
            one.id, one.kind, one.state, one.revision, one.line, one.asked_at, one.closed_at,
            [(party.person_id, party.part) for party in store.matters.parties(one.id)],
            [*store.unsealed.remarks([one.id])[one.id].values()],
            grant.id if (grant := store.grants.of(one.id)) else "",
            request.fingerprint if (request := store.requests.get(one.id)) else "",
        )
        for one in matters
        if isinstance(one, Matter)
    ]  # fmt: skip


AFTERWARDS = [
    ("R-1", "access", "waiting", 1, "", NOW, None, [(3, "approver")], ["why?"], "", "t"),
    ("R-2", "access", "approved", 4, "+61281979000", NOW, LATER, [(1, "approver")], [], "G-2", "t2"),
]


async def test_p7_every_request_is_a_matter_afterwards_with_all_that_belongs_to_it(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    await upgrade(database)
    assert await database.read(_told) == AFTERWARDS
    request = await database.read(lambda store: store.requests.get("R-2"))
    assert request is not None
    assert (request.longer, request.decided_by, request.crm) == (True, 1, "CS-2")
    words = await database.read(lambda store: {one.matter_id: one.legal_matter for one in store.unsealed.some(9)})
    assert words == {"R-1": "", "R-2": "Claim 7"}
    await database.close()


async def test_p7_what_is_open_is_still_found_by_who_asks_for_the_same_again(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    await upgrade(database)

    def found(store: Store) -> list[str]:
        same = [store.requests.filed_already("another", fingerprint) for fingerprint in ("t", "t2", "t3")]
        return [one.id if one else "" for one in same]

    assert await database.read(found) == ["R-1", "", ""]
    await database.close()


async def test_an_upgrade_that_is_cut_off_at_any_statement_leaves_what_was_there(empty_url: str) -> None:
    """Of each revision since."""
    database = await of_before(empty_url, *AS_IT_WAS, upgraded_to("0009"))
    deaths = 0
    while await revision(database) != newest():
        deaths += await cut_off_at_any_statement(database)
        await step_on(database)
    assert deaths > 60
    assert await database.read(_told) == AFTERWARDS
    await database.close()


async def test_an_upgrade_over_many_revisions_that_is_cut_off_after_any_of_them_leaves_the_first(
    empty_url: str,
) -> None:
    database = await of_before(empty_url, *AS_IT_WAS, upgraded_to("0009"))
    for number in range(1, int(newest()) - 9 + 1):
        assert (await died(database, number, REACHED))[-1].startswith(REACHED)
    await upgrade(database)
    assert await database.read(_told) == AFTERWARDS
    await database.close()


async def test_p9_what_was_asked_before_names_nobody_whom_it_concerns_and_what_is_asked_now_may(empty_url: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    await upgrade(database)
    assert await database.read(lambda store: store.matters.concerned(["R-1", "R-2"])) == {}
    await database.write(lambda store: store.matters.concern("R-2", {"ruth@fernhill.example": 3}))
    [named] = (await database.read(lambda store: store.matters.concerned(["R-1", "R-2"])))["R-2"]
    assert (named.person_id, named.email_key) == (3, "ruth@fernhill.example")
    with pytest.raises(Exception, match=r"(?i)foreign key|violates"):
        await database.write(lambda store: store.matters.concern("R-9", {"ruth@fernhill.example": 3}))
    await database.close()


@pytest.mark.parametrize("table", ["parties", "remarks", "grants"])
async def test_nothing_can_belong_to_a_matter_that_is_not_there(empty_url: str, table: str) -> None:
    database = await of_before(empty_url, *AS_IT_WAS)
    await upgrade(database)
    with pytest.raises(Exception, match=r"(?i)foreign key|violates"):
        await database.write(lambda store: store.session.execute(text(f"UPDATE {table} SET matter_id = 'R-9'")))
    await database.close()
