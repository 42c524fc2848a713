"""The benches of Asterisk: its stand-in, a spool, and the CDR file it would write."""

import csv
import io
from pathlib import Path

from bot.ports import LiveCall, Recorder, Sighting
from bot.recorders.asterisk.ami import Account, Spool
from bot.recorders.asterisk.recorder import AsteriskRecorder
from tests.clocks import Seconds

from .asterisk_stand_in import Line, Recording, StandIn
from .benches import OnDisk

HEADER = b"RIFF" + bytes(40)


def row(sighting: Sighting, files: str = "", linkedid: str = "1795708819.0") -> str:
    """Return the CDR's line about a recording, as docs/asterisk.md sets it up."""
    return line(
        "rs1", files or sighting.native_id, linkedid, f"{sighting.started.timestamp():.6f}", f"{sighting.duration:.6f}",
        sighting.operator_email, sighting.operator_name, sighting.department, sighting.line, sighting.direction,
        sighting.caller, sighting.crm,
    )  # fmt: skip


def line(*columns: str) -> str:
    """As CSV_QUOTE and commas make it."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(columns)
    return out.getvalue()


class AsteriskBench(OnDisk):
    """Recordings whose calls are over. The clock is an hour after anything was written."""

    many: int = 600
    hides: bool = False

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.root = root
        self.cdr = root.parent / "cdr.csv"
        self.cdr.touch()
        self.asterisk = StandIn()
        self.seconds = Seconds()
        self.later = 3600.0
        self.made = AsteriskRecorder(
            account(self.asterisk), Spool(str(root), str(root)), str(self.cdr), seconds=self.seconds, wait=self._pass,
            now=lambda: self._newest() + self.later,
        )  # fmt: skip
        self.recorder: Recorder = self.made

    def _newest(self) -> float:
        return max((one.stat().st_mtime for one in self.root.rglob("*")), default=0.0)

    async def _pass(self, _: float) -> None:
        for one in self.asterisk.lines.values():
            for recording in one.recordings:
                recording.write()

    def put(self, sighting: Sighting, audio: bytes = b"some audio") -> None:
        self.write(sighting.native_id, audio)
        self.say(row(sighting))

    def say(self, text: str) -> None:
        with self.cdr.open("a") as file:
            file.write(text)

    def spoil(self, native_id: str) -> None:
        self.say(line("rs1", native_id, "1795708819.0", "once", "many"))

    def take(self, native_id: str) -> None:
        (self.root / native_id).unlink()

    def close(self) -> None:
        self.asterisk.stop()


class AsteriskLiveBench(AsteriskBench):
    """Time passes only while the recorder waits."""

    def ring(self, call: LiveCall) -> None:
        told = {
            "RS_OPERATOR": call.operator_email, "RS_OPERATOR_NAME": "Anna Quill", "RS_LINE": call.line,
            "RS_DIRECTION": call.direction, "RS_CALLER": call.caller, "RS_STARTED": call.started.isoformat(),
        }  # fmt: skip
        for number, (name, audio) in enumerate(zip(("trunk", "agent"), call.recordings, strict=True)):
            self.write(audio, HEADER)
            unique = call.call_id if name == "trunk" else f"{call.call_id}.1"
            channel = Line(f"PJSIP/{name}-{call.call_id}", unique, call.call_id, dict(told))
            channel.recordings.append(Recording(f"0x7f{number}{len(self.asterisk.lines):02}", self.root / audio))
            channel.variables["MIXMONITOR_FILENAME"] = str(self.root / audio)
            self.asterisk.lines[channel.name] = channel

    def hang_up(self, call_id: str) -> None:
        lines = self.asterisk.lines
        self.asterisk.lines = {name: one for name, one in lines.items() if one.linked != call_id}

    def disobey(self, call_id: str, leg: str, *, lying: bool = False) -> None:
        name = "trunk" if leg == "customer" else "agent"
        for one in self.asterisk.lines[f"PJSIP/{name}-{call_id}"].recordings:
            one.deaf, one.lying = True, lying

    def cut_off(self) -> None:
        self.asterisk.stop()

    def reconnect(self) -> None:
        self.asterisk.start()


def account(asterisk: StandIn, secret: str = StandIn.secret) -> Account:
    return Account("127.0.0.1", asterisk.port, asterisk.user, secret)
