"""The sample company's calls: believable, audible, of the right age, and read by the real recorder without a flaw."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import phonenumbers
import pytest
import soundfile

from bot.ports import Problem, Sighting
from bot.recorders.folder import FolderRecorder
from bot.rehearsal.calls import ZONES, Script, lay_out, scripts, written_down
from bot.rehearsal.calls.build import is_fresh
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.company import SYDNEY
from bot.rehearsal.demo import MIDNIGHT, with_calls
from bot.retention.recording_sync import AtHand
from bot.web.peaks import peaks
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


def test_no_call_is_in_the_future_wherever_today_has_begun() -> None:
    """Today begins in Sydney first, and a quarter of an hour earlier where a demo begins then; a call in London must be over by then."""
    midnight = datetime.combine(TODAY, time(), ZoneInfo(SYDNEY))
    assert all(script.started(TODAY) < midnight - MIDNIGHT for script in CALLS)


@pytest.mark.parametrize(("minutes", "days"), [(-20, {1, 2}), (-14, {0, 1}), (1, {1, 2})])
def test_yesterday_has_a_call_before_and_after_the_midnight_next_to_the_start(
    tmp_path: Path, minutes: int, days: set[int]
) -> None:
    """The page says “yesterday's call”, and whoever begins at ten to twelve asks for it at five past."""
    clock = MovableClock()
    clock.move(datetime.combine(TODAY + timedelta(days=1), time(), ZoneInfo(SYDNEY)) + timedelta(minutes=minutes))
    with_calls(tmp_path, clock)
    today = clock.now().astimezone(ZoneInfo(SYDNEY)).date()
    found = {(today - one.started.astimezone(ZoneInfo(SYDNEY)).date()).days for one in recorded(tmp_path / "calls")}
    assert min(found) == min(days)
    assert days <= found
    assert all(one.started < clock.now() for one in recorded(tmp_path / "calls"))


def test_yesterdays_complaint_was_taken_by_anna() -> None:
    [script] = [script for script in CALLS if script.days_ago == 1]
    assert (script.operator.name, script.department, script.direction) == ("Anna Quill", "customer_success", "incoming")
    assert "complaint" in " ".join(words for _, words in script.turns)
    assert sum(other.caller == script.caller for other in CALLS) == 3


@each_call
def test_an_operator_takes_the_calls_of_her_own_department(script: Script) -> None:
    assert script.operator.department == script.department


@each_call
def test_a_number_is_written_in_full_or_withheld(script: Script) -> None:
    if script.caller not in ("", "anonymous"):
        assert phonenumbers.is_possible_number(phonenumbers.parse(script.caller))


@each_call
def test_who_is_rung_up_hears_that_the_call_is_recorded(script: Script) -> None:
    """P3; one operator forgets it, for a reviewer to find."""
    said = " ".join(words for who, words in script.turns if who == script.operator.email)
    told = script.direction == "incoming" or "this call is recorded" in said
    assert told is (script.id != "battery-reminder")
    assert {who for who, _ in script.turns} <= written_down()["voices"].keys()


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


def test_the_waveform_shows_the_turns() -> None:
    drawn = peaks(CALLS[0].audio.read_bytes())
    assert len(drawn) == 600
    assert (max(drawn), min(drawn) < 0.05) == (1, True)


def test_all_audio_together_stays_small() -> None:
    files = list(CALLS[0].audio.parent.iterdir())
    assert {file.name for file in files} == {script.audio.name for script in CALLS}
    assert sum(file.stat().st_size for file in files) < 6_000_000


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


def test_a_folder_is_filled_once(tmp_path: Path) -> None:
    """No recording changes its date, and none that was erased comes back (P12)."""
    lay_out(tmp_path, TODAY)
    before = {sighting.native_id: sighting.stamp for sighting in recorded(tmp_path)}
    for name in ("hub-after-new-router.mp3", "hub-after-new-router.json"):
        (tmp_path / name).unlink()
    assert lay_out(tmp_path, TODAY + timedelta(days=3)) == 0
    assert not (tmp_path / "hub-after-new-router.mp3").exists()
    assert recorded(tmp_path, before) == []


def test_an_interrupted_filling_is_finished_next_time(tmp_path: Path) -> None:
    lay_out(tmp_path, TODAY)
    (tmp_path / ".laid-out").unlink()
    (tmp_path / "power-cut.json").unlink()
    assert lay_out(tmp_path, TODAY) == 36
    assert len(recorded(tmp_path)) == 36


def test_both_lines_have_their_zone() -> None:
    assert {script.line for script in CALLS} == ZONES.keys()
