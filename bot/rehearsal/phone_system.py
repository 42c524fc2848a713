"""A phone system that keeps the folder of live calls: the demo's, and what the tests hold the folder recorder against."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.recorders.folder_live import LIVE
from bot.recorders.tree import sidecar_of

A_SECOND = 2000  # bytes


class PhoneSystem:
    """Keeps `.live` below `root` as `bot/recorders/folder_live.py` says. `deaf` legs (call and name) do nothing that they are asked; `lying` ones say that they did."""

    def __init__(self, root: Path, sound: bytes = bytes(A_SECOND)) -> None:
        """`sound` is what is said on every call, over and over."""
        self.root, self.folder, self._sound = root, root / LIVE, sound
        self.deaf: set[tuple[str, str]] = set()
        self.lying: set[tuple[str, str]] = set()
        self.folder.mkdir(parents=True, exist_ok=True)

    def ring(self, call_id: str, told: Mapping[str, Any], legs: Mapping[str, str]) -> None:
        """A call begins: what its metadata say, and the name of each leg with the native id that its recording will have."""
        each = [{"name": name, "audio": audio, "state": "recording"} for name, audio in legs.items()]
        self._write(call_id, {**told, "legs": each})
        self.step(call_id)

    def step(self, call_id: str) -> None:
        """A second of it: what was asked for is done, and what is recorded grows."""
        call = json.loads((self.folder / f"{call_id}.json").read_text())
        growing = [leg for leg in call["legs"] if self._heeded(call_id, leg)]
        for leg in growing:
            with self._growing(leg).open("ab") as file:
                file.write(self._next(file.tell()))
        self._write(call_id, call)
        (self.folder / f"{call_id}.ask").unlink(missing_ok=True)

    def hang_up(self, call_id: str, seconds: float) -> None:
        """It is over: what was recorded of it lies among the recordings, with its metadata."""
        call = json.loads((self.folder / f"{call_id}.json").read_text())
        (self.folder / f"{call_id}.json").unlink()
        (self.folder / f"{call_id}.ask").unlink(missing_ok=True)
        for leg in call.pop("legs"):
            if (audio := self._growing(leg)).exists():
                place = self.root / leg["audio"]
                place.parent.mkdir(parents=True, exist_ok=True)
                (self.root / sidecar_of(leg["audio"])).write_text(json.dumps({**call, "duration": seconds}))
                audio.rename(place)

    def records(self, call_id: str) -> bool:
        """Whether any leg of a call is recorded, as far as the system says."""
        call = json.loads((self.folder / f"{call_id}.json").read_text())
        return any(leg["state"] == "recording" for leg in call["legs"])

    def calls(self) -> list[str]:
        """Those that go on."""
        return sorted(one.stem for one in self.folder.glob("*.json"))

    def _next(self, place: int) -> bytes:
        """The next second of what is said, after so many bytes of it."""
        start = place % len(self._sound)
        return (self._sound + self._sound)[start : start + A_SECOND]

    def _heeded(self, call_id: str, leg: dict[str, str]) -> bool:
        """What was asked, done and said; whether the leg is recorded in this second."""
        before, which = leg["state"], (call_id, leg["name"])
        place = self.folder / f"{call_id}.ask"
        asked = place.read_text() if place.exists() else ""
        if asked == "stop" and before != "stopped" and (which not in self.deaf or which in self.lying):
            leg["state"] = "stopped"
        return leg["state"] == "recording" or which in self.deaf

    def _growing(self, leg: Mapping[str, str]) -> Path:
        return self.folder / leg["audio"].rpartition("/")[2]

    def _write(self, call_id: str, call: Mapping[str, Any]) -> None:
        fresh = self.folder / f".{call_id}.new"
        fresh.write_text(json.dumps(call))
        fresh.replace(self.folder / f"{call_id}.json")
