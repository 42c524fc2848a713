"""C1 and B2: a call that was put in the place of the one that was approved is found; one that changed before everybody's eyes is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from storage.records import Recording, RequestedRecording
from storage.store import Store
from tests.handlers.builders import Company, approved, ask
from tests.handlers.changing import OTHER, change, identified
from tests.reconciled import findings, sentences


def _after(*changes: object) -> Callable[[Store], list[str]]:
    def work(store: Store) -> list[str]:
        for one in changes:
            store.session.execute(one)  # type: ignore[call-overload]
        return sentences(store)

    return work


async def test_another_call_in_the_place_of_the_one_that_was_approved_is_found(company: Company) -> None:
    await identified(company)
    await approved(company)
    other = update(Recording).where(Recording.id == company.calls[0]).values(identity=OTHER)
    [found] = await company.database.read(_after(other))
    assert found.endswith(f": recording {company.calls[0]} is not the call that was approved")


async def test_so_is_a_change_that_was_hidden_from_whoever_heard_the_call(company: Company) -> None:
    """The register saw another call; somebody made it look as though that had been asked for."""
    await identified(company)
    await approved(company)
    other = update(Recording).where(Recording.id == company.calls[0]).values(identity=OTHER, version=2)
    hidden = update(RequestedRecording).values(version=2)
    assert await company.database.read(_after(other)) == []
    assert len(await company.database.read(_after(other, hidden))) == 1


@pytest.mark.parametrize("days", [0, 8])
async def test_a_call_that_changed_while_the_program_watched_is_no_finding(company: Company, days: int) -> None:
    await identified(company)
    await approved(company)
    await ask(company, company.bram)
    company.clock.pass_(days=days)
    await change(company, audio=OTHER)
    assert await findings(company.database) == []


async def test_a_call_that_was_not_known_by_its_content_is_not_compared(company: Company) -> None:
    await approved(company)
    await identified(company)
    assert await findings(company.database) == []
