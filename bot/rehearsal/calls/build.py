"""Speaks the sample company's calls; needed only after a script has changed.

Run it by `python -m bot.rehearsal.calls.build`. It takes espeak-ng for the voices and ffmpeg for the line.
Only calls whose words or voices have changed are spoken anew; `--all` speaks every one.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import shutil
import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from bot.rehearsal.calls import AUDIO, Script, scripts, written_down

RATE = 16_000
LOUDNESS = {"operator": 0.2, "caller": 0.15}
# What a telephone line lets through (ITU-T G.712), evened out.
BAND = "highpass=f=300,highpass=f=300,lowpass=f=3400,lowpass=f=3400"
LINE = f"{BAND},acompressor=threshold=-18dB:ratio=3:makeup=2,alimiter=limit=0.8:level=false"
MP3 = (
    "-ac",
    "1",
    "-ar",
    str(RATE),
    "-c:a",
    "libmp3lame",
    "-b:a",
    "24k",
    "-id3v2_version",
    "3",
    "-write_xing",
    "1",
)

Sound = npt.NDArray[np.float64]


def seal(script: Script) -> str:
    """Stands in the audio's title, so that audio and script can be compared; changes with words and voices."""
    written = written_down()
    voices = [written["voices"][speaker] for speaker, _ in _spoken(script)]
    told = json.dumps([_spoken(script), voices, LINE, LOUDNESS], sort_keys=True)
    return "script " + hashlib.sha256(told.encode()).hexdigest()[:16]


def is_fresh(script: Script) -> bool:
    """Whether the audio was spoken from the script as it stands."""
    return script.audio.exists() and seal(script).encode() in script.audio.read_bytes()[:1024]


def main(arguments: list[str]) -> None:
    for tool in ("espeak-ng", "ffmpeg"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is needed to speak the calls. Install it and run this again.")
    AUDIO.mkdir(exist_ok=True)
    for script in scripts():
        if "--all" in arguments or not is_fresh(script):
            _encode(script, _conversation(script))
            print(script.audio.name)


def _spoken(script: Script) -> list[tuple[str, str]]:
    """The turns, after the announcement that an incoming caller hears first (P3)."""
    notice = [("announcement", written_down()["announcement"])] if script.direction == "incoming" else []
    return notice + list(script.turns)


def _conversation(script: Script) -> Sound:
    chance = random.Random(script.id)
    voices = written_down()["voices"]
    parts = [np.zeros(RATE // 3)]
    for speaker, words in _spoken(script):
        near = speaker in (script.operator.email, "announcement")
        parts.append(_said(words, voices[speaker], LOUDNESS["operator" if near else "caller"]))
        parts.append(np.zeros(int(RATE * chance.uniform(0.25, 0.75))))
    sound = np.concatenate(parts)
    hiss = np.random.default_rng(chance.getrandbits(32)).normal(0, 0.003, len(sound))
    return sound + hiss


def _said(words: str, voice: dict[str, Any], loudness: float) -> Sound:
    command = [
        "espeak-ng",
        "-v",
        voice["voice"],
        "-p",
        str(voice["pitch"]),
        "-s",
        str(voice["speed"]),
        "--stdout",
    ]
    wave = subprocess.run([*command, words], check=True, capture_output=True).stdout  # noqa: S603  the words are ours
    sound, rate = soundfile.read(io.BytesIO(wave), dtype="float64")
    sound = _resampled(sound, rate)
    return sound * loudness / max(float(np.sqrt(np.mean(sound**2))), 1e-6)


def _resampled(sound: Sound, rate: int) -> Sound:
    wanted = np.arange(int(len(sound) * RATE / rate)) * rate / RATE
    return np.interp(wanted, np.arange(len(sound)), sound)


def _encode(script: Script, sound: Sound) -> None:
    wave = io.BytesIO()
    soundfile.write(wave, np.clip(sound, -1, 1), RATE, format="WAV", subtype="PCM_16")
    command = ["ffmpeg", "-v", "error", "-y", "-f", "wav", "-i", "pipe:0", "-af", LINE, *MP3]
    labels = ["-map_metadata", "-1", "-fflags", "+bitexact", "-metadata", f"title={seal(script)}"]
    subprocess.run([*command, *labels, str(script.audio)], check=True, input=wave.getvalue())  # noqa: S603  so are the labels


if __name__ == "__main__":
    main(sys.argv[1:])
