"""The delivery in trouble: pauses, outages, lost answers and people out of reach stay where they belong."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.reaching import MOST_ATTEMPTS
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import FakeChat, Fault
from handlers import HANDLERS
from handlers.door import Door
from storage.database.store import Database
from tests.handlers.builders import (
    NAMES,
    POLICY,
    Clock,
    Company,
    a_company,
    ask,
    away,
    email,
    ledger,
    stored,
)
from tests.offices import Office, profile, worker

pytestmark = pytest.mark.usefixtures("logs")
OUTAGE, LOST = Unavailable("invalid_auth", outage=True), Unavailable("no_connection")

THIRTY = [f"deputy{one:02d}" for one in range(30)]


async def _with_thirty_approvers(database: Database) -> Office:
    leader = POLICY.role("team_leader")
    many = leader.model_copy(update={"deputies": tuple(email(one) for one in THIRTY)})
    policy = away(
        POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": many})}), "team_leader"
    )
    company = await a_company(database, Clock(), policy)
    chat = FakeChat(map(profile, [*NAMES, *THIRTY[1:]]))  # the first is not to be found
    return Office(company, chat, worker(company, chat))


async def test_a_fault_of_ours_on_one_card_holds_up_its_reader_only_for_a_while(
    office: Office, logs: list[MutableMapping[str, Any]]
) -> None:
    company = office.company
    office.chat.faults.append(Fault(KeyError("a bug"), "post", "UTARA", times=10**6))
    request = await ask(company, company.anna)
    await office.all_delivered()
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]
    [card] = await ledger(company, company.tara)
    assert (card.state, card.code) == ("failed", "gave_up_fault")
    faults = [one for one in logs if one["event"] == "delivery.fault"]
    assert [(one["error"], one["kind"]) for one in faults] == [("KeyError", "show")] * MOST_ATTEMPTS
    assert (await stored(company, request)).state == "waiting"


async def test_while_the_database_is_away_nothing_is_taken(tmp_path: Path) -> None:
    database = Database(f"postgresql://postgres@/steward?host={tmp_path}")
    company = Company(Door(database, POLICY, HANDLERS, Clock()), Clock(), {})
    assert await worker(company, FakeChat()).drain() == 0
    await database.close()
