"""P12, C1: what is stored of stopped runs fits the log, and whoever changes it by hand is found."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.erasing import Archive
from tests.handlers.builders import Company
from tests.handlers.stopped_runs.acts import EVENING, agree, at_the_moment
from tests.reconciled import findings

pytestmark = pytest.mark.soak


async def _changed(company: Company, *statements: str) -> str:
    for statement in statements:
        await company.database.write(lambda store, said=statement: store.session.execute(text(said)))  # type: ignore[misc]
    return " | ".join(await findings(company.database))


async def _eventful(archive: Archive) -> str:
    """A run that stopped, to which Helena agreed, and which a call joined in the evening."""
    run = await at_the_moment(archive)
    await agree(archive, run, archive.company.helena)
    archive.until(EVENING)
    await archive.tick()
    assert await findings(archive.company.database) == []
    return run


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        # Whoever wants calls erased that wait takes them out of the run, agrees for somebody, or agrees for everybody.
        ("UPDATE erasures SET run = '' WHERE moment < '2027-11-24 04:00'", "“calls” is stored as"),
        ("UPDATE erasures SET run = '' WHERE moment > '2027-11-24 04:00'", "“run” is stored as nothing"),
        ("UPDATE erasures SET run = 'ER-X'", "“run” is stored as ER-X"),
        ("UPDATE matters SET state = 'agreed' WHERE kind = 'stopped_run'", "“state” is stored as agreed"),
        ("UPDATE stopped_runs SET second_by = first_by", "“second by” is stored as person"),
        ("UPDATE stopped_runs SET first_by = NULL", "“first by” is stored as nothing"),
        ("UPDATE stopped_runs SET first_at = '2027-01-01 00:00:00.000000'", "“first at” is stored as"),
        (
            "UPDATE matters SET asked_at = '2027-11-01 00:00:00.000000' WHERE kind = 'stopped_run'",
            "“since” is stored as",
        ),
        # Whoever wants the two to read something else.
        ("UPDATE stopped_runs SET number = 1", "“number” is stored as 1"),
        ("UPDATE stopped_runs SET usual = 900", "“usual” is stored as 900"),
        ("UPDATE stopped_runs SET register = 9000", "“register” is stored as 9000"),
        ("UPDATE stopped_runs SET before = 7", "“before” is stored as 7"),
        ("UPDATE stopped_runs SET lines = '{}'", "“lines” is stored as {}"),
        ("UPDATE stopped_runs SET day = '2027-01-01'", "“day” is stored as 2027-01-01"),
        ("UPDATE stopped_runs SET digest = 'x'", "“digest” is stored as x"),
        ("UPDATE stopped_runs SET highest = 9999", "“highest” is stored as 9999"),
        ("UPDATE stopped_runs SET until = '2029-01-01 00:00:00.000000'", "“until” is stored as 2029-01-01"),
        ("UPDATE stopped_runs SET oldest = '2020-01-01 00:00:00.000000'", "“oldest” is stored as 2020-01-01"),
        ("UPDATE parties SET part = 'copy'", "is stored as copy, but the log says approver"),
        ("UPDATE parties SET role = 'director'", "was asked is stored as “director”"),
        ("DELETE FROM parties", "was asked, but is no longer stored"),
    ],
)
async def test_p12_whoever_changes_a_stopped_run_by_hand_is_found(archive: Archive, statement: str, told: str) -> None:
    await _eventful(archive)
    assert told in await _changed(archive.company, statement)


@pytest.mark.by_hand
async def test_p12_a_run_that_was_taken_out_is_found(archive: Archive) -> None:
    run = await _eventful(archive)
    found = await _changed(
        archive.company, f"DELETE FROM parties WHERE matter_id = '{run}'", f"DELETE FROM stopped_runs WHERE id = '{run}'",
        f"DELETE FROM matters WHERE id = '{run}'",
    )  # fmt: skip
    assert f"stopped run {run} stands in the log, but is no longer stored" in found
    assert f"“run” is stored as {run}" in found


@pytest.mark.by_hand
async def test_p12_one_person_for_two_entries_is_found(archive: Archive) -> None:
    run = await _eventful(archive)
    company = archive.company
    await agree(archive, run, company.ruth)
    assert await findings(company.database) == []
    first, second = company.helena.person_id, company.ruth.person_id
    told = (
        f"UPDATE audit SET actor = 'person:{first}' WHERE actor = 'person:{second}' AND action = 'stopped_runs.agree'"
    )
    assert "are of one person, and two have to agree" in await _changed(company, told)


@pytest.mark.by_hand
async def test_p12_what_can_not_be_read_is_named(archive: Archive) -> None:
    run = await _eventful(archive)
    told = await _changed(archive.company, f"UPDATE audit SET detail = '{{}}' WHERE subject = '{run}'")
    assert f"stopped run {run}: what is stored, or what the log says of it, can't be read" in told
    unlogged = await _changed(archive.company, f"DELETE FROM audit WHERE subject = '{run}'")
    assert f"stopped run {run} is stored, but the log knows nothing of it" in unlogged
