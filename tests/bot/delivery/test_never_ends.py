"""The worker survives whatever happens, says so, and continues; what was sent but couldn't be recorded isn't sent
again.
"""

import asyncio
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from prometheus_client import REGISTRY

from bot.delivery import worker
from bot.delivery.people import MOST_ATTEMPTS
from handlers import delivering
from handlers.access.room import MATTER
from handlers.acting import LEASE, Context, Handler
from storage.database.store import DatabaseDown
from tests.handlers.builders import ask, audit, ledger, stored
from tests.offices import Office, states
from tests.spoiling import said

Logs = list[MutableMapping[str, Any]]


@pytest.fixture(autouse=True)
def _short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LONGEST_REST", 0.01)


def _faults(where: str) -> float:
    return REGISTRY.get_sample_value("steward_delivery_faults_total", {"where": where}) or 0.0


@contextmanager
def failing(handler: Handler[..., Any], error: Exception, times: int = 10**6) -> Iterator[list[Any]]:
    """This handler fails so many times; yields what it was given."""
    sound, given_to_it = handler.do, list[Any]()

    def fail(ctx: Context, **given: Any) -> Any:
        given_to_it.append(given)
        if len(given_to_it) <= times:
            raise error
        return sound(ctx, **given)

    with patch.object(handler, "do", fail):
        yield given_to_it


async def _until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110  what is waited for happens in a database's thread as well
            await asyncio.sleep(0.005)


async def test_a_fault_of_ours_while_effects_are_taken_is_told_counted_and_outlived(office: Office, logs: Logs) -> None:
    company, before = office.company, _faults("take")
    await ask(company, company.anna)
    with failing(delivering.claim_effects, RuntimeError("a bug"), times=3):
        running = asyncio.create_task(office.delivery.run())
        await _until(lambda: len(office.titles("tara")) == 1)
    await office.delivery.stop()
    await running
    assert [one["error"] for one in logs if one["event"] == "delivery.broken"] == ["RuntimeError"] * 3
    assert _faults("take") - before == 3


async def test_while_nothing_can_be_taken_the_outbox_has_not_answered(office: Office) -> None:
    """Or /readyz stays green although no card goes out."""
    company, since = office.company, office.delivery.last_turn
    office.delivery.poll = 0.01
    await ask(company, company.anna)
    with failing(delivering.claim_effects, RuntimeError("a bug")) as tried:
        running = asyncio.create_task(office.delivery.run())
        await _until(lambda: len(tried) > 6)
        assert office.delivery.last_turn == since
    await office.delivery.stop()
    await running


@pytest.mark.soak
async def test_a_poisoned_card_settles_and_its_person_is_not_cut_off(office: Office, logs: Logs) -> None:
    """A1: today attempt 14 of 12, since what follows a failure failed as well; no later card ever arrived."""
    company = office.company
    poisoned = await ask(company, company.anna)
    await company.database.write(said(f"UPDATE matters SET promise = '{{}}' WHERE id = '{poisoned}'"))
    await ask(company, company.henrik)
    with failing(MATTER.reroute, KeyError("no such promise")):
        await office.all_delivered()
    assert office.titles("tara") == ["⏳ Henrik Solberg wants"]
    first, second = await ledger(company, company.tara)
    assert (first.state, first.code, first.attempts) == ("failed", "gave_up_fault", MOST_ATTEMPTS)
    assert (second.state, second.attempts) == ("sent", 1)
    assert (await stored(company, poisoned)).state == "waiting"
    told = [one for one in await audit(company) if one[1] == "delivery.fail"]
    assert [one[4]["code"] for one in told] == ["gave_up_fault"] * 2
    assert [one["error"] for one in logs if one["event"] == "delivery.unwritable"] == ["KeyError"] * 2


async def test_an_outcome_that_could_not_be_written_is_written_again_without_a_second_send(office: Office) -> None:
    """A6: the database is away for a moment after the card was taken, and for longer than a claim lasts."""
    company, clock = office.company, office.clock
    await ask(company, company.anna)
    with failing(delivering.note_delivered, DatabaseDown("away"), times=6) as tried:
        running = asyncio.create_task(office.delivery.run())
        await _until(lambda: len(tried) > 2)
        clock.now += 2 * LEASE
        await _until(lambda: len(tried) > 7)
        await office.delivery.stop()
        await running
    assert await states(company) == [("show", "sent", "", 1)] * 2
    assert [len(office.chat.called("post", one)) for one in ("UANNA", "UTARA")] == [1, 1]
