"""A phone system that keeps the folder of live calls, for the demo and for tests of the folder recorder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.recorders.folder_live import LIVE
from bot.recorders.tree import sidecar_of

A_SECOND = 2000  # bytes


class PhoneSystem:
    """Keeps `.live` below `root` as `bot/recorders/folder_live.py` says. `deaf` legs (call and name) do nothing they
    are asked to; `lying` ones say that they did.
    """

    def __init__(self, root: Path, sound: bytes = bytes(A_SECOND)) -> None:
        """`sound` is played on every call, over and over."""
        self.root, self.folder, self._sound = root, root / LIVE, sound
        self.deaf: set[tuple[str, str]] = set()
        self.lying: set[tuple[str, str]] = set()
        self.folder.mkdir(parents=True, exist_ok=True)

    def ring(self, call_id: str, told: Mapping[str, Any], legs: Mapping[str, str]) -> None:
        """Begin a call: its metadata, and the name of each leg with the native id that its recording will have."""
        each = [{"name": name, "audio": audio, "state": "recording"} for name, audio in legs.items()]
        self._write(call_id, {**told, "legs": each})
        self.step(call_id)

    def step(self, call_id: str) -> None:
        """Play a second of it: do what was asked, and let what is recorded grow."""
        call = json.loads((self.folder / f"{call_id}.json").read_text())
        growing = [leg for leg in call["legs"] if self._obey(call_id, leg)]
        for leg in growing:
            with self._growing(leg).open("ab") as file:
                file.write(self._next(file.tell()))
        self._write(call_id, call)
        (self.folder / f"{call_id}.ask").unlink(missing_ok=True)

    def hang_up(self, call_id: str, seconds: float) -> None:
        """End it: move what was recorded into the recordings folder, with its metadata."""
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
        """Return True if any leg of a call is recorded, according to the system."""
        call = json.loads((self.folder / f"{call_id}.json").read_text())
        return any(leg["state"] == "recording" for leg in call["legs"])

    def calls(self) -> list[str]:
        """Return the calls in progress."""
        return sorted(one.stem for one in self.folder.glob("*.json"))

    def _next(self, place: int) -> bytes:
        """Return the next second of sound, after so many bytes."""
        start = place % len(self._sound)
        return (self._sound + self._sound)[start : start + A_SECOND]

    def _obey(self, call_id: str, leg: dict[str, str]) -> bool:
        """Do what was asked; return True if the leg is recorded in this second."""
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
