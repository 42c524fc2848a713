"""A2, P12: `now` never follows a wrong clock, and while the clock isn't trusted nothing is done that can't be undone."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clockwork.trusted_clock import PATIENCE, TrustedClock
from bot.readiness import WAITING
from handlers.journal import trust_clock
from handlers.rules import Refused
from storage.database.store import Database, Store
from storage.records import Grant, Matter, Recording
from storage.tables.calls import Erasure
from tests.bot.web.ready import Parts, readiness
from tests.clocks import Seconds
from tests.each import each
from tests.handlers.builders import approved, ask, audit, refusal
from tests.handlers.forgetting.words import talked
from tests.ledgers import outgoing
from tests.machines import Machine
from tests.moments import NOW
from tests.wrong_clocks import World

STEPS: dict[str, dict[str, float]] = {
    "an hour back": {"hours": -1},
    "five days ahead": {"days": 5},
    "a year ahead": {"days": 365},
}


def running(**told: Any) -> Machine:
    """A bot that was started when its log was an hour old, and heard one answer then."""
    machine = Machine(**told)
    machine.clock.begin(machine.right - timedelta(hours=1))
    machine.answer()
    return machine


@each("step", STEPS.values())
def test_a_step_while_running_moves_no_moment_and_is_over_as_soon_as_it_is_put_right(step: dict[str, float]) -> None:
    for answers in (True, False):
        machine = running()
        if answers:
            machine.answer()
        assert machine.clock.trusted()
        machine.clock.now()
        machine.step(**step)
        machine.pass_(seconds=10)
        assert (machine.clock.trusted(), machine.clock.now()) == (False, machine.right)
        machine.step()
        assert (machine.clock.trusted(), machine.clock.now()) == (True, machine.right)


@each("step, answers", product(STEPS.values(), (True, False)))
def test_a_step_before_a_start_moves_no_moment_until_it_is_put_right(step: dict[str, float], answers: bool) -> None:
    machine = Machine()
    machine.step(**step)
    machine.clock.begin(machine.right)
    machine.pass_(seconds=10)
    assert (machine.clock.trusted(), machine.clock.now()) == (False, machine.right)
    if answers:
        machine.answer()
    assert (machine.clock.trusted(), machine.clock.now()) == (False, machine.right)
    machine.step()
    assert (machine.clock.trusted(), machine.clock.now()) == (answers, machine.right)


def test_an_answer_decides_for_an_hour() -> None:
    machine = running()
    machine.answer(minutes=4)
    assert machine.clock.trusted()
    machine.answer(minutes=-6)
    assert machine.clock.doubt() is not None
    machine.answer()
    assert machine.clock.trusted()
    machine.answer("s3.example", hours=1)
    doubt = machine.clock.doubt()
    assert doubt is not None
    assert doubt.words == (
        "My machine's clock says Tue 24 Nov 2026, 03:00 UTC, but s3.example says Tue 24 Nov 2026, 04:00 UTC."
    )
    machine.pass_(minutes=30)
    machine.answer()
    machine.pass_(minutes=31)
    assert machine.clock.trusted(), "what a service told an hour ago counts no more, where another has answered"


def test_without_any_answer_the_two_clocks_move_together_within_ten_minutes() -> None:
    machine = running()
    machine.pass_(days=30)
    machine.step(minutes=9)
    assert machine.clock.trusted()
    machine.step(minutes=11)
    assert not machine.clock.trusted()


@each("newest", [None, 0, 30, 47, 49, -1])
def test_p12_a_start_without_an_answer_is_not_trusted_whatever_the_log_says(newest: int | None) -> None:
    machine = Machine()
    machine.clock.begin(None if newest is None else NOW - timedelta(hours=newest))
    assert not machine.clock.trusted()
    machine.answer()
    assert machine.clock.trusted()


@each("newest, moves", [(None, True), (47, True), (49, False), (-1, False)])
def test_until_an_answer_now_goes_with_a_clock_that_follows_soon_after_the_newest_entry(
    newest: int | None, moves: bool
) -> None:
    """Else access that ended while the bot was down would be open again until a service answers."""
    machine = Machine()
    machine.clock.begin(None if newest is None else NOW - timedelta(hours=newest))
    assert (machine.clock.now() == NOW) == moves
    before = machine.clock.now()
    machine.step(hours=5)
    assert machine.clock.now() == before, "from then on only together with the steady clock"


def test_the_heads_word_counts_whatever_an_answer_says_and_only_for_this_step() -> None:
    machine = running()
    machine.answer(days=3)
    assert not machine.clock.trusted()
    machine.clock.confirm()
    machine.answer(days=3)
    machine.pass_(days=1)
    assert machine.clock.trusted()
    machine.step(days=5)
    assert not machine.clock.trusted()


def test_a_new_database_on_a_machine_a_year_ahead_does_not_stay_there() -> None:
    machine = Machine()
    machine.step(days=365)
    machine.clock.begin(None)
    machine.answer()
    machine.pass_(seconds=5)
    told = (machine.clock.now(), machine.clock.trusted())
    assert told == (machine.right, False), "the first answer tells the time"
    machine.step()
    assert machine.clock.now() == machine.right


def test_p12_a_storage_server_that_shares_the_wrong_clock_confirms_nothing() -> None:
    """After an hour without a chat's answer a bucket on this machine vouched for a year ahead."""
    seconds, wrong = Seconds(), timedelta()
    clock = TrustedClock(lambda: NOW + timedelta(seconds=seconds.now) + wrong, seconds)
    clock.begin(NOW)
    clock.hear("slack.com", {"Date": format_datetime(NOW, usegmt=True)})
    assert clock.trusted()
    seconds.now += 66 * 60
    wrong = timedelta(days=366)
    clock.hear_storage("minio.local", {"Date": format_datetime(clock.wall(), usegmt=True)})
    assert not clock.trusted()
    wrong = timedelta()
    clock.hear_storage("minio.local", {"Date": format_datetime(clock.wall(), usegmt=True)})
    assert clock.trusted()


YEAR = timedelta(days=366)


async def _pass(world: World, seconds: float) -> None:
    world.machine.pass_(seconds=seconds)
    await world.tick()


async def _stands(world: World) -> dict[str, Any]:
    """All that a wrong moment may take away."""

    def look(store: Store) -> dict[str, Any]:
        return {
            "calls": store.counts(Recording.state), "erased": store.has(Erasure.erased_at.is_not(None)),
            "keys": sorted(one.id for one in store.session.query(Matter) if one.wrap),
            "states": sorted((one.id, one.state) for one in store.session.query(Matter)),
            "ended": [one.ended_at for one in store.session.query(Grant)],
        }  # fmt: skip

    return {**await world.database.read(look), "audio": world.shelf.audio().keys()}


async def _to_helena(world: World) -> list[Mapping[str, Any]]:
    """What the Head was told about the clock."""
    rows = await world.database.read(outgoing)
    who = world.company.helena.person_id
    return [one.payload for one in rows if one.person_id == who and "clock" in one.payload.get("words", "")]


@pytest_asyncio.fixture
async def world(database: Database, tmp_path: Path) -> World:
    """Forty calls of yesterday, access to one, a request that waits and one that is closed; the bot heard one answer."""
    world = World(database, 3, NOW, tmp_path)
    world.slack_answers = False
    await world.open()
    world.machine.answer()
    for number in range(40):
        world.record(NOW - timedelta(days=1, seconds=number))
    await world.sync.sync()
    company = world.company
    company.calls = await world.database.read(lambda store: [one.id for one in store.session.query(Recording).limit(3)])
    await talked(company)
    await approved(company)
    await ask(company, company.bram, crm="CS-7")
    await world.tick()
    return world


async def test_p12_what_has_come_waits_while_a_service_contradicts_and_no_longer(world: World) -> None:
    """A year later all of it is due; but by Slack it is still the day before."""
    world.machine.answer()
    before = await _stands(world)
    world.machine.right += YEAR
    world.machine.answer(days=-366)
    for _ in range(2):
        await _pass(world, 5)
    assert (world.machine.clock.now(), world.watch.clock.trusted()) == (world.machine.right, False)
    assert await _stands(world) == before
    world.machine.answer()
    for _ in range(3):
        await _pass(world, 1)
    now = await _stands(world)
    assert now["ended"] == [NOW + timedelta(days=7)]
    assert (len(now["keys"]), "lapsed" in {state for _, state in now["states"]}) == (1, True), (
        "words of a year ago are gone"
    )
    assert now["calls"]["erased"] == 40


async def test_the_head_hears_once_why_it_waits_and_that_it_continues(world: World) -> None:
    world.machine.step(days=5)
    await _pass(world, 1)
    assert await _to_helena(world) == [], "the next answer often settles it"
    for _ in range(3):
        await _pass(world, PATIENCE)
    [told] = await _to_helena(world)
    assert (
        "My machine's clock says Sun 29 Nov 2026, 03:01 UTC, but slack.com says Tue 24 Nov 2026, 03:01 UTC."
        in told["words"]
    )
    assert "press Continue" in told["words"]
    await world.start()
    for _ in range(3):
        await _pass(world, PATIENCE)
    assert len(await _to_helena(world)) == 1, "a new start tells nothing again"
    world.machine.step()
    world.machine.answer()
    await _pass(world, 1)
    assert len(await _to_helena(world)) == 2
    actions = [action for _, action, *_ in await audit(world.company) if action.startswith("clock.")]
    assert actions == ["clock.wait", "clock.go_on"]


async def test_p12_it_continues_once_the_head_presses_continue_and_no_one_else_may(world: World) -> None:
    company = world.company
    world.machine.answer(hours=3)
    await _pass(world, 1)
    await _pass(world, PATIENCE)
    name = (await _to_helena(world))[-1]["opens"]
    assert (await refusal(company, trust_clock(name), company.tara)).code == "not_entitled"
    await _pass(world, 20)
    assert not world.machine.clock.trusted()
    await company.door.enter(trust_clock(name), company.helena)
    await _pass(world, 20)
    assert world.machine.clock.trusted()
    with pytest.raises(Refused, match="nothing to decide"):
        await company.door.enter(trust_clock(name), company.helena)


async def test_readyz_says_why_it_waits_and_that_work_may_be_taken(world: World) -> None:
    parts = Parts()
    ready = readiness(world.company.database, parts)
    assert ready.waits() == {}
    world.machine.step(days=366)
    told = readiness(world.company.database, Parts(doubt=world.machine.clock.doubt))
    assert (await told.reasons(), list(told.waits())) == ({}, ["clock_contradicted"])
    assert told.waits()["clock_contradicted"].startswith(WAITING)
