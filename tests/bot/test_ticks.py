"""A2: what the clock asks for fails alone: no deadline, request, platform or recording stops what comes after it."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.clockwork import ticks as module
from bot.ports import Unavailable
from bot.setbacks import FIRST_WAIT, LONGEST_WAIT
from handlers import HANDLERS
from handlers.access.intents import Expire, Recheck
from handlers.acting import CLOCK, Act, Done, Handler, Intent
from handlers.door import Repeated
from handlers.recordings import Register
from storage.database.store import Database, DatabaseDown
from storage.deadlines import Deadline
from tests.bot.web.player import sighting
from tests.clocks import Seconds, ticks
from tests.each import each
from tests.handlers.builders import (
    NAMES,
    OUT,
    POLICY,
    Clock,
    Company,
    a_company,
    account,
    approved,
    ask,
    audit,
    away,
    meet,
    stored,
    without_deputies,
)
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW

Logs = list[MutableMapping[str, Any]]
WEEK = timedelta(days=7)


@pytest.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


def faults(part: str) -> float:
    return REGISTRY.get_sample_value("steward_tick_faults_total", {"part": part}) or 0.0


async def set_(company: Company, kind: str, *subjects: str, days: float = -1) -> None:
    due_at = company.clock.now + timedelta(days=days)
    for subject in subjects:
        await company.database.write(lambda store, one=subject: store.deadlines.set(kind, one, due_at))  # type: ignore[misc]


async def open_ones(company: Company) -> set[str]:
    """What is not done yet."""
    rows = await company.database.read(lambda store: list(store.session.query(Deadline)))
    return {row.subject for row in rows if row.done_at is None}


async def ends(company: Company) -> list[str]:
    return [outcome for _, action, outcome, *_ in await audit(company) if action == "access.expire"]


def breaking(company: Company, kind: type[Intent[Any]], *broken: str) -> None:
    """From now on a handler breaks at these subjects."""
    handlers, handler = company.door.handlers, company.door.handlers[kind]

    def of(act: Act, wanted: Intent[Any]) -> Done[Any]:
        if wanted.subject in broken:
            raise ZeroDivisionError
        done: Done[Any] = handler(act, wanted)
        return done

    more: dict[type[Intent[Any]], Handler] = {kind: of}
    company.door.handlers = {**handlers, **more}


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


async def test_more_refused_ones_than_are_read_at_once_stop_none(company: Company, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    await set_(company, "access.end", *(f"R-NEVER{one}" for one in range(7)), days=1)
    await approved(company)
    company.clock.pass_(days=8)
    await ticks(company).tick()
    assert len(await open_ones(company)) == 7
    assert (await ends(company)).count("done") == 1


async def test_a_deadline_whose_handler_breaks_is_logged_counted_and_tried_again_later(
    company: Company, logs: Logs
) -> None:
    first, second = await approved(company), await approved(company, crm="CS-2")
    breaking(company, Expire, first)
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
    company.door.handlers = HANDLERS
    seconds.now += FIRST_WAIT
    await clock.tick()
    assert await open_ones(company) == set()


async def test_the_wait_grows_and_no_wall_clock_shortens_it(company: Company) -> None:
    """The tries of a day: hardly more than one an hour, however often the clock ticks."""
    await set_(company, "access.end", "R-NEVER")
    seconds = Seconds()
    clock = ticks(company, seconds)
    for tick in range(24 * 6):
        company.clock.pass_(days=(-1) ** tick)
        await clock.part("deadlines")
        seconds.now += 600.0
    assert 24 <= len(await ends(company)) <= 24 * 3600 / LONGEST_WAIT + 8


async def test_a_deadline_of_an_unknown_kind_stays_for_a_newer_version(company: Company, logs: Logs) -> None:
    await set_(company, "sample.draw", "S-1")
    request = await approved(company)
    company.clock.pass_(days=8)
    clock = ticks(company)
    for _ in range(3):
        await clock.tick()
    assert await open_ones(company) == {"S-1"}
    assert [one["kinds"] for one in logs if one["event"] == "deadlines.unknown"] == [{"sample.draw": 1}]
    assert await ends(company) == ["done"]
    assert (await stored(company, request)).revision == 3


async def test_what_a_handler_sets_again_is_not_settled_by_the_door(company: Company) -> None:
    """A reminder that sets the next one: the door settles the one that came, before its handler sets it anew."""

    def again(act: Act, wanted: Expire) -> Done[None]:
        act.store.deadlines.set("access.end", wanted.request, act.now + WEEK)
        return Done(None)

    company.door.handlers = {**company.door.handlers, Expire: again}
    await set_(company, "access.end", "R-1")
    await ticks(company).tick()
    coming = await company.database.read(lambda store: store.deadlines.next())
    assert coming is not None
    assert (coming.subject, coming.due_at) == ("R-1", NOW + WEEK)


async def test_two_programs_do_a_deadline_once(company: Company) -> None:
    await approved(company)
    company.clock.pass_(days=8)
    one, other = ticks(company), ticks(company)
    due, _ = await one._due(None, 0)
    await other.tick()
    [late] = [one for one in due if one.kind == "access.end"]
    with pytest.raises(Repeated):
        await company.door.enter(Expire(late.subject), CLOCK, due=late.key)
    assert await ends(company) == ["done"]


async def test_a_request_that_can_not_be_rechecked_holds_up_no_other(company: Company) -> None:
    """And is tried again on the same day, not only with the next."""
    requests = [await ask(company, company.anna), await ask(company, company.anna, crm="CS-2")]
    breaking(company, Recheck, requests[0])
    before, seconds = faults("deciders"), Seconds()
    clock = ticks(company, seconds)
    for _ in range(3):
        await clock.tick()
    assert faults("deciders") == before + 1
    seconds.now += FIRST_WAIT
    await clock.tick()
    assert faults("deciders") == before + 2
    assert list(clock._unchecked) == requests[:1]


@each("broken", ["deadlines", "deciders", "accounts", "recordings", "tidying"])
@each("error", [ZeroDivisionError(), DatabaseDown("away"), Unavailable("away")])
async def test_a_part_that_fails_stops_no_other_part(company: Company, broken: str, error: Exception) -> None:
    seconds = Seconds()
    clock = ticks(company, seconds)
    assert None not in [REGISTRY.get_sample_value("steward_tick_faults_total", {"part": one}) for one in clock.parts]

    async def breaks() -> None:
        raise error

    clock._work = {**clock._work, broken: breaks}
    seconds.now = 100.0
    await clock.tick()
    assert clock.ages() == {name: 100.0 * (name == broken) for name in clock.parts}


async def test_the_clock_counts_as_going_while_it_works_off_a_backlog(company: Company) -> None:
    """A3: a thousand deadlines after a night's outage are no clock that stands."""
    await set_(company, "access.end", "R-1", "R-2", "R-3")
    seconds = Seconds()
    clock = ticks(company, seconds)
    ages = []

    def slowly(_act: Act, _wanted: Expire) -> Done[None]:
        seconds.now += 50.0
        ages.append(clock.age())
        return Done(None)

    company.door.handlers = {**company.door.handlers, Expire: slowly}
    await clock.tick()
    assert ages == [50.0] * 3


async def test_the_register_is_read_though_a_deadline_fails(company: Company) -> None:
    clock = ticks(company)
    assert isinstance(clock.register.recorder, MemoryRecorder)
    clock.register.recorder.keep(sighting("call-new", 20.0), b"audio")
    await set_(company, "access.end", "R-NEVER")
    await clock.tick()
    assert await company.database.read(lambda store: store.recordings.within("memory", [""]).keys()) >= {"call-new"}


async def test_p7_what_nobody_may_decide_goes_on_with_the_next_tick_once_somebody_may(company: Company) -> None:
    """B3: the team leader's account is there again on the same day."""
    company.door.policy = away(without_deputies(POLICY, *OUT), "manager_human_resources")
    await meet(company.door, account("UTARA", NAMES["tara"], "deactivated"))
    request = await ask(company, company.helena)
    clock = ticks(company)
    await clock.tick()
    assert (await stored(company, request)).state == "stuck"
    await meet(company.door, account("UTARA", NAMES["tara"]))
    await clock.tick()
    assert (await stored(company, request)).state == "waiting"


async def test_a_call_that_can_not_be_stored_keeps_no_other_out(company: Company) -> None:
    """One of several that are stored at once: the others are there, and the clock counts as having got on."""
    clock, handler = ticks(company), company.door.handlers[Register]
    assert isinstance(clock.register.recorder, MemoryRecorder)
    for one in ("call-a", "call-b", "call-c"):
        clock.register.recorder.keep(sighting(one, 20.0), b"audio")

    def of(act: Act, wanted: Register) -> Done[Any]:
        if "call-b" in [row["native_id"] for row in wanted.found]:
            raise OverflowError
        done: Done[Any] = handler(act, wanted)
        return done

    company.door.handlers = {**company.door.handlers, Register: of}
    before = faults("recordings")
    await clock.tick()
    known = await company.database.read(lambda store: set(store.recordings.within("memory", [""])))
    assert {"call-a", "call-c"} <= known
    assert "call-b" not in known
    assert faults("recordings") == before + 1
    company.door.handlers = HANDLERS
    await clock.tick()
    assert "call-b" in await company.database.read(lambda store: set(store.recordings.within("memory", [""])))


async def test_calls_are_stored_in_small_pieces(company: Company) -> None:
    """A8: whoever waits to write while a large folder is read waits for a hundred of them, not for all."""
    clock, handler = ticks(company), company.door.handlers[Register]
    assert isinstance(clock.register.recorder, MemoryRecorder)
    for one in range(250):
        clock.register.recorder.keep(sighting(f"call-{one:03}", 20.0), b"audio")
    sizes = []

    def of(act: Act, wanted: Register) -> Done[Any]:
        sizes.append(len(wanted.found))
        done: Done[Any] = handler(act, wanted)
        return done

    company.door.handlers = {**company.door.handlers, Register: of}
    assert not clock.register.read
    await clock.tick()
    assert sizes == [100, 100, 50]
    assert clock.register.read
