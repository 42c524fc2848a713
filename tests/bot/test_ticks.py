"""A2: each part of the clock's work runs without the others, fails alone, and asks next to nothing if nothing is new
(P7).
"""

import asyncio
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base
import pytest
from prometheus_client import REGISTRY

import bot.clockwork.ticks
import bot.measures
from bot.app import Steward
from bot.clockwork.ticks import UNKNOWN, Ticks
from bot.clockwork.ticks import Clock as TickClock
from bot.measures import FIRST_WAIT
from bot.ports import Unavailable
from bot.recorders import looking
from bot.rehearsal.clock import LABELS, MOMENT, WORDS
from bot.settings.config import Given, read_policy
from handlers import DUE, recordings
from handlers.access import deciding as access_deciding
from handlers.acting import CLOCK, Actor, Context, Handler, Intent, Result
from handlers.door import Repeated
from storage.audit import Entry
from storage.database.store import Database, DatabaseDown, Store
from storage.deadlines import Deadline
from tests.bot.web.player import sighting
from tests.clocks import Seconds, hurry, ticks
from tests.each import each
from tests.handlers.builders import Clock, Company, approved, ask, audit, meet_everybody, stored
from tests.handlers.test_statements import asked
from tests.keys import KEY
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW
from tests.spoiling import said
from tests.stories.house import ROOT, sample_calls

Logs = list[MutableMapping[str, Any]]


def faults(part: str) -> float:
    return REGISTRY.get_sample_value("steward_tick_faults_total", {"part": part}) or 0.0


async def set_(company: Company, kind: str, *subjects: str, days: float = -1) -> None:
    due_at = company.clock.now + timedelta(days=days)

    def work(store: Store) -> None:
        for subject in subjects:
            store.deadlines.set(kind, subject, due_at)
        entry = Entry("clock", "test.deadlines", subjects[0], "done")
        store.audit.append(entry, company.clock.now, company.door.keys.log_seal)

    await company.database.write(work)


async def open_ones(company: Company) -> set[str]:
    """What is not done yet."""
    rows = await company.database.read(lambda store: list(store.session.query(Deadline)))
    return {row.subject for row in rows if row.due_at is not None}


async def ends(company: Company) -> list[str]:
    return [outcome for _, action, outcome, *_ in await audit(company) if action == "access.expire"]


def breaking(monkeypatch: pytest.MonkeyPatch, handler: Handler[..., Any], *broken: str) -> None:
    """From now on a handler breaks at these subjects."""
    sound = handler.do

    def of(ctx: Context, **given: Any) -> Result[Any]:
        if handler(**given).subject in broken:
            raise ZeroDivisionError
        return sound(ctx, **given)

    monkeypatch.setattr(handler, "do", of)


async def test_a_refused_deadline_stops_none_of_the_later_ones_nor_the_next_start(company: Company) -> None:
    """Its request was never there; that of Anna's access comes later, and is done."""
    request = await approved(company)
    await set_(company, "access.end", "R-NEVER", days=1)
    company.clock.pass_(days=8)
    await ticks(company).tick()
    assert await open_ones(company) == {"R-NEVER"}
    assert sorted(await ends(company)) == ["done", "refused"]
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    assert grant.ended_at == grant.ends_at
    await ticks(company).tick()
    assert sorted(await ends(company)) == ["done", "refused", "refused"], "a new start tries it again"


async def test_a_deadline_whose_handler_breaks_is_logged_counted_and_tried_again_later(
    monkeypatch: pytest.MonkeyPatch, company: Company, logs: Logs
) -> None:
    first, second = await approved(company), await approved(company, crm="CS-2")
    breaking(monkeypatch, access_deciding.expire_access, first)
    company.clock.pass_(days=8)
    before, seconds = faults("deadlines"), Seconds()
    clock = ticks(company, seconds)
    await clock.tick()
    assert await open_ones(company) == {first}
    [told] = [one for one in logs if one["event"] == "tick.fault"]
    assert (told["piece"], told["error"], told["tries"]) == (f"access.end:{first}", "ZeroDivisionError", 1)
    assert faults("deadlines") == before + 1
    assert (await stored(company, second)).revision == (await stored(company, first)).revision + 1
    await clock.tick()
    assert faults("deadlines") == before + 1, "it is not hammered"
    monkeypatch.undo()
    seconds.now += FIRST_WAIT
    await clock.tick()
    assert await open_ones(company) == set()


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE deadlines SET due_at = '{past}', moments = '{{\"access.lapse\":\"{told}\"}}' WHERE subject = '{request}'",
        "UPDATE deadlines SET due_at = '{past}', moments = '7' WHERE subject = '{request}'",
        "INSERT INTO deadlines SELECT '{request} ', moments, done, kind, '{past}', mark_salt FROM deadlines",
    ],
)
async def test_p7_a_deadline_that_was_put_in_or_changed_by_hand_does_nothing_until_it_is_put_right(
    company: Company, logs: Logs, sentence: str
) -> None:
    request, clock = await ask(company, company.anna), ticks(company)
    at = company.clock.now - timedelta(hours=1)
    past, told = f"{at:%Y-%m-%d %H:%M:%S.%f}", at.isoformat()
    await company.database.write(said("CREATE TABLE before AS SELECT * FROM deadlines"))
    await company.database.write(said(sentence.format(request=request, past=past, told=told)))
    for _ in range(3):
        await clock.tick()
    assert (await stored(company, request)).state == "waiting"
    logged = [one for one in logs if one["event"] in ("deadlines.by_hand", "row.unreadable")]
    assert logged
    assert all(request in str(one) for one in logged)
    for mend in ("DELETE FROM deadlines", "INSERT INTO deadlines SELECT * FROM before", "DROP TABLE before"):
        await company.database.write(said(mend))
    company.database.unreadable.seconds = lambda: float("inf")  # long after the last look through the rows
    await clock.run_part("rows")
    company.clock.pass_(days=30)
    await clock.tick()
    assert (await stored(company, request)).state == "lapsed"


async def test_two_programs_do_a_deadline_once(company: Company) -> None:
    await approved(company)
    company.clock.pass_(days=8)
    one, other = ticks(company), ticks(company)
    due = await one._due_deadlines(None)
    await other.tick()
    [late] = [one for row in due for one in row.due(company.clock.now, {"access.end"})]
    with pytest.raises(Repeated):
        await company.door.enter(access_deciding.expire_access(late.subject), CLOCK, due=late.key)
    assert await ends(company) == ["done"]


async def test_deciders_are_rechecked_between_answers(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, happened = ticks(company), list[str]()
    await ask(company, company.anna)
    enter = company.door.enter

    def is_busy() -> bool:
        happened.append("busy")
        return len(happened) < 3

    async def entered(intent: Intent[Any], who: Actor, **more: Any) -> Any:
        happened.append(intent.action)
        return await enter(intent, who, **more)

    monkeypatch.setattr(company.door, "enter", entered)
    monkeypatch.setattr(bot.measures, "is_busy_answering", is_busy)
    await clock._recheck_deciders()
    assert happened == ["busy", "busy", "busy", "access.recheck"]


@each("broken", ["deadlines", "deciders", "accounts", "recordings", "tidying"])
@each("error", [ZeroDivisionError(), DatabaseDown("away"), Unavailable("away")])
async def test_a_part_that_fails_stops_no_other_part(company: Company, broken: str, error: Exception) -> None:
    seconds = Seconds()
    clock = ticks(company, seconds)
    assert None not in [REGISTRY.get_sample_value("steward_tick_faults_total", {"part": one}) for one in clock.ages()]

    async def breaks() -> None:
        raise error

    clock._work = {**clock._work, broken: breaks}
    seconds.now = 100.0
    await clock.tick()
    assert clock.ages() == {name: 100.0 * (name == broken) for name in clock._work}


async def test_calls_are_stored_in_small_pieces(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A8: a writer that waits while a large folder is read waits for a hundred of them, not for all."""
    clock, sound = ticks(company), recordings.register_calls.do
    assert isinstance(clock.register.recorder, MemoryRecorder)
    for one in range(250):
        clock.register.recorder.keep(sighting(f"call-{one:03}", 20.0), b"audio")
    sizes = []

    def of(ctx: Context, **given: Any) -> Result[Any]:
        sizes.append(len(given["shown"]))
        return sound(ctx, **given)

    monkeypatch.setattr(recordings.register_calls, "do", of)
    assert not clock.register.read
    await clock.tick()
    assert sizes == [100, 100, 50]
    assert clock.register.read


EVERY = 20.0


START = datetime(2026, 11, 24, 3, tzinfo=UTC)


class WallClock(datetime):
    """A wall clock that goes with the loop's, and is wrong by `wrong`."""

    wrong = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return (START + timedelta(seconds=asyncio.get_running_loop().time()) + cls.wrong).astimezone(tz)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> type[WallClock]:
    monkeypatch.setattr(WallClock, "wrong", timedelta(0))
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", WallClock)
    monkeypatch.setattr(bot.clockwork.ticks, "datetime", WallClock)
    return WallClock


class Calls(Ticks):
    """Parts that only note when they were called, by the loop's clock; `slow` takes an hour."""

    def __init__(self) -> None:
        self.at: dict[str, list[float]] = {"slow": [], "due": []}
        self._running: dict[str, asyncio.Task[None]] = {}

    async def _parts_to_wake(self) -> list[tuple[str, int]]:
        return [(name, UNKNOWN) for name in self.at]

    async def run_part(self, name: str, entries: int = UNKNOWN) -> None:
        self.at[name].append(asyncio.get_running_loop().time())
        await asyncio.sleep(3600.0 * (name == "slow"))


async def _ticking(calls: Calls, *steps: timedelta) -> None:
    clock = TickClock(calls, EVERY)
    clock.start()
    for step in (timedelta(0), *steps):
        WallClock.wrong += step
        await asyncio.sleep(3 * EVERY - 1)
    clock.stop()
    stopped = len(calls.at["due"])
    await asyncio.sleep(3 * EVERY)
    assert len(calls.at["due"]) == stopped, "nothing is called after its end"


@pytest.mark.usefixtures("wall")
def test_each_part_is_called_at_once_and_then_regularly_and_one_that_takes_long_holds_up_no_other() -> None:
    """And once the clock stops, nothing is called any more."""
    hurry(_ticking(calls := Calls()))
    assert calls.at == {"slow": pytest.approx([0], abs=0.1), "due": pytest.approx([0, 20, 40], abs=0.1)}


@pytest.mark.usefixtures("wall")
def test_a_wall_clock_that_steps_back_and_on_stops_nothing() -> None:
    hurry(_ticking(calls := Calls(), -timedelta(hours=1), timedelta(hours=1)))
    assert max(after - before for before, after in pairwise(calls.at["due"])) <= 3 * EVERY


async def _idle(steward: Steward, company: Company) -> list[str]:
    """What an idle tick asks, after everything was looked at."""
    for _ in range(3):
        await steward.tick()
        await steward.proof.finish()
    with asked(company.database) as idle:
        await steward.tick()
    return idle


async def test_an_idle_tick_asks_the_same_few_things_whatever_is_stored(
    database: Database, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"database_url": sqlite_url, "recordings_url": f"file://{tmp_path}", "secret_key": KEY}
    clock = Clock()
    steward = Steward(Given.model_validate(told), read_policy(ROOT / "policy.yaml"), clock)
    steward.build()
    await steward.open()
    steward.clock.confirm()
    await steward.policy_of_the_day.look()
    company = Company(steward.door, clock, await meet_everybody(steward.door))
    empty = await _idle(steward, company)
    sample_calls(tmp_path, NOW, 30)
    await steward.tick()
    for number in range(1, 30):
        await (approved if number % 2 else ask)(company, company.anna, calls=(number, number + 1), crm=f"CS-{number}")
    later = time.monotonic() + 2 * looking.AN_HOUR
    monkeypatch.setattr(steward.recorder, "_seconds", lambda: later)  # long after the last call was recorded
    await steward.tick()
    lived_in = await _idle(steward, company)
    await steward.stop()
    assert empty == lived_in
    assert len(lived_in) == 3, "\n\n".join(lived_in)


async def test_a_part_looks_again_when_the_log_has_grown_when_it_said_so_and_after_a_while(company: Company) -> None:
    clock, looks = ticks(company), list[timedelta]()

    async def look() -> object:
        looks.append(company.clock.now - NOW)
        return company.clock.now + timedelta(minutes=2) if len(looks) == 1 else None

    clock._work = {"deciders": look}
    for minutes, wanted in ((0, 1), (1, 1), (1, 2), (1, 2), (14, 3), (0, 3)):
        company.clock.pass_(minutes=minutes)
        await clock.tick()
        assert len(looks) == wanted, looks
    await ask(company, company.anna)
    await clock.tick()
    assert len(looks) == 4


def test_the_demo_s_clock_has_words_for_each_deadline() -> None:
    """The button for the next event says them."""
    assert LABELS.keys() == {*DUE, MOMENT, WORDS}
