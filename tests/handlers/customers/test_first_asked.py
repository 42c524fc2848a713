"""P8: a card says since when they asked as it was told: the day alone where nobody told a time."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.customers.intents import File
from tests.handlers.builders import Company, call, refusal, register
from tests.handlers.customers.acts import a_request, stored, which, who
from tests.handlers.reading import lines, seen

LATER = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 09:00 in Sydney on the day on which they ask


async def test_p8_a_day_without_a_time_is_told_as_a_day(company: Company) -> None:
    """Nobody told a time, so nobody reads one; the first of several that has its time says it."""
    request = await a_request(company, received_on="2026-11-24", received_at="")
    for told in (lines(await seen(company, request, company.tara)), lines(await seen(company, request, company.anna))):
        assert "First asked: Tue 24 Nov" in told
    await a_request(company, company.deven, received_on="2026-11-24", received_at="11:00")
    told = lines(await seen(company, request, company.tara))
    assert "First asked: Tue 24 Nov" in told
    assert any(one.startswith("Asked Tue 24 Nov, as Anna Quill wrote down") for one in told)
    assert any(one.startswith("Asked <24 Nov 00:00 Australia/Sydney>, as Deven") for one in told)


async def test_p8_of_several_calls_none_began_after_they_asked_save_of_all_with_a_number(company: Company) -> None:
    [later] = await register(
        company.door, call(9, caller="+61412345671", native_id="later", crm="CS-10443", started=LATER)
    )
    two = [f"{company.calls[0]}", f"{later}"]
    wanting = File(which(company, recordings=two, received_at="07:00"), who(), "slack:V-several")
    told = (await refusal(company, wanting, company.anna)).fields
    assert "One of these calls began" in told["received_at"]
    assert "File it as a request of its own." in told["received_at"]
    row = await stored(company, await a_request(company, recordings=two, received_at=""))
    assert row.received_at == LATER
    every = await stored(
        company, await a_request(company, recordings=["number:+61412345671"], received_at="07:00", person="Mary")
    )
    assert every.received_at < LATER
