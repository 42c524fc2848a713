"""C2, P12: the checkpoints that the database keeps are held against the log, both ways."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from handlers.acting import CLOCK
from handlers.checkpoints import Take
from tests.handlers.builders import Company, ask
from tests.reconciled import findings

pytestmark = pytest.mark.soak

THE = "the checkpoint of 2026-11-24"
INTO = "INSERT INTO checkpoints (day, entries, hash, at) VALUES ('2026-11-23', 1, '0', '2026-11-23 03:00:00.000000')"


async def _taken(company: Company) -> None:
    await company.door.enter(Take(), CLOCK)
    company.clock.pass_(days=1)
    await ask(company, company.anna)
    await company.door.enter(Take(), CLOCK)


async def _by_hand(company: Company, statement: str) -> None:
    await company.database.write(lambda store: store.session.execute(text(statement)) and None)


async def test_c2_those_that_were_taken_fit(company: Company) -> None:
    await _taken(company)
    assert await findings(company.database) == []


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE checkpoints SET hash = '0' WHERE day = '2026-11-24'", f"{THE}, as stored, contradicts entry"),
        ("UPDATE checkpoints SET entries = 999 WHERE day = '2026-11-24'", f"{THE}, as stored, contradicts entry 999"),
        ("UPDATE checkpoints SET at = '2026-11-20 03:00:00.000000'", f"{THE}: “taken” is stored as 2026-11-20"),
        ("DELETE FROM checkpoints WHERE day = '2026-11-24'", f"{THE} stands in the log, but is no longer stored"),
        (INTO, "the checkpoint of 2026-11-23 is stored, but the log knows nothing of it"),
        (
            "UPDATE audit SET detail = '{}' WHERE action = 'log.checkpoint' AND subject = '2026-11-24'",
            f"{THE}, or what the log says of it, can't be read",
        ),
    ],
)
async def test_c2_one_that_was_changed_put_in_or_taken_out_by_hand_is_named(
    company: Company, statement: str, told: str
) -> None:
    await _taken(company)
    await _by_hand(company, statement)
    assert told in " | ".join(await findings(company.database))


@pytest.mark.by_hand
async def test_c2_a_table_of_them_that_is_away_is_told(company: Company) -> None:
    await _taken(company)
    await _by_hand(company, "ALTER TABLE checkpoints RENAME TO elsewhere")
    found = await findings(company.database)
    await _by_hand(company, "ALTER TABLE elsewhere RENAME TO checkpoints")
    assert found == ["checkpoints can't be read"]
