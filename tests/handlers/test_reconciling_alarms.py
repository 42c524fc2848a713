"""C1, P7: who has an alarm, and that nobody has, is what the log says; and what is open comes to its end by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, update

from handlers.acting import DELIVERY
from handlers.alarms import Unheard, Warned
from handlers.policy import Policy
from storage.database.store import Store
from storage.deadlines import Deadline
from storage.records import Alarm
from tests.handlers.builders import CLAIM, Company, approved, ask, ledger, nobody_left
from tests.handlers.passing_time import pass_until
from tests.moments import NOW
from tests.reconciled import findings, sentences

pytestmark = pytest.mark.soak


async def after(company: Company, *changes: Executable) -> list[str]:
    """What is found once these were made by hand, in a read, which keeps nothing."""

    def look(store: Store) -> list[str]:
        for one in changes:
            store.session.execute(one)
        store.session.expunge_all()
        return sentences(store)

    return await company.database.read(look)


class TestAlarms:
    @pytest.fixture
    def policy(self) -> Policy:
        """The Manager, Human Resources is away, and has no deputy."""
        return nobody_left()

    async def _sounded(self, company: Company) -> str:
        """One could not be reached, and another was told."""
        request = await ask(company, company.helena)
        for who, told in ((company.miles, Unheard), (company.ruth, Warned)):
            warning = [one for one in await ledger(company, who) if one.kind == "warn"][-1]
            await company.door.enter(told(warning.id, warning.payload["alarm"], "slack"), DELIVERY)
        assert await findings(company.database) == []
        return request

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (update(Alarm).where(Alarm.state == "failed").values(state="told"), "“state” is stored as told, but entry"),
            (
                update(Alarm).where(Alarm.state == "told").values(state="telling"),
                "“state” is stored as telling, but entry",
            ),
            (
                update(Alarm).where(Alarm.state == "told").values(state="nobody"),
                "“state” is stored as nobody, but entry",
            ),
            (update(Alarm).values(why="other"), "“why” is stored as other"),
            (delete(Alarm).where(Alarm.state == "failed"), "went to person"),
            (delete(Alarm), "stand in the log, but are no longer stored"),
        ],
    )
    async def test_c1_what_was_changed_by_hand_is_found(self, company: Company, change: Executable, told: str) -> None:
        await self._sounded(company)
        found = await after(company, change)
        assert found
        assert all(told in one for one in found)

    async def test_c1_one_that_nobody_has_is_not_told(self, company: Company) -> None:
        await ask(company, company.helena)
        assert await findings(company.database) == []
        for state in ("told", "nobody"):
            [found] = await after(company, update(Alarm).values(state=state))
            assert f"is stored as {state}, but the log knows nothing of it" in found


async def test_c1_a_request_that_nothing_ends_is_found(company: Company) -> None:
    """One that lapsed is over, and an investigation has an alarm in its place."""
    request, other = await ask(company, company.anna), await ask(company, company.anna, **CLAIM)
    assert await findings(company.database) == []
    done = update(Deadline).values(done_at=NOW)
    [found] = await after(company, done.where(Deadline.key == f"access.lapse:{request}"))
    assert found.startswith(f"request {request}: “lapses” is stored as nothing, but entry")
    later = update(Deadline).values(due_at=NOW + timedelta(days=999))
    assert len(await after(company, later.where(Deadline.key == f"access.lapse:{request}"))) == 1
    [found] = await after(company, delete(Deadline).where(Deadline.key == f"access.undecided:{other}"))
    assert "nothing would ever be told of it" in found
    await pass_until(company, NOW + timedelta(days=60))
    assert await findings(company.database) == []


async def test_c1_access_that_nothing_ends_is_found(company: Company) -> None:
    request = await approved(company)
    [found] = await after(company, update(Deadline).where(Deadline.key == f"access.end:{request}").values(done_at=NOW))
    assert "“is ended by itself” is stored as nothing" in found
