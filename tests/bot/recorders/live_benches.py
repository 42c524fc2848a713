"""A bench for each call recording system with live calls: calls begin there, end, and may keep being recorded although
asked to stop.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bot.ports import LiveCall, Recorder
from bot.recorders.folder import FolderRecorder
from bot.rehearsal.phone_system import PhoneSystem
from tests.memory_live import Leg

from .benches import InMemory, OnDisk

ONGOING = LiveCall(
    call_id="call-7", line="+61281979000", direction="incoming", caller="+61491570156",
    operator_email="anna.quill@fernhill.example", started=datetime.fromisoformat("2026-11-23T10:15:00+11:00"),
    recordings=("2026/call-7-in.wav", "2026/call-7-out.wav"),
)  # fmt: skip
LEGS = ("customer", "Anna Quill")


def another(call_id: str) -> LiveCall:
    """A second call, with another agent."""
    audio = tuple(f"2026/{call_id}-{leg}.wav" for leg in ("in", "out"))
    return replace(ONGOING, call_id=call_id, operator_email="ben.otter@fernhill.example", recordings=audio)


class LiveBench(Protocol):
    """A recorder, and the phone system on the other side."""

    recorder: Recorder

    def ring(self, call: LiveCall) -> None: ...
    def hang_up(self, call_id: str) -> None: ...
    def disobey(self, call_id: str, leg: str, *, lying: bool = False) -> None: ...
    def cut_off(self) -> None: ...
    def reconnect(self) -> None: ...


class MemoryLiveBench(InMemory):
    def ring(self, call: LiveCall) -> None:
        self.memory.ring(call, *map(Leg, LEGS))

    def hang_up(self, call_id: str) -> None:
        self.memory.hang_up(call_id)

    def disobey(self, call_id: str, leg: str, *, lying: bool = False) -> None:
        for one in self.memory.calls[call_id].legs:
            if one.name == leg:
                one.obeys, one.says = False, "stopped" if lying else None


class FolderLiveBench(OnDisk):
    """Time passes only while the recorder waits."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.root = root
        self.phones = PhoneSystem(root)
        self.recorder: Recorder = FolderRecorder(root, wait=self._pass)

    async def _pass(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            for call in self.phones.calls():
                self.phones.step(call)

    def ring(self, call: LiveCall) -> None:
        self.phones.ring(call.call_id, metadata(call), dict(zip(LEGS, call.recordings, strict=True)))

    def hang_up(self, call_id: str) -> None:
        self.phones.hang_up(call_id, 60.0)

    def disobey(self, call_id: str, leg: str, *, lying: bool = False) -> None:
        self.phones.deaf.add((call_id, leg))
        if lying:
            self.phones.lying.add((call_id, leg))


def metadata(call: LiveCall) -> dict[str, Any]:
    """Return what a metadata file says about it."""
    return {
        "line": call.line, "direction": call.direction, "caller": call.caller,
        "operator": {"name": "Anna Quill", "email": call.operator_email},
        "department": "customer_success", "crm": "", "started": call.started.isoformat(),
    }  # fmt: skip
