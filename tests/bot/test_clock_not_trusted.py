"""P12, A2: while the clock isn't trusted nothing is done that can't be undone; the Head hears why, and all goes on once it is right."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clockwork.parts import Forgetting, Reports
from bot.clockwork.ticks import Ticks
from bot.clockwork.trusted_clock import PATIENCE, ClockWatch
from bot.journal import Journal, Seal
from bot.proof.journalling import Patiently
from bot.readiness import WAITING
from handlers.journal import BUTTON, trust_clock
from handlers.rules.refusal import Refused
from storage.database.store import Database, Store
from storage.records import Grant, Matter, Recording
from storage.tables.calls import Erasure
from tests.bot.web.ready import Parts, readiness
from tests.each import each
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import KEYS, Clock, Company, a_company, approved, ask, audit, refusal
from tests.handlers.forgetting.words import talked
from tests.ledgers import outgoing
from tests.machines import Machine
from tests.moments import NOW

YEAR = timedelta(days=366)


@dataclass
class Program:
    """A company whose bot goes by a machine's clock: forty calls of yesterday, access, a request that waits and one that is closed."""

    company: Company
    journal: Journal
    machine: Machine = field(default_factory=Machine)
    ticks: Ticks = field(init=False)

    def __post_init__(self) -> None:
        self.archive = Archive(self.company)
        self.start()

    def start(self) -> None:
        """The bot starts, and knows nothing but what it has stored."""
        self.machine.start_clock()
        clock, door = self.machine.clock, self.company.door
        door.now = clock.now
        forgetting = Forgetting(door, self.archive.erasing.overwritten, clock.seconds)
        self.watch = ClockWatch(clock, door, {})
        more = {
            "clock": self.watch.tick, "words": forgetting.tick, "erasures": self.archive.erasing.tick,
            "confidential": Reports(door, Patiently(self.journal)).tick,
        }  # fmt: skip
        self.ticks = Ticks(door, self.archive.sync, {}, clock.seconds, more=more, trusted=clock.trusted)

    async def pass_(self, seconds: float) -> None:
        self.machine.pass_(seconds=seconds)
        await self.ticks.tick()

    async def stands(self) -> tuple[tuple[Any, ...], list[str]]:
        """All that a wrong moment may take away, and what the log says."""

        def look(store: Store) -> tuple[Any, ...]:
            calls = store.counts(Recording.state)
            keys = sorted(one.id for one in store.session.query(Matter) if one.wrap)
            matters = sorted((one.id, one.state) for one in store.session.query(Matter))
            ended = [one.ended_at for one in store.session.query(Grant)]
            return calls, keys, matters, ended, store.has(Erasure.erased_at.is_not(None)), store.audit.head()

        return await self.company.database.read(look), sorted(self.archive.recorder._audio)

    async def told(self, to: str) -> list[str]:
        """Words to a person about the clock."""
        rows = await self.company.database.read(outgoing)
        who = self.company.people[to].person_id
        return [
            one.payload["words"] for one in rows if one.person_id == who and "clock" in one.payload.get("words", "")
        ]

    async def wait(self) -> str:
        """The wait that the Head was told of last."""
        rows = await self.company.database.read(outgoing)
        return [str(one.payload["opens"]) for one in rows if one.payload.get("button") == BUTTON][-1]


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    company = await a_company(database, Clock())
    program = Program(company, Journal(tmp_path / "journal", Seal(KEYS), make=True))
    await program.watch.begin()
    program.machine.answer()
    for number in range(40):
        one = replace(SIGHTED, native_id=f"call-{number:02}", started=NOW - timedelta(days=1, seconds=number))
        program.archive.recorder.keep(one, b"%d" % number)
    await program.archive.sync.sync()
    await talked(company)
    await approved(company)
    await ask(company, company.bram, crm="CS-7")
    await program.ticks.tick()
    return program


STEPS = [timedelta(hours=-1), timedelta(days=5), YEAR]


@each("step", STEPS)
async def test_p12_a_clock_that_is_wrong_for_ten_seconds_changes_nothing(program: Program, step: timedelta) -> None:
    before = await program.stands()
    program.machine.wrong = step
    for _ in range(2):
        await program.pass_(5)
    assert program.watch.clock.doubt() is not None
    assert await program.stands() == before
    program.machine.step()
    await program.pass_(1)
    assert (program.watch.clock.doubt(), await program.stands()) == (None, before)


@each("step", STEPS)
async def test_p12_a_clock_that_is_wrong_before_a_start_changes_nothing(program: Program, step: timedelta) -> None:
    before = await program.stands()
    program.machine.wrong = step
    program.start()
    await program.watch.begin()
    for _ in range(2):
        await program.pass_(5)
    assert program.watch.clock.doubt() is not None
    assert (await program.stands())[1:] == before[1:]
    program.machine.step()
    program.machine.answer()
    await program.pass_(1)
    assert program.watch.clock.doubt() is None
    assert [program.machine.clock.now(), await program.stands()] == [program.machine.right, before]


async def test_p12_what_has_come_waits_while_a_service_contradicts_and_goes_on_as_soon_as_it_agrees(
    program: Program,
) -> None:
    """A year later all of it is due; but by Slack it is still the day before."""
    program.machine.answer()
    before = await program.stands()
    program.machine.right += YEAR
    program.machine.answer(days=-366)
    for _ in range(2):
        await program.pass_(5)
    assert (program.machine.clock.now(), program.watch.clock.trusted()) == (program.machine.right, False)
    now = await program.stands()
    assert (now[0][:5], now[1]) == (before[0][:5], before[1])
    program.machine.answer()
    await program.pass_(1)
    calls, keys, matters, ended, *_ = (await program.stands())[0]
    assert ended == [NOW + timedelta(days=7)]
    assert (len(keys), "lapsed" in {state for _, state in matters}) == (1, True), "words of a year ago are gone"
    assert calls["erased"] == 40


async def test_the_head_hears_once_why_it_waits_and_that_it_goes_on(program: Program) -> None:
    program.machine.step(days=5)
    await program.pass_(1)
    assert await program.told("helena") == [], "the next answer often settles it"
    for _ in range(3):
        await program.pass_(PATIENCE)
    [told] = await program.told("helena")
    assert "My machine's clock says Sun 29 Nov 2026, 03:01 UTC, but slack.com says Tue 24 Nov 2026, 03:01 UTC." in told
    assert "press Continue" in told
    program.start()
    await program.watch.begin()
    for _ in range(3):
        await program.pass_(PATIENCE)
    assert len(await program.told("helena")) == 1, "a new start tells nothing again"
    program.machine.step()
    program.machine.answer()
    await program.pass_(1)
    assert len(await program.told("helena")) == 2
    actions = [action for _, action, *_ in await audit(program.company) if action.startswith("clock.")]
    assert actions == ["clock.wait", "clock.go_on"]


async def test_p12_it_goes_on_once_the_head_presses_continue_and_nobody_else_may(program: Program) -> None:
    company = program.company
    program.machine.answer(hours=3)
    await program.pass_(1)
    await program.pass_(PATIENCE)
    name = await program.wait()
    assert (await refusal(company, trust_clock(name), company.tara)).code == "not_entitled"
    await program.pass_(20)
    assert not program.machine.clock.trusted()
    await company.door.enter(trust_clock(name), company.helena)
    await program.pass_(20)
    assert program.machine.clock.trusted()
    with pytest.raises(Refused, match="nothing is waiting"):
        await company.door.enter(trust_clock(name), company.helena)


async def test_readyz_says_why_it_waits_and_that_work_may_be_taken(program: Program) -> None:
    parts = Parts()
    ready = readiness(program.company.database, parts)
    assert ready.waits() == {}
    program.machine.step(days=366)
    told = readiness(program.company.database, Parts(doubt=program.machine.clock.doubt))
    assert (await told.reasons(), list(told.waits())) == ({}, ["clock_contradicted"])
    assert told.waits()["clock_contradicted"].startswith(WAITING)
