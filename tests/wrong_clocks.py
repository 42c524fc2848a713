"""A company whose clocks are wrong now and then: its machine's, its recorder's, and a chat's; and what must be true of
its calls all the same. The truth is worked out here by hand, from when each call really began, without the program's
own rules.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

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
from handlers.retention.guard import continue_erasures
from storage.database.store import Database, Store
from storage.records import Recording
from storage.tables.breaches import Report
from storage.tables.calls import Erasure
from tests.bot.recorders.benches import as_sidecar
from tests.erasing import SIGHTED
from tests.handlers.builders import AU, COPIES, KEYS, POLICY, UK, Clock, Company, meet_everybody
from tests.machines import Machine
from tests.years.town import true_moment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARKS = Marks(bytes(range(32)))


@dataclass
class Call:
    """One call as it really was. `told` is by how much its metadata are wrong, `taken` that another program removed its
    audio.
    """

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
        """Return what its recorder says about it; the file's own date is right."""
        started, written = self.began + self.told, self.began + timedelta(minutes=1)
        return replace(SIGHTED, native_id=self.name, line=self.line, started=started, modified=written)


class Shelf:
    """The folder of recordings. `put` writes a call's audio and metadata, by a rename or in place; `describe` the
    metadata alone.
    """

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
class Swapping:
    """A recorder that puts another call in the place of one that is about to be deleted."""

    recorder: Recorder
    swaps: list[Callable[[str], None]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder, name)

    async def delete(self, native_id: str, stamp: str) -> None:
        if self.swaps:
            self.swaps.pop()(native_id)
        await self.recorder.delete(native_id, stamp)


class World:
    """The bot, its machine, its recorder, and the truth about each call ever recorded."""

    def __init__(self, database: Database, seed: int, begins: datetime, folder: Path) -> None:
        self.random, self.machine = Random(seed), Machine(right=begins)
        self.database, self.folder = database, folder
        self.shelf = Shelf(folder / "calls", self.machine)
        self.calls = list[Call]()
        self.slack_answers, self.slack_wrong = True, timedelta(0)
        self.swaps = list[Callable[[str], None]]()
        self.swapped = list[str]()

    async def open(self) -> None:
        """A company that has met everyone and has no calls yet."""
        clock = Clock(self.machine.right)
        door = Door(self.database, POLICY, clock, keys=KEYS, copies_at=COPIES)
        self.company = Company(door, clock, await meet_everybody(door))
        self.journal = Journal(self.folder / "journal", Seal(KEYS), make=True)
        await self.start()

    async def start(self) -> None:
        """Start the bot, which knows only what it has stored."""
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
        """Record a call whose audio is like no other's."""
        number = len(self.calls)
        line = self.random.choice((AU, UK))
        audio = audio or b"%06d" % number + b"." * self.random.randrange(40)
        one = Call(name or f"{number:06}.mp3", audio, began.replace(microsecond=0), line, told)
        self.calls.append(one)
        self.shelf.put(one, in_place=in_place)
        return one

    def swap(self, *, in_place: bool, same_size: bool) -> Callable[[str], None]:
        """Return what puts another call of just now under the name of one that is about to be deleted."""

        def work(name: str) -> None:
            [old] = [call for call in self.calls if call.name == name and not call.taken and call.mark not in self.gone]
            old.taken = True
            audio = (b"%06d" % len(self.calls)).ljust(len(old.audio), b"!") if same_size else b""
            self.record(self.machine.right - timedelta(minutes=2), name=old.name, in_place=in_place, audio=audio)
            self.swapped.append(old.name)

        return work

    def correct(self) -> None:
        """Put the recorder's clock right, and what it wrote, as the administrator."""
        there = set(self.shelf.audio().values())
        for one in self.calls:
            if one.told and one.audio in there:
                one.told = timedelta(0)
                self.shelf.describe(one)

    async def pass_(self, span: timedelta) -> None:
        self.machine.right += span
        await self.tick()

    async def tick(self) -> None:
        """Do the clock's work, and look for anything wrong, whatever the clocks say."""
        if self.slack_answers:
            await self._greet()
        await self.ticks.tick()
        await self.check_always()

    @property
    def gone(self) -> set[str]:
        """Return the marks of audio that is nowhere any more."""
        there = set(self.shelf.audio().values())
        return {one.mark for one in self.calls if one.audio not in there}

    async def check_always(self) -> None:
        """Check that nothing is gone early, and that each certificate is of audio that went at or after its moment, and
        is nowhere.
        """
        right, there = self.machine.right, set(self.shelf.audio().values())
        for one in self.calls:
            early = one.moment > right and not one.taken
            assert not (early and one.audio not in there), f"{one} is gone at {right}"
        truths = {one.mark: one for one in self.calls}
        certified, reports = await self.database.read(_certified_and_reports)
        assert reports == 0, "a false confidential report"
        assert len({one.audio_hash for one in certified}) == len(certified), "certified twice"
        for erasure in certified:
            true = truths[erasure.audio_hash]
            assert true.audio not in there, f"{true} is certified and there"
            assert not true.taken, f"{true} was replaced by somebody, and is certified"
            assert true.moment <= right, f"{true} is certified early"
            assert erasure.native_hash == MARKS.of_call(true.name, true.began + true.told), (
                f"{true} has another's certificate"
            )

    def true_now(self) -> None:
        """Put every clock and every file right from now on."""
        self.machine.step()
        self.slack_answers, self.slack_wrong = True, timedelta(0)
        self.correct()

    async def settle(self) -> None:
        """Put all right, and check an hour later that everything is as it should be."""
        self.true_now()
        for minutes in (0, 1, 9, 20, 31):
            await self.pass_(timedelta(minutes=minutes))
            await self.let_go()
        await self.check_settled()

    async def let_go(self) -> None:
        """Press Continue as the Head, if there is a card."""
        pause = await self.database.read(lambda store: store.pauses.open())
        if pause is not None:
            await self.company.door.enter(continue_erasures(f"{pause.id}:{pause.revision}"), self.company.helena)

    async def check_settled(self) -> None:
        """Check that what is before its moment is there and open, and what is an hour past it is gone."""
        assert self.machine.clock.trusted(), self.machine.clock.doubt()
        assert abs(self.machine.clock.now() - self.machine.right) <= timedelta(minutes=10)
        right, there = self.machine.right, set(self.shelf.audio().values())
        rows = await self.database.read(_rows)
        for one in self.calls:
            if one.taken:
                continue
            if one.moment > right:
                row = rows.get(one.name)
                assert row, f"{one} is not in the register"
                assert (row.state, row.erase_at, row.started) == ("present", one.moment, one.began), f"{one}: {row}"
            elif right - one.moment > HOUR:
                assert one.audio not in there, f"{one} is late at {right}"


def _rows(store: Store) -> dict[str, Recording]:
    return {one.native_id: one for one in store.session.scalars(select(Recording).where(Recording.system == "shelf"))}


def _certified_and_reports(store: Store) -> tuple[list[Erasure], int]:
    done = store.session.scalars(select(Erasure).where(Erasure.erased_at.is_not(None)))
    return list(done), store.session.query(Report).count()
