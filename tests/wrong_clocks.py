"""A company whose clocks are wrong now and then: its machine's, its recorder's, and a chat's; and what must be true of its calls all the same.

The truth is worked out here by hand, from when each call truly began: none of the program's own rules is asked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.clockwork.parts import Forgetting, Reports
from bot.clockwork.ticks import Ticks
from bot.clockwork.trusted_clock import ClockWatch
from bot.journal import Journal, Marks, Seal
from bot.ports import Recorder, Sighting
from bot.proof.journalling import Patiently
from bot.recorders.folder import FolderRecorder
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from handlers.door import Door
from handlers.listening import exchange, listen, served
from handlers.retention.guard import continue_
from storage.database.store import Database, Store
from storage.records import Matter, Recording
from storage.tables.breaches import Report
from storage.tables.calls import Erasure
from tests.bot.recorders.benches import as_sidecar
from tests.erasing import SIGHTED
from tests.handlers.builders import AU, COPIES, KEYS, POLICY, UK, Clock, Company, approved, ask, meet_everybody, stored
from tests.machines import Machine
from tests.memory_recorder import MemoryRecorder

ZONES = {AU: "Australia/Sydney", UK: "Europe/London"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARKS = Marks(bytes(range(32)))


def true_moment(began: datetime, line: str) -> datetime:
    """The same time of day twelve months later where the line is: the first there is, or the next one; UTC."""
    zone = ZoneInfo(ZONES[line])
    here = began.astimezone(zone).replace(tzinfo=None)
    try:
        wanted = here.replace(year=here.year + 1)
    except ValueError:  # a leap day
        wanted = datetime(here.year + 1, 3, 1)
    offsets = {(wanted + near).replace(tzinfo=zone).utcoffset() or timedelta(0) for near in (-DAY, DAY)}
    moments = sorted((wanted - one).replace(tzinfo=UTC) for one in offsets)
    for one in moments:
        if one.astimezone(zone).replace(tzinfo=None) == wanted:
            return one
    gap = (
        moments[0].replace(second=0, microsecond=0) - 3 * HOUR
    )  # skipped by summer time: the minute at which it begins
    while gap.astimezone(zone).replace(tzinfo=None) < wanted:
        gap += timedelta(minutes=1)
    return gap


@dataclass
class Call:
    """One call as it truly was. `told` is by how much its metadata are wrong, `taken` that somebody outside took its audio away."""

    name: str
    audio: bytes
    began: datetime
    line: str
    told: timedelta = timedelta(0)
    taken: bool = False
    moment: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.moment = true_moment(self.began, self.line)

    @property
    def mark(self) -> str:
        return MARKS.of(sha256(self.audio).hexdigest())

    @property
    def sighting(self) -> Sighting:
        """What its recorder tells of it; the file's own date is right."""
        started, written = self.began + self.told, self.began + timedelta(minutes=1)
        return replace(SIGHTED, native_id=self.name, line=self.line, started=started, modified=written)


class Shelf(Protocol):
    """Where the recordings lie. `put` writes a call's audio and metadata, by a rename or in place; `describe` the metadata alone."""

    recorder: Recorder

    def put(self, call: Call, *, in_place: bool = False) -> None: ...
    def describe(self, call: Call) -> None: ...
    def audio(self) -> Mapping[str, bytes]: ...


class MemoryShelf:
    def __init__(self) -> None:
        self.memory = MemoryRecorder()
        self.recorder: Recorder = self.memory

    def put(self, call: Call, *, in_place: bool = False) -> None:
        self.memory.keep(call.sighting, call.audio)

    def describe(self, call: Call) -> None:
        self.memory.keep(call.sighting, call.audio)

    def audio(self) -> Mapping[str, bytes]:
        return dict(self.memory._audio)


class FolderShelf:
    def __init__(self, root: Path, machine: Machine) -> None:
        self.root, self.machine = root, machine
        root.mkdir(mode=0o700)
        self.recorder: Recorder = FolderRecorder(root, seconds=self._seconds)

    def put(self, call: Call, *, in_place: bool = False) -> None:
        self._write(call.name, call.audio, call, in_place=in_place)
        self.describe(call)

    def describe(self, call: Call) -> None:
        beside = f"{call.name.rpartition('.')[0]}.json"
        self._write(beside, json.dumps(as_sidecar(call.sighting)).encode(), call)

    def audio(self) -> Mapping[str, bytes]:
        return {one.name: one.read_bytes() for one in self.root.glob("*.mp3")}

    def _seconds(self) -> float:
        return self.machine.right.timestamp()

    def _write(self, name: str, content: bytes, call: Call, *, in_place: bool = False) -> None:
        path = self.root / name
        to = path if in_place else path.with_name(f".{name}.new")
        to.write_bytes(content)
        written = (call.began + timedelta(minutes=1)).timestamp()
        os.utime(to, (written, written))
        to.replace(path)


@dataclass(frozen=True)
class Access:
    """A request that was filed, and what it was promised then; `until` where it was approved."""

    request: str
    call: Call
    due: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Swapping:
    """A recorder under whose eraser somebody puts another call in the place of one that is about to be deleted."""

    recorder: Recorder
    swaps: list[Callable[[str], None]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder, name)

    async def delete(self, native_id: str, stamp: str) -> None:
        if self.swaps:
            self.swaps.pop()(native_id)
        await self.recorder.delete(native_id, stamp)


class World:
    """The bot, its machine, its recorder, and the truth about each call that was ever recorded."""

    def __init__(self, database: Database, shelf_of: Callable[[Machine], Shelf], seed: int, begins: datetime, folder: Path) -> None:  # fmt: skip
        self.random, self.machine = Random(seed), Machine(right=begins)
        self.shelf, self.database, self.folder = shelf_of(self.machine), database, folder
        self.calls, self.accesses = list[Call](), list[Access]()
        self.slack_answers, self.slack_wrong = True, timedelta(0)
        self.swaps = list[Callable[[str], None]]()
        self.swapped = list[str]()
        self._asked = count()
        self.decided = set[str]()  # names of what somebody let go

    async def open(self) -> None:
        """A company that has met everybody and has no calls yet."""
        clock = Clock(self.machine.right)
        door = Door(self.database, POLICY, clock, keys=KEYS, copies_at=COPIES)
        self.company = Company(door, clock, await meet_everybody(door))
        self.journal = Journal(self.folder / "journal", Seal(KEYS), make=True)
        await self.start()

    async def start(self) -> None:
        """The bot starts, and knows nothing but what it has stored."""
        self.machine.start_clock()
        clock, door = self.machine.clock, self.company.door
        door.now = clock.now
        recorder = cast("Recorder", Swapping(self.shelf.recorder, self.swaps))
        self.erasing = Erasing(door, recorder, "shelf", MARKS, seconds=clock.seconds)
        files = UnregisteredFiles(door, "shelf")
        self.sync = RecordingSync(door, self.shelf.recorder, "shelf", self.erasing.returned, files.note)
        forgetting = Forgetting(door, self.erasing.overwritten, clock.seconds)
        chat = SimpleNamespace(chat=SimpleNamespace(platform="slack", greet=self._greet))
        self.watch = ClockWatch(clock, door, cast("Any", {"slack": chat}))
        more = {
            "clock": self.watch.tick, "words": forgetting.tick, "erasures": self.erasing.tick,
            "confidential": Reports(door, Patiently(self.journal)).tick,
        }  # fmt: skip
        self.ticks = Ticks(door, self.sync, {}, clock.seconds, more=more, trusted=clock.trusted)
        await self.watch.begin()

    async def _greet(self) -> None:
        if not self.slack_answers:
            raise ConnectionError("away")
        self.machine.answer(seconds=self.slack_wrong.total_seconds())

    def record(self, began: datetime, *, told: timedelta = timedelta(0), name: str = "", in_place: bool = False, audio: bytes = b"") -> Call:  # fmt: skip
        """A call is recorded, whose audio is like no other's."""
        number = len(self.calls)
        line = self.random.choice((AU, UK))
        audio = audio or b"%06d" % number + b"." * self.random.randrange(40)
        one = Call(name or f"{number:06}.mp3", audio, began.replace(microsecond=0), line, told)
        self.calls.append(one)
        self.shelf.put(one, in_place=in_place)
        return one

    def swap(self, *, in_place: bool, same_size: bool) -> Callable[[str], None]:
        """What puts another call of just now under the name of one that is about to be deleted."""

        def work(name: str) -> None:
            [old] = [call for call in self.calls if call.name == name and not call.taken and call.mark not in self.gone]
            old.taken = True
            audio = (b"%06d" % len(self.calls)).ljust(len(old.audio), b"!") if same_size else b""
            self.record(self.machine.right - timedelta(minutes=2), name=old.name, in_place=in_place, audio=audio)
            self.swapped.append(old.name)

        return work

    def correct(self) -> None:
        """Somebody puts the recorder's clock right, and what it wrote."""
        there = set(self.shelf.audio().values())
        for one in self.calls:
            if one.told and one.audio in there:
                one.told = timedelta(0)
                self.shelf.describe(one)

    async def pass_(self, span: timedelta) -> None:
        self.machine.right += span
        await self.tick()

    async def tick(self) -> None:
        """The clock's work, and the looks that must find nothing wrong whatever the clocks say."""
        if self.slack_answers:
            await self._greet()
        await self.ticks.tick()
        await self.check_always()

    @property
    def gone(self) -> set[str]:
        """The marks of audio that is nowhere any more."""
        there = set(self.shelf.audio().values())
        return {one.mark for one in self.calls if one.audio not in there}

    async def check_always(self) -> None:
        """Nothing is gone early, and a certificate is only of audio that went at or after its moment, and is nowhere."""
        right, there = self.machine.right, set(self.shelf.audio().values())
        for one in self.calls:
            early = one.moment > right and not one.taken and one.mark not in self.decided
            assert not (early and one.audio not in there), f"{one} is gone at {right}"
        truths = {one.mark: one for one in self.calls}
        certified, reports = await self.database.read(_certified_and_reports)
        assert reports == 0, "a false confidential report"
        assert len({one.audio_hash for one in certified}) == len(certified), "certified twice"
        for erasure in certified:
            true = truths[erasure.audio_hash]
            assert true.audio not in there, f"{true} is certified and there"
            assert not true.taken, f"{true} was replaced by somebody, and is certified"
            assert true.mark in self.decided or true.moment <= right, f"{true} is certified early"
            assert erasure.native_hash == MARKS.of_call(true.name, true.began + true.told), (
                f"{true} has another's certificate"
            )

    def true_now(self) -> None:
        """Every clock and every file is right from now on."""
        self.machine.step()
        self.slack_answers, self.slack_wrong = True, timedelta(0)
        self.correct()

    async def settle(self) -> None:
        """All is put right, and an hour later everything is as it should be."""
        self.true_now()
        for minutes in (0, 1, 9, 20, 31):
            await self.pass_(timedelta(minutes=minutes))
            await self.let_go()
        await self.check_settled()

    async def let_go(self) -> None:
        """The Head presses Continue, if there is a card."""
        pause = await self.database.read(lambda store: store.pauses.open())
        if pause is not None:
            await self.company.door.enter(continue_(f"{pause.id}:{pause.revision}"), self.company.helena)

    async def check_settled(self) -> None:
        """What is before its moment is there and open, what is an hour past it is gone, and what people had they have."""
        assert self.machine.clock.trusted(), self.machine.clock.doubt()
        assert abs(self.machine.clock.now() - self.machine.right) <= timedelta(minutes=10)
        right, there = self.machine.right, set(self.shelf.audio().values())
        rows = await self.database.read(_rows)
        kept = await self._kept()
        for one in self.calls:
            if one.taken or one.mark in self.decided:
                continue
            if one.moment > right:
                row = rows.get(one.name)
                assert row, f"{one} is not in the register"
                assert (row.state, row.erase_at, row.started) == ("present", one.moment, one.began), f"{one}: {row}"
            elif right - one.moment > HOUR and one.audio not in kept:
                assert one.audio not in there, f"{one} is late at {right}"
        for access in self.accesses:
            await self._check_access(access)
        keys = await self.database.read(lambda store: {one.id for one in store.session.query(Matter) if one.wrap})
        assert keys >= {one.request for one in self.accesses}, "words are gone"
        # What has been over for a day was looked at, and nothing more becomes of it.
        self.accesses = [one for one in self.accesses if (one.until or one.due or right) + DAY >= right]

    async def _kept(self) -> set[bytes]:
        """Audio of calls that an open request, or what it led to, keeps past their moment."""
        found = set[bytes]()
        for access in self.accesses:
            state = (await stored(self.company, access.request)).state
            if state == "waiting" or (access.until or self.machine.right) > self.machine.right - HOUR:
                found.add(access.call.audio)
        return found

    async def _check_access(self, access: Access) -> None:
        request, right = await stored(self.company, access.request), self.machine.right
        if access.until is None:
            if access.due is None or right < access.due:
                found = request.state, request.due_at
                assert found == ("waiting", access.due), f"{found} at {right}: {access}"
            return
        grant = await self.database.read(lambda store: store.grants.of(access.request))
        assert grant is not None
        if min(access.until, access.call.moment) > right:
            assert (grant.ended_at, grant.ends_at) == (None, access.until)
            await self._hear(access.request, access.call)

    async def _hear(self, request: str, call: Call) -> None:
        door, anna = self.company.door, self.company.anna
        opened = await door.enter(exchange(await door.enter(listen(request), anna)), anna)
        number = (await self.database.read(_rows))[call.name].id
        await door.enter(served(opened.grant, opened.secret, number, 0, 1), anna)
        audio = await self.shelf.recorder.audio(call.name)
        assert await audio.read(0, audio.size) == call.audio

    async def ask(self) -> None:
        """Anna asks for a call that can be heard now; Tara approves every other one."""
        rows = await self.database.read(_rows)
        now = self.machine.clock.now()
        fine = [one for one in self.calls if not one.told and not one.taken and (row := rows.get(one.name)) and row.state == "present"
                and one.moment > now + HOUR and row.started == one.began]  # fmt: skip
        if not fine:
            return
        # Those that soon have their moment are the interesting ones.
        one = self.random.choice(sorted(fine, key=lambda call: call.moment)[:12])
        told = {"calls": [rows[one.name].id], "crm": f"CS-{next(self._asked)}"}
        works = approved if self.random.random() < 0.5 else ask
        request = await works(self.company, self.company.anna, **told)
        grant = await self.database.read(lambda store: store.grants.of(request))
        if grant is not None:
            assert abs(grant.ends_at - self.machine.right - 7 * DAY) <= DAY, "seven days"
        due = (await stored(self.company, request)).due_at
        self.accesses.append(Access(request, one, due, grant.ends_at if grant else None))


def _rows(store: Store) -> dict[str, Recording]:
    return {one.native_id: one for one in store.session.scalars(select(Recording).where(Recording.system == "shelf"))}


def _certified_and_reports(store: Store) -> tuple[list[Erasure], int]:
    done = store.session.scalars(select(Erasure).where(Erasure.erased_at.is_not(None)))
    return list(done), store.session.query(Report).count()
