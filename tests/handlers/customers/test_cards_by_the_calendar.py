"""Customers' requests at home, and what the calendar says on their cards (P8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.cards import Card
from tests.handlers.builders import Company
from tests.handlers.customers.acts import (
    a_request,
)
from tests.handlers.reading import home_of, lines, title, whole_of
from tests.moments import NOW

pytestmark = pytest.mark.long


async def test_p8_the_public_holidays_of_later_years_may_not_all_be_known(company: Company) -> None:
    company.clock.now = NOW + timedelta(days=40)
    request = await a_request(company, recordings=[], received_on="2027-01-03", received_at="")
    whole = await whole_of(company, request, company.anna)
    assert whole is not None
    assert any("2027 may not all be declared yet" in one for one in lines(whole))


async def test_p8_home_has_them_with_the_one_first_due_at_the_top(company: Company) -> None:
    later = await a_request(company)
    first = await a_request(company, recordings=[f"{company.calls[1]}"], received_on="2026-11-23", received_at="15:00")
    none = await a_request(company, recordings=[])
    told = [one for one in lines(await home_of(company, company.tara)) if "Details" in one]
    assert next(name for name in (later, first, none) if name in told[0]) == first
    assert told[0].startswith(
        "⏳ Call of <22 Nov 03:00 Australia/Sydney> · caller ••••\N{NO-BREAK SPACE}672 (CS-10444 · due <02 Dec 06:00"
    )
    assert any("no call found yet" in one for one in told)
    home = await home_of(company, company.tara)
    assert "3 waiting for you" in title(home)
    assert "# Customers’ requests" in lines(home)
    mine = lines(await home_of(company, company.anna))
    assert sum("Details" in one for one in mine) == 3
    assert "waiting for you" not in mine[0]
    assert "# Customers’ requests" not in lines(await home_of(company, company.bram))


async def test_p8_the_button_of_a_row_stands_out_only_for_whoever_can_go_on(company: Company) -> None:
    await a_request(company, check="none")

    def styles(home: Card) -> list[str]:
        return [
            part.button.style
            for part in home.parts
            if hasattr(part, "button") and part.button and part.button.action == "details"
        ]

    assert styles(await home_of(company, company.tara)) == ["plain"]
    await a_request(company, recordings=[f"{company.calls[1]}"])
    assert sorted(styles(await home_of(company, company.tara))) == ["plain", "primary"]
    assert set(styles(await home_of(company, company.anna))) == {"plain"}
