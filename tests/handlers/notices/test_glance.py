"""P4, P5: the Head and the Manager see this month's declines by line and operator, and what lies there that should not."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import CLOCK
from handlers.declined import intents
from tests.handlers.builders import Company, call, register
from tests.handlers.declined.acts import afterwards, midway
from tests.handlers.reading import home_of, lines


async def _told(company: Company) -> list[str]:
    return lines(await home_of(company, company.ruth))


async def test_p5_declines_of_the_month_stand_by_line_and_operator_with_how_and_what_became_of_them(
    company: Company,
) -> None:
    first, second = await midway(company), await afterwards(company)
    await company.door.enter(intents.Confirm(first), CLOCK)
    await company.door.enter(intents.Erase(second), company.helena)
    told = await _told(company)
    assert "# Declined this month" in told
    [row] = [one for one in told if one.startswith("Australia and New Zealand · Bram Tolliver · 2 calls")]
    for part in (
        "1 while the call went on",
        "1 after the call",
        "1 waits for a decision",
        "1 erased or going",
        first,
        second,
    ):
        assert part in row
    company.clock.pass_(days=8)  # December
    told = await _told(company)
    assert told[told.index("# Declined this month") + 1] == "✅ Nobody has declined to be recorded this month."


async def test_p4_calls_on_no_line_and_what_was_recorded_of_a_caller_who_declined_are_named(company: Company) -> None:
    told = await _told(company)
    assert told[told.index("# Recordings that should not be there") + 1] == "✅ Nothing lies where it should not."
    await register(
        company.door, call(5, native_id="odd-1", line="+15550100"), call(6, native_id="odd-2", line="+15550100")
    )
    goes = await midway(company)
    await company.door.enter(intents.Over(goes), CLOCK)
    company.clock.pass_(days=3)
    await company.door.enter(intents.Go(goes), CLOCK)
    company.clock.now += timedelta(days=2)
    await company.door.enter(intents.Left(goes), CLOCK)
    told = await _told(company)
    assert "✅ Nothing lies where it should not." not in told
    assert "⚠️ 2 calls on +15550100, which is no line of the policy (P4)" in told
    assert f"⚠️ A caller declined, and what was recorded is still there ({goes} · P5)" in told
    assert "# Recordings that should not be there" not in lines(await home_of(company, company.tara))
