"""P5: a phone system that keeps `.live` badly is never one whose recording is off, and what can't be watched is not said to be."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ports import UNLISTED_LEG, Absent, Unavailable
from bot.recorders.folder import FolderRecorder
from bot.rehearsal.phone_system import PhoneSystem
from tests.each import each

from .live_benches import LEGS, ONGOING, metadata

NAME = ONGOING.call_id


class Odd:
    """A phone system of which a test says what happens while it is watched."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.root, self.live = root, root / ".live"
        self.phones = PhoneSystem(root)
        self.phones.ring(NAME, metadata(ONGOING), dict(zip(LEGS, ONGOING.recordings, strict=True)))
        self.meanwhile: Callable[[], object] = lambda: None
        self.recorder = FolderRecorder(root, wait=self._pass)

    async def _pass(self, _: float) -> None:
        self.meanwhile()

    def say(self, state: str, legs: int = 2) -> None:
        """What the call's file says of its legs."""
        path = self.live / f"{NAME}.json"
        told = json.loads(path.read_text())
        told["legs"] = [{**leg, "state": state} for leg in told["legs"][:legs]]
        path.write_text(json.dumps(told))

    def audio(self, place: int = 0) -> Path:
        return self.live / ONGOING.recordings[place].rpartition("/")[2]

    def grow(self, place: int = 0) -> None:
        with self.audio(place).open("ab") as file:
            file.write(b"more")


@pytest.fixture
def odd(tmp_path: Path) -> Odd:
    found = Odd(tmp_path / "calls")
    found.say("stopped")
    return found


async def test_p5_a_file_that_another_one_takes_the_place_of_is_one_that_grows(odd: Odd) -> None:
    def replace() -> None:
        fresh = odd.live / "fresh"
        fresh.write_bytes(odd.audio().read_bytes())
        fresh.replace(odd.audio())

    odd.meanwhile = replace
    assert await odd.recorder.still(NAME) == (LEGS[0],)


@pytest.mark.parametrize("kind", ["link", "hard link", "folder", "nothing"])
async def test_p5_what_cannot_be_watched_is_not_off(odd: Odd, kind: str) -> None:
    kept = odd.root / "elsewhere.wav"
    odd.audio().rename(kept)
    if kind == "link":
        odd.audio().symlink_to(kept)
    elif kind == "hard link":
        odd.audio().hardlink_to(kept)
    elif kind == "folder":
        odd.audio().mkdir()
    with pytest.raises(Unavailable):
        await odd.recorder.still(NAME)


async def test_p5_a_call_whose_file_is_gone_while_its_audio_grows_is_recorded(odd: Odd) -> None:
    (odd.live / f"{NAME}.json").unlink()
    odd.meanwhile = odd.grow
    assert await odd.recorder.still(NAME, ONGOING.recordings) == (UNLISTED_LEG,)
    odd.meanwhile = lambda: None
    with pytest.raises(Absent):
        await odd.recorder.still(NAME, ONGOING.recordings)


@each(
    "legs",
    [
        [], "x", None, [{}], [{"name": "", "audio": "a.wav", "state": "recording"}],
        [{"name": "a", "audio": "../a.wav", "state": "recording"}],
        [{"name": "a", "audio": "a.txt", "state": "recording"}], [{"name": "a", "audio": "a.wav", "state": "off"}],
        [{"name": "a", "audio": 7, "state": "stopped"}], [{"name": "a", "audio": "a.wav", "state": "stopped"}] * 51,
    ],
)  # fmt: skip
async def test_p5_legs_that_say_nothing_certain_are_no_word_at_all(odd: Odd, legs: object) -> None:
    path = odd.live / f"{NAME}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "legs": legs}))
    with pytest.raises(Unavailable, match="Write it like this"):
        await odd.recorder.still(NAME)


async def test_p5_check_says_whether_a_recording_can_be_switched_off(odd: Odd, monkeypatch: pytest.MonkeyPatch) -> None:
    odd.root.chmod(0o750)
    assert "I can switch off a recording" in await odd.recorder.check()
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith(".live") and allowed(path, mode))
    with pytest.raises(Unavailable, match="can't switch off any recording"):
        await odd.recorder.check()


async def test_p5_a_leg_that_is_said_to_be_recorded_is_though_nothing_grows(odd: Odd) -> None:
    odd.say("recording")
    assert await odd.recorder.still(NAME) == LEGS
