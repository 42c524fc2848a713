"""The delivery in trouble: faults, pauses, a clock that was ahead, and impossible rows hold up no one else, and are
reported.
"""

from collections.abc import MutableMapping
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.delivery.people import MOST_ATTEMPTS
from bot.rehearsal.fake_chat import Fault
from tests.handlers.builders import ask, audit, ledger, stored
from tests.offices import Office, states
from tests.spoiling import said

pytestmark = pytest.mark.usefixtures("logs")


async def test_a_fault_of_ours_on_one_card_holds_up_its_reader_only_for_a_while(
    office: Office, logs: list[MutableMapping[str, Any]]
) -> None:
    company = office.company
    office.chat.faults.append(Fault(KeyError("a bug"), "post", "UTARA", times=10**6))
    request = await ask(company, company.anna)
    await office.all_delivered()
    assert office.titles("deven") == ["⏳ Anna Quill wants"]
    [card] = await ledger(company, company.tara)
    assert (card.state, card.code) == ("failed", "gave_up_fault")
    faults = [one for one in logs if one["event"] == "delivery.fault"]
    assert [(one["error"], one["kind"]) for one in faults] == [("KeyError", "show")] * MOST_ATTEMPTS
    assert (await stored(company, request)).state == "waiting"


TARAS = "WHERE person_id = (SELECT id FROM people WHERE email_key LIKE 'tara%')"
SHAPES = {
    "a word": '"R-1"', "nothing": "null", "a list": "[1]", "without its matter": '{"revision": 1}',
    "without words": '{"matter": {"a": 1}, "revision": 1}', "a number that is none": '{"matter": "R-1", "revision": "x"}',
}  # fmt: skip


def _set_aside() -> float:
    return REGISTRY.get_sample_value("steward_deliveries_total", {"kind": "show", "outcome": "fail"}) or 0.0


async def test_a_misshapen_row_fails_alone_and_is_counted(office: Office, logs: list[MutableMapping[str, Any]]) -> None:
    """A1: whatever one row contains, the others go out, and it is never tried a second time."""
    company, before = office.company, _set_aside()
    for number, shape in enumerate(SHAPES.values()):
        await ask(company, company.anna, crm=f"CS-{number}")
        await company.database.write(said(f"UPDATE outbox SET payload = '{shape}' {TARAS} AND state = 'queued'"))
        await office.all_delivered()
        assert (await states(company))[-1] == ("show", "failed", "unreadable", 1), shape
    assert (len(office.titles("anna")), office.titles("tara"), _set_aside() - before) == (len(SHAPES), [], len(SHAPES))
    told = [one["code"] for one in logs if one["event"] == "delivery.set_aside"]
    failed = [one[4]["code"] for one in await audit(company) if one[1] == "delivery.fail"]
    assert told == failed == ["unreadable"] * len(SHAPES)
