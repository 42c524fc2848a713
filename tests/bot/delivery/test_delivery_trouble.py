"""The delivery in trouble: pauses, outages, lost answers and people out of reach stay where they belong."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.delivery.people import MOST_ATTEMPTS
from bot.rehearsal.fake_chat import Fault
from tests.handlers.builders import ask, ledger, stored
from tests.offices import Office

pytestmark = pytest.mark.usefixtures("logs")


async def test_a_fault_of_ours_on_one_card_holds_up_its_reader_only_for_a_while(
    office: Office, logs: list[MutableMapping[str, Any]]
) -> None:
    company = office.company
    office.chat.faults.append(Fault(KeyError("a bug"), "post", "UTARA", times=10**6))
    request = await ask(company, company.anna)
    await office.all_delivered()
    assert office.titles("deven") == ["⏳ waiting for you"]
    [card] = await ledger(company, company.tara)
    assert (card.state, card.code) == ("failed", "gave_up_fault")
    faults = [one for one in logs if one["event"] == "delivery.fault"]
    assert [(one["error"], one["kind"]) for one in faults] == [("KeyError", "show")] * MOST_ATTEMPTS
    assert (await stored(company, request)).state == "waiting"
