"""P7 and “Away”: where everybody who decides goes while a card waits, it is held and told, and is back with the first who is there."""

from __future__ import annotations

import pytest

from handlers.access import deciding
from tests.handlers.builders import Company, ask, stored, words_for
from tests.handlers.test_away_deciding import goes, looked, returns

pytestmark = pytest.mark.long


async def test_p7_a_card_that_waits_for_nobody_any_more_is_held_and_whoever_can_mend_it_hears_of_it(
    company: Company,
) -> None:
    request = await ask(company, company.anna)
    for who in (company.deven, company.henrik, company.helena, company.ruth, company.tara):
        await goes(company, who, last=3)
        await looked(company, request)
    assert (await stored(company, request)).state == "stuck"
    assert [
        one for one in await words_for(company, company.miles) if one.startswith(f"No one may decide request {request}")
    ]
    assert await looked(company, request) == []
    await returns(company, company.tara)
    await looked(company, request)
    assert (await stored(company, request)).state == "waiting"
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await stored(company, request)).state == "approved"
