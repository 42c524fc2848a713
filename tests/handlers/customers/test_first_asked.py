"""P8: a card says since when they asked as it was told: the day alone where nobody told a time."""

from __future__ import annotations

from handlers.customers.forms import ReceivedForm
from handlers.customers.known import Known
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, correcting, known_of
from tests.handlers.customers.releasing import preview
from tests.handlers.reading import lines, seen


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
    above = await preview(company, ReceivedForm.name, request, company.anna)
    assert above.startswith("So far it counts from Tue 24 Nov. ")


async def test_p8_a_correction_without_a_time_is_a_day_too(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(correcting(request, "2026-11-24"), company.anna)
    told = lines(await seen(company, request, company.tara))
    assert "First asked: Tue 24 Nov" in told
    assert any(one.startswith("Corrected to Tue 24 Nov, as Anna Quill wrote down") for one in told)


async def test_p8_what_was_written_down_before_times_were_asked_for_keeps_its_moment(company: Company) -> None:
    known = await known_of(company, await a_request(company))
    before = known.model_dump(mode="json")
    del before["receipts"][0]["timed"]
    assert Known.model_validate(before).first().timed
