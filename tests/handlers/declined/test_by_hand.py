"""C1, P5: nobody who can write the database puts a declined call back in reach, or changes which one it is, unseen."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy import text

from bot.proof.verification import verify
from handlers.acting import CLOCK, NONE
from handlers.declined import intents
from handlers.reconciling import Gap
from handlers.reconciling.declines import SEALED, WHICH
from handlers.retention.intents import Close
from storage.database.store import Store
from storage.tables.log import AuditEntry
from tests.handlers.builders import Company, audit
from tests.handlers.declined.acts import LEGS, afterwards, live, midway, recorded, row, states
from tests.handlers.declined.test_deciding import keeping
from tests.keys import KEYS
from tests.reconciled import findings, results

pytestmark = [pytest.mark.soak, pytest.mark.by_hand]
NEW = ("states", "began", "operator", "call", "names", "which", "others")
"""What entries did not say at first."""


async def _done(company: Company, *statements: str) -> str:
    def work(store: Store) -> None:
        for one in statements:
            store.session.execute(text(one))

    await company.database.write(work)
    return " | ".join(await findings(company.database))


def _as_before(store: Store) -> None:
    for entry in store.session.query(AuditEntry):
        entry.detail = {name: told for name, told in entry.detail.items() if name not in NEW}


async def _live(company: Company) -> str:
    """A call that was recorded still on a leg, then off, on again, and off; a part of it is registered by now."""
    matter = await midway(company, live())
    await company.door.enter(intents.Still(matter, ("leg 1",), recordings=(*LEGS, "live/third.wav")), CLOCK)
    company.clock.pass_(seconds=5)
    await company.door.enter(intents.Confirm(matter, LEGS), CLOCK)
    company.clock.pass_(seconds=5)
    await company.door.enter(intents.Confirm(matter, (*LEGS, "live/fourth.wav")), CLOCK)
    await recorded(company, matter, LEGS[0])
    return matter


async def _gone_on(company: Company) -> str:
    """The same, and it is recorded still."""
    matter = await _live(company)
    await company.door.enter(intents.Still(matter, ("leg 1", "leg 2")), CLOCK)
    return matter


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("state", ["present", "out_of_scope"])
async def test_c1_a_declined_call_that_is_put_back_in_reach_is_found(
    company: Company, state: str, *, before: bool
) -> None:
    """As well where an earlier version had it put out of reach, and did not say how it stands."""
    matter = await afterwards(company)
    number = company.calls[0]
    if before:
        await company.database.write(_as_before)
    assert await findings(company.database) == []
    found = await _done(company, f"UPDATE recordings SET state = '{state}' WHERE id = {number}")
    assert f"declined call {matter}: its recording {number} is stored as {state}, but nobody kept it" in found


async def test_c1_what_one_matter_kept_is_out_of_reach_in_the_next(company: Company) -> None:
    first = await afterwards(company)
    await company.door.enter(keeping(first), company.helena)
    company.clock.pass_(hours=1)
    await afterwards(company)
    assert await states(company, company.calls[0]) == ["declined"]
    assert await findings(company.database) == []
    found = await _done(company, f"UPDATE recordings SET state = 'present' WHERE id = {company.calls[0]}")
    assert f"recording {company.calls[0]}: “state” is stored as present, but entry" in found


async def test_c1_so_is_the_call_when_all_that_was_declined_is_taken_away(company: Company) -> None:
    matter = await afterwards(company)
    await company.door.enter(intents.Erase(matter), company.helena)
    assert await findings(company.database) == []
    found = await _done(
        company,
        "DELETE FROM erasures",
        "UPDATE recordings SET state = 'present'",
        "DELETE FROM declined_recordings",
        "DELETE FROM declines",
    )
    assert {*found.split(" | ")} == {*(await verify(company.database, keys=KEYS)).faults}
    assert f"a row of matters belongs to {matter}, which is not stored" in found
    assert f"recording {company.calls[0]}: “state” is stored as present, but entry" in found
    assert "was begun, as the log says, but is no longer stored" in found


async def test_c1_rows_of_a_declined_call_that_is_not_there_are_found(company_in_a_file: Company) -> None:
    matter = await afterwards(company_in_a_file)
    with sqlite3.connect(str(company_in_a_file.database.engine.url.database)) as other:
        other.execute("DELETE FROM declines")
    other.close()
    found = await _done(company_in_a_file)
    assert f"a row of declined_recordings belongs to {matter}, which is not stored" in found


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE declines SET stopped_at = '2026-11-24 03:00:09.000000'", "“off since” is stored as 2026-11-24 03:00:09"),
        ("UPDATE declines SET stopped_at = NULL", "“off since” is stored as nothing"),
        ("UPDATE declines SET began = '2026-11-24 02:00:00.000000'", "“began” is stored as 2026-11-24 02:00:00"),
        ("UPDATE declines SET operator_key = 'anna.quill@fernhill.example'", "who was on it was changed after entry"),
        ("UPDATE declines SET system = 'other'", "who was on it was changed after entry"),
        ("UPDATE declines SET call_id = 'call-8'", "what the phone system calls it was changed after entry"),
        ("UPDATE declines SET call_id = ''", "what the phone system calls it was changed after entry"),
        ("UPDATE declines SET legs = '[\"leg 1\", \"leg 9\"]'", "the legs that were recorded still are stored otherwise"),
        ("UPDATE declines SET legs = '[]'", "the legs that were recorded still are stored otherwise"),
        ("UPDATE declined_recordings SET native_id = 'live/other.wav' WHERE native_id = 'live/third.wav'", "what its recordings are called was changed"),
        ("UPDATE declined_recordings SET native_id = '' WHERE native_id = 'live/fourth.wav'", "what its recordings are called was changed"),
        ("DELETE FROM declined_recordings WHERE native_id = 'live/out.wav'", "what its recordings are called was changed"),
    ],
)  # fmt: skip
async def test_c1_which_call_it_is_is_not_changed_unseen(company: Company, statement: str, told: str) -> None:
    matter = await _gone_on(company)
    assert await findings(company.database) == []
    found = await _done(company, statement)
    assert f"declined call {matter}: {told}" in found


async def test_c1_off_is_since_it_was_read_back_first(company: Company) -> None:
    matter = await _live(company)
    assert (await row(company, matter)).legs == []
    assert await findings(company.database) == []
    found = await _done(company, "UPDATE declines SET legs = '[\"leg 1\"]'")
    assert "the legs that were recorded still are stored otherwise" in found


async def test_p5_names_that_go_raise_no_alarm(company: Company) -> None:
    """With the audio, with what was never registered, and since another call has the name by now."""
    matter = await midway(company, live(recordings=("call-1", *LEGS)))
    await recorded(company, matter, LEGS[0])
    [entry] = [one for one in await audit(company, matter) if "others" in one[-1]]
    assert (entry[1], entry[-1]["others"], await states(company, company.calls[0])) == ("declined.meet", 1, ["present"])
    assert await findings(company.database) == []
    await company.door.enter(intents.Over(matter), CLOCK)
    await company.door.enter(intents.Erase(matter), company.helena)
    await company.door.enter(intents.Cleared(matter), CLOCK)
    assert await findings(company.database) == []


async def test_c1_a_leg_that_comes_to_light_when_the_call_is_over_is_on_record(company: Company) -> None:
    matter = await _live(company)
    await company.door.enter(intents.Over(matter), CLOCK)
    await company.door.enter(intents.Still(matter, recordings=("live/late.wav",)), CLOCK)
    await company.door.enter(intents.Confirm(matter, ("live/later.wav",)), CLOCK)
    assert await findings(company.database) == []
    assert "what its recordings are called" in await _done(
        company, "UPDATE declined_recordings SET native_id = 'x' WHERE native_id = 'live/late.wav'"
    )


async def test_c1_what_is_not_known_yet_is_nothing(company: Company) -> None:
    matter = await midway(company, live(), live("call-8"))
    assert (await row(company, matter)).how == ""
    assert await findings(company.database) == []
    found = await _done(company, "UPDATE declines SET began = '2026-11-24 02:00:00.000000'")
    assert "“began” is stored as 2026-11-24 02:00:00" in found


async def test_c1_of_an_earlier_version_it_is_said_that_it_was_not_compared(company: Company) -> None:
    await _gone_on(company)
    await company.database.write(_as_before)
    found = await company.database.read(results)
    assert {one for one in found if isinstance(one, Gap)} >= {Gap(WHICH)}
    assert await findings(company.database) == []


async def test_c1_without_a_key_names_are_not_compared_and_that_is_said(company: Company) -> None:
    await _gone_on(company)

    def told(store: Store) -> list[Any]:
        return results(store, NONE)

    assert SEALED in await company.database.read(told)


async def test_p12_a_declined_call_whose_moment_comes_is_closed_and_fits(company: Company) -> None:
    await afterwards(company)
    company.clock.pass_(days=366)
    await company.door.enter(Close(company.calls[0]), CLOCK)
    assert await states(company, company.calls[0]) == ["closed"]
    assert await findings(company.database) == []
