"""A bench for each call recording system, where recordings are added, changed, spoilt and removed."""

import asyncio
import json
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.ports import Gone, LookFinished, Problem, Recorder, Sighting, Unavailable
from bot.recorders.folder import FolderRecorder
from bot.retention.recording_sync import CallsInMemory
from tests.clocks import Seconds
from tests.memory_recorder import MemoryRecorder

Finding = Sighting | Problem | Gone
AN_HOUR = 3600.0

PLAIN = Sighting(
    native_id="calls/one.mp3", line="+61281979000", direction="incoming", caller="+61491570156",
    operator_name="Anna Quill", operator_email="anna.quill@fernhill.example", department="customer_success",
    started=datetime.fromisoformat("2026-11-23T10:15:00+11:00"), duration=184.2, crm="CS-10442",
    media_type="audio/mpeg", size=0, stamp="",
)  # fmt: skip


OTHER_NAMES = (
    "", ".", "..", "/etc/passwd", "/etc/x.mp3", "/calls/one.mp3", "../calls/calls/one.mp3", "calls/../calls/one.mp3",
    "calls/./one.mp3", "calls//one.mp3", "./calls/one.mp3", "calls", "calls/", "calls/one", "calls/one.json", "calls/one.mp3/",
    "calls/one.mp3\0", "calls/one.mp3\0.mp3", "calls/\ud800.mp3", "calls\\one.mp3", "calls/ONE.mp3", "one.mp3", "calls/one.wav",
    "calls/*.mp3", "calls/one.mp3/two.mp3", "calls/none.mp3", f"{'x' * 300}.mp3",
)  # fmt: skip
"""None of these is the name of `PLAIN`."""


class Bench(Protocol):
    """A recorder, and what the call centre's software does on the other side."""

    recorder: Recorder
    seconds: Seconds
    many: int
    """More recordings than are reported at once; few if each takes a while to add."""
    hides: bool
    """Whether what others delete there is only hidden, and can still be recovered."""

    def put(self, sighting: Sighting, audio: bytes = b"some audio") -> None: ...
    def spoil(self, native_id: str) -> None: ...
    def take(self, native_id: str) -> None: ...
    def cut_off(self) -> None: ...
    def reconnect(self) -> None: ...


class Shelf(Bench, Protocol):
    """A bench where a recording is two files, and other files may be there too."""

    def write(self, name: str, content: bytes) -> object: ...
    def remove(self, name: str) -> None: ...
    def names(self) -> set[str]: ...


class TwoFiles:
    """A bench where a recording is its audio and a metadata file."""

    def write(self, name: str, content: bytes) -> object:
        raise NotImplementedError

    def put(self, sighting: Sighting, audio: bytes = b"some audio") -> None:
        self.write(sighting.native_id, audio)
        self.write(sidecar(sighting.native_id), json.dumps(as_sidecar(sighting)).encode())

    def spoil(self, native_id: str) -> None:
        self.write(sidecar(native_id), b'{"line": "+61')


class OnDisk:
    """Files below `root`, whose disk may be unmounted."""

    root: Path

    def write(self, name: str, content: bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(content)
        fresh.replace(path)
        return path

    def cut_off(self) -> None:
        self.root.rename(self.root.with_name("elsewhere"))

    def reconnect(self) -> None:
        self.root.with_name("elsewhere").rename(self.root)


class InMemory:
    """A system that may be unreachable."""

    def __init__(self) -> None:
        self.memory = MemoryRecorder()
        self.recorder: Recorder = self.memory

    def cut_off(self) -> None:
        self.memory.outage = Unavailable("The recorder can't be reached.")

    def reconnect(self) -> None:
        self.memory.outage = None


@dataclass
class FolderBench(OnDisk, TwoFiles):
    root: Path
    many: int = 600
    hides: bool = False

    def __post_init__(self) -> None:
        self.root.mkdir()
        self.seconds = Seconds()
        self.recorder: Recorder = FolderRecorder(self.root, seconds=self.seconds)

    def take(self, native_id: str) -> None:
        (self.root / native_id).unlink()
        (self.root / sidecar(native_id)).unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def names(self) -> set[str]:
        return {str(one.relative_to(self.root)) for one in self.root.rglob("*") if not one.is_dir()}


class MemoryBench(InMemory):
    many, hides = 600, False

    def __init__(self) -> None:
        super().__init__()
        self.seconds = Seconds()

    def put(self, sighting: Sighting, audio: bytes = b"some audio") -> None:
        self.memory.keep(sighting, audio)

    def spoil(self, native_id: str) -> None:
        self.memory.spoil(native_id, f"{native_id}: the metadata is half written.")

    def take(self, native_id: str) -> None:
        self.memory.lose(native_id)


def sidecar(native_id: str) -> str:
    return str(Path(native_id).with_suffix(".json"))


def as_sidecar(sighting: Sighting) -> dict[str, object]:
    """The metadata file that describes this recording."""
    same = ("line", "direction", "caller", "department", "duration", "crm")
    operator = {"name": sighting.operator_name, "email": sighting.operator_email}
    plain = {field: getattr(sighting, field) for field in same}
    return plain | {"operator": operator, "started": sighting.started.isoformat()}


class Register:
    """What a bot remembers of its recorder: native ids with their stamps, problems, and where the last look ended."""

    def __init__(self, recorder: Recorder, seconds: Seconds | None = None) -> None:
        self.recorder = recorder
        self.seconds = seconds or Seconds()
        self.known: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self.watched: set[str] = set()
        self.cursor: object = None

    def sync(self, stored: int | None = None) -> list[Finding]:
        """Remember everything that one look finds; only so many if the store fails then."""
        self.seconds.now += 20.0
        *found, end = asyncio.run(self._look())
        for finding in found[:stored]:
            if isinstance(finding, Sighting):
                self.known[finding.native_id] = finding.stamp
            elif isinstance(finding, Gone):
                del self.known[finding.native_id]
        findings = [one for one in found if not isinstance(one, LookFinished)]
        if stored is None:
            assert isinstance(end, LookFinished)
            self.cursor = end.cursor
            self.problems = {one.native_id: one.sentence for one in findings if isinstance(one, Problem)}
        return findings

    async def _look(self) -> list[Finding | LookFinished]:
        watched = {name: self.known.get(name, "") for name in self.watched}
        changes = self.recorder.changes(CallsInMemory(self.known), self.cursor, watched)
        return [finding async for finding in changes]


def look(folder: FolderBench) -> list[Finding]:
    """What a first look at the folder finds."""
    return Register(folder.recorder, folder.seconds).sync()


def sentence(folder: FolderBench) -> str:
    """Return what is reported about the only recording, which can't be used."""
    [found] = look(folder)
    assert isinstance(found, Problem)
    return found.sentence


def opened(folder: FolderBench, native_id: str) -> int:
    """Return the size of a recording's audio, opened; raises as the recorder does."""
    return asyncio.run(folder.recorder.audio(native_id)).size


def put(folder: FolderBench, *names: str) -> None:
    for name in names:
        folder.put(replace(PLAIN, native_id=name))


def settled(register: Register) -> None:
    """Look again at everything reported, which is by then too old to be still in writing."""
    for _ in range(3):
        register.sync()
    register.seconds.now += AN_HOUR
    for _ in range(3):
        register.sync()
    assert register.sync() == []


def write_in_place(file: Path) -> None:
    """Make it as long as before and as old, so that its folder shows no change."""
    before = file.stat()
    while file.stat().st_ctime_ns == before.st_ctime_ns:
        file.write_bytes(file.read_bytes()[::-1])
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
