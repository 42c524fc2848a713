"""P12, P13: erasures that are late by three days are reported, and none that something keeps or pauses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from storage.records import Recording
from storage.tables.erasures import Erasure, ErasurePause, Keep
from storage.tables.holds import Hold
from tests.handlers.breach.noticing import DAY, readers, store, told
from tests.handlers.breach.reporting import heard, the_report, tick
from tests.handlers.builders import Company
from tests.moments import NOW


@pytest_asyncio.fixture(autouse=True)
async def closed(company: Company) -> None:
    """The call is closed: an erasure of one that is not can't be due."""
    first = update(Recording).where(Recording.id == company.calls[0]).values(state="closed")
    await company.database.write(lambda store: store.session.execute(first))


def an_erasure(company: Company, days: float, **more: object) -> Erasure:
    """An erasure that was closed so many days ago and is not done."""
    at = company.clock.now - timedelta(days=days)
    facts = {"id": "E-22222222", "why": "retention", "moment": at, "closed_at": at, "next_at": at, "trouble": "silent"}
    return Erasure(**{"recording_id": company.calls[0], **facts, **more})  # type: ignore[arg-type]


@pytest.mark.by_hand
async def test_p13_an_erasure_that_is_late_by_three_days_is_reported_once(company: Company) -> None:
    await store(company, an_erasure(company, 2.99))
    assert await tick(company) == 0
    company.clock.pass_(hours=1)
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]
    assert await told(company) == [
        "Erasures are late by three days or more, and nothing keeps or pauses them.", "E-22222222, due on 2026-11-21",
    ]  # fmt: skip
    company.clock.pass_(days=2)
    await tick(company)
    await heard(company)
    await the_report(company)


def _done(company: Company) -> list[object]:
    return [an_erasure(company, 5, erased_at=NOW)]


def _vanished(company: Company) -> list[object]:
    return [an_erasure(company, 5, vanished_at=NOW)]


def _held(company: Company) -> list[object]:
    until, facts = NOW + 90 * DAY, {"begun": "set", "asked_by": 1, "case_name": "c", "reason": "r"}
    hold = Hold(id="H-HOLD", key="k", state="active", asked_at=NOW, ends_at=until, **facts)  # type: ignore[arg-type]
    keep = Keep(recording_id=company.calls[0], matter_id="H-HOLD", why="hold", since=NOW, ends_at=until)
    return [hold, keep, an_erasure(company, 5)]


def _just_let_go(company: Company) -> list[object]:
    [hold, keep, erasure] = _held(company)
    assert isinstance(keep, Keep)
    keep.ended_at = NOW - DAY
    return [hold, keep, erasure]


def _pause(state: str, closed_at: datetime | None) -> ErasurePause:
    facts = {"causes": ["many"], "day": "2026-11-15", "coming": 0}
    return ErasurePause(id="EP-22222222", state=state, asked_at=NOW - 9 * DAY, closed_at=closed_at, **facts)  # type: ignore[arg-type]


def _paused(company: Company) -> list[object]:
    return [_pause("waiting", None), an_erasure(company, 5, pause="EP-22222222")]


def _kept(company: Company) -> list[object]:
    return [_pause("kept", NOW - 4 * DAY), an_erasure(company, 5, pause="EP-22222222")]


def _just_let_go_on(company: Company) -> list[object]:
    return [_pause("continued", NOW - DAY), an_erasure(company, 5, pause="EP-22222222")]


@pytest.mark.by_hand
@pytest.mark.parametrize("rows", [_done, _vanished, _held, _just_let_go, _paused, _kept, _just_let_go_on])
async def test_p13_an_erasure_that_was_done_or_that_something_keeps_or_pauses_is_not_late(
    company: Company, rows: Callable[[Company], list[object]]
) -> None:
    await store(company, *rows(company))
    assert await tick(company) == 0


@pytest.mark.by_hand
async def test_p13_an_erasure_that_was_let_go_on_is_late_three_days_after_that(company: Company) -> None:
    await store(company, *_just_let_go_on(company))
    company.clock.pass_(days=2, seconds=1)
    await tick(company)
    assert len(await told(company)) == 2
