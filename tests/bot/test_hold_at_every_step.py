"""P12: a hold arrives at every step of an erasure: it wins until the delete is sent, and after that it says so.

The steps are counted, not guessed: each look into the database, each commit before and after, each word to the journal and
to the recording system, and each of the things that this does one by one. Whoever holds comes by another replica.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.recorders import deleting
from bot.recorders.folder import FolderAudio
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync
from bot.sealing import Marks
from handlers import recordings
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.holds.state import Begun
from handlers.retention.erasing import certificate
from handlers.rules.refusal import Refused
from storage.database.store import Database
from tests.bot.recorders.benches import PLAIN, FolderBench, sidecar
from tests.erasing import newest_erasure
from tests.handlers.builders import POLICY, Clock, Company, a_company
from tests.handlers.holds.acts import ask, hold
from tests.handlers.reading import lines, looking, seen
from tests.reconciled import findings
from tests.steps import Steps

pytestmark = [pytest.mark.soak, pytest.mark.usefixtures("written_when_they_began")]

MASTER = bytes(range(32))
EACH = timedelta(minutes=90)
"""Between one erasure and the next: a day brings too few to be stopped, and all of them fall into what was asked for."""
MOST = 120
WAYS = ("asked for by staff", "set by the Head")


class Meeting:
    """One replica that erases, another that people press on, and a recording system with two calls for each erasure."""

    def __init__(self, company: Company, guests: Database, bench: FolderBench, folder: Path) -> None:
        self.company, self.clock, self.bench = company, company.clock, bench
        self.guests = Company(Door(guests, POLICY, company.clock), company.clock, company.people)
        marks = Marks(MASTER)
        self.steps = Steps(guests)
        self.erasing = Erasing(company.door, bench.recorder, "file", marks)
        self.sync = RecordingSync(company.door, bench.recorder, "file", self.erasing.returned)
        self.steps.watch(company.database)
        for name in ("audio", "delete", "look"):
            vars(bench.recorder)[name] = self.steps.around(name, getattr(bench.recorder, name))

    async def record(self, rounds: int) -> None:
        """Two calls for each, with sound of their own."""
        for number in range(rounds):
            for name in _names(number):
                told = replace(PLAIN, native_id=name, started=self.clock.now + number * EACH, line="+442036953777")
                self.bench.put(told, name.encode())
        self.clock.now += rounds * EACH
        await self.sync.sync()

    async def numbers(self, number: int) -> dict[str, int]:
        names = _names(number)
        rows = await self.company.database.read(lambda store: store.recordings.known("file", names))
        return {name: rows[name].id for name in names}

    def left(self, name: str) -> list[tuple[str, bytes | None]]:
        """All that stands in the recording system under a call's name, or beside it."""
        keys = (name, sidecar(name))
        return [(key, (self.bench.root / key).read_bytes()) for key in keys if (self.bench.root / key).exists()]


def _names(number: int) -> tuple[str, str]:
    return f"{number:03d}/one.mp3", f"{number:03d}/two.mp3"


@pytest.fixture
def bench(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path / "calls")


@pytest_asyncio.fixture
async def meeting(
    database_url: str, bench: FolderBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Meeting]:
    ours, guests = Database(database_url), Database(database_url)
    company = await a_company(ours, Clock())
    await company.door.enter(recordings.register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    meeting = Meeting(company, guests, bench, tmp_path / "journal")
    for name in ("_unlink", "_settle"):
        monkeypatch.setattr(deleting, name, meeting.steps.around_still(name.strip("_"), getattr(deleting, name)))
    monkeypatch.setattr(FolderAudio, "read", meeting.steps.around("read", FolderAudio.read))
    yield meeting
    await ours.close()
    await guests.close()


@pytest.mark.parametrize("way", WAYS)
async def test_p12_a_hold_wins_until_the_delete_is_sent_and_after_that_says_so(meeting: Meeting, way: str) -> None:
    await meeting.record(MOST)
    await _erased(meeting, 0, 0, way)  # what is done once, at the first of all erasures
    steps: list[str] = []
    for number in range(1, MOST):
        before = await _erased(meeting, number, number, way)
        if meeting.steps.visit is None:
            break
        steps.append(before)
    print(*steps, sep="\n")
    assert meeting.steps.visit is None, "every step was met"
    assert await findings(meeting.company.database) == []


async def _erased(meeting: Meeting, number: int, at: int, way: str) -> str:
    """Two calls have their moment, and somebody holds both at that step; what the step was."""
    calls = await meeting.numbers(number)
    whole = {name: meeting.left(name) for name in calls}
    row = await meeting.company.database.read(lambda store: store.recordings.get(min(calls.values())))
    assert row is not None and row.erase_at is not None
    meeting.clock.now = row.erase_at

    async def comes() -> Begun | Refused:
        try:
            if way == "set by the Head":
                until = (meeting.clock.now + timedelta(days=80)).date().isoformat()
                return await hold(meeting.guests, meeting.guests.helena, calls.values(), until=until)
            return await ask(meeting.guests, meeting.guests.anna, calls.values())
        except Refused as refused:
            return refused

    meeting.steps.begin(at, comes)
    await meeting.erasing.tick()
    passed, visit = meeting.steps.passed, meeting.steps.visit
    if visit is not None:
        told = await visit
        assert isinstance(told, Begun | Refused)
        meeting.steps.begin(0, comes)
        for minutes in (3, 20):
            meeting.clock.now = row.erase_at + timedelta(minutes=minutes)
            await meeting.erasing.tick()
        meeting.steps.visit = visit
        try:
            await _holds(meeting, calls, whole, told, passed, at)
        except AssertionError as wrong:
            raise AssertionError(f"at {at}, {passed[at - 1]}: {wrong}\n" + "\n".join(passed)) from wrong
    return passed[at - 1] if visit is not None else ""


async def _holds(
    meeting: Meeting, calls: dict[str, int], whole: dict[str, Any], told: Begun | Refused, passed: list[str], at: int
) -> None:
    """Each call is whole and held, or gone everywhere with one certificate and an answer that says so."""
    lost = [name for name in calls if not meeting.left(name)]
    for name in calls.keys() - set(lost):
        assert meeting.left(name) == whole[name], "it is whole"
        assert await _certificates(meeting, calls[name]) == 0
    for name in lost:
        assert await _certificates(meeting, calls[name]) == 1
    sent = passed[: at + 1].count("before delete")
    # Whoever knocks while somebody else writes comes in soon afterwards, perhaps not at once.
    assert len(lost) >= sent if passed[at - 1].startswith("before the commit") else len(lost) == sent
    if isinstance(told, Refused):
        assert set(lost) == set(calls)
        assert "was erased on" in told.fields["recordings"]
    else:
        assert (told.number + len(told.erased), len(told.erased) + told.too_late) == (len(calls), len(lost))
        reader = meeting.guests.anna if told.asked else meeting.guests.helena
        card = lines(await seen(meeting.guests, told.hold, reader))
        assert sum("erased on" in one for one in card) == told.too_late
        assert not any("may have come too late" in one for one in card)


async def _certificates(meeting: Meeting, call: int) -> int:
    """Of a call; each can be opened, and stands in the log once."""
    company = meeting.company
    erasure = await company.database.read(lambda store: newest_erasure(store, call))
    assert erasure is not None
    if erasure.erased_at is None:
        return 0
    assert await looking(company, company.helena, lambda act: certificate(act, erasure.id))
    rows = await company.database.read(lambda store: [one.action for one in store.audit.about(erasure.id)])
    return rows.count("retention.certify")
