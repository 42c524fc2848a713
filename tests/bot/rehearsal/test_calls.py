"""The sample company's calls: believable, audible, of the right age, and read by the real recorder without a flaw."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.ports import Problem, Sighting
from bot.recorders.folder import FolderRecorder
from bot.rehearsal.calls import Script, lay_out, scripts
from bot.rehearsal.calls.build import is_fresh
from bot.retention.recording_sync import AtHand
from tests.each import each

TODAY = date(2026, 11, 24)
CALLS = scripts()
each_call = pytest.mark.parametrize("script", CALLS, ids=lambda script: script.id)


def recorded(folder: Path, known: dict[str, str] | None = None) -> list[Sighting]:
    async def look() -> list[object]:
        return [finding async for finding in FolderRecorder(folder).changes(AtHand(known or {}))]

    found = asyncio.run(look())
    assert not [finding for finding in found if isinstance(finding, Problem)]
    return [finding for finding in found if isinstance(finding, Sighting)]


def test_three_dozen_calls_of_every_kind() -> None:
    """P2 and P4: all three departments, both lines, both directions."""
    assert len(CALLS) == len({script.id for script in CALLS}) == 36
    kinds = Counter((script.department, script.line, script.direction) for script in CALLS)
    assert len({line for _, line, _ in kinds}) == 2
    assert {(department, direction) for department, _, direction in kinds} == {
        (department, direction)
        for department in ("customer_success", "sales", "accounts_billing")
        for direction in ("incoming", "outgoing")
    }


def test_they_lie_within_the_past_year_newest_first() -> None:
    """P12: none is due for erasure on the first day, and the last two within the first week: one to see go, one to hold."""
    ages = [script.days_ago for script in CALLS]
    assert ages == sorted(ages)
    assert (ages[0], max(ages) < 364, sum(age > 357 for age in ages), ages[-3] < 300) == (1, True, 2, True)


@each_call
def test_the_audio_is_speech_of_the_script_as_it_stands(script: Script) -> None:
    assert is_fresh(script), "The script has changed: run python -m bot.rehearsal.calls.build"
    sound, rate = soundfile.read(script.audio)
    assert (rate, sound.ndim) == (16_000, 1)
    assert 25 <= len(sound) / rate <= 75
    levels = np.sqrt((sound[: len(sound) // 320 * 320].reshape(-1, 320) ** 2).mean(axis=1))
    spoken = levels > 0.02
    assert 0.08 < np.sqrt((sound**2).mean()) < 0.2
    # Words and gaps take turns, some times a second, as they do in speech and not in a tone or in noise.
    assert 0.5 < spoken.mean() < 0.85
    assert 1 < np.count_nonzero(np.diff(spoken.astype(int))) / 2 / (len(sound) / rate) < 8
    spectrum = np.abs(np.fft.rfft(sound, 2**18)) ** 2
    pitch = np.fft.rfftfreq(2**18, 1 / rate)
    assert spectrum[(pitch > 250) & (pitch < 3600)].sum() > 0.9 * spectrum.sum()


def test_the_recorder_reads_every_call(tmp_path: Path) -> None:
    assert lay_out(tmp_path / "calls", TODAY) == 36
    found = {sighting.native_id: sighting for sighting in recorded(tmp_path / "calls")}
    assert len(found) == 36
    latest = found["pendant-complaint.mp3"]
    assert latest.started == datetime.fromisoformat("2026-11-23T10:15:00+11:00")
    assert (latest.line, latest.caller, latest.crm) == ("+61281979000", "+61491570156", "CS-10442")
    assert latest.duration == pytest.approx(soundfile.info(CALLS[0].audio).duration, abs=0.1)
    assert found["abusive-caller.mp3"].caller == found["new-bank-details.mp3"].caller == ""


@each("today", [TODAY, date(2026, 3, 1), date(2028, 2, 29), date(2027, 1, 1), date(2026, 10, 5)])
def test_a_call_is_made_at_its_local_time_in_summer_and_winter(today: date) -> None:
    for script in CALLS:
        started = script.started(today)
        assert started.time() == script.at
        assert started.date() == today - timedelta(days=script.days_ago)
        assert started.astimezone(UTC).astimezone(started.tzinfo) == started
