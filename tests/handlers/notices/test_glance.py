"""P4, P5: the Head and the Manager see recordings that should not be there."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import CLOCK
from handlers.declined import deciding, saying
from tests.handlers.builders import Company, call, register
from tests.handlers.declined.acts import midway
from tests.handlers.reading import home_of, lines


async def _told(company: Company) -> list[str]:
    return lines(await home_of(company, company.ruth))


async def test_p4_calls_on_no_line_and_what_was_recorded_of_a_caller_who_declined_are_named(company: Company) -> None:
    assert "# Recordings that should not be there" not in await _told(company)
    await register(
        company.door, call(5, native_id="odd-1", line="+15550100"), call(6, native_id="odd-2", line="+15550100")
    )
    goes = await midway(company)
    await company.door.enter(saying.over(goes), CLOCK)
    company.clock.pass_(days=3)
    await company.door.enter(deciding.go(goes), CLOCK)
    company.clock.now += timedelta(days=2)
    await company.door.enter(saying.left(goes), CLOCK)
    told = await _told(company)
    assert "⚠️ 2 calls on +15550100, which is no line of the policy (P4)" in told
    assert f"⚠️ A caller declined, and what was recorded is still there ({goes} · P5)" in told
    assert "# Recordings that should not be there" not in lines(await home_of(company, company.tara))
